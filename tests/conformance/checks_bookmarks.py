"""Bookmarks: what a second run reads, that nothing falls between two runs, and that a run may end anywhere."""

import copy
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sandbox.fixtures.asked import Answered, Asked
from sandbox.fixtures.moments import read_moment, unit_of
from sandbox.fixtures.population import Member, is_timed, set_moment
from taps.engine.cursor import Cursor
from taps.engine.manifest import Stream
from taps.engine.windows import counts_days
from taps.fixtures import stands_inside
from tests.conformance.bench import Bench, Ran, keys_of
from tests.conformance.checks import Case, Complaints, check
from tests.conformance.faults import always, refused

_NEW = 40
"""The number of the first copy that is made during a check: none of the vendor's own has it."""


def timed_probes(case: Case) -> Iterator[tuple[str, Stream, Cursor]]:
    """Streams of each kind that go on from a moment of their own records."""
    for name in case.probes:
        stream = case.stream(name)
        cursor = stream.cursor
        alone = stream.parent is None and stream.changes is None and not stands_inside(stream) and not stream.only
        if alone and isinstance(cursor, Cursor) and cursor.field and is_timed(stream) and isinstance(stream.key, list):
            yield name, stream, cursor


def has_room(here: Bench, name: str, stream: Stream, cursor: Cursor) -> bool:
    """Whether the vendor can be given new records of the stream, each with a key and a moment of its own."""
    population = here.vendor.records.of(name)
    if not population.listed or not population.members or "page" in stream.hooks:
        return False
    keys = set(stream.key) if isinstance(stream.key, list) else set()
    shape = population.shape
    record = population.members[0].record
    return keys != {cursor.field} and shape.get(record, cursor.field or "") is not None


def add(here: Bench, name: str, number: int, moment: datetime) -> tuple[str, ...]:
    """A new record of the vendor, with this moment; gives its key as the tap writes it."""
    population = here.vendor.records.of(name)
    item = here.vendor.records.copy_of(name, population.members[0].item, _NEW + number)
    member = population.add(Member(item, visible_from=here.time.now()))
    set_moment(member, population.shape, moment, here.vendor.records.zone(population.shape.stream))
    return key_of(here, name, member)


def key_of(here: Bench, name: str, member: Member) -> tuple[str, ...]:
    """A record's key as the tap writes it."""
    stream = here.manifest.resolved(name)
    keys = stream.key if isinstance(stream.key, list) else []
    return ("default", *(str(here.vendor.records.value(name, member, column)) for column in keys))


@check(
    "What lies on the bookmark, at the end of the lookback, or right after either, arrives.",
    defect="second runs begin a second late",
)
def boundary_kept(case: Case) -> Complaints:
    for name, stream, cursor in timed_probes(case):
        with case.bench() as here:
            if not has_room(here, name, stream, cursor):
                continue
            first = here.run(only=[name])
            reached = read_moment(first.bookmark(name).get("replication_key_value"))
            if reached is None:
                yield f"{name}: the first run leaves no bookmark"
                continue
            here.time.advance(days=3)
            unit, lookback = unit_of(cursor), timedelta(seconds=cursor.lookback)
            moments = {
                "on the bookmark": reached.replace(microsecond=0),
                "a step after the bookmark": reached.replace(microsecond=0) + unit,
                "at the end of the lookback": _up(reached - lookback),
                "a day later": here.time.now() - timedelta(days=1, seconds=cursor.behind),
            }
            added = {what: add(here, name, number, at) for number, (what, at) in enumerate(moments.items())}
            second = here.run(only=[name], state=copy.deepcopy(first.state))
            got = keys_of(second, deleted=True).get(name, set())
            lost = [what for what, key in added.items() if key not in got]
            if second.code or lost:
                yield f"{name}: lost in the second run ({second.code}): what lies {', '.join(lost)} ({reached})"


def _up(moment: datetime) -> datetime:
    """The moment itself, to the whole second, or the next one."""
    return moment.replace(microsecond=0) + (timedelta(seconds=1) if moment.microsecond else timedelta())


