"""Customers: whose records they are, which values stand and why, and how it was before."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from orchestrate.api.data import after_of
from orchestrate.api.lists import cursor_of
from orchestrate.data.errors import BusyError, NoRowsError
from orchestrate.reconciliation.attributes import ATTRIBUTES
from orchestrate.reconciliation.customers import Customers
from orchestrate.web.pages import page
from orchestrate.web.review import After, Reading, decisions_on

router = APIRouter(prefix="/customers")
PART = 50
Search = Annotated[str, Query(alias="search", max_length=200)]


@router.get("")
def list_customers(request: Request, identity: Reading, search: Search = "", cursor: After = None) -> Response:
    """Customers by name, or those whose name, address or key has a text in it."""
    try:
        found, after = Customers(identity.store, identity.tenant_id).find(PART, after_of(cursor), search.strip())
        nothing = None
    except (NoRowsError, BusyError) as missing:
        found, after, nothing = [], None, str(missing)
    return page(request, "customers/list.html", {
        "customers": found, "search": search, "nothing": nothing, "cursor": cursor_of(after) if after else None,
    })  # fmt: skip


@router.get("/{customer}")
def show_customer(request: Request, customer: str, identity: Reading) -> Response:
    """One customer."""
    shown = Customers(identity.store, identity.tenant_id).show(customer)
    values = {name: list(each) for name, each in groupby(shown.values, key=lambda value: value.attribute)}
    return page(request, "customers/show.html", {
        "customer": shown, "attributes": ATTRIBUTES, "values": values, "decisions": decisions_on(identity, customer),
        "held": [record for record in shown.records if record.valid_to is None],
        "former": [record for record in shown.records if record.valid_to is not None],
    })  # fmt: skip
