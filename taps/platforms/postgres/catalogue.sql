-- Every column of every table and view, its type resolved through domains down to what the server stores.
-- A column that the login may not read is left out, unless it may read none of the table's: then the table shows all,
-- and reading it says that the permission is missing.
WITH RECURSIVE domains AS (
    SELECT oid, oid AS base, -1 AS typmod
    FROM pg_catalog.pg_type
    WHERE typtype <> 'd'
    UNION ALL
    SELECT outer_type.oid, domains.base, coalesce(nullif(outer_type.typtypmod, -1), domains.typmod)
    FROM pg_catalog.pg_type AS outer_type
    JOIN domains ON domains.oid = outer_type.typbasetype
    WHERE outer_type.typtype = 'd'
)
SELECT
    n.nspname::text AS table_schema,
    c.relname::text AS table_name,
    a.attname::text AS column_name,
    CASE
        WHEN base.typcategory = 'A' THEN 'array'
        WHEN base.typtype = 'e' THEN 'enum'
        WHEN base.typtype = 'c' THEN 'composite'
        WHEN base.typtype = 'r' THEN 'range'
        WHEN base.typtype = 'm' THEN 'multirange'
        ELSE base.typname::text
    END AS type_name,
    NOT a.attnotnull AS nullable,
    CASE WHEN base.typname = 'numeric' AND modifier.typmod >= 4
        THEN ((modifier.typmod - 4) >> 16) & 65535 END AS digits,
    -- the scale is the lower eleven bits, with a sign since PostgreSQL 15
    CASE WHEN base.typname = 'numeric' AND modifier.typmod >= 4
        THEN (((modifier.typmod - 4) & 2047) # 1024) - 1024 END AS scale,
    array_position(key.indkey::int2[], a.attnum) + 1 AS key_place
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN domains ON domains.oid = a.atttypid
JOIN pg_catalog.pg_type AS base ON base.oid = domains.base
CROSS JOIN LATERAL (SELECT coalesce(nullif(a.atttypmod, -1), domains.typmod) AS typmod) AS modifier
LEFT JOIN pg_catalog.pg_index AS key ON key.indrelid = c.oid AND key.indisprimary
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT c.relispartition
    AND n.nspname NOT LIKE 'pg\_temp\_%'
    AND n.nspname NOT LIKE 'pg\_toast%'
    AND has_schema_privilege(n.oid, 'USAGE')
    AND (
        has_column_privilege(c.oid, a.attnum, 'SELECT')
        OR NOT has_any_column_privilege(c.oid, 'SELECT')
    )
ORDER BY n.nspname, c.relname, a.attnum
