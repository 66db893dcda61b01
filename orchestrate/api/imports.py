"""`/api/v1/imports`: what a connection's records are beside those of others, before they are included or after."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from orchestrate.api.access import serves
from orchestrate.api.data import after_of
from orchestrate.api.lists import Cursor, Limit, Page, cursor_of
from orchestrate.imports.service import Import, Imports, Line, Summary
from orchestrate.store.database import Store
from orchestrate.vault.service import Vault

router = APIRouter(prefix="/imports", tags=["reconciliation"])
Entity = Literal["customers", "products", "orders", "payments"]
Outcome = Literal["merged", "matched", "review", "apart", "alone"]
RuleName = Annotated[str | None, Query(max_length=100, description="Only pairs of this rule.")]


def _imports(store: Store, _: Vault, tenant_id: str, actor: str) -> Imports:
    return Imports(store, tenant_id, actor)


Read = Annotated[Imports, Depends(serves(_imports, "reconciliation:read"))]
Write = Annotated[Imports, Depends(serves(_imports, "reconciliation:write"))]


class Building(BaseModel):
    """The run that builds it."""

    run: str


@router.get("")
def list_imports(imports: Read) -> Page[Import]:
    """All connections, with what they feed and whether they are held back."""
    return Page(items=imports.all(), next=None)


@router.get("/{name}")
def show_import(name: str, imports: Read) -> Import:
    """One connection."""
    return imports.show(name)


@router.post("/{name}/hold")
def hold_import(name: str, imports: Write) -> Import:
    """Keeps what a new connection loads out of the unified tables, until it is included."""
    return imports.hold(name)


@router.post("/{name}/preview", status_code=202)
def preview_import(name: str, imports: Write) -> Building:
    """Builds anew, in a copy, what a connection that is held back would change; each of its loads does so too."""
    return Building(run=imports.preview(name))


@router.post("/{name}/include", status_code=202)
def include_import(name: str, imports: Write) -> Building:
    """Lets the rows of a connection that is held back into the unified tables, for good."""
    return Building(run=imports.include(name))


@router.get("/{name}/{entity}")
def show_summary(name: str, entity: Entity, imports: Read) -> Summary:
    """How many of its records stand alone, are one with those of other connections, wait for review, or are held apart.

    Of a connection that is held back: what would be, as its last preview found it.
    """
    return imports.summary(name, entity)


@router.get("/{name}/{entity}/lines")
def list_lines(
    name: str, entity: Entity, imports: Read, outcome: Outcome | None = None, rule: RuleName = None,
    limit: Limit = 100, cursor: Cursor = None,
) -> Page[Line]:  # fmt: skip
    """Its records, each beside those of other connections: the strongest outcome first, then those that stand alone."""
    found, after = imports.lines(name, entity, limit, after_of(cursor), outcome=outcome, rule=rule)
    return Page(items=found, next=cursor_of(after) if after else None)
