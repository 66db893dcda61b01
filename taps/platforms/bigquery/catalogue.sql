-- Every column of every table and view of the dataset. The type's name stands before its parameters: NUMERIC(10, 2).
SELECT
    c.table_schema,
    c.table_name,
    c.column_name,
    REGEXP_EXTRACT(c.data_type, r'^[A-Z0-9]+') AS type_name,
    c.is_nullable,
    CAST(NULL AS INT64) AS digits,
    CAST(NULL AS INT64) AS scale,
    CAST(NULL AS INT64) AS key_place
FROM `{config.dataset}`.INFORMATION_SCHEMA.COLUMNS AS c
ORDER BY c.table_schema, c.table_name, c.ordinal_position
