"""On Postgres every unified table has an index over its key, by which lists of its rows outlive a build."""

from __future__ import annotations

from orchestrate.data.tables import keys
from targets.postgres.store import KEY_INDEX
from tests.transform.warehouse import Warehouse

VIEWS = {"customer_conflicts", "customers_history", "match_review_queue"}
INDEXED = """
SELECT t.relname, a.attname, x.indisunique AND a.attnotnull
FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
WHERE n.nspname IN ('unified', 'marts') AND starts_with(i.relname, %s)
"""


def test_every_unified_table_that_has_a_key_has_an_index_over_it(warehouses: dict[str, Warehouse]) -> None:
    with warehouses["postgres"].connection() as connection:
        found = connection.execute(INDEXED, [KEY_INDEX]).fetchall()
    assert len(found) == len({table for table, _, _ in found})
    indexed = {table: column for table, column, is_key in found if is_key}
    assert {table: indexed.get(table) for table in keys() if table not in VIEWS} == {
        table: column for table, column in keys().items() if table not in VIEWS
    }


def test_another_build_leaves_the_index_as_it_is(warehouses: dict[str, Warehouse]) -> None:
    warehouse = warehouses["postgres"]
    before = warehouse.rows("SELECT relname FROM pg_class WHERE relname LIKE '\\_engarde\\_key\\_%'")
    warehouse.build("--select", "customers", "customer_identities", command="run")
    after = warehouse.rows("SELECT relname FROM pg_class WHERE relname LIKE '\\_engarde\\_key\\_%'")
    assert len(after) == len(before) > len(keys()) - len(VIEWS) - 1
