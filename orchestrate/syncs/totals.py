"""What all runs of all tenants brought and cost, by platform: kept as runs end."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orchestrate.store.tables import PlatformTotal
from orchestrate.syncs.service import Result

SUMMED = ("rows", "requests", "bytes", "waited", "answers", "answering")


def count(session: Session, platform: str, results: Collection[Result]) -> None:
    """Adds what a run brought, in the transaction in which it ends."""
    if not results:
        return
    if session.get(PlatformTotal, platform) is None:
        # Another run may add the same row at this moment; either serves.
        with contextlib.suppress(IntegrityError), session.begin_nested():
            session.add(PlatformTotal(platform=platform, **dict.fromkeys(SUMMED, 0)))
    added = {name: getattr(PlatformTotal, name) + sum(getattr(each, name) for each in results) for name in SUMMED}
    kept = update(PlatformTotal).where(PlatformTotal.platform == platform).values(**added)
    session.execute(kept.execution_options(synchronize_session=False))
