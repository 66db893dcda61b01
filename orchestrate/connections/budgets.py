"""The budgets of vendors' accounts in the store, for all taps that ask them, whichever tenant's they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from orchestrate.store.database import Store
from orchestrate.store.tables import AccountBudget, now
from taps.engine.rate_shared import State

T = TypeVar("T")
IDLE = timedelta(days=30)
"""No limit that manifests know is counted over a longer time."""


class StoredBudgets:
    """The engine's `Ledger`: a row for each account and limit, which names no tenant."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def change(self, account: str, bucket: str, step: Callable[[State], T]) -> T:
        """Lets `step` change the state while nobody else does."""
        try:
            return self._change(account, bucket, step)
        except IntegrityError:  # another made the row meanwhile
            return self._change(account, bucket, step)

    def _change(self, account: str, bucket: str, step: Callable[[State], T]) -> T:
        with self._store.fleeting() as session:
            row = session.get(AccountBudget, (account, bucket[:200]), with_for_update=True)
            if row is None:
                row = AccountBudget(account=account, bucket=bucket[:200], state={})
                session.add(row)
                session.flush()
            state = dict(row.state)
            found = step(state)
            row.state, row.changed_at = state, now()
            return found


def forget_idle(store: Store) -> int:
    """Forgets the budgets that nobody asked for `IDLE`; returns how many."""
    with store.across_tenants() as session:
        idle = delete(AccountBudget).where(AccountBudget.changed_at < now() - IDLE)
        return int(session.execute(idle).rowcount)  # type: ignore[attr-defined] # of a DELETE's result
