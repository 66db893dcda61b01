"""Rows of the warehouse: unified tables and marts, a platform's entities as staged, raw tables as loaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.api.data import rows_after
from orchestrate.api.lists import cursor_of
from orchestrate.connections.offered import offer
from orchestrate.connections.service import Connections
from orchestrate.data.errors import RowsError
from orchestrate.data.service import Data, Part, Wanted
from orchestrate.web.asking import needs
from orchestrate.web.pages import page
from taps.registry import get_adapter_registry

router = APIRouter(prefix="/data")
Reading = Annotated[Identity, Depends(needs("data:read"))]
Where = Annotated[str, Query(alias="where", max_length=500)]
After = Annotated[str | None, Query(alias="cursor", max_length=1000)]
PART = 50


@router.get("")
def list_tables(request: Request, identity: Reading) -> Response:
    """The tables that there are; for each connected platform its entities and raw tables."""
    service = Connections(identity.store, identity.vault, identity.tenant_id, identity.actor)
    try:
        models, nothing = Data(service).models(), None
    except RowsError as missing:
        models, nothing = [], str(missing)
    registry = get_adapter_registry()
    names = sorted({each.platform for each in service.all()})
    sources = [(offer(name), registry.get_platform_capabilities(name).streams) for name in names]
    return page(request, "data/list.html", {"models": models, "nothing": nothing, "sources": sources})


@router.get("/unified/{table}")
def show_unified(request: Request, table: str, identity: Reading, where: Where = "", cursor: After = None) -> Response:
    """Rows of a unified table or a mart."""
    part = _data(identity).unified(table, _wanted(where, cursor))
    return _drawn(request, f"/data/unified/{table}", table, "unified", where, part)


@router.get("/staged/{platform}/{entity}")
def show_staged(
    request: Request, platform: str, entity: str, identity: Reading, where: Where = "", cursor: After = None
) -> Response:
    """Rows of a platform's entity in the unified shape."""
    part = _data(identity).entity(platform, entity, _wanted(where, cursor))
    return _drawn(request, f"/data/staged/{platform}/{entity}", f"{platform} {entity}", "staged", where, part)


@router.get("/raw/{platform}/{stream}")
def show_raw(
    request: Request, platform: str, stream: str, identity: Reading, where: Where = "", cursor: After = None
) -> Response:
    """Rows of a raw table, as the vendor's answers were loaded."""
    part = _data(identity).raw(platform, stream, _wanted(where, cursor))
    return _drawn(request, f"/data/raw/{platform}/{stream}", f"{platform}.{stream}", "raw", where, part)


def _drawn(request: Request, path: str, title: str, layer: str, where: str, part: Part) -> Response:
    return page(request, "data/rows.html", {
        "path": path, "title": title, "layer": layer, "where": where, "rows": part.rows,
        "columns": list(part.rows[0]) if part.rows else [], "cursor": cursor_of(part.next) if part.next else None,
    })  # fmt: skip


def _wanted(where: str, cursor: str | None) -> Wanted:
    return Wanted(PART, [each.strip() for each in where.split(",") if each.strip()], after=rows_after(cursor))


def _data(identity: Identity) -> Data:
    return Data(Connections(identity.store, identity.vault, identity.tenant_id, identity.actor))
