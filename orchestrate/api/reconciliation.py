"""`/api/v1/reconciliation`: what waits for review, what people decide, and what does not add up."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from orchestrate.api.access import serves
from orchestrate.api.data import after_of
from orchestrate.api.lists import Cursor, Limit, Page, before_of, cursor_of, cut
from orchestrate.reconciliation.attributes import ATTRIBUTES
from orchestrate.reconciliation.customers import Customer, Customers, FoundCustomer
from orchestrate.reconciliation.decisions import Decision, Decisions
from orchestrate.reconciliation.queue import Pair, Queue
from orchestrate.reconciliation.results import Explained, Finding, Results
from orchestrate.store.database import Store
from orchestrate.vault.service import Vault

router = APIRouter(prefix="/reconciliation", tags=["reconciliation"])
READ, WRITE = "reconciliation:read", "reconciliation:write"


def _queue(store: Store, _: Vault, tenant_id: str, actor: str) -> Queue:
    return Queue(store, tenant_id, actor)


def _decisions(store: Store, _: Vault, tenant_id: str, actor: str) -> Decisions:
    return Decisions(store, tenant_id, actor)


def _customers(store: Store, _: Vault, tenant_id: str, _actor: str) -> Customers:
    return Customers(store, tenant_id)


def _results(store: Store, _: Vault, tenant_id: str, _actor: str) -> Results:
    return Results(store, tenant_id)


Waiting = Annotated[Queue, Depends(serves(_queue, READ))]
Taken = Annotated[Decisions, Depends(serves(_decisions, READ))]
Taking = Annotated[Decisions, Depends(serves(_decisions, WRITE))]
People = Annotated[Customers, Depends(serves(_customers, READ))]
Found = Annotated[Results, Depends(serves(_results, READ))]
Key = Annotated[str, Field(max_length=200)]


class NewDecision(BaseModel):
    """A decision: `accept` and `reject` name two records, `split` a record and its customer, `value` what to show."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "accept", "left_key": "0a1b", "right_key": "9f8e", "note": "asked them"},
                {"kind": "split", "record_key": "0a1b", "customer_key": "c0ffee"},
                {"kind": "value", "customer_key": "c0ffee", "attribute": "email", "value": "ann@lee.example"},
            ]
        }
    )
    kind: Literal["accept", "reject", "split", "value"]
    left_key: Key | None = None
    right_key: Key | None = None
    record_key: Key | None = None
    customer_key: Key | None = None
    attribute: Annotated[str, Field(max_length=40, description=f"One of {', '.join(ATTRIBUTES)}.")] | None = None
    value: Annotated[str, Field(max_length=500)] | None = None
    note: Annotated[str, Field(max_length=1000)] | None = None

    def given(self, *names: str) -> list[str]:
        """These fields; raises 422 where one is missing."""
        values = [getattr(self, name) for name in names]
        for name, value in zip(names, values, strict=True):
            if not value:
                raise HTTPException(422, f"body.{name}: a decision of kind {self.kind} names it")
        return values


class Decided(BaseModel):
    """A decision and the run that builds what follows of it."""

    decision: Decision
    run: str


class Check(BaseModel):
    """A check and how many findings the last build had of it."""

    check_name: str
    findings: int


@router.get("/queue")
def list_queue(queue: Waiting, limit: Limit = 20, cursor: Cursor = None) -> Page[Pair]:
    """Pairs of records that may be one, the strongest first, without those on which a decision stands."""
    pairs, after = queue.waiting(limit, after_of(cursor))
    return Page(items=pairs, next=cursor_of(after) if after else None)


@router.get("/queue/{pair}")
def show_pair(pair: str, queue: Waiting) -> Pair:
    """One pair with its evidence."""
    return queue.pair(pair)


@router.post("/decisions", status_code=201)
def decide(new: NewDecision, decisions: Taking) -> Decided:
    """Takes a decision; it holds from the next build on, which is queued, until somebody undoes it."""
    if new.kind == "split":
        record, customer = new.given("record_key", "customer_key")
        taken = decisions.split(record, customer, new.note)
    elif new.kind == "value":
        customer, attribute, value = new.given("customer_key", "attribute", "value")
        taken = decisions.choose(customer, attribute, value, new.note)
    else:
        left, right = new.given("left_key", "right_key")
        taken = decisions.judge(new.kind, left, right, new.note)
    return Decided(decision=taken, run=decisions.rebuild())


@router.get("/decisions")
def list_decisions(
    decisions: Taken,
    customer: str | None = None,
    standing: Annotated[bool | None, Query(description="Only those that stand, or were undone.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Decision]:
    """The newest decisions first, with those that were undone."""
    before = before_of(cursor)
    found = decisions.all(limit + 1, before, customer=customer, standing=standing)
    items, after = cut(found, limit, lambda each: (each.decided_at.isoformat(), each.id))
    return Page(items=items, next=after)


@router.get("/decisions/{decision}")
def show_decision(decision: str, decisions: Taken) -> Decision:
    """One decision."""
    return decisions.show(decision)


@router.post("/decisions/{decision}/undo")
def undo_decision(decision: str, decisions: Taking) -> Decided:
    """Lets a decision stand no more; it is kept, with who undid it. The build that follows is queued."""
    return Decided(decision=decisions.undo(decision), run=decisions.rebuild())


@router.get("/customers")
def list_customers(
    customers: People,
    search: Annotated[str, Query(max_length=200, description="In the name or e-mail address, or the whole key.")] = "",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[FoundCustomer]:
    """Living customers by name, with how many values of their records differ from those that stand."""
    found, after = customers.find(limit, after_of(cursor), search)
    return Page(items=found, next=cursor_of(after) if after else None)


@router.get("/customers/{customer}")
def show_customer(customer: str, customers: People) -> Customer:
    """A customer's records, every value for each attribute with what chose it, and how it was before."""
    return customers.show(customer)


@router.get("/checks")
def list_checks(results: Found) -> Page[Check]:
    """The checks that found something."""
    items = [Check(check_name=name, findings=number) for name, number in results.counted().items()]
    return Page(items=items, next=None)


@router.get("/findings")
def list_findings(results: Found, check: str | None = None, limit: Limit = 100, cursor: Cursor = None) -> Page[Finding]:
    """What does not add up: orders without a payment, payouts that are not the sum of their items, and so on."""
    found, after = results.all(limit, after_of(cursor), check)
    return Page(items=found, next=cursor_of(after) if after else None)


@router.get("/findings/{finding}")
def show_finding(finding: str, results: Found) -> Explained:
    """A finding with the rows on both sides."""
    return results.show(finding)
