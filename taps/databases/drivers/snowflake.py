"""Snowflake through its own connector. Results come in pieces that the service has ready; memory holds a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import snowflake.connector
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from snowflake.connector.cursor import SnowflakeCursor

from taps.databases.drivers.base import Fault, Rows, RowTuple, Session

_NO_SESSION = range(250000, 260000)
"""The connector's own numbers for a service that is not reached or refuses the login; 39xxxx are the service's."""
_LOGIN = range(390000, 400000)


class _Rows:
    def __init__(self, cursor: SnowflakeCursor) -> None:
        self._cursor = cursor

    def fetch(self, count: int) -> Sequence[RowTuple]:
        rows: Any = self._cursor.fetchmany(count)
        return [[str(value) if isinstance(value, Decimal) else value for value in row] for row in rows]

    def close(self) -> None:
        self._cursor.close()


class _Session:
    def __init__(self, connection: snowflake.connector.SnowflakeConnection) -> None:
        self._connection = connection

    def execute(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def rows(self, query: str, values: Sequence[Any]) -> Rows:
        cursor = self._connection.cursor()
        if values:
            cursor.execute(query, tuple(values))
        else:
            cursor.execute(query.replace("%%", "%"))
        return _Rows(cursor)

    def close(self) -> None:
        self._connection.close()


def connect(arguments: Mapping[str, Any]) -> Session:
    """A session logged in by `private_key` (PEM), by `token` (a programmatic access token), or by `password`."""
    words = dict(arguments)
    passphrase = words.pop("private_key_passphrase", None)
    if "private_key" in words:
        words["private_key"] = _der(str(words["private_key"]), passphrase)
        words["authenticator"] = "SNOWFLAKE_JWT"
    elif "token" in words:
        words["authenticator"] = "PROGRAMMATIC_ACCESS_TOKEN"
    return _Session(snowflake.connector.connect(**words))


def _der(pem: str, passphrase: str | None) -> bytes:
    try:
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), passphrase.encode() if passphrase else None)
    except (ValueError, TypeError):
        msg = "the private key is not PEM, or its passphrase is wrong"
        raise snowflake.connector.errors.ProgrammingError(msg, errno=251008) from None
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def fault(error: Exception) -> Fault | None:
    """The fault with the service's number."""
    if not isinstance(error, snowflake.connector.errors.Error):
        return None
    number = int(error.errno or 0)
    said = " ".join(str(error.raw_msg or error.msg or type(error).__name__).split())
    return Fault(str(number) if number > 0 else None, said, connecting=number in _NO_SESSION or number in _LOGIN)