@check(
    "Records that share one moment arrive all, also where a page ends among them.", defect="one record a moment is kept"
)
def ties_kept(case: Case) -> Complaints:
    for name, stream, cursor in timed_probes(case):
        with case.bench() as here:
            if not has_room(here, name, stream, cursor) or cursor.field in (stream.key or []):
                continue
            population = here.vendor.records.of(name)
            moment = population.members[0].moment
            assert moment is not None
            for member in population.members:
                set_moment(member, population.shape, moment, here.vendor.records.zone(stream))
            wanted = {key_of(here, name, member) for member in population.members}
            ran = here.run(only=[name])
            if lost := wanted - keys_of(ran, deleted=True).get(name, set()):
                yield f"{name}: of {len(wanted)} records of one moment {len(lost)} are lost"


@check("A second run reads what is new and the lookback, and not everything again.", defect="the bookmark is not read")
def second_run_is_shorter(case: Case) -> Complaints:
    for name, stream, cursor in timed_probes(case):
        with case.bench() as here:
            if not has_room(here, name, stream, cursor) or cursor.filter == "stop" or not _is_bounded(here, name):
                continue
            first = here.run(only=[name])
            here.time.advance(hours=1)
            second = here.run(only=[name], state=copy.deepcopy(first.state))
            reached = read_moment(first.bookmark(name).get("replication_key_value"))
            oldest = (reached or here.time.now()) - timedelta(seconds=cursor.lookback) - timedelta(days=1)
            members = here.vendor.records.of(name).members
            late = {key_of(here, name, m) for m in members if m.moment is not None and m.moment < oldest}
            again = late & keys_of(second, deleted=True).get(name, set())
            compares = getattr(stream.deletes, "compare", None) == "each_run"
            if again and not compares:
                yield f"{name}: {len(again)} records from before {oldest:%Y-%m-%d} are read again"


def _is_bounded(here: Bench, name: str) -> bool:
    """Whether the manifest sends the bookmark to the vendor at all."""
    from taps.engine import graphql
    from taps.engine.references import names

    stream = here.manifest.resolved(name)
    said = names([stream.path, stream.params, stream.headers, stream.body, stream.form, stream.variables])
    text = graphql.read(here.folder / stream.graphql) if stream.graphql else ""
    return any(each.startswith("window.") for each in said) or "window." in text or stream.cursor.filter == "here"  # type: ignore[union-attr]


@check("A run that is killed at any point goes on from its last state, and nothing is lost.", defect="states run ahead")
def killed_and_resumed(case: Case) -> Complaints:
    names = _with_bookmarks(case)
    if not names:
        return
    with case.bench() as here:
        whole = here.run(only=names)
    lines = whole.output.splitlines(keepends=True)
    cuts = [number for number, line in enumerate(lines) if line.startswith(b'{"type":"STATE"')]
    wanted = keys_of(whole, deleted=True)
    for cut in _spread(cuts):
        before = Ran(b"".join(lines[: cut + 1]), 0, [])
        with case.bench() as here:
            after = here.run(only=names, state=copy.deepcopy(before.state))
        yield from _lost(wanted, before, after, f"killed after state {cuts.index(cut) + 1} of {len(cuts)}")


def _with_bookmarks(case: Case) -> list[str]:
    return [name for name in case.probes if case.stream(name).cursor != "none" or case.stream(name).changes]


