"""Pairs of records that may be one: both side by side, and what speaks for and against it, piece by piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestrate.project import ROOT
from orchestrate.reconciliation.decisions import Decisions
from orchestrate.reconciliation.errors import NoDecisionError
from orchestrate.reconciliation.state import State, state_of
from orchestrate.store.database import Store

COMPARED = ("full_name", "birth_date", "email", "phone_e164", "address_line1", "city", "postcode", "company")
_SEPARATOR = " "
_KEYS = f"left_key || '{_SEPARATOR}' || right_key"


@dataclass(frozen=True)
class Record:
    """A platform's record of somebody, and the customer who it is now."""

    record_key: str
    customer_key: str
    platform: str
    source_object: str
    source_record_id: str
    full_name: str | None
    birth_date: date | None
    email: str | None
    phone_e164: str | None
    address_line1: str | None
    city: str | None
    postcode: str | None
    company: str | None


@dataclass(frozen=True)
class Evidence:
    """A piece of it: `weight` in bits, negative against, none for what goes by rules or is missing."""

    kind: str
    subject: str
    level: str | None
    weight: float | None
    left_value: str | None
    right_value: str | None


@dataclass(frozen=True)
class Pair:
    """Two records; `weight` in bits for all evidence, `reason` why they did not become one by themselves."""

    pair_id: str
    weight: float | None
    held_back: str | None
    reason: str | None
    left: Record
    right: Record
    evidence: tuple[Evidence, ...]


class Queue:
    """What waits for somebody's decision at one tenant."""

    def __init__(self, store: Store, tenant_id: str, actor: str, root: Path = ROOT) -> None:
        self._store, self._tenant_id, self._root = store, tenant_id, root
        self._decisions = Decisions(store, tenant_id, actor, root)

    def waiting(
        self, limit: int, after: tuple[str, int] | None = None
    ) -> tuple[list[Pair], tuple[str, int] | None]:  # fmt: skip
        """The strongest pairs first, and where the list goes on: the state of the warehouse and a place in it."""
        version, place = after or (None, 0)
        judged = [_SEPARATOR.join(pair) for pair in self._decisions.judged()]
        with state_of(self._store, self._tenant_id, version, self._root) as state:
            found = state.rows(
                "SELECT * FROM (SELECT *, row_number() OVER (ORDER BY weight DESC NULLS LAST, pair_id) AS place "  # noqa: S608 # no text of a request
                f"FROM unified.match_review_queue) AS placed WHERE place > ? "
                f"AND {_KEYS} NOT IN (SELECT unnest(?::VARCHAR[])) ORDER BY place LIMIT ?",
                [place, judged, limit + 1],
            )
            part, following = state.cut(found, limit)
            return _pairs(state, part), following

    def pair(self, pair_id: str) -> Pair:
        """One pair that waits, or waited in the last build; raises `NoDecisionError`."""
        with state_of(self._store, self._tenant_id, root=self._root) as state:
            found = state.rows("SELECT * FROM unified.match_review_queue WHERE pair_id = ?", [pair_id])
            if not found:
                raise NoDecisionError(f"no pair {pair_id!r} waits for a decision")
            return _pairs(state, found)[0]


def _pairs(state: State, rows: Sequence[Mapping[str, Any]]) -> list[Pair]:
    keys = [(row["left_key"], row["right_key"]) for row in rows]
    pieces: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    if keys:
        found = state.rows(
            "SELECT left_key, right_key, kind, subject, level, weight, left_value, right_value "
            "FROM unified.identity_evidence WHERE left_key IN (SELECT unnest(?::VARCHAR[])) "
            "AND right_key IN (SELECT unnest(?::VARCHAR[])) ORDER BY abs(weight) DESC NULLS LAST, kind, subject",
            [[left for left, _ in keys], [right for _, right in keys]],
        )
        for row in found:
            piece = [row[name] for name in ("kind", "subject", "level", "weight", "left_value", "right_value")]
            pieces[row["left_key"], row["right_key"]].append(Evidence(*piece))
    return [
        Pair(
            row["pair_id"], row["weight"], row["held_back"], row["reason"], _record(row, "left"), _record(row, "right"),
            tuple(pieces[row["left_key"], row["right_key"]]),
        )
        for row in rows
    ]  # fmt: skip


def _record(row: Mapping[str, Any], side: str) -> Record:
    names = ("key", "customer_key", "platform", "source_object", "source_record_id", *COMPARED)
    values = {name: row[f"{side}_{name}"] for name in names}
    born = values.pop("birth_date")
    return Record(
        record_key=values.pop("key"), birth_date=date.fromisoformat(born) if born else None, **values
    )  # fmt: skip
