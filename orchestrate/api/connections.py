"""`/api/v1/connections`: a tenant's accounts; secrets go in and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from orchestrate.api.access import serves
from orchestrate.api.lists import Cursor, Limit, Page, cut, place_of
from orchestrate.connections.service import Connections, Shown
from orchestrate.webhooks.following import Following

router = APIRouter(prefix="/connections", tags=["connections"])
Read = Annotated[Connections, Depends(serves(Connections, "connections:read"))]
Write = Annotated[Connections, Depends(serves(Connections, "connections:write"))]
Leave = Annotated[Following, Depends(serves(Following, "connections:write"))]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$", examples=["main"])]


class NewConnection(BaseModel):
    """What to connect; the settings are those of `/platforms/{platform}`."""

    platform: Annotated[str, Field(examples=["stripe"])]
    name: Name = "default"
    settings: Annotated[dict[str, Any], Field(examples=[{"api_key": "rk_live_..."}])]
    test: Annotated[bool, Field(description="Tries it first, and keeps nothing where the vendor refuses.")] = False


class ChangedConnection(BaseModel):
    """Settings to set; null takes one away, the others stay."""

    settings: Annotated[dict[str, Any], Field(examples=[{"start_date": "2025-01-01"}])]


class ShownConnection(BaseModel):
    """A connection; the values of secrets are dots."""

    id: str
    platform: str
    name: str
    status: str
    status_reason: str | None
    checked_at: datetime | None
    settings: dict[str, Any]


class Removed(BaseModel):
    """Addresses that the vendor could not be made to forget, and why; and those that serve others and are `kept`."""

    webhooks: list[str]
    kept: list[str]


class Tried(BaseModel):
    """What a try found: stream -> `ok` or what is wrong."""

    streams: dict[str, str]


@router.get("")
def list_connections(connections: Read, limit: Limit = 100, cursor: Cursor = None) -> Page[ShownConnection]:
    """Connections by name."""
    after = place_of(cursor, str)
    found = connections.part(limit + 1, str(after[0]) if after else None)
    part, following = cut(found, limit, lambda each: (each.name,))
    return Page(items=[shown_connection(each) for each in part], next=following)


@router.post("", status_code=201)
def add_connection(new: NewConnection, connections: Write, response: Response) -> ShownConnection:
    """Connects an account, if a tap would start with these settings."""
    shown = connections.add(new.platform, new.name, new.settings, test=new.test)
    response.headers["Location"] = f"/api/v1/connections/{shown.name}"
    return shown_connection(shown)


@router.get("/{name}")
def show_connection(name: str, connections: Read) -> ShownConnection:
    """One connection."""
    return shown_connection(connections.show(name))


@router.patch("/{name}")
def change_connection(name: str, changed: ChangedConnection, connections: Write) -> ShownConnection:
    """Changes settings; the others stay."""
    return shown_connection(connections.change(name, changed.settings))


@router.post("/{name}/test")
def test_connection(name: str, connections: Write) -> Tried:
    """Reads the first page of every stream and keeps the outcome as the connection's status."""
    return Tried(streams=dict(connections.test(name)))


@router.delete("/{name}", status_code=204, responses={200: {"model": Removed}})
def remove_connection(name: str, following: Leave) -> Response:
    """Forgets a connection and its secrets, and has its vendor forget the addresses it was told; rows stay.

    200 with what is left to do by hand where the vendor refused, and the addresses that serve others and stay.
    """
    left = following.remove(name)
    if not left.untold and not left.kept:
        return Response(status_code=204)
    return JSONResponse(Removed(webhooks=left.untold, kept=left.kept).model_dump())


def shown_connection(shown: Shown) -> ShownConnection:
    """What the API shows of a connection."""
    return ShownConnection(
        id=shown.id, platform=shown.platform, name=shown.name, status=shown.status, status_reason=shown.status_reason,
        checked_at=shown.checked_at, settings=dict(shown.settings),
    )  # fmt: skip
