"""What the runs of the last days were like and what they cost, connection by connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import extract, func, select

from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, SyncResult, SyncRun, now
from orchestrate.syncs.standing import part_of
from orchestrate.syncs.states import ENDS

_NOTHING = (0, 0, 0, 0.0, 0, 0.0, None)


@dataclass(frozen=True)
class Usage:
    """A connection's runs that ended: how many in each state, and their sums. `bytes` were received, `waited` is s.

    `took` is how many seconds a run took on the average, None where none ended. `latency` is how many seconds the
    vendor's answers took on the average until they began, `slowest` how many the slowest of them; None without answers.
    """

    connection: str
    platform: str
    done: int
    partial: int
    failed: int
    cancelled: int
    rows: int
    requests: int
    bytes: int
    waited: float
    took: float | None
    answers: int
    latency: float | None
    slowest: float | None

    @property
    def success(self) -> float | None:
        """The part of runs that were whole, of those that nobody cancelled; None where there are none."""
        counted = self.done + self.partial + self.failed
        return self.done / counted if counted else None


@dataclass(frozen=True)
class PlatformUsage:
    """What the connections to one platform cost together, in the units of `Usage`."""

    platform: str
    rows: int
    requests: int
    bytes: int
    waited: float
    answers: int
    latency: float | None
    slowest: float | None


def by_platform(figures: Iterable[Usage]) -> list[PlatformUsage]:
    """The sums of each platform, by its name; each answer counts as much as any other."""
    found: dict[str, list[Usage]] = {}
    for each in figures:
        found.setdefault(each.platform, []).append(each)
    return [_together(platform, own) for platform, own in sorted(found.items())]


def _together(platform: str, own: Sequence[Usage]) -> PlatformUsage:
    answers = sum(each.answers for each in own)
    answering = sum(each.answers * each.latency for each in own if each.latency is not None)
    return PlatformUsage(
        platform, rows=sum(each.rows for each in own), requests=sum(each.requests for each in own),
        bytes=sum(each.bytes for each in own), waited=sum(each.waited for each in own), answers=answers,
        latency=answering / answers if answers else None,
        slowest=max((each.slowest for each in own if each.slowest is not None), default=None),
    )  # fmt: skip


def usage(
    store: Store, tenant_id: str, days: int = 30, *, limit: int | None = None, after: str | None = None
) -> list[Usage]:
    """Connections by name, those without runs too; all of them, or so many after this name."""
    owners = part_of(tenant_id, limit, after)
    own = select(owners.subquery().c.id)
    mine = (
        SyncRun.tenant_id == tenant_id, SyncRun.ended_at > now() - timedelta(days=days), SyncRun.status.in_(ENDS),
        SyncRun.connection_id.in_(own),
    )  # fmt: skip
    counts = (
        select(SyncRun.connection_id, SyncRun.status, func.count()).where(*mine)
        .group_by(SyncRun.connection_id, SyncRun.status)
    )  # fmt: skip
    sums = (
        select(
            SyncRun.connection_id, func.sum(SyncResult.rows), func.sum(SyncResult.requests), func.sum(SyncResult.bytes),
            func.sum(SyncResult.waited), func.sum(SyncResult.answers), func.sum(SyncResult.answering),
            func.max(SyncResult.slowest),
        )
        .join(SyncResult, (SyncResult.tenant_id == SyncRun.tenant_id) & (SyncResult.run_id == SyncRun.id)).where(*mine)
        .group_by(SyncRun.connection_id)
    )  # fmt: skip
    lasted = extract("epoch", SyncRun.ended_at) - extract("epoch", SyncRun.started_at)
    times = select(SyncRun.connection_id, func.avg(lasted)).where(*mine).group_by(SyncRun.connection_id)
    with store.transaction(tenant_id) as session:
        took = dict(session.execute(times).tuples().all())
        counted = {(own, status): count for own, status, count in session.execute(counts).tuples()}
        summed = {own: rest for own, *rest in session.execute(sums).tuples()}
        return [
            _told(row, {status: counted.get((row.id, status), 0) for status in ENDS}, summed.get(row.id, _NOTHING),
                  took.get(row.id))
            for row in session.scalars(owners)
        ]  # fmt: skip


def _told(row: PlatformConnection, states: Mapping[str, int], sums: Sequence[Any], took: Any) -> Usage:
    """A connection's line; engines give sums and means as integers, decimals or floats."""
    rows, requests, received, waited, answers, answering, slowest = sums
    return Usage(
        row.name, row.platform, **states, rows=int(rows or 0), requests=int(requests or 0), bytes=int(received or 0),
        waited=float(waited or 0), took=None if took is None else float(took), answers=int(answers or 0),
        latency=float(answering) / int(answers) if answers else None,
        slowest=float(slowest or 0) if answers else None,
    )  # fmt: skip
