"""What all runs of all tenants brought and cost, by platform: kept as runs end."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orchestrate.store.tables import PlatformTotal
from orchestrate.syncs.service import Result


def count(session: Session, platform: str, results: Collection[Result]) -> None:
    """Adds what a run brought, in the transaction in which it ends."""
    if not results:
        return
    if session.get(PlatformTotal, platform) is None:
        # Another run may add the same row at this moment; either serves.
        with contextlib.suppress(IntegrityError), session.begin_nested():
            session.add(PlatformTotal(platform=platform, rows=0, requests=0, bytes=0, waited=0.0))
    added = {
        "rows": PlatformTotal.rows + sum(each.rows for each in results),
        "requests": PlatformTotal.requests + sum(each.requests for each in results),
        "bytes": PlatformTotal.bytes + sum(each.bytes for each in results),
        "waited": PlatformTotal.waited + sum(each.waited for each in results),
    }
    kept = update(PlatformTotal).where(PlatformTotal.platform == platform).values(**added)
    session.execute(kept.execution_options(synchronize_session=False))
