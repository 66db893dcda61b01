"""`/api/v1/webhooks/endpoints` and `.../deliveries`: where vendors deliver, and what became of what they did."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field, model_validator

from orchestrate.api.access import serves
from orchestrate.api.lists import Cursor, Limit, Page, before_of, cut, place_of
from orchestrate.webhooks.endpoints import ShownWebhook, Webhooks
from orchestrate.webhooks.events import Events, ShownEvent
from orchestrate.webhooks.registration import Registrations, Standing

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
Read = Annotated[Webhooks, Depends(serves(Webhooks, "webhooks:read"))]
Write = Annotated[Webhooks, Depends(serves(Webhooks, "webhooks:write"))]
Ask = Annotated[Registrations, Depends(serves(Registrations, "webhooks:read"))]
Register = Annotated[Registrations, Depends(serves(Registrations, "webhooks:write"))]
ReadEvents = Annotated[Events, Depends(serves(Events, "webhooks:read"))]
WriteEvents = Annotated[Events, Depends(serves(Events, "webhooks:write"))]
Secret = Annotated[str, Field(min_length=1, max_length=1000, examples=["whsec_..."])]


class NewEndpoint(BaseModel):
    """A connection, and the secret that its vendor signs with; it may be set later.

    With `register` the vendor is told of the address by its API, and the secret is made there or here.
    """

    connection: Annotated[str, Field(max_length=100, examples=["main"])]
    secret: Secret | None = None
    register_: Annotated[bool, Field(alias="register")] = False

    @model_validator(mode="after")
    def _one_secret(self) -> NewEndpoint:
        if self.register_ and self.secret:
            msg = "a registration brings its own secret"
            raise ValueError(msg)
        return self


class NewSecret(BaseModel):
    """The new secret; the old one is accepted for three days longer, with `at_once` no more."""

    secret: Secret
    at_once: bool = False


class Replayed(BaseModel):
    """How many deliveries are processed once more."""

    replayed: int


@router.get("/endpoints")
def list_endpoints(webhooks: Read, limit: Limit = 100, cursor: Cursor = None) -> Page[ShownWebhook]:
    """The tenant's endpoints."""
    after = place_of(cursor, str)
    part, following = cut(webhooks.part(limit + 1, str(after[0]) if after else None), limit, lambda each: (each.id,))
    return Page(items=part, next=following)


@router.post("/endpoints", status_code=201)
def add_endpoint(new: NewEndpoint, webhooks: Register, response: Response) -> ShownWebhook:
    """An address of a connection, to be told to its vendor, or registered there."""
    shown = webhooks.connect(new.connection) if new.register_ else webhooks.add(new.connection, new.secret)
    response.headers["Location"] = f"/api/v1/webhooks/endpoints/{shown.id}"
    return shown


@router.get("/endpoints/{webhook}")
def show_endpoint(webhook: str, webhooks: Read) -> ShownWebhook:
    """One endpoint."""
    return webhooks.show(webhook)


@router.put("/endpoints/{webhook}/secret")
def change_secret(webhook: str, new: NewSecret, webhooks: Write) -> ShownWebhook:
    """Another secret; deliveries under way are signed with the old one."""
    return webhooks.change_secret(webhook, new.secret, at_once=new.at_once)


@router.delete("/endpoints/{webhook}", status_code=204)
def remove_endpoint(webhook: str, webhooks: Write, *, anyway: bool = False) -> None:
    """Forgets an endpoint and its deliveries; one that is registered at its vendor only if `anyway`."""
    webhooks.remove(webhook, anyway=anyway)


@router.get("/endpoints/{webhook}/registration")
def show_registration(webhook: str, webhooks: Ask) -> Standing:
    """What the vendor says of an endpoint now."""
    return webhooks.standing(webhook)


@router.post("/endpoints/{webhook}/registration")
def register_endpoint(webhook: str, webhooks: Register) -> ShownWebhook:
    """Tells the vendor of an endpoint by its API, again if it knew it; keeps the secret."""
    return webhooks.register(webhook)


@router.delete("/endpoints/{webhook}/registration")
def unregister_endpoint(webhook: str, webhooks: Register) -> ShownWebhook:
    """Has the vendor forget an endpoint."""
    return webhooks.unregister(webhook)


@router.get("/deliveries")
def list_deliveries(
    events: ReadEvents, limit: Limit = 100, cursor: Cursor = None,
    state: Literal["queued", "done", "ignored", "dead"] | None = None, webhook: str | None = None,
) -> Page[ShownEvent]:  # fmt: skip
    """Deliveries, the newest first; `state=dead` are those that could not be processed."""
    before = before_of(cursor)
    found = events.part(limit + 1, before, state, webhook)
    part, following = cut(found, limit, lambda each: (each.received_at.isoformat(), each.id))
    return Page(items=part, next=following)


@router.get("/deliveries/{delivery}")
def show_delivery(delivery: str, events: ReadEvents) -> ShownEvent:
    """One delivery."""
    return events.show(delivery)


@router.post("/deliveries/{delivery}/replay", status_code=202)
def replay_delivery(delivery: str, events: WriteEvents) -> ShownEvent:
    """Processes a delivery once more."""
    return events.replay(delivery)


@router.post("/replay", status_code=202)
def replay_dead_deliveries(events: WriteEvents) -> Replayed:
    """Processes every dead delivery once more."""
    return Replayed(replayed=events.replay_dead())
