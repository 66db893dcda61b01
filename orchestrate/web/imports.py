"""Imports: a connection's records beside those of others, before a person includes them or after."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.api.data import after_of
from orchestrate.api.lists import cursor_of
from orchestrate.data.errors import BusyError, NoRowsError
from orchestrate.imports.entities import OUTCOMES
from orchestrate.imports.errors import NoPreviewError
from orchestrate.imports.service import Imports
from orchestrate.web.pages import onward, page
from orchestrate.web.review import After, Reading, Writing

router = APIRouter(prefix="/imports")
PART = 25
Filter = Annotated[str, Query(max_length=100)]


@router.get("")
def list_imports(request: Request, identity: Reading) -> Response:
    """The connections, and which of them are held back."""
    return page(request, "imports/list.html", {"imports": _service(identity).all()})


@router.get("/{name}")
def show_import(name: str, identity: Reading) -> Response:
    """The first entity that the connection feeds."""
    shown = _service(identity).show(name)
    return onward(f"/imports/{name}/{shown.entities[0]}" if shown.entities else "/imports")


@router.get("/{name}/{entity}")
def show_entity(
    request: Request, name: str, entity: str, identity: Reading, outcome: Filter = "", rule: Filter = "",
    cursor: After = None,
) -> Response:  # fmt: skip
    """How its records stand to those of other connections, and the pairs."""
    imports = _service(identity)
    shown = imports.show(name)
    outcome = outcome if outcome in OUTCOMES else ""
    try:
        summary, nothing = imports.summary(name, entity), None
        chosen = {"outcome": outcome or None, "rule": rule or None}
        lines, after = imports.lines(name, entity, PART, after_of(cursor), **chosen)
    except (NoRowsError, NoPreviewError, BusyError) as missing:
        summary, lines, after, nothing = None, [], None, str(missing)
    here = f"/imports/{quote(name)}/{entity}"
    parts = [(each.capitalize(), f"/imports/{quote(name)}/{each}") for each in shown.entities]
    further = f"{here}?outcome={outcome}&rule={quote(rule)}&cursor={cursor_of(after)}" if after else None
    return page(request, "imports/show.html", {
        "shown": shown, "entity": entity, "summary": summary, "lines": lines, "nothing": nothing, "here": here,
        "parts": parts, "outcomes": OUTCOMES, "outcome": outcome, "rule": rule, "further": further,
    })  # fmt: skip


@router.post("/{name}/hold")
def hold(name: str, identity: Writing) -> Response:
    """Keeps what a new connection loads out of the unified tables."""
    _service(identity).hold(name)
    return onward("/imports", "held")


@router.post("/{name}/preview")
def preview(name: str, identity: Writing) -> Response:
    """Builds the preview anew, and goes to its run."""
    return onward(f"/runs/{_service(identity).preview(name)}")


@router.post("/{name}/include")
def include(name: str, identity: Writing) -> Response:
    """Lets its rows into the unified tables, and goes to the run that builds them."""
    return onward(f"/runs/{_service(identity).include(name)}")


def _service(identity: Identity) -> Imports:
    return Imports(identity.store, identity.tenant_id, identity.actor)
