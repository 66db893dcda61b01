"""One customer: the records, every value they give for an attribute, which stands and why, and how it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestrate.project import ROOT
from orchestrate.reconciliation.attributes import ATTRIBUTES
from orchestrate.reconciliation.errors import NoDecisionError
from orchestrate.reconciliation.state import state_of
from orchestrate.store.database import Store


@dataclass(frozen=True)
class HeldRecord:
    """A record and since when it is the customer's, and by what; `valid_to` (UTC) is none while it is."""

    record_key: str
    platform: str
    connection_id: str | None
    source_object: str
    source_record_id: str
    rule: str
    match_weight: float | None
    decided_by: str | None
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True)
class Value:
    """A value that a record gives, or a person (`platform` is none). `rule` is what chose it or decided against it."""

    attribute: str
    value: str
    is_chosen: bool
    is_conflict: bool
    rule: str
    platform: str | None
    source_object: str | None
    source_record_id: str | None
    observed_at: datetime | None


@dataclass(frozen=True)
class Past:
    """How the customer was from `valid_from` to `valid_to` (UTC): attribute -> value."""

    valid_from: datetime
    valid_to: datetime | None
    status: str
    values: dict[str, str | None]


@dataclass(frozen=True)
class FoundCustomer:
    """A customer in a list; `conflicts` is how many values of records differ from those that stand."""

    customer_key: str
    full_name: str | None
    email: str | None
    company: str | None
    record_count: int
    source_count: int
    conflicts: int


@dataclass(frozen=True)
class Customer:
    """A customer; `merged_into_key` is who holds the records of one that was merged."""

    customer_key: str
    status: str
    merged_into_key: str | None
    attributes: dict[str, str | None]
    records: tuple[HeldRecord, ...]
    values: tuple[Value, ...]
    history: tuple[Past, ...]


class Customers:
    """The customers of one tenant."""

    def __init__(self, store: Store, tenant_id: str, root: Path = ROOT) -> None:
        self._store, self._tenant_id, self._root = store, tenant_id, root

    def find(
        self, limit: int, after: tuple[str, int] | None = None, search: str = ""
    ) -> tuple[list[FoundCustomer], tuple[str, int] | None]:
        """Living customers by name, those with a text in name, e-mail address or key; and where the list goes on."""
        version, place = after or (None, 0)
        with state_of(self._store, self._tenant_id, version, self._root) as state:
            found = state.rows(
                "WITH placed AS (SELECT *, row_number() OVER (ORDER BY full_name NULLS LAST, customer_key) AS place "
                "FROM unified.customers WHERE status = 'active'), "
                "part AS (SELECT * FROM placed WHERE place > ? AND (customer_key = ? OR "
                "strpos(lower(coalesce(full_name, '') || ' ' || coalesce(email, '')), lower(?)) > 0) "
                "ORDER BY place LIMIT ?), "
                "differing AS (SELECT customer_key, count(*) AS conflicts FROM unified.customer_attribute_values "
                "WHERE is_conflict AND customer_key IN (SELECT customer_key FROM part) GROUP BY customer_key) "
                "SELECT part.*, coalesce(conflicts, 0) AS conflicts FROM part LEFT JOIN differing USING (customer_key) "
                "ORDER BY place",
                [place, search, search, limit + 1],
            )
            part, following = state.cut(found, limit)
        names = FoundCustomer.__dataclass_fields__
        return [FoundCustomer(**{name: row[name] for name in names}) for row in part], following

    def show(self, customer_key: str) -> Customer:
        """One customer; raises `NoDecisionError`, and `RowsError` where nothing was built."""
        with state_of(self._store, self._tenant_id, root=self._root) as state:
            found = state.rows("SELECT * FROM unified.customers WHERE customer_key = ?", [customer_key])
            if not found:
                raise NoDecisionError(f"there is no customer {customer_key!r}")
            records = state.rows(
                "SELECT * FROM unified.customer_identities WHERE customer_key = ? "
                "ORDER BY valid_to DESC NULLS FIRST, platform, source_record_id",
                [customer_key],
            )
            values = state.rows(
                "SELECT *, rank = min(rank) OVER (PARTITION BY attribute) AS is_chosen "
                "FROM unified.customer_attribute_values WHERE customer_key = ? ORDER BY attribute, rank, platform",
                [customer_key],
            )
            history = state.rows(
                "SELECT * FROM unified.customers_history WHERE customer_key = ? ORDER BY valid_from DESC",
                [customer_key],
            )
        row = found[0]
        return Customer(
            customer_key, row["status"], row["merged_into_key"], _attributes(row),
            tuple(_record(each) for each in records),
            tuple(sorted((_value(each) for each in values), key=lambda each: ATTRIBUTES.index(each.attribute))),
            tuple(
                Past(_moment(each["valid_from"]), _perhaps(each["valid_to"]), each["status"], _attributes(each))
                for each in history
            ),
        )  # fmt: skip


def _attributes(row: dict[str, Any]) -> dict[str, str | None]:
    return {name: _text(row.get(name)) for name in ATTRIBUTES}


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _record(row: dict[str, Any]) -> HeldRecord:
    names = ("record_key", "platform", "connection_id", "source_object", "source_record_id", "rule", "match_weight",
             "decided_by")  # fmt: skip
    held = {name: row[name] for name in names}
    return HeldRecord(**held, valid_from=_moment(row["valid_from"]), valid_to=_perhaps(row["valid_to"]))


def _value(row: dict[str, Any]) -> Value:
    names = ("attribute", "value", "is_chosen", "is_conflict", "rule", "platform", "source_object", "source_record_id")
    return Value(**{name: row[name] for name in names}, observed_at=_perhaps(row["observed_at"]))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _perhaps(text: str | None) -> datetime | None:
    return _moment(text) if text else None
