"""`/api/v1/audit`: who did what, and the proof that nothing of it was altered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from orchestrate.api.access import Identity, needs
from orchestrate.api.lists import Cursor, Limit, Page, cut, place_of
from orchestrate.audit.service import check, entries

router = APIRouter(prefix="/audit", tags=["audit"])
Read = Annotated[Identity, Depends(needs("audit:read"))]


class Entry(BaseModel):
    """One thing that somebody did. `hash` covers it and the hash of the entry before."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, str]
    hash: str


class Proof(BaseModel):
    """What a check found: how many entries are sound, the hash of the last, and the first that is not."""

    entries: int
    head: str
    broken_at: int | None


@router.get("")
def list_entries(identity: Read, limit: Limit = 100, cursor: Cursor = None) -> Page[Entry]:
    """Entries, the newest first."""
    before = place_of(cursor, int)
    found = entries(identity.store, identity.tenant_id, limit + 1, int(before[0]) if before else None)
    shown = [
        Entry(number=each.number, at=each.at, actor=each.actor, action=each.action, subject=each.subject,
              detail=each.detail, hash=each.hash)
        for each in found
    ]  # fmt: skip
    part, further = cut(shown, limit, lambda each: [each.number])
    return Page(items=part, next=further)


@router.get("/verify")
def verify_entries(
    identity: Read,
    head: Annotated[str | None, Query(max_length=64, description="The hash that an earlier check ended with.")] = None,
) -> Proof:
    """Follows the chain of hashes. Keep `head` elsewhere: with it, entries cut off at the end show as well."""
    found = check(identity.store, identity.tenant_id, head)
    return Proof(entries=found.entries, head=found.head, broken_at=found.broken_at)
