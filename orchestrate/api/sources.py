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
from orchestrate.webhooks.following import Following

router = APIRouter(prefix="/connections/{connection}", tags=["syncs"])


def _sources(store: Store, _: Vault, tenant_id: str, actor: str) -> Sources:
    return Sources(store, tenant_id, actor)


Read = Annotated[Sources, Depends(serves(_sources, "syncs:read"))]
Write = Annotated[Sources, Depends(serves(_sources, "syncs:write"))]

Choose = Annotated[Following, Depends(serves(Following, "syncs:write"))]


class Choice(BaseModel):
    """The streams to load; null for all."""

    streams: Annotated[list[str] | None, Field(examples=[["customers", "charges"]], min_length=1, max_length=1000)]


class Chosen(Page[Source]):
    """The streams, and what the vendor refused to be told of the choice: it delivers by its webhooks as before."""

    webhooks: list[str]


class Reset(BaseModel):
    """How much a stream forgets."""

    rows: Annotated[bool, Field(description="Delete its rows too; they are gone until the next run.")] = False


@router.get("/streams")
def list_streams(connection: str, sources: Read) -> Page[Source]:
    """How each stream stands, whether it is loaded, and up to when it is complete."""
    return Page(items=sources.of(connection), next=None)


@router.put("/streams")
def choose_streams(connection: str, choice: Choice, following: Choose) -> Chosen:
    """Loads these streams alone from the next run on, or all; a vendor that was told of an address tells of these."""
    found, said = following.choose(connection, choice.streams)
    return Chosen(items=found, next=None, webhooks=said)


@router.post("/streams/{stream}/reset", status_code=202)
def reset_stream(connection: str, stream: str, reset: Reset, sources: Write) -> Source:
    """Lets the next run load a stream whole."""
    return sources.reset(connection, stream, rows=reset.rows)


@router.get("/limits")
def list_limits(connection: str, sources: Read) -> Page[RateLimit]:
    """What the vendor permits, and what was left of it when the last run ended."""
    return Page(items=sources.limits(connection), next=None)
