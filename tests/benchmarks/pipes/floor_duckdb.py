"""The floor of DuckDB: the same bytes from a file, read with declared types into a table."""

import sys

import duckdb

from tests.benchmarks.pipes.orders import COLUMNS

lines, database = sys.argv[1:]
columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
with duckdb.connect(database) as connection:
    connection.execute(
        "CREATE OR REPLACE TABLE orders AS SELECT * "
        f"FROM read_json('{lines}', format = 'newline_delimited', columns = {{{columns}}})"
    )
