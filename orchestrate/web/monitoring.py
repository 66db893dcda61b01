"""How the connections fare: health, success, latency, requests, what limits leave; how good the data is; alerts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from orchestrate.announce.service import Announcements
from orchestrate.api.access import Identity
from orchestrate.data.errors import BusyError, NoRowsError
from orchestrate.reconciliation.quality import Overall, overall
from orchestrate.syncs.sources import Sources
from orchestrate.syncs.standing import NOTHING, standings
from orchestrate.syncs.usage import by_platform, usage
from orchestrate.web.asking import needs
from orchestrate.web.pages import page

router = APIRouter()
PERIODS = {1: "a day", 7: "7 days", 30: "30 days", 90: "90 days"}


@router.get("/monitoring")
def show_monitoring(
    request: Request, identity: Annotated[Identity, Depends(needs("syncs:read"))],
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> Response:  # fmt: skip
    """Every connection's figures of so many days, the quotas that its last run left, and how data and alerts stand."""
    sources = Sources(identity.store, identity.tenant_id, identity.actor)
    figures = usage(identity.store, identity.tenant_id, days)
    stand = standings(identity.store, identity.tenant_id)
    return page(request, "monitoring/show.html", {
        "days": days, "periods": [(str(each), said) for each, said in PERIODS.items()],
        "platforms": by_platform(figures),
        "lines": [(each, stand.get(each.connection, NOTHING)) for each in figures],
        "limits": [(each.connection, limit) for each in figures for limit in sources.limits(each.connection)],
        "requests": sum(each.requests for each in figures), "rows": sum(each.rows for each in figures),
        "runs": sum(each.done + each.partial + each.failed for each in figures),
        "whole": sum(each.done for each in figures),
        "quality": _quality(identity) if identity.may("data:read") else None,
        "alerts": Announcements(identity.store, identity.vault, identity.tenant_id, identity.actor).counts(days)
        if identity.may("webhooks:read") else None,
    })  # fmt: skip


def _quality(identity: Identity) -> Overall | None:
    """The last build's measure; None where nothing was built, or while the warehouse cannot be read."""
    try:
        return overall(identity.store, identity.tenant_id)
    except (NoRowsError, BusyError):
        return None
