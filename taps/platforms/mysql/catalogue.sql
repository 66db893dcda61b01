-- Every column of every table and view that the login may see, of one database if the login names one.
SELECT
    c.table_schema,
    c.table_name,
    c.column_name,
    CASE
        WHEN c.data_type LIKE '%int' AND c.column_type LIKE '%unsigned%' THEN CONCAT(c.data_type, ' unsigned')
        ELSE c.data_type
    END AS type_name,
    c.is_nullable AS nullable,
    c.numeric_precision AS digits,
    c.numeric_scale AS scale,
    k.seq_in_index AS key_place
FROM information_schema.columns AS c
JOIN information_schema.tables AS t
    ON t.table_schema = c.table_schema AND t.table_name = c.table_name
LEFT JOIN information_schema.statistics AS k
    ON k.table_schema = c.table_schema AND k.table_name = c.table_name
    AND k.column_name = c.column_name AND k.index_name = 'PRIMARY'
WHERE t.table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
    AND (DATABASE() IS NULL OR c.table_schema = DATABASE())
ORDER BY c.table_schema, c.table_name, c.ordinal_position
