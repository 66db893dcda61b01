"""Decisions of people: taken, undone, never deleted. The models obey those that stand from the next build on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.project import ROOT
from orchestrate.reconciliation.attributes import read_value
from orchestrate.reconciliation.errors import DecisionRefusedError, NoDecisionError
from orchestrate.reconciliation.state import state_of
from orchestrate.store.database import Store
from orchestrate.store.tables import ReconciliationDecision, new_id, now
from orchestrate.syncs.service import Syncs

PAIRS = ("accept", "reject")


@dataclass(frozen=True)
class Decision:
    """A decision as people see it; moments are UTC.

    `accept` and `reject` name two records by `left_id` and `right_id`, `split` a record and the customer whose it is
    not, `value` a customer, an attribute and its value.
    """

    id: str
    kind: str
    left_id: str | None
    right_id: str | None
    customer_key: str | None
    attribute: str | None
    value: str | None
    note: str | None
    decided_by: str
    decided_at: datetime
    undone_by: str | None
    undone_at: datetime | None


class Decisions:
    """The decisions of one tenant."""

    def __init__(self, store: Store, tenant_id: str, actor: str, root: Path = ROOT) -> None:
        self._store, self._tenant_id, self._actor, self._root = store, tenant_id, actor, root
        self._syncs = Syncs(store, tenant_id, actor)

    def judge(self, kind: str, left: str, right: str, note: str | None = None) -> Decision:
        """Two records are one (`accept`) or two (`reject`)."""
        if kind not in PAIRS:
            raise DecisionRefusedError(f"two records are judged by {' or '.join(PAIRS)}, not {kind!r}")
        if left == right:
            raise DecisionRefusedError("a record is one with itself; name two")
        holders = self._holders(left, right)
        for record in (left, right):
            if record not in holders:
                raise NoDecisionError(f"there is no record {record!r}")
        left, right = sorted((left, right))
        return self._keep(ReconciliationDecision(kind=kind, left_id=left, right_id=right, note=note))

    def split(self, record: str, customer: str, note: str | None = None) -> Decision:
        """A record is not the customer's who holds it now."""
        holders = self._holders(record)
        if record not in holders:
            raise NoDecisionError(f"there is no record {record!r}")
        if holders[record] != customer:
            raise DecisionRefusedError(f"record {record} is not of customer {customer} now, but of {holders[record]}")
        if self._records(customer) < 2:  # one has nothing to be parted from
            raise DecisionRefusedError(f"record {record} is the only one of customer {customer}")
        made = ReconciliationDecision(kind="split", left_id=record, right_id=customer, customer_key=customer, note=note)
        return self._keep(made)

    def choose(self, customer: str, attribute: str, value: str, note: str | None = None) -> Decision:
        """A customer's attribute has this value, whatever the records say."""
        value = read_value(attribute, value)
        if not self._records(customer):
            raise NoDecisionError(f"there is no customer {customer!r}")
        made = ReconciliationDecision(
            kind="value", customer_key=customer, attribute=attribute, value=value, note=note
        )  # fmt: skip
        return self._keep(made)

    def undo(self, decision_id: str) -> Decision:
        """A decision does not stand any more; an earlier one on the same does again."""
        with self._store.transaction(self._tenant_id) as session:
            row = self._row(session, decision_id)
            if row.undone_at is not None:
                raise DecisionRefusedError(f"decision {decision_id} is undone already, by {row.undone_by}")
            row.undone_at, row.undone_by = now(), self._actor
            audit.record(session, self._tenant_id, self._actor, "decision undone", row.id, kind=row.kind)
            return _shown(row)

    def rebuild(self) -> str:
        """Queues the build that obeys the decisions, and returns its run's id."""
        return self._syncs.rebuild()

    def show(self, decision_id: str) -> Decision:
        """One decision; raises `NoDecisionError`."""
        with self._store.transaction(self._tenant_id) as session:
            return _shown(self._row(session, decision_id))

    def all(
        self, limit: int, before: tuple[datetime, str] | None = None, *, customer: str | None = None,
        standing: bool | None = None,
    ) -> list[Decision]:  # fmt: skip
        """The newest first; `before` is the last one seen, by moment and id."""
        table = ReconciliationDecision
        found = select(table).where(table.tenant_id == self._tenant_id)
        if before is not None:
            found = found.where(tuple_(table.decided_at, table.id) < before)
        if customer is not None:
            found = found.where(table.customer_key == customer)
        if standing is not None:
            found = found.where(table.undone_at.is_(None) if standing else table.undone_at.is_not(None))
        with self._store.transaction(self._tenant_id) as session:
            newest = found.order_by(table.decided_at.desc(), table.id.desc()).limit(limit)
            return [_shown(row) for row in session.scalars(newest)]

    def judged(self) -> set[tuple[str, str]]:
        """The pairs of records on which a decision stands, the smaller key first."""
        table = ReconciliationDecision
        mine = select(table.left_id, table.right_id).where(
            table.tenant_id == self._tenant_id, table.undone_at.is_(None), table.kind.in_(PAIRS)
        )
        with self._store.transaction(self._tenant_id) as session:
            return {(str(left), str(right)) for left, right in session.execute(mine)}

    def _keep(self, row: ReconciliationDecision) -> Decision:
        row.tenant_id, row.id, row.decided_by, row.decided_at = self._tenant_id, new_id(), self._actor, now()
        row.note = (row.note or "").strip() or None
        with self._store.transaction(self._tenant_id) as session:
            session.add(row)
            session.flush()
            subjects = {"left": row.left_id, "right": row.right_id, "customer": row.customer_key,
                        "attribute": row.attribute}  # fmt: skip
            named = {name: subject for name, subject in subjects.items() if subject is not None}
            audit.record(session, self._tenant_id, self._actor, f"decided: {row.kind}", row.id, **named)
            return _shown(row)

    def _holders(self, *records: str) -> dict[str, str]:
        """Record -> the customer who holds it now."""
        with state_of(self._store, self._tenant_id, root=self._root) as state:
            found = state.rows(
                "SELECT record_key, customer_key FROM unified.customer_identities "
                "WHERE is_current AND record_key IN (SELECT unnest(?::VARCHAR[]))",
                [list(records)],
            )
        return {row["record_key"]: row["customer_key"] for row in found}

    def _records(self, customer: str) -> int:
        with state_of(self._store, self._tenant_id, root=self._root) as state:
            (row,) = state.rows(
                "SELECT count(*) AS records FROM unified.customer_identities WHERE is_current AND customer_key = ?",
                [customer],
            )
        return int(row["records"])

    def _row(self, session: Session, decision_id: str) -> ReconciliationDecision:
        row = session.get(ReconciliationDecision, (self._tenant_id, decision_id))
        if row is None:
            raise NoDecisionError(f"there is no decision {decision_id!r}")
        return row


def _shown(row: ReconciliationDecision) -> Decision:
    return Decision(
        row.id, row.kind, row.left_id, row.right_id, row.customer_key, row.attribute, row.value, row.note,
        row.decided_by, row.decided_at, row.undone_by, row.undone_at,
    )  # fmt: skip