def _spread(points: list[int], most: int = 3) -> list[int]:
    if len(points) <= most:
        return points
    return [points[len(points) * number // most] for number in range(most)]


def _lost(wanted: dict[str, set[tuple[str, ...]]], before: Ran, after: Ran, what: str) -> Complaints:
    kept, more = keys_of(before, deleted=True), keys_of(after, deleted=True)
    for name, keys in wanted.items():
        if missing := keys - kept.get(name, set()) - more.get(name, set()):
            yield f"{name}: {what}: {len(missing)} of {len(keys)} records are lost, such as {sorted(missing)[0]}"


@check("A run that the vendor ends midway goes on from its last state, and nothing is lost.", defect="states run ahead")
def failed_and_resumed(case: Case) -> Complaints:
    names = _with_bookmarks(case)
    if not names:
        return
    with case.bench() as here:
        whole = here.run(only=names)
    for after in _spread(list(range(1, len(whole.asked)))):
        with case.bench() as here:
            failed = here.run(only=names, fault=always(here, refused(case, 500), after=after))
        with case.bench() as here:
            resumed = here.run(only=names, state=copy.deepcopy(failed.state))
        yield from _lost(keys_of(whole, deleted=True), failed, resumed, f"failed after {after} requests")


@check("The state stays under 10 kB.", defect="bookmarks that hold far too much")
def state_small(case: Case) -> Complaints:
    for which, ran in (("first", case.usual.first), ("second", case.usual.second)):
        if (size := len(json.dumps(ran.state))) > 10_000:
            yield f"the state of the {which} run has {size} bytes"


@check("No bookmark moves back from one run to the next.", defect="bookmarks that move back")
def state_moves_forward(case: Case) -> Complaints:
    before, after = (ran.state.get("bookmarks", {}) for ran in (case.usual.first, case.usual.second))
    for name, bookmark in before.items():
        then, now = bookmark.get("replication_key_value"), after.get(name, {}).get("replication_key_value")
        if then is not None and (now is None or (type(then) is type(now) and now < then)):
            yield f"{name}: the bookmark moves from {then} to {now}"


@check(
    "Where our clock is ahead of the vendor's, no bookmark lies in the vendor's future.", defect="our own clock counts"
)
def vendors_clock(case: Case) -> Complaints:
    from email.utils import format_datetime

    for name, _, _ in timed_probes(case):
        with case.bench() as here:
            behind = here.time.now() - timedelta(hours=2)

            def dated(asked: Asked, _number: int, here: Bench = here, behind: datetime = behind) -> Any:
                answered: Answered = here.vendor.answer(asked)
                answered.headers["Date"] = format_datetime(behind, usegmt=True)
                return answered

            ran = here.run(only=[name], fault=dated)
            reached = read_moment(ran.bookmark(name).get("replication_key_value"))
            if reached is not None and reached > behind + timedelta(seconds=5) and len(ran.asked) > 1:
                yield f"{name}: the bookmark {reached} lies after the vendor's present {behind}"


@check("Nothing older than start_date is asked for.", defect="start_date is not read")
def start_date_kept(case: Case) -> Complaints:
    for name, stream, cursor in timed_probes(case):
        if cursor.start is None or "start_date" not in cursor.start or not cursor.window:
            continue
        with case.bench() as here:
            here.run(only=[name])
            floor = read_moment(here.settings["start_date"])
            assert floor is not None
            limit = floor - timedelta(seconds=cursor.lookback) - timedelta(days=1)
            for found in list(here.vendor.contexts.values()):
                asked = read_moment(found.get("window.start"), cursor.send_as or cursor.format)
                if asked is not None and asked < limit:
                    yield f"{name}: asks for {asked} where start_date is {floor:%Y-%m-%d}"
        del stream


@check("Nothing that lies after end_date is written, and what lies before it is.", defect="end_date is not read")
def end_date_kept(case: Case) -> Complaints:
    for name, stream, cursor in timed_probes(case):
        with case.bench() as here:
            if not has_room(here, name, stream, cursor):
                continue
            moments = _moments(here.run(only=[name]), name, cursor)
            if len(moments) < 2:
                continue
            end = _midnight(max(moments.values()))
            step = timedelta(days=1) if counts_days(cursor) else timedelta()
            got = _moments(here.run(only=[name], end_date=end.isoformat()), name, cursor)
            if late := sorted(at for at in got.values() if at >= end + step):
                yield f"{name}: writes {late[-1]} where end_date is {end}"
            if lost := [at for key, at in moments.items() if at < end - step and key not in got]:
                yield f"{name}: loses {lost[0]} where end_date is {end}"


def _moments(ran: Ran, name: str, cursor: Cursor) -> dict[str, datetime]:
    """The moments of the records that a run wrote, by their keys."""
    keys = next(schema["key_properties"] for schema in ran.of("SCHEMA", name))
    found = {}
    for record in ran.records(name):
        at = read_moment(record.get(cursor.field or ""), cursor.format)
        if at is not None:
            found[json.dumps([record[key] for key in keys])] = at
    return found


def _midnight(moment: datetime) -> datetime:
    """When the moment's day begins."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
