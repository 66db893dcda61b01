"""A platform as plain Python: test it, fetch an entity. The tap runs in this process into an in-memory DuckDB, and the
rows come out of the same staging SQL that the warehouse is built with: one mapping, one truth.
"""

import io
import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from taps.engine.auth_store import TokenStore
from taps.engine.errors import BadSetting
from taps.engine.frame import FrameTap
from taps.engine.outcomes import TapRun
from taps.kinds import tap_class
from taps.registry import ROW_HASH, entities_of
from targets.duckdb.settings import DuckDBSettings
from targets.duckdb.store import DuckDBStore
from targets.loading import ledger, tables
from targets.loading.loader import Loader, load

PROJECT = Path(__file__).parent.parent / "transform"
WAREHOUSE = "warehouse"
"""The database that compiled SQL names; in memory it is attached under this name."""
_LOG = logging.getLogger("engarde.adapter")


class CompileError(RuntimeError):
    """dbt could not compile a staging model."""


@dataclass(frozen=True)
class Mapped:
    """A staging model ready to run: its SQL, the raw streams and the seeds it reads."""

    sql: str
    streams: tuple[str, ...]
    seeds: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """Name, CSV file, and (column, type) of each."""


class PlatformAdapter:
    """One tenant's connection to a platform. Dates bound what is read: creation or change, as the vendor offers."""

    def __init__(self, platform: str, settings: Mapping[str, Any], tokens: TokenStore | None = None) -> None:
        self._platform = platform
        self._settings = dict(settings)
        self._tokens = tokens
        """Where tokens go that the vendor replaces; without it, where a tap of one's own would keep them."""

    def get_platform_name(self) -> str:
        """The platform's name."""
        return self._platform

    def get_supported_entities(self) -> list[str]:
        """The unified entities this platform has."""
        return list(entities_of(self._platform))

    def get_choices(self, option: str) -> list[dict[str, str]]:
        """What the user may pick for a setting such as the accounts to read: `value` and `label` of each."""
        from taps.engine import api, picking, settings

        tap = api.tap_class(self._platform)
        connection = settings.connect(tap.manifest, tap.folder, self._settings, store=self._tokens)
        found = picking.choices(connection, tap.folder, option)
        return [{"value": each.value, "label": each.label} for each in found]

    def get_account(self) -> dict[str, str]:
        """Whose account it is: the facts by which the platform's deliveries tell, without what the vendor refuses."""
        from taps.engine import api, settings
        from taps.engine.errors import TapError
        from taps.engine.references import names

        tap = api.tap_class(self._platform)
        words = tap.manifest.webhooks
        told = names([*words.delivery.only.values()]) if words is not None else []
        wanted = [name.removeprefix("account.") for name in told if name.startswith("account.")]
        if not wanted:
            return {}
        found: dict[str, str] = {}
        connection = settings.connect(tap.manifest, tap.folder, self._settings, store=self._tokens)
        try:
            for name in wanted:
                try:
                    value = connection.account[name]
                except TapError as refused:
                    _LOG.warning("%s: whose account it is was not told: %s", self._platform, refused.what)
                else:
                    found |= {name: str(value)} if value is not None else {}
        finally:
            connection.client.close()
        return found

    def test_connection(self) -> dict[str, str]:
        """Reads the first page of every stream: stream -> `ok` or what is wrong. Raises `TapError` for a bad login."""
        kind = tap_class(self._platform)
        tap = type(kind.__name__, (kind,), {"tokens": self._tokens})(config=self._settings)
        run, output = self._run_into(tap, first_page_only=True)
        del output
        found = {}
        for name in tap.streams:
            outcome = run.outcome(name)
            problem = outcome.error or outcome.refused
            found[name] = problem.what if problem else "ok"
        return found

    def fetch_customers(
        self, limit: int | None = None, date_from: date | None = None, date_to: date | None = None
    ) -> list[dict[str, Any]]:
        """Customers in the unified shape."""
        return self.fetch_entity("customers", limit, date_from, date_to)

    def fetch_products(
        self, limit: int | None = None, date_from: date | None = None, date_to: date | None = None
    ) -> list[dict[str, Any]]:
        """Products in the unified shape."""
        return self.fetch_entity("products", limit, date_from, date_to)

    def fetch_orders(
        self, limit: int | None = None, date_from: date | None = None, date_to: date | None = None
    ) -> list[dict[str, Any]]:
        """Orders in the unified shape."""
        return self.fetch_entity("orders", limit, date_from, date_to)

    def fetch_campaigns(
        self, limit: int | None = None, date_from: date | None = None, date_to: date | None = None
    ) -> list[dict[str, Any]]:
        """Campaigns in the unified shape."""
        return self.fetch_entity("campaigns", limit, date_from, date_to)

    def fetch_entity(
        self, entity: str, limit: int | None = None, date_from: date | None = None, date_to: date | None = None
    ) -> list[dict[str, Any]]:
        """Rows of an entity as its staging model gives them. Raises `BadSetting` for an entity the platform lacks."""
        models = sorted((PROJECT / "models" / "staging" / self._platform).glob(f"stg_{self._platform}__{entity}*.sql"))
        models = [path for path in models if path.stem.split("__")[1] == entity]
        if not models:
            msg = f"there are no {entity}; there are {', '.join(self.get_supported_entities())}"
            raise BadSetting(msg, platform=self._platform)
        rows: list[dict[str, Any]] = []
        for path in models:
            mapped = compiled(self._platform, path.stem)
            with _memory() as connection:
                self._extract(connection, mapped.streams, date_from, date_to)
                _sow(connection, mapped)
                bound = f" limit {int(limit) - len(rows)}" if limit is not None else ""
                found = connection.execute(f"select * from ({mapped.sql}) as mapped{bound}")  # noqa: S608 - our own SQL
                names = [column[0] for column in found.description or []]
                whole = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
                rows += [{name: value for name, value in row.items() if name != ROW_HASH} for row in whole]
        return rows

    def _extract(
        self,
        connection: duckdb.DuckDBPyConnection,
        streams: tuple[str, ...],
        date_from: date | None,
        date_to: date | None,
    ) -> None:
        settings = dict(self._settings)
        for name, moment in (("start_date", date_from), ("end_date", date_to)):
            if moment is not None:
                settings[name] = moment.isoformat() + ("" if isinstance(moment, datetime) else "T00:00:00+00:00")
        tap = tap_class(self._platform)(config=settings, catalog=_selecting(self._platform, settings, streams))
        run, output = self._run_into(tap)
        failed = [run.outcome(name).error or run.outcome(name).refused for name in streams]
        for problem in filter(None, failed):
            raise problem
        _load(connection, output)

    @staticmethod
    def _run_into(tap: FrameTap, *, first_page_only: bool = False) -> tuple[TapRun, io.BytesIO]:
        output = io.BytesIO()
        return tap.read_into(output, first_page_only=first_page_only), output


