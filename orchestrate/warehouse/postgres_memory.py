"""What workers remember of a tenant on Postgres: how far its connections are read, and what is still to be built.

It lies in a schema beside the tenant's rows (`acme_3f9c2a1b_meltano`), so that workers need no folder in common and
`pg_dump` copies rows and bookmarks of one moment. The tenant's reader may not read it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from orchestrate.data.errors import NoRowsError
from orchestrate.warehouse.names import quoted
from orchestrate.warehouse.postgres_rights import refusals

if TYPE_CHECKING:
    from orchestrate.warehouse.postgres import PostgresWarehouse


def make_memory(connection: Connection, schema: str) -> None:
    """Makes the schema and the list of what is to be built; Meltano makes its own tables there at its first start.

    Raises `RightsError`.
    """
    with refusals():
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        connection.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS {quoted(schema)}.unbuilt (platform varchar PRIMARY KEY)"
        )


def meltano_address(url: URL, schema: str) -> str:
    """The address of Meltano's system database, with the password: its tables are those of this schema alone."""
    own = with_options(url, f"-c search_path={schema}").set(drivername="postgresql+psycopg")
    return own.render_as_string(hide_password=False)


def with_options(url: URL, options: str) -> URL:
    """The address with further options for the server, which follow those that it has.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS
    """
    given = url.query.get("options", "")
    return url.update_query_dict(
        {"options": f"{given if isinstance(given, str) else ' '.join(given)} {options}".strip()}
    )


class PostgresUnbuilt:
    """The table `unbuilt`; read and written by whoever has the warehouse to himself."""

    def __init__(self, warehouse: PostgresWarehouse) -> None:
        self._warehouse, self._schema = warehouse, warehouse.memory
        self._table = f"{quoted(self._schema)}.unbuilt"

    def platforms(self) -> list[str]:
        """The platforms whose rows were loaded since the last build that worked."""
        try:
            with self._warehouse.writing() as writing:
                return sorted(name for (name,) in writing.execute(f"SELECT platform FROM {self._table}").rows)  # noqa: S608 # quoted
        except NoRowsError:
            return []

    def add(self, platform: str) -> None:
        """Rows of it were loaded."""
        with self._warehouse.connected() as connection, connection.begin():
            make_memory(connection, self._schema)
            told = f"INSERT INTO {self._table} VALUES (%s) ON CONFLICT DO NOTHING"  # noqa: S608 # quoted
            connection.exec_driver_sql(told, (platform,))

    def built(self, platforms: Collection[str]) -> None:
        """The models know them."""
        with self._warehouse.writing() as writing:
            writing.execute(f"DELETE FROM {self._table} WHERE platform = ANY(?)", [list(platforms)])  # noqa: S608 # quoted
