"""The platforms there are, for everybody; and one of them with what it gives."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from orchestrate.connections import offered
from orchestrate.connections.forms import form
from orchestrate.web.pages import page
from taps.registry import get_adapter_registry

router = APIRouter()


@router.get("/platforms")
def list_platforms(
    request: Request, q: str = "", category: str = "", login: str = "", evidence: str = "", incremental: bool = False,
    deletes: bool = False, webhooks: bool = False,
) -> Response:  # fmt: skip
    """All of them, or those that are looked for."""
    wish = offered.Wish(q, category or None, login or None, evidence or None, incremental, deletes, webhooks)
    everything = offered.offers()
    return page(request, "platforms/list.html", {
        "wish": wish,
        "offers": [each for each in everything if wish.fits(each)],
        "total": len(everything),
        "categories": sorted({each.category for each in everything}),
        "logins": sorted({kind for each in everything for kind in offered.login_kinds(each)}),
    })  # fmt: skip


@router.get("/platforms/{platform}")
def show_platform(request: Request, platform: str) -> Response:
    """What one gives and what it takes to connect it."""
    name = get_adapter_registry().resolve(platform)
    found = get_adapter_registry().get_platform_capabilities(name)
    return page(request, "platforms/show.html", {
        "offer": offered.offer(name),
        "streams": [(each, offered.columns(name, each.name)) for each in found.streams],
        "form": form(name),
        "limits": offered.limits(name),
        "seen_deletes": offered.SEEN_DELETES,
    })  # fmt: skip
