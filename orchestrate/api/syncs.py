"""`/api/v1/syncs` and `/api/v1/schedules`: what loads, when, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from orchestrate.api.access import Identity, needs, serves
from orchestrate.api.lists import Cursor, Limit, Page, before_of, cut, place_of
from orchestrate.store.database import Store
from orchestrate.syncs.service import JITTER, Run, Schedule, Syncs
from orchestrate.syncs.standing import Standing, standings
from orchestrate.syncs.usage import Usage, usage
from orchestrate.vault.service import Vault

router = APIRouter(prefix="/syncs", tags=["syncs"])
schedules = APIRouter(prefix="/schedules", tags=["syncs"])
stands = APIRouter(tags=["syncs"])


def _syncs(store: Store, _: Vault, tenant_id: str, actor: str) -> Syncs:
    return Syncs(store, tenant_id, actor)


Read = Annotated[Syncs, Depends(serves(_syncs, "syncs:read"))]
Write = Annotated[Syncs, Depends(serves(_syncs, "syncs:write"))]
Days = Annotated[int, Query(ge=1, le=366, description="How many days back.")]
Reader = Annotated[Identity, Depends(needs("syncs:read"))]


class NewSync(BaseModel):
    """What to load now: all chosen streams, or some; with a range, its records again beside the bookmark."""

    connection: Annotated[str, Field(examples=["main"])]
    streams: Annotated[list[str], Field(examples=[["charges"]], max_length=1000)] = []
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    priority: Annotated[int, Field(ge=-100, le=100)] = 0


class ShownLine(BaseModel):
    """A line of a run's log."""

    number: int
    at: datetime
    level: str
    plugin: str | None
    text: str


class NewSchedule(BaseModel):
    """When to load again: plain words or a cron expression."""

    connection: Annotated[str, Field(examples=["main"])]
    frequency: Annotated[str, Field(examples=["daily at 06:30"], max_length=200)]
    time_zone: Annotated[str, Field(examples=["Europe/Berlin"], max_length=64)] = "UTC"
    streams: Annotated[list[str], Field(max_length=1000)] = []
    jitter: Annotated[int, Field(ge=0, le=86_400, description="Seconds over which runs are spread.")] = JITTER


class ChangedSchedule(BaseModel):
    """Whether it rests."""

    paused: bool


@router.post("", status_code=202)
def trigger_sync(new: NewSync, syncs: Write, response: Response) -> Run:
    """Queues a load; one that waits to load the same already is given back instead."""
    if new.since and new.until and new.since >= new.until:
        raise HTTPException(422, "body.since: lies before `until`")
    run_id = syncs.trigger(new.connection, streams=new.streams, since=new.since, until=new.until, priority=new.priority)
    response.headers["Location"] = f"/api/v1/syncs/{run_id}"
    return syncs.run(run_id)


@router.get("")
def list_runs(
    syncs: Read, connection: str | None = None, status: str | None = None, limit: Limit = 100, cursor: Cursor = None
) -> Page[Run]:
    """The newest runs first."""
    found = syncs.runs(connection=connection, status=status, limit=limit + 1, before=before_of(cursor))
    part, following = cut(found, limit, lambda run: (run.queued_at.isoformat(), run.id))
    return Page(items=part, next=following)


@router.get("/{run}")
def show_run(run: str, syncs: Read) -> Run:
    """One run with what it brought of each stream."""
    return syncs.run(run)


@router.get("/{run}/log")
def list_log_lines(run: str, syncs: Read, limit: Limit = 1000, cursor: Cursor = None) -> Page[ShownLine]:
    """The lines of a run's log."""
    after = place_of(cursor, int)
    found = syncs.lines(run, int(after[0]) if after else 0, limit + 1)
    part, following = cut(found, limit, lambda line: (line.number,))
    items = [
        ShownLine(number=each.number, at=each.at, level=each.level, plugin=each.plugin, text=each.text)
        for each in part
    ]  # fmt: skip
    return Page(items=items, next=following)


@router.post("/{run}/cancel")
def cancel_run(run: str, syncs: Write) -> Run:
    """Ends a run: at once if it has not begun, else its worker stops all that it started."""
    return syncs.cancel(run)


@schedules.post("", status_code=201)
def add_schedule(new: NewSchedule, syncs: Write) -> Schedule:
    """Loads again and again; replaces the schedule of the same streams."""
    return syncs.schedule(
        new.connection, new.frequency, time_zone=new.time_zone, streams=new.streams, jitter=new.jitter
    )


@schedules.get("")
def list_schedules(syncs: Read, connection: str | None = None) -> Page[Schedule]:
    """All schedules by when they are due."""
    return Page(items=syncs.schedules(connection), next=None)


@schedules.patch("/{schedule}")
def change_schedule(schedule: str, changed: ChangedSchedule, syncs: Write) -> Schedule:
    """Lets a schedule rest, or run again from now on."""
    return syncs.pause(schedule, paused=changed.paused)


@schedules.delete("/{schedule}", status_code=204)
def remove_schedule(schedule: str, syncs: Write) -> None:
    """Takes a schedule away."""
    syncs.unschedule(schedule)


class Stand(BaseModel):
    """A connection, and where it stands."""

    connection: str
    standing: Standing


@stands.get("/standings")
def list_standings(identity: Reader, limit: Limit = 100, cursor: Cursor = None) -> Page[Stand]:
    """Where connections stand, by name: last and next run, rows and how fresh they are."""
    found = standings(identity.store, identity.tenant_id, limit=limit + 1, after=_after(cursor))
    stands = [Stand(connection=name, standing=each) for name, each in found.items()]
    part, following = cut(stands, limit, lambda each: (each.connection,))
    return Page(items=part, next=following)


USAGE = {
    "items": [
        {
            "connection": "main", "platform": "stripe", "done": 29, "partial": 1, "failed": 0, "cancelled": 0,
            "rows": 18_400, "requests": 412, "bytes": 9_830_000, "waited": 3.2, "took": 41.0, "answers": 410,
            "latency": 0.21, "slowest": 4.9,
        },
    ],
    "next": None,
}  # fmt: skip
"""What the API's description shows: seconds."""


@stands.get("/usage", responses={200: {"content": {"application/json": {"example": USAGE}}}})
def list_usage(identity: Reader, days: Days = 30, limit: Limit = 100, cursor: Cursor = None) -> Page[Usage]:
    """What connections' runs of the last days were like and what they cost, by name."""
    found = usage(identity.store, identity.tenant_id, days, limit=limit + 1, after=_after(cursor))
    part, following = cut(found, limit, lambda each: (each.connection,))
    return Page(items=part, next=following)


def _after(cursor: str | None) -> str | None:
    after = place_of(cursor, str)
    return str(after[0]) if after else None
