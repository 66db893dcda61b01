"""The protocol of MySQL and MariaDB through PyMySQL. Rows are taken off the wire as they are wanted."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.constants import FIELD_TYPE
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from taps.databases.drivers.base import Fault, Rows, RowTuple, Session

_INTEGERS = ("TINY", "SHORT", "INT24", "LONG", "LONGLONG", "YEAR")
_READ: dict[Any, Any] = {
    **encoders,
    **{getattr(FIELD_TYPE, name): int for name in _INTEGERS},
    FIELD_TYPE.FLOAT: float,
    FIELD_TYPE.DOUBLE: float,
}
"""Everything but numbers stays the text or the bytes the server sent: dates may be 0000-00-00."""
_LOST = range(2000, 3000)
"""The client's own codes: the server is not reached, or no longer."""


class _Rows:
    def __init__(self, connection: Connection[Any], cursor: SSCursor) -> None:
        self._connection, self._cursor = connection, cursor
        self._over = False

    def fetch(self, count: int) -> Sequence[RowTuple]:
        over, self._over = self._over, True  # also where the server ends the rows by an error
        rows = () if over else self._cursor.fetchmany(count)
        self._over = not rows
        return rows

    def close(self) -> None:
        """Rows that nobody wants can only be read or cut off; a whole table is not read for nothing."""
        if self._over:
            self._cursor.close()
        else:
            result = getattr(self._cursor, "_result", None)
            if result is not None:
                result.unbuffered_active = False  # or its end would wait for the rest on a closed connection
            self._connection.close()


class _Session:
    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def rows(self, query: str, values: Sequence[Any]) -> Rows:
        cursor = self._connection.cursor(SSCursor)
        cursor.execute(query, tuple(values))
        return _Rows(self._connection, cursor)

    def close(self) -> None:
        if self._connection.open:
            self._connection.close()


def connect(arguments: Mapping[str, Any]) -> Session:
    """A session that encrypts as `ssl_mode` says: disabled, preferred, required, verify_ca or verify_identity."""
    words = {name: value for name, value in arguments.items() if not name.startswith("ssl_")}
    mode = arguments.get("ssl_mode", "preferred")
    if mode == "disabled":
        return _Session(_open(words, None))
    try:
        return _Session(_open(words, _context(mode, arguments)))
    except pymysql.err.OperationalError as refused:
        if mode != "preferred" or "SSL" not in str(refused):
            raise
    return _Session(_open(words, None))


def _open(words: Mapping[str, Any], context: ssl.SSLContext | None) -> Connection[Any]:
    encryption: dict[str, Any] = {"ssl": context} if context is not None else {"ssl_disabled": True}
    return Connection(**words, **encryption, charset="utf8mb4", conv=_READ, autocommit=None)


def _context(mode: str, arguments: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=arguments.get("ssl_ca"))
    context.check_hostname = mode == "verify_identity"
    context.verify_mode = ssl.CERT_REQUIRED if mode.startswith("verify") else ssl.CERT_NONE
    if arguments.get("ssl_cert"):
        context.load_cert_chain(arguments["ssl_cert"], arguments.get("ssl_key"))
    return context


def fault(error: Exception) -> Fault | None:
    """The fault with the server's number; the client's own numbers mean that there is no session."""
    if not isinstance(error, pymysql.err.MySQLError):
        return None
    code, text = (*error.args, "", "")[:2]
    number = code if isinstance(code, int) else 0
    said = " ".join(str(text or code or "the connection is closed").split())
    return Fault(str(number) if number else None, said, connecting=number == 0 or number in _LOST)
