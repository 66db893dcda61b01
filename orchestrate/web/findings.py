"""What does not add up between platforms, and the rows behind it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from orchestrate.api.data import after_of
from orchestrate.api.lists import cursor_of
from orchestrate.data.errors import BusyError, NoRowsError
from orchestrate.reconciliation.results import Results
from orchestrate.web.pages import page
from orchestrate.web.review import After, Reading

router = APIRouter(prefix="/findings")
PART = 50
Check = Annotated[str, Query(alias="check", max_length=100)]


@router.get("")
def list_findings(request: Request, identity: Reading, check: Check = "", cursor: After = None) -> Response:
    """How many findings each check has, and the findings of one check or all."""
    results = Results(identity.store, identity.tenant_id)
    try:
        counted, nothing = results.counted(), None
        found, after = results.all(PART, after_of(cursor), check or None)
    except (NoRowsError, BusyError) as missing:
        counted, found, after, nothing = {}, [], None, str(missing)
    return page(request, "findings/list.html", {
        "counted": counted, "findings": found, "check": check, "nothing": nothing,
        "cursor": cursor_of(after) if after else None,
    })  # fmt: skip


@router.get("/{finding}")
def show_finding(request: Request, finding: str, identity: Reading) -> Response:
    """One finding, with the rows on both sides."""
    found = Results(identity.store, identity.tenant_id).show(finding)
    return page(request, "findings/show.html", {"found": found, "finding": found.finding})
