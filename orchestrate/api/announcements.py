"""`/api/v1/webhooks/subscriptions` and `.../announcements`: who is told of what happens here, and what was told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from orchestrate.announce.service import Announcements, ShownAnnouncement, ShownSubscription
from orchestrate.api.access import serves
from orchestrate.api.lists import Cursor, Limit, Page, before_of, cut, place_of

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
Read = Annotated[Announcements, Depends(serves(Announcements, "webhooks:read"))]
Write = Annotated[Announcements, Depends(serves(Announcements, "webhooks:write"))]
Kind = Literal["run.finished", "conflict.found", "connection.broken"]


class NewSubscription(BaseModel):
    """A public https address or an e-mail address, and the kinds of events that it is told of."""

    url: Annotated[str, Field(max_length=2000, examples=["https://example.com/engarde"])]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=10, examples=[["connection.broken"]])]


@dataclass(frozen=True)
class MadeSubscription(ShownSubscription):
    """With the secret by which the receiver verifies (Standard Webhooks), shown this once; of mail it is empty."""

    secret: str


class ChangedSecret(BaseModel):
    """The new secret, shown this once; for a day events are signed with the old one too."""

    secret: str


@router.get("/subscriptions")
def list_subscriptions(announcements: Read, limit: Limit = 100, cursor: Cursor = None) -> Page[ShownSubscription]:
    """Who is told of what."""
    after = place_of(cursor, str)
    found = announcements.part(limit + 1, str(after[0]) if after else None)
    part, following = cut(found, limit, lambda each: (each.id,))
    return Page(items=part, next=following)


@router.post("/subscriptions", status_code=201)
def add_subscription(new: NewSubscription, announcements: Write, response: Response) -> MadeSubscription:
    """Tells an address of events from now on."""
    shown, secret = announcements.subscribe(new.url, new.kinds)
    response.headers["Location"] = f"/api/v1/webhooks/subscriptions/{shown.id}"
    return MadeSubscription(**asdict(shown), secret=secret)


@router.get("/subscriptions/{subscription}")
def show_subscription(subscription: str, announcements: Read) -> ShownSubscription:
    """One subscription."""
    return announcements.show(subscription)


@router.post("/subscriptions/{subscription}/secret")
def change_subscription_secret(subscription: str, announcements: Write) -> ChangedSecret:
    """A new secret."""
    return ChangedSecret(secret=announcements.change_secret(subscription))


@router.post("/subscriptions/{subscription}/enable")
def enable_subscription(subscription: str, announcements: Write) -> ShownSubscription:
    """Tells an address again that was disabled because it took nothing for days."""
    return announcements.enable(subscription)


@router.delete("/subscriptions/{subscription}", status_code=204)
def remove_subscription(subscription: str, announcements: Write) -> None:
    """Tells an address nothing any more."""
    announcements.remove(subscription)


@router.get("/announcements")
def list_announcements(
    announcements: Read, limit: Limit = 100, cursor: Cursor = None,
    state: Literal["waiting", "delivered", "dead"] | None = None,
) -> Page[ShownAnnouncement]:  # fmt: skip
    """What was and is to be told, the newest first."""
    before = before_of(cursor)
    found = announcements.sent(limit + 1, before, state)
    part, following = cut(found, limit, lambda each: (each.created_at.isoformat(), each.id))
    return Page(items=part, next=following)


@router.post("/announcements/{announcement}/send", status_code=202)
def send_announcement_again(announcement: str, announcements: Write) -> ShownAnnouncement:
    """Delivers an event once more, under the same message id."""
    return announcements.send_again(announcement)
