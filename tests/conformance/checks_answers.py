"""What a bad line or server makes of an answer: it is asked for again, and never taken for the end of the data."""

from typing import Any

import requests

from sandbox.fixtures.asked import Answered, Asked
from tests.conformance.bench import Bench
from tests.conformance.checks import Case, Complaints, check
from tests.conformance.checks_refusals import completes, takes_nothing
from tests.conformance.faults import HTML, NULL, always, is_data, once
from tests.conformance.transport import Spoiled

_REPEATS = {"token", "link", "next_url", "last_id", "number", "offset"}


def _bad_once_and_for_good(case: Case, bad: Any, what: str, code: int = 1) -> Complaints:
    with case.bench() as here:
        made = bad(here) if callable(bad) else bad
        yield from completes(case, here.run(only=[case.probe], fault=once(here, made)), f"{what} once")
    with case.bench() as here:
        made = bad(here) if callable(bad) else bad
        ran = here.run(only=[case.probe], fault=always(here, made))
    if ran.code != code:
        yield f"{case.probe}: {what} for good ends the run with {ran.code} and not with {code}"
    yield from takes_nothing(case, ran, f"{what} for good")


def _cut(here: Bench) -> Any:
    def cut(asked: Asked) -> Answered:
        answered = here.vendor.answer(asked)
        return Answered(answered.body[: len(answered.body) * 2 // 3], headers=answered.headers)

    return cut


@check("JSON that breaks off is asked for again; for good it is a failure.", defect="half an answer counts as empty")
def cut_json(case: Case) -> Complaints:
    with case.bench() as here:
        spoilt: list[Answered] = []

        def first(asked: Asked, _number: int) -> Any:
            if spoilt or not is_data(here, asked):
                return None
            spoilt.append(_cut(here)(asked))
            return spoilt[0]

        yield from completes(case, here.run(only=[case.probe], fault=first), "cut JSON once")
    with case.bench() as here:
        ran = here.run(only=[case.probe], fault=always(here, _cut(here)))
    if ran.code == 0:
        yield f"{case.probe}: cut JSON for good ends the run with 0"
    yield from takes_nothing(case, ran, "cut JSON for good")


@check(
    "An answer shorter than announced is asked for again; for good it is a failure.", defect="lengths are not checked"
)
def cut_line(case: Case) -> Complaints:
    yield from _bad_once_and_for_good(case, Spoiled(Answered(b'{"data": ['), announced=5000), "a line that breaks off")


@check("A web page under 200 is asked for again; for good it is a failure.", defect="a web page counts as no records")
def html_under_200(case: Case) -> Complaints:
    yield from _bad_once_and_for_good(case, HTML, "HTML under 200")


@check("`null` under 200 is asked for again; for good it is a failure.", defect="`null` counts as no records")
def null_under_200(case: Case) -> Complaints:
    yield from _bad_once_and_for_good(case, NULL, "null under 200")


@check(
    "An answer without its list is a failure and never zero rows, unless the manifest says `?`.",
    defect="`?` everywhere",
)
def list_absent(case: Case) -> Complaints:
    stream = case.stream(case.probe)
    words = stream.first if stream.first is not None and stream.first.records is not None else stream
    path = words.records or "."
    said = path if isinstance(path, str) else ".".join(path)
    if said == "." or "?" in said or "page" in stream.hooks or case.manifest.columns:
        return
    with case.bench() as here:
        ran = here.run(only=[case.probe], fault=always(here, Answered({"engarde": 1})))
    if ran.code == 0:
        yield f"{case.probe}: an answer without {said!r} ends the run with 0"
    yield from takes_nothing(case, ran, "an answer without its list")


@check("A connection that is reset is made again, and nothing is lost.", defect="faults of the line are final")
def connection_reset(case: Case) -> Complaints:
    with case.bench() as here:
        reset = requests.ConnectionError(ConnectionResetError())
        yield from completes(case, here.run(only=[case.probe], fault=once(here, reset, reset)), "a reset twice")


@check("An answer that drips has a deadline in all, not from byte to byte.", defect="it is asked for again for hours")
def slow_drip(case: Case) -> Complaints:
    with case.bench() as here:
        drip = Spoiled(Answered(b'{"data": [' + b" " * 4000), seconds_a_byte=20)
        ran = here.run(only=[case.probe], fault=always(here, drip))
        if here.time.passed > 3600:
            yield f"{case.probe}: an answer that drips is waited for {here.time.passed / 60:.0f} minutes"
    if ran.code != 75:
        yield f"{case.probe}: an answer that drips ends the run with {ran.code} and not with 75"
    yield from takes_nothing(case, ran, "an answer that drips")


@check(
    "A redirect to another host is not followed: no credentials leave the vendor's own.",
    defect="redirects are followed",
)
def redirect_elsewhere(case: Case) -> Complaints:
    with case.bench() as here:
        away = Answered(b"", 302, {"Location": "https://elsewhere.example/v1"})
        ran = here.run(only=[case.probe], fault=always(here, away))
    if left := [each for each in ran.asked if "elsewhere.example" in each.asked.place]:
        yield f"{case.probe}: a redirect to another host is followed, with the headers {sorted(left[0].asked.headers)}"
    if ran.code == 0:
        yield f"{case.probe}: a redirect to another host ends the run with 0"
    yield from takes_nothing(case, ran, "a redirect to another host")


@check("A vendor that gives the same page again and again is noticed.", defect="a circle counts as an end")
def page_loop(case: Case) -> Complaints:
    stream = case.stream(case.probe)
    words = stream.first if stream.first is not None and stream.first.pages is not None else stream
    pages = words.pages
    if pages is None or pages.kind not in _REPEATS or pages.total is not None or stream.parent is not None:
        return
    if (stream.first and stream.first.job) or stream.job:
        return
    with case.bench() as here:
        first: list[Answered] = []

        def again(asked: Asked, number: int) -> Any:
            fitting = here.vendor.find(asked)
            if number > 500:
                return Answered({}, 400)
            if not any(route.name == case.probe and route.kind in {"list", "then"} for route, _ in fitting):
                return None
            if not first and not _goes_on(here, case.probe, fitting):
                return None
            first.append(first[0] if first else here.vendor.answer(asked))
            return first[0]

        ran = here.run(only=[case.probe], fault=again)
        members = here.vendor.records.of(case.probe).members
    if len(members) < 3 or not first:
        return
    if len(first) > 100:
        yield f"{case.probe}: the same page was taken {len(first)} times"
    if ran.code == 0:
        yield f"{case.probe}: the same page again and again ends the run with 0"


def _goes_on(here: Bench, name: str, fitting: Any) -> bool:
    """Whether the vendor has more than a page for what is asked."""
    route, found = next(each for each in fitting if each[0].name == name)
    members, size = here.vendor.members(route, found)
    return len(members) > size > 0
