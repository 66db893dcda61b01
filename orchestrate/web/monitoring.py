"""How the connections fare: health, success, rows, requests, and what limits leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.syncs.sources import Sources
from orchestrate.syncs.standing import NOTHING, standings
from orchestrate.syncs.usage import Usage, usage
from orchestrate.web.asking import needs
from orchestrate.web.pages import page

router = APIRouter()
PERIODS = {1: "a day", 7: "7 days", 30: "30 days", 90: "90 days"}


def _by_platform(figures: Sequence[Usage]) -> dict[str, Counter[str]]:
    """What the connections to each platform cost together."""
    found: dict[str, Counter[str]] = {}
    for each in figures:
        sums = found.setdefault(each.platform, Counter())
        for name in ("rows", "requests", "bytes", "waited"):
            sums[name] += getattr(each, name)
    return dict(sorted(found.items()))


@router.get("/monitoring")
def show_monitoring(
    request: Request, identity: Annotated[Identity, Depends(needs("syncs:read"))],
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> Response:  # fmt: skip
    """Every connection's figures of so many days, and the quotas that its last run left."""
    sources = Sources(identity.store, identity.tenant_id, identity.actor)
    figures = usage(identity.store, identity.tenant_id, days)
    stand = standings(identity.store, identity.tenant_id)
    return page(request, "monitoring/show.html", {
        "days": days, "periods": [(str(each), said) for each, said in PERIODS.items()],
        "platforms": _by_platform(figures),
        "lines": [(each, stand.get(each.connection, NOTHING)) for each in figures],
        "limits": [(each.connection, limit) for each in figures for limit in sources.limits(each.connection)],
        "requests": sum(each.requests for each in figures), "rows": sum(each.rows for each in figures),
        "runs": sum(each.done + each.partial + each.failed for each in figures),
        "whole": sum(each.done for each in figures),
    })  # fmt: skip