def _selecting(platform: str, settings: Mapping[str, Any], streams: tuple[str, ...]) -> dict[str, Any]:
    catalog = tap_class(platform)(config=dict(settings)).catalog_dict
    for entry in catalog["streams"]:
        for part in entry["metadata"]:
            if not part["breadcrumb"]:
                part["metadata"]["selected"] = entry["tap_stream_id"] in streams
    return catalog


@contextmanager
def _memory() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"attach ':memory:' as {WAREHOUSE}; use {WAREHOUSE}; set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _load(connection: duckdb.DuckDBPyConnection, messages: io.BytesIO) -> None:
    """The messages through the DuckDB target's own loader."""
    store = DuckDBStore(lambda: connection)
    tables.prepare(store)
    ledger.prepare(store)
    loader = Loader(store, DuckDBSettings(path=":memory:"), lambda _state: None, _LOG)
    load(loader, [messages.getvalue()], lambda: False)


def _sow(connection: duckdb.DuckDBPyConnection, mapped: Mapped) -> None:
    connection.execute("create schema if not exists staging")
    for name, file, columns in mapped.seeds:
        types = ", ".join(f"'{column}': '{kind}'" for column, kind in columns)
        seed = f"create or replace table staging.{name} as from read_csv(?, header = true, columns = {{{types}}})"
        connection.execute(seed, [file])


@lru_cache(maxsize=256)
def compiled(platform: str, model: str) -> Mapped:
    """A staging model's SQL for DuckDB, compiled by dbt against the platform's empty raw tables; once per process."""
    with tempfile.TemporaryDirectory(prefix="engarde-") as folder:
        file = Path(folder, f"{WAREHOUSE}.duckdb")
        connection = duckdb.connect(str(file))
        _load(connection, _schemas(platform))
        connection.close()
        manifest = _compile(model, platform, file)
    node = manifest["nodes"][f"model.engarde.{model}"]
    parents = node["depends_on"]["nodes"]
    return Mapped(
        sql=node["compiled_code"],
        streams=tuple(parent.split(".")[-1] for parent in parents if parent.startswith("source.")),
        seeds=tuple(_seed(manifest["nodes"][parent]) for parent in parents if parent.startswith("seed.")),
    )


def _seed(node: Mapping[str, Any]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    types = node["config"]["column_types"]
    return node["name"], str(PROJECT / node["original_file_path"]), tuple(types.items())


def _schemas(platform: str) -> io.BytesIO:
    """SCHEMA messages of every stream: compiling asks which raw tables and columns there are."""
    from taps.engine import api
    from taps.engine.build import build
    from taps.engine.nodes import json_schema, key_properties

    tap = api.tap_class(platform)
    output = io.BytesIO()
    for top in build(tap.manifest, tap.folder, None, "default"):
        for node in top.walk():
            message = {
                "type": "SCHEMA",
                "stream": node.name,
                "platform": platform,
                "schema": json_schema(node.stream, node.columns),
                "key_properties": key_properties(node.stream),
            }
            output.write(json.dumps(message).encode() + b"\n")
    return output


def _compile(model: str, platform: str, warehouse: Path) -> dict[str, Any]:
    target = PROJECT / "target" / "adapter" / platform  # kept, because dbt parses only what changed since
    from dbt.cli.main import dbtRunner

    from transform.launch import environment

    arguments = [
        "compile",
        *("--select", model, "--target", "duckdb"),
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--no-populate-cache"),
        *("--target-path", str(target), "--log-path", str(target), "--log-level", "none"),
    ]
    with environment({"ENGARDE_CONNECTED": platform, "ENGARDE_DUCKDB_PATH": str(warehouse)}):
        result = dbtRunner().invoke(arguments)
    if not result.success:
        msg = f"{model} does not compile: {result.exception or 'see the dbt log'}"
        raise CompileError(msg)
    compiled_manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text())
    return compiled_manifest
