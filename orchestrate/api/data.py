"""`/api/v1/unified`, `/api/v1/platforms/{platform}/{entity}` and `/api/v1/raw`: rows of the tenant's warehouse."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from orchestrate.api.access import serves
from orchestrate.api.lists import NO_CURSOR, Cursor, Limit, Page, cursor_of, key_of, place_of
from orchestrate.connections.service import Connections
from orchestrate.data.service import Data, Part, Wanted
from orchestrate.store.database import Store
from orchestrate.vault.service import Vault
from orchestrate.warehouse.base import BY_KEY

unified = APIRouter(prefix="/unified", tags=["data"])
platforms = APIRouter(prefix="/platforms", tags=["data"])
raw = APIRouter(prefix="/raw", tags=["data"])


def _data(store: Store, vault: Vault, tenant_id: str, actor: str) -> Data:
    return Data(Connections(store, vault, tenant_id, actor))


Read = Annotated[Data, Depends(serves(_data, "data:read"))]
Conditions = Annotated[
    list[str],
    Query(
        alias="where", max_length=20, examples=[["currency=EUR", "amount>=10"]],
        description="Conditions that all hold: column, one of = != > >= < <=, value; `null` for none.",
    ),
]  # fmt: skip
From = Annotated[date | None, Query(description="The first day, UTC.")]
To = Annotated[date | None, Query(description="The last day, UTC.")]


Rows = Page[dict[str, Any]]


class Column(BaseModel):
    """A column and what it is."""

    name: str
    type: str
    description: str


class UnifiedTable(BaseModel):
    """A table and what it is."""

    name: str
    schema_name: str
    description: str
    columns: list[Column]


@unified.get("")
def list_tables(data: Read) -> Page[UnifiedTable]:
    """The unified tables and marts that there are, with their columns."""
    items = [
        UnifiedTable(
            name=each.name, schema_name=each.schema, description=each.description,
            columns=[Column(name=name, type=kind, description=told) for name, (kind, told) in each.columns.items()],
        )
        for each in data.models()
    ]  # fmt: skip
    return Page(items=items, next=None)


@unified.get("/{table}", response_model=Rows)
def list_unified_rows(
    table: str, data: Read, conditions: Conditions = [], date_from: From = None, date_to: To = None,  # noqa: B006
    limit: Limit = 100, cursor: Cursor = None,
) -> Response:  # fmt: skip
    """Rows of a unified table or mart, of one state; on Postgres those with a key as they are by then."""
    return _page(data.unified(table, Wanted(limit, conditions, date_from, date_to, rows_after(cursor))))


@platforms.get("/{platform}/{entity}", response_model=Rows)
def list_platform_rows(
    platform: str, entity: str, data: Read, connection: str | None = None,
    source: Annotated[Literal["warehouse", "live"], Query(description="`live` asks the vendor now.")] = "warehouse",
    conditions: Conditions = [], date_from: From = None, date_to: To = None, limit: Limit = 100,  # noqa: B006
    cursor: Cursor = None,
) -> Response:  # fmt: skip
    """A platform's customers, products, orders, campaigns or another entity in the unified shape."""
    wanted = Wanted(limit, conditions, date_from, date_to, rows_after(cursor))
    if source == "warehouse":
        return _page(data.entity(platform, entity, wanted, connection))
    if connection is None or conditions or cursor is not None:
        raise HTTPException(422, "query.source: live rows are those of one `connection`, without `where` and `cursor`")
    return _page(Part(data.live(platform, entity, wanted, connection), None))


@raw.get("/{platform}/{stream}", response_model=Rows)
def list_raw_rows(
    platform: str, stream: str, data: Read, conditions: Conditions = [], date_from: From = None, date_to: To = None,  # noqa: B006
    limit: Limit = 100, cursor: Cursor = None,
) -> Response:  # fmt: skip
    """Rows of a raw table, as the vendor's answers were loaded; on Postgres those with a key as they are by then."""
    return _page(data.raw(platform, stream, Wanted(limit, conditions, date_from, date_to, rows_after(cursor))))


def after_of(cursor: str | None) -> tuple[str, int] | None:
    """The state of the warehouse and the row that a cursor names; raises 422 for one that no answer gave."""
    place = place_of(cursor, str, int)
    if place is None:
        return None
    version, row = str(place[0]), int(place[1])
    if not version.isalnum() or not 0 <= row < 2**62:
        raise HTTPException(422, NO_CURSOR)
    return version, row


def rows_after(cursor: str | None) -> tuple[str, int | str] | None:
    """The same for rows, whose lists may go on after a key in place of a state's row."""
    return key_of(cursor, BY_KEY) or after_of(cursor)


def _page(part: Part) -> Response:
    """The part as it is: the service gave values as JSON has them, and to look at each again takes another thread."""
    return JSONResponse({"items": part.rows, "next": cursor_of(part.next) if part.next else None})
