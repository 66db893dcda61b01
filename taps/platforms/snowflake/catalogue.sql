-- Every column of every table and view of the database that the role may see; keys are listed by a statement of their own.
SELECT
    c.table_schema,
    c.table_name,
    c.column_name,
    c.data_type,
    c.is_nullable,
    c.numeric_precision,
    c.numeric_scale,
    NULL AS key_place
FROM information_schema.columns AS c
ORDER BY c.table_schema, c.table_name, c.ordinal_position
