"""`/api/v1/quality`: what the last build measured of the platforms' data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from orchestrate.api.access import Identity, needs
from orchestrate.api.lists import Page
from orchestrate.reconciliation.quality import Quality, measured

router = APIRouter(prefix="/quality", tags=["data"])
Reader = Annotated[Identity, Depends(needs("data:read"))]


@router.get("")
def list_quality(identity: Reader) -> Page[Quality]:
    """The share of rows that is complete, valid, unique and in time, for each entity of each raw table."""
    return Page(items=measured(identity.store, identity.tenant_id), next=None)
