"""The imports of one tenant: which connections are held back, and what their records are beside those of others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections import store as connections
from orchestrate.connections.service import NoConnectionError
from orchestrate.data.errors import NoRowsError
from orchestrate.imports.entities import ENTITIES, OUTCOMES
from orchestrate.imports.errors import ImportRefusedError, NoPreviewError
from orchestrate.project import ROOT
from orchestrate.reconciliation.state import State, state_in, state_of
from orchestrate.store.database import Store
from orchestrate.store.tables import HeldConnection, PlatformConnection, PlatformSyncStatus
from orchestrate.syncs.service import INCLUDE, PREVIEW, Syncs
from orchestrate.warehouse.base import Preview, Warehouse
from orchestrate.warehouse.names import quoted
from orchestrate.warehouses import warehouse_of
from taps.registry import entities_of


@dataclass(frozen=True)
class Import:
    """A connection; moments are UTC.

    `loaded` tells whether it brought rows, `previewed_at` when the preview of one that is held back was built.
    """

    connection: str
    platform: str
    entities: tuple[str, ...]
    loaded: bool
    held: bool
    held_by: str | None
    held_at: datetime | None
    previewed_at: datetime | None


@dataclass(frozen=True)
class Rule:
    """How many pairs a rule has brought to an outcome."""

    outcome: str
    rule: str | None
    pairs: int


@dataclass(frozen=True)
class Summary:
    """The records of an entity, each by its strongest outcome, and the pairs by outcome and rule.

    `is_preview` tells that nothing of it is in the unified tables yet.
    """

    connection: str
    platform: str
    entity: str
    is_preview: bool
    records: int
    outcomes: dict[str, int]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Side:
    """A record, and by `values` what it says of itself."""

    record_key: str
    entity: str
    platform: str
    connection: str
    source_object: str
    source_record_id: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Line:
    """A record beside one of another connection, or alone. `weight` is in bits, of products a share of likeness."""

    outcome: str
    rule: str | None
    weight: float | None
    reason: str | None
    record: Side
    other: Side | None


class Imports:
    """The imports of one tenant."""

    def __init__(self, store: Store, tenant_id: str, actor: str, root: Path = ROOT) -> None:
        self._store, self._tenant_id, self._actor, self._root = store, tenant_id, actor, root
        self._syncs = Syncs(store, tenant_id, actor)

    def all(self) -> list[Import]:
        """All connections by name."""
        warehouse = self._warehouse()
        with self._store.transaction(self._tenant_id) as session:
            mine = select(HeldConnection).where(HeldConnection.tenant_id == self._tenant_id)
            held = {(each.platform, each.name): each for each in session.scalars(mine)}
            mine_all = connections.all_of(session, self._tenant_id)
            return [self._shown(session, warehouse, row, held.get((row.platform, row.name))) for row in mine_all]

    def show(self, name: str) -> Import:
        """One of them; raises `NoConnectionError`."""
        warehouse = self._warehouse()
        with self._store.transaction(self._tenant_id) as session:
            row = connections.named(session, self._tenant_id, name)
            if row is None:
                raise NoConnectionError(f"there is no connection {name!r}")
            held = session.get(HeldConnection, (self._tenant_id, row.platform, name))
            return self._shown(session, warehouse, row, held)

    def hold(self, name: str) -> Import:
        """Keeps what a connection loads out of the unified tables, until it is included.

        Raises `ImportRefusedError` where rows of it are in them already, or may be at any moment.
        """
        shown = self.show(name)
        if shown.held:
            return shown
        self._refuse_a_busy_one(name)
        if self._is_included(shown):
            raise ImportRefusedError(f"rows of {name} are in the unified tables already; a new connection is held back")
        with self._store.transaction(self._tenant_id) as session:
            session.add(
                HeldConnection(tenant_id=self._tenant_id, platform=shown.platform, name=name, held_by=self._actor)
            )
            audit.record(session, self._tenant_id, self._actor, "import held back", name)
        return self.show(name)

    def include(self, name: str) -> str:
        """Lets a connection's rows into the unified tables; returns the run that builds them."""
        shown = self._held(name)
        self._refuse_a_busy_one(name)
        with self._store.transaction(self._tenant_id) as session:
            session.delete(session.get_one(HeldConnection, (self._tenant_id, shown.platform, name)))
            audit.record(session, self._tenant_id, self._actor, "import included", name)
        self._preview(name).forget()
        return self._syncs.build(name, INCLUDE)

    def preview(self, name: str) -> str:
        """Queues the build of a preview anew, of what is loaded; returns its run. Each load brings one by itself."""
        self._held(name)
        return self._syncs.build(name, PREVIEW)

    def summary(self, name: str, entity: str) -> Summary:
        """How many records of an entity stand alone, are one with others, or wait; raises `NoPreviewError`."""
        shown = self._feeding(name, entity)
        with self._answers(shown, entity) as (state, answers, values):
            records = state.rows(
                f"SELECT standing, count(DISTINCT record_key) AS records FROM {answers} GROUP BY standing",  # noqa: S608 # names of this package
                values,
            )
            rules = state.rows(
                f"SELECT outcome, rule, count(*) AS pairs FROM {answers} WHERE other_key IS NOT NULL "  # noqa: S608 # names of this package
                "GROUP BY outcome, rule",
                values,
            )
        counted = {row["standing"]: int(row["records"]) for row in records}
        found = [Rule(**row) for row in rules]
        return Summary(
            shown.connection, shown.platform, entity, shown.held, sum(counted.values()),
            {name: counted.get(name, 0) for name in OUTCOMES},
            tuple(sorted(found, key=lambda each: (OUTCOMES.index(each.outcome), -each.pairs, each.rule or ""))),
        )  # fmt: skip

    def lines(
        self, name: str, entity: str, limit: int, after: tuple[str, int] | None = None, *, outcome: str | None = None,
        rule: str | None = None,
    ) -> tuple[list[Line], tuple[str, int] | None]:  # fmt: skip
        """The pairs, strongest outcome first, and records that stand alone; and where the list goes on."""
        shown = self._feeding(name, entity)
        version, place = after or (None, 0)
        with self._answers(shown, entity, version) as (state, answers, values):
            found = state.rows(
                f"SELECT * FROM {answers} WHERE place > ? AND (?::VARCHAR IS NULL OR outcome = ?) "  # noqa: S608 # names of this package
                "AND (?::VARCHAR IS NULL OR rule = ?) ORDER BY place LIMIT ?",
                [*values, place, outcome, outcome, rule, rule, limit + 1],
            )
            part, following = state.cut(found, limit)
        return [_line(row) for row in part], following

    @contextmanager
    def _answers(
        self, shown: Import, entity: str, version: str | None = None
    ) -> Iterator[tuple[State, str, list[str]]]:
        """What answers: a preview's table, or the question itself asked of the unified tables, with its parameters."""
        if not shown.held:
            with state_of(self._store, self._tenant_id, version, self._root) as state:
                yield state, f"({ENTITIES[entity].query}) AS told", [shown.platform, shown.connection]
            return
        try:
            with state_in(self._preview(shown.connection).answers, version) as state:
                yield state, f"answers.{entity}", []
        except NoRowsError:
            raise NoPreviewError(
                f"{shown.connection} is held back and was not previewed yet; load it, or ask for its preview"
            ) from None

    def _feeding(self, name: str, entity: str) -> Import:
        shown = self.show(name)
        if entity not in shown.entities:
            feeds = ", ".join(shown.entities) or "none of those that are merged"
            raise ImportRefusedError(f"{shown.platform} has no {entity}; it has {feeds}")
        return shown

    def _held(self, name: str) -> Import:
        shown = self.show(name)
        if not shown.held:
            raise ImportRefusedError(f"{name} is not held back: what it loads is in the unified tables")
        return shown

    def _refuse_a_busy_one(self, name: str) -> None:
        if self._syncs.runs(connection=name, status="running", limit=1):
            raise ImportRefusedError(f"a run of {name} is under way; try again when it has ended")

    def _is_included(self, shown: Import) -> bool:
        try:
            with state_of(self._store, self._tenant_id, root=self._root) as state:
                tables = map(quoted, state.reading.having("unified", "connection_id"))
                asked = [
                    f"SELECT 1 FROM unified.{table} WHERE platform = ? AND connection_id = ? LIMIT 1"  # noqa: S608 # quoted names
                    for table in tables
                ]
                return any(state.rows(each, [shown.platform, shown.connection]) for each in asked)
        except NoRowsError:
            return False

    def _preview(self, name: str) -> Preview:
        with self._store.transaction(self._tenant_id) as session:
            row = connections.named(session, self._tenant_id, name)
            connection_id = row.id if row is not None else None
        if connection_id is None:
            raise NoConnectionError(f"there is no connection {name!r}")
        return self._warehouse().preview(connection_id)

    def _warehouse(self) -> Warehouse:
        return warehouse_of(self._tenant_id, self._store.tenant_name(self._tenant_id), self._root)

    def _shown(
        self, session: Session, warehouse: Warehouse, row: PlatformConnection, held: HeldConnection | None
    ) -> Import:  # fmt: skip
        stream = select(PlatformSyncStatus.stream).where(
            PlatformSyncStatus.tenant_id == self._tenant_id, PlatformSyncStatus.connection_id == row.id
        )
        loaded = session.scalar(stream.limit(1)) is not None
        feeds = tuple(each for each in ENTITIES if each in entities_of(row.platform))
        built_at = warehouse.preview(row.id).built_at if held else None
        by, at = (held.held_by, held.held_at) if held else (None, None)
        return Import(row.name, row.platform, feeds, loaded, held is not None, by, at, built_at)


def _line(row: Mapping[str, Any]) -> Line:
    other = _side(row, "other") if row["other_key"] is not None else None
    return Line(row["outcome"], row["rule"], row["weight"], row["reason"], _side(row, "record"), other)


def _side(row: Mapping[str, Any], side: str) -> Side:
    names = ("key", "entity", "platform", "connection", "object", "id")
    key, entity, platform, connection, source_object, source_record_id = (row[f"{side}_{name}"] for name in names)
    said = json.loads(row[f"{side}_said"])
    return Side(key, entity, platform, connection, source_object, source_record_id, said)
