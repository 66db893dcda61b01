"""Records that may be one: both side by side, and what people decided on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.api.data import after_of
from orchestrate.api.lists import before_of, cursor_of, cut
from orchestrate.data.errors import BusyError, NoRowsError
from orchestrate.reconciliation.decisions import PAIRS, Decision, Decisions
from orchestrate.reconciliation.queue import COMPARED, Queue
from orchestrate.web.asking import Form, needs, text
from orchestrate.web.pages import onward, page

router = APIRouter()
Reading = Annotated[Identity, Depends(needs("reconciliation:read"))]
Writing = Annotated[Identity, Depends(needs("reconciliation:write"))]
After = Annotated[str | None, Query(alias="cursor", max_length=1000)]
PAIRS_SHOWN, DECISIONS_SHOWN = 10, 50


@router.get("/review")
def list_queue(request: Request, identity: Reading, cursor: After = None) -> Response:
    """The pairs that wait, the strongest first."""
    try:
        pairs, after = Queue(identity.store, identity.tenant_id, identity.actor).waiting(PAIRS_SHOWN, after_of(cursor))
        nothing = None
    except (NoRowsError, BusyError) as missing:
        pairs, after, nothing = [], None, str(missing)
    return page(request, "review/list.html", {
        "pairs": pairs, "compared": COMPARED, "nothing": nothing,
        "further": f"/review?cursor={cursor_of(after)}" if after else None,
    })  # fmt: skip


@router.get("/decisions")
def list_decisions(request: Request, identity: Reading, cursor: After = None) -> Response:
    """The newest decisions first, with those that were undone."""
    before = before_of(cursor)
    found = _decisions(identity).all(DECISIONS_SHOWN + 1, before)
    shown, after = cut(found, DECISIONS_SHOWN, lambda each: (each.decided_at.isoformat(), each.id))
    return page(request, "review/decisions.html", {
        "decisions": shown, "further": f"/decisions?cursor={after}" if after else None,
    })  # fmt: skip


@router.post("/decisions")
def decide(identity: Writing, form: Form) -> Response:
    """Takes a decision on two records, on a record of a customer, or on a customer's attribute."""
    decisions, kind, note = _decisions(identity), text(form, "kind"), text(form, "note")[:1000]
    customer = text(form, "customer_key")
    if kind in PAIRS:
        decisions.judge(kind, text(form, "left_key"), text(form, "right_key"), note)
    elif kind == "split":
        decisions.split(text(form, "record_key"), customer, note)
    elif kind == "value":
        decisions.choose(customer, text(form, "attribute"), text(form, "value"), note)
    else:
        raise HTTPException(422, "kind: one of accept, reject, split, value")
    decisions.rebuild()
    return onward("/review" if kind in PAIRS else f"/customers/{customer}", "decided")


@router.post("/decisions/{decision}/undo")
def undo(decision: str, identity: Writing) -> Response:
    """Lets a decision stand no more."""
    decisions = _decisions(identity)
    decisions.undo(decision)
    decisions.rebuild()
    return onward("/decisions", "undone")


def decisions_on(identity: Identity, customer: str) -> list[Decision]:
    """What stands on a customer, the newest first."""
    return _decisions(identity).all(DECISIONS_SHOWN, customer=customer, standing=True)


def _decisions(identity: Identity) -> Decisions:
    return Decisions(identity.store, identity.tenant_id, identity.actor)
