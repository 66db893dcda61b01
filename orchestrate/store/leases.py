"""Leases: one holder at a time, who is known by a number that rises with every holder (a fencing number)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orchestrate.store.database import Store, StoreError
from orchestrate.store.tables import Lease, new_id, now

_PAUSE = 0.1


@contextmanager
def held(store: Store, tenant_id: str, subject: str, *, seconds: float, wait: float) -> Iterator[int]:
    """Waits for the lease on `subject`, yields its number and gives it back; raises `StoreError` after `wait` seconds.

    It ends by itself after `seconds`, for a holder that was killed.
    """
    holder = new_id()
    deadline = time.monotonic() + wait
    while (number := _take(store, tenant_id, subject, holder, seconds)) is None:
        if time.monotonic() >= deadline:
            raise StoreError(f"{subject} is held by another process for over {wait:.0f} s; try again later")
        time.sleep(_PAUSE)
    try:
        yield number
    finally:
        with store.transaction(tenant_id) as session:
            row = session.get(Lease, (tenant_id, subject), with_for_update=True)
            if row is not None and row.holder == holder:
                row.until = now()


def is_held(session: Session, tenant_id: str, subject: str) -> bool:
    """Whether anybody holds the lease on `subject` now."""
    row = session.get(Lease, (tenant_id, subject))
    return row is not None and row.until > now()


def _take(store: Store, tenant_id: str, subject: str, holder: str, seconds: float) -> int | None:
    until = now() + timedelta(seconds=seconds)
    try:
        with store.transaction(tenant_id) as session:
            row = session.scalar(
                select(Lease).where(Lease.tenant_id == tenant_id, Lease.subject == subject).with_for_update()
            )
            if row is None:
                session.add(Lease(tenant_id=tenant_id, subject=subject, holder=holder, number=1, until=until))
                return 1
            if row.until > now():
                return None
            row.holder, row.number, row.until = holder, row.number + 1, until
            return row.number
    except IntegrityError:
        return None  # somebody else was first
