"""The floor of Postgres: the same pages fetched, and their rows copied into a table of the same types and key."""

import sys

import msgspec
import psycopg
import requests

from tests.benchmarks.pipes.orders import COLUMNS

address, host, database = sys.argv[1:]
TYPES = {"VARCHAR": "text", "JSON": "jsonb", "DECIMAL(38,9)": "numeric", "DOUBLE": "double precision"}
Order = msgspec.defstruct(
    "Order", [(name, msgspec.Raw if kind == "JSON" else object) for name, kind in COLUMNS.items()]
)
Page = msgspec.defstruct("Page", [("data", list[Order]), ("next", str | None)])  # type: ignore[valid-type]
decode = msgspec.json.Decoder(Page).decode


def text(value: object) -> object:
    return bytes(value).decode() if isinstance(value, msgspec.Raw) else value


with psycopg.connect(host=host, user="postgres", dbname=database) as connection, requests.Session() as session:
    columns = ", ".join(f"{name} {TYPES.get(kind, kind)}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE IF NOT EXISTS floor ({columns}, PRIMARY KEY (id))".encode())
    connection.execute("CREATE TEMP TABLE staged (LIKE floor)")
    page: str | None = "0"
    with connection.cursor().copy("COPY staged FROM STDIN") as copy:
        while page is not None:
            got = decode(session.get(f"{address}/orders", params={"page": page}).content)
            for order in got.data:  # type: ignore[attr-defined]
                copy.write_row([text(getattr(order, name)) for name in COLUMNS])
            page = got.next  # type: ignore[attr-defined]
    changes = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
    connection.execute(f"INSERT INTO floor SELECT * FROM staged ON CONFLICT (id) DO UPDATE SET {changes}".encode())
