"""`/api/v1/connections/{connection}/streams` and `/limits`: what a connection loads, how it stands, what is left."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from orchestrate.api.access import serves
from orchestrate.api.lists import Page
from orchestrate.store.database import Store
from orchestrate.syncs.sources import RateLimit, Source, Sources
from orchestrate.vault.service import Vault

router = APIRouter(prefix="/connections/{connection}", tags=["syncs"])


def _sources(store: Store, _: Vault, tenant_id: str, actor: str) -> Sources:
    return Sources(store, tenant_id, actor)


Read = Annotated[Sources, Depends(serves(_sources, "syncs:read"))]
Write = Annotated[Sources, Depends(serves(_sources, "syncs:write"))]


class Choice(BaseModel):
    """The streams to load; null for all."""

    streams: Annotated[list[str] | None, Field(examples=[["customers", "charges"]], min_length=1, max_length=1000)]


class Reset(BaseModel):
    """How much a stream forgets."""

    rows: Annotated[bool, Field(description="Delete its rows too; they are gone until the next run.")] = False


@router.get("/streams")
def list_streams(connection: str, sources: Read) -> Page[Source]:
    """How each stream stands, whether it is loaded, and up to when it is complete."""
    return Page(items=sources.of(connection), next=None)


@router.put("/streams")
def choose_streams(connection: str, choice: Choice, sources: Write) -> Page[Source]:
    """Loads these streams alone from the next run on, or all."""
    return Page(items=sources.choose(connection, choice.streams), next=None)


@router.post("/streams/{stream}/reset", status_code=202)
def reset_stream(connection: str, stream: str, reset: Reset, sources: Write) -> Source:
    """Lets the next run load a stream whole."""
    return sources.reset(connection, stream, rows=reset.rows)


@router.get("/limits")
def list_limits(connection: str, sources: Read) -> Page[RateLimit]:
    """What the vendor permits, and what was left of it when the last run ended."""
    return Page(items=sources.limits(connection), next=None)
