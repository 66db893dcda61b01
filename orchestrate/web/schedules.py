"""When a connection is loaded again, and loading a range of one table once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.connections.service import Connections
from orchestrate.syncs.frequency import EXAMPLES, next_after
from orchestrate.syncs.service import Schedule, Syncs
from orchestrate.web.asking import Form, needs, text, texts
from orchestrate.web.connections import Reading, drawn
from orchestrate.web.pages import onward
from orchestrate.webhooks.endpoints import Webhooks
from taps.registry import get_adapter_registry

router = APIRouter(prefix="/connections/{name}")
Writing = Annotated[Identity, Depends(needs("syncs:write"))]
_NEXT = 5


@router.get("/schedule")
def show_schedules(request: Request, name: str, identity: Reading) -> Response:
    """Its schedules with their next times, and the forms of a new one and of a backfill."""
    shown = Connections(identity.store, identity.vault, identity.tenant_id, identity.actor).show(name)
    streams = get_adapter_registry().get_platform_capabilities(shown.platform).streams
    webhooks = Webhooks(identity.store, identity.vault, identity.tenant_id, identity.actor)
    return drawn(request, identity, "schedule", shown, {
        "serving": webhooks.serving(name) if identity.may("webhooks:read") else [],
        "schedules": [(each, _next(each)) for each in _syncs(identity).schedules(name)],
        "streams": [each.name for each in streams], "examples": EXAMPLES.replace("`", ""),
    })  # fmt: skip


@router.post("/schedule")
def add_schedule(name: str, identity: Writing, form: Form) -> Response:
    """Loads again and again, all tables or those that are ticked."""
    zone = text(form, "time_zone") or "UTC"
    _syncs(identity).schedule(name, text(form, "frequency"), time_zone=zone, streams=texts(form, "stream"))
    return onward(f"/connections/{name}/schedule", "scheduled")


@router.post("/schedule/{schedule}/{what}")
def change_schedule(name: str, schedule: str, what: str, identity: Writing) -> Response:
    """Lets one rest, run again, or takes it away."""
    syncs = _syncs(identity)
    if what == "remove":
        syncs.unschedule(schedule)
    elif what in {"pause", "resume"}:
        syncs.pause(schedule, paused=what == "pause")
    else:
        raise HTTPException(404, f"a schedule is paused, resumed or removed, not {what}")
    return onward(f"/connections/{name}/schedule", "saved")


@router.post("/backfill")
def backfill(name: str, identity: Writing, form: Form) -> Response:
    """Loads one table's records of some days again; both days are included and begin at midnight UTC."""
    since, until = _day(form, "since"), _day(form, "until") + timedelta(days=1)
    run = _syncs(identity).backfill(name, text(form, "stream"), since, until)
    return onward(f"/runs/{run}")


def _day(form: Form, name: str) -> datetime:
    try:
        return datetime.strptime(text(form, name), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise HTTPException(422, f"{name}: give a day such as 2026-01-31") from None


def _next(schedule: Schedule) -> list[datetime]:
    """The next times in UTC, without the jitter."""
    found, at = [], datetime.now(UTC)
    for _ in range(0 if schedule.paused else _NEXT):
        at = next_after(schedule.cron, schedule.time_zone, at)
        found.append(at)
    return found


def _syncs(identity: Identity) -> Syncs:
    return Syncs(identity.store, identity.tenant_id, identity.actor)
