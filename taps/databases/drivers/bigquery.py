"""BigQuery through Google's own client. Results stay with the service, and come page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY
from google.oauth2 import service_account
from requests.exceptions import ConnectionError as NotReached

from taps.databases.drivers.base import Fault, Rows, RowTuple, Session

_SCOPES = ("https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/drive.readonly")
"""To run queries, which no narrower scope allows; Drive for tables that lie in sheets."""
_TYPES = {bool: "BOOL", int: "INT64", float: "FLOAT64"}


_PATIENCE = DEFAULT_RETRY.with_timeout(60)
"""Seconds for which a service that is not reached is asked again."""


class BadKey(ValueError):
    """The service account's key is not one."""


class _Rows:
    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows

    def fetch(self, count: int) -> Sequence[RowTuple]:
        return [row.values() for row in islice(self._rows, count)]

    def close(self) -> None:
        """Nothing is held: pages that are not asked for are not sent."""


class _Session:
    def __init__(self, client: bigquery.Client, limits: Mapping[str, Any]) -> None:
        self._client, self._limits = client, limits

    def execute(self, statement: str) -> None:
        self._client.query(statement).result()

    def rows(self, query: str, values: Sequence[Any]) -> Rows:
        given = [bigquery.ScalarQueryParameter(None, _TYPES.get(type(value), "STRING"), value) for value in values]
        config = bigquery.QueryJobConfig(query_parameters=given, **self._limits)
        text = query.replace("%%", "\0").replace("%s", "?").replace("\0", "%")
        return _Rows(
            iter(self._client.query(text, job_config=config, retry=_PATIENCE, job_retry=None).result(retry=_PATIENCE))
        )

    def close(self) -> None:
        self._client.close()  # type: ignore[no-untyped-call]


def connect(arguments: Mapping[str, Any]) -> Session:
    """A session of a service account (`credentials`, the JSON of its key); without one, of nobody, for emulators."""
    endpoint = arguments.get("api_endpoint")
    client = bigquery.Client(
        project=arguments["project"],
        credentials=_credentials(arguments.get("credentials"), endpoint),
        location=arguments.get("location"),
        client_options=ClientOptions(api_endpoint=endpoint) if endpoint else None,
    )
    limits: dict[str, Any] = {"job_timeout_ms": int(arguments["timeout"]) * 1000, "labels": {"tool": "tap-bigquery"}}
    if arguments.get("maximum_bytes_billed"):
        limits["maximum_bytes_billed"] = int(arguments["maximum_bytes_billed"])
    return _Session(client, limits)


def _credentials(key: str | None, endpoint: str | None) -> Credentials:
    if key is None and endpoint:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    try:
        facts = json.loads(key or "")
        found: Credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            facts, scopes=_SCOPES
        )
        return found
    except (ValueError, GoogleAuthError):
        msg = "the key of the service account is not the JSON that Google gives out"
        raise BadKey(msg) from None


def fault(error: Exception) -> Fault | None:
    """The fault with BigQuery's reason (`accessDenied`), or the name of what kept the client from asking."""
    if isinstance(error, GoogleAPICallError):
        reasons = [str(each.get("reason")) for each in error.errors if isinstance(each, dict)]
        return Fault(reasons[0] if reasons else str(error.code or ""), _line(error.message or str(error)))
    if isinstance(error, GoogleAuthError | NotReached | RetryError | BadKey):
        return Fault(type(error).__name__, _line(str(error)), connecting=True)
    return None


def _line(text: str) -> str:
    return " ".join(text.split("; reason:", maxsplit=1)[0].split())[:400]
