"""How complete, valid, unique and fresh the platforms' data is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.data.errors import BusyError, NoRowsError
from orchestrate.reconciliation.quality import measured
from orchestrate.web.asking import needs
from orchestrate.web.pages import page

router = APIRouter(prefix="/quality")
Reading = Annotated[Identity, Depends(needs("data:read"))]


@router.get("")
def show_quality(request: Request, identity: Reading) -> Response:
    """Each entity of each raw table, as the last build measured it."""
    try:
        found, nothing = measured(identity.store, identity.tenant_id), None
    except (NoRowsError, BusyError) as missing:
        found, nothing = [], str(missing)
    return page(request, "quality/list.html", {"found": found, "nothing": nothing})
