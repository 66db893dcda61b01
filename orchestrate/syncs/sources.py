"""The streams of a connection: which are loaded, how each stands, which begins anew, and what its vendor permits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections import store as connection_rows
from orchestrate.connections.service import NoConnectionError
from orchestrate.store.database import Store
from orchestrate.store.tables import (
    DataSource,
    PlatformConnection,
    PlatformRateLimit,
    PlatformSyncStatus,
)
from orchestrate.syncs.errors import SyncRefusedError
from taps.registry import get_adapter_registry


@dataclass(frozen=True)
class Source:
    """A stream of a connection. `complete_at` (UTC): what changed before has arrived. `rows`: written in all runs."""

    stream: str
    chosen: bool
    reset: str | None
    status: str | None
    reason: str | None
    rows: int
    complete_at: datetime | None


@dataclass(frozen=True)
class RateLimit:
    """A limit of the vendor's as the connection's last run saw it; moments are UTC, `waited` is seconds."""

    bucket: str
    permitted: str | None
    size: int | None
    used: int
    remaining: int | None
    resets_at: datetime | None
    waited: float
    seen_at: datetime


class Sources:
    """The streams of one tenant's connections."""

    def __init__(self, store: Store, tenant_id: str, actor: str) -> None:
        self._store, self._tenant_id, self._actor = store, tenant_id, actor

    def of(self, connection: str) -> list[Source]:
        """Every stream in order of name: the platform's, or those of a database that were ever loaded or chosen."""
        with self._store.transaction(self._tenant_id) as session:
            owner = self._connection(session, connection)
            rows, stands = self._rows(session, owner), self._stands(session, owner)
            names = sorted(_streams_of(owner.platform) | rows.keys() | stands.keys())
            return [_shown(name, rows.get(name), stands.get(name)) for name in names]

    def choose(self, connection: str, streams: Sequence[str] | None) -> list[Source]:
        """Loads these streams alone from now on, or all again; raises `SyncRefusedError` for one that there is not."""
        with self._store.transaction(self._tenant_id) as session:
            owner = self._connection(session, connection)
            wanted = set(known_streams(owner.platform, streams or ()))
            rows = self._rows(session, owner)
            for name in _streams_of(owner.platform) | rows.keys() | wanted:
                row = rows.get(name) or self._new(session, owner, name)
                row.chosen = streams is None or name in wanted
            audit.record(
                session, self._tenant_id, self._actor, "streams chosen", connection,
                streams=", ".join(sorted(wanted)) or "all",
            )  # fmt: skip
        return self.of(connection)

    def chosen(self, connection: str) -> list[str]:
        """The streams to load; none where nobody chose: then it is all of them."""
        with self._store.transaction(self._tenant_id) as session:
            rows = self._rows(session, self._connection(session, connection))
            chosen = sorted(name for name, row in rows.items() if row.chosen)
            return chosen if len(chosen) < len(rows) else []

    def reset(self, connection: str, stream: str, *, rows: bool = False) -> Source:
        """Lets the next run load a stream whole; with `rows` it first deletes those that are there."""
        with self._store.transaction(self._tenant_id) as session:
            owner = self._connection(session, connection)
            (name,) = known_streams(owner.platform, [stream])
            row = self._rows(session, owner).get(name) or self._new(session, owner, name)
            row.reset = "rows" if rows else "bookmark"
            audit.record(
                session, self._tenant_id, self._actor, "stream reset", connection, stream=stream, forgets=row.reset
            )
            return _shown(name, row, self._stands(session, owner).get(name))

    def resets(self, connection: str, streams: Sequence[str]) -> dict[str, str]:
        """Which of these streams, or of all, begin anew: stream -> `bookmark` or `rows`."""
        with self._store.transaction(self._tenant_id) as session:
            rows = self._rows(session, self._connection(session, connection))
            return {name: row.reset for name, row in rows.items() if row.reset and (name in streams or not streams)}

    def have_reset(self, connection: str, done: Mapping[str, str]) -> None:
        """Notes that they have begun anew."""
        with self._store.transaction(self._tenant_id) as session:
            for name, row in self._rows(session, self._connection(session, connection)).items():
                if name in done:
                    row.reset = None

    def limits(self, connection: str) -> list[RateLimit]:
        """What the vendor permits, and what was left of it at the end of the last run."""
        with self._store.transaction(self._tenant_id) as session:
            owner = self._connection(session, connection)
            mine = select(PlatformRateLimit).where(
                PlatformRateLimit.tenant_id == self._tenant_id, PlatformRateLimit.connection_id == owner.id
            )
            return [
                RateLimit(row.bucket, row.permitted, row.size, row.used, row.remaining, row.resets_at, row.waited,
                          row.seen_at)
                for row in session.scalars(mine.order_by(PlatformRateLimit.bucket))
            ]  # fmt: skip

    def _connection(self, session: Session, name: str) -> PlatformConnection:
        row = connection_rows.named(session, self._tenant_id, name)
        if row is None:
            raise NoConnectionError(f"there is no connection {name!r}; `engarde connection list` shows them")
        return row

    def _rows(self, session: Session, owner: PlatformConnection) -> dict[str, DataSource]:
        mine = select(DataSource).where(DataSource.tenant_id == self._tenant_id, DataSource.connection_id == owner.id)
        return {row.stream: row for row in session.scalars(mine)}

    def _new(self, session: Session, owner: PlatformConnection, stream: str) -> DataSource:
        row = DataSource(tenant_id=self._tenant_id, connection_id=owner.id, stream=stream, chosen=True)
        session.add(row)
        return row

    def _stands(self, session: Session, owner: PlatformConnection) -> dict[str, PlatformSyncStatus]:
        mine = select(PlatformSyncStatus).where(
            PlatformSyncStatus.tenant_id == self._tenant_id, PlatformSyncStatus.connection_id == owner.id
        )
        return {row.stream: row for row in session.scalars(mine)}


def known_streams(platform: str, streams: Sequence[str]) -> list[str]:
    """These streams in order; raises `SyncRefusedError` for one that the platform does not have."""
    known = _streams_of(platform)
    strange = sorted(set(streams) - known)
    if strange and known:
        raise SyncRefusedError(f"{platform} has no stream {', '.join(strange)}; it has {', '.join(sorted(known))}")
    return sorted(set(streams))


def _streams_of(platform: str) -> set[str]:
    """None for a database: its catalogue alone knows its tables."""
    return {each.name for each in get_adapter_registry().get_platform_capabilities(platform).streams}


def _shown(name: str, row: DataSource | None, stands: PlatformSyncStatus | None) -> Source:
    return Source(
        name, row.chosen if row else True, row.reset if row else None, stands.status if stands else None,
        stands.reason if stands else None, stands.rows if stands else 0, stands.complete_at if stands else None,
    )  # fmt: skip
