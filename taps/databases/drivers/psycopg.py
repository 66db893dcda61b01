"""PostgreSQL's protocol through psycopg. Rows come by a cursor on the server, so that memory holds one page."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from taps.databases.drivers.base import Fault, Rows, RowTuple, Session


class _Rows:
    def __init__(self, cursor: psycopg.ServerCursor[RowTuple]) -> None:
        self._cursor = cursor

    def fetch(self, count: int) -> Sequence[RowTuple]:
        return self._cursor.fetchmany(count)

    def close(self) -> None:
        self._cursor.close()


class _Session:
    def __init__(self, connection: psycopg.Connection[RowTuple]) -> None:
        self._connection = connection

    def execute(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    def rows(self, query: str, values: Sequence[Any]) -> Rows:
        if self._connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            self.execute("BEGIN")
        cursor = self._connection.cursor(name="engarde")
        cursor.execute(query.encode(), values)
        return _Rows(cursor)

    def close(self) -> None:
        self._connection.close()


def connect(arguments: Mapping[str, Any]) -> Session:
    """A session in which only our own statements begin transactions."""
    return _Session(psycopg.connect(**arguments, autocommit=True, client_encoding="UTF8"))


def fault(error: Exception) -> Fault | None:
    """The fault with its SQLSTATE; a refused connection has none, only the server's sentence."""
    if not isinstance(error, psycopg.Error):
        return None
    said = error.diag.message_primary or str(error)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = next((line for line in lines if "FATAL" in line or "failed" in line), lines[0] if lines else "no message")
    return Fault(
        error.sqlstate, told, connecting=error.sqlstate is None and isinstance(error, psycopg.OperationalError)
    )
