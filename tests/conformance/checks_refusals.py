"""What follows from a vendor's refusals: by status, by its own codes, and by how long it wants to be left alone."""

from datetime import timedelta
from email.utils import format_datetime

from sandbox.fixtures.asked import Answered, Asked
from sandbox.fixtures.places import put
from sandbox.fixtures.refusals import body_of
from taps.engine.rate import Rate
from tests.conformance.bench import Bench, Fault, Ran, keys_of
from tests.conformance.checks import Case, Complaints, check
from tests.conformance.clock import START
from tests.conformance.faults import ENDS, always, meaning_of, once, refused


def clean(case: Case) -> dict[str, set[tuple[str, ...]]]:
    """What the probe gives without trouble; read once."""
    if not hasattr(case, "_clean"):
        with case.bench() as here:
            case._clean = keys_of(here.run(only=[case.probe]), deleted=True)  # type: ignore[attr-defined]
    found: dict[str, set[tuple[str, ...]]] = case._clean  # type: ignore[attr-defined]
    return found


def completes(case: Case, ran: Ran, what: str) -> Complaints:
    """Says so where a run did not get everything all the same."""
    if ran.code or ran.error:
        said = [line for line in ran.log if case.platform in line] or [str(ran.error)]
        yield f"{case.probe}: {what}: the run ends with {ran.code}: {said[0]}"
    elif missing := clean(case).get(case.probe, set()) - keys_of(ran, deleted=True).get(case.probe, set()):
        yield f"{case.probe}: {what}: {len(missing)} records are lost, such as {sorted(missing)[0]}"


def takes_nothing(case: Case, ran: Ran, what: str) -> Complaints:
    """Says so where something was written or a bookmark moved."""
    if taken := keys_of(ran).get(case.probe):  # what another stream lists as deleted does not come from it
        yield f"{case.probe}: {what}: {len(taken)} records were taken from it"
    if ran.bookmark(case.probe).get("replication_key_value") is not None:
        yield f"{case.probe}: {what}: the bookmark moved to {ran.bookmark(case.probe)['replication_key_value']}"


def _for_good(case: Case, status: int) -> Complaints:
    meaning = meaning_of(case.stream(case.probe).errors, status)
    with case.bench() as here:
        ran = here.run(only=[case.probe], fault=always(here, refused(case, status)))
    what = f"{status} ({meaning})"
    if ran.code != ENDS[meaning]:
        yield f"{case.probe}: {what}: the run ends with {ran.code} and not with {ENDS[meaning]}"
    if meaning not in {"empty", "not_yet"}:
        yield from takes_nothing(case, ran, what)
    if ran.code and not any(case.platform in text for text in [*ran.log, str(ran.error)]):
        yield f"{case.probe}: {what}: no line says so"


@check("401 for good means that the login is refused: exit 77, nothing is taken.", defect="401 counts as no records")
def status_401(case: Case) -> Complaints:
    yield from _for_good(case, 401)


@check("403 for good means what the manifest says, usually a partial run (exit 3).", defect="403 counts as no records")
def status_403(case: Case) -> Complaints:
    yield from _for_good(case, 403)


@check("404 on a stream that has no parent is a failure and never zero rows.", defect="404 counts as no records")
def status_404(case: Case) -> Complaints:
    if case.stream(case.probe).parent is None:  # where every stream has one, `missing_parent` looks at what a 404 does
        yield from _for_good(case, 404)


@check(
    "408 is tried again until the budget is spent, then the run is to be taken up later (75).", defect="408 is final"
)
def status_408(case: Case) -> Complaints:
    yield from _for_good(case, 408)
    with case.bench() as here:
        yield from completes(case, here.run(only=[case.probe], fault=once(here, refused(case, 408))), "408 once")


@check("410 ends the stream, and the line says that the API is switched off.", defect="410 counts as no records")
def status_410(case: Case) -> Complaints:
    yield from _for_good(case, 410)


@check("A 404 for one parent's children is no reason to lose the other parents'.", defect="a child's 404 ends it all")
def missing_parent(case: Case) -> Complaints:
    for name in case.probes:
        stream = case.stream(name)
        if stream.parent is None or stream.parent.stream is None or stream.parent.batch or stream.parent.inside:
            continue
        if stream.job or meaning_of(stream.errors, 404) != "missing":
            continue
        with case.bench() as here:
            ran = here.run(only=[name], fault=_first_of(case, here, name))
        if ran.code:
            yield f"{name}: one parent that is gone ends the run with {ran.code}"


def _first_of(case: Case, here: Bench, name: str) -> Fault:
    """The first request for a stream's list is answered with 404."""
    spent: list[int] = []

    def fault(asked: Asked, number: int) -> Answered | None:
        fitting = here.vendor.find(asked)
        if spent or not any(route.name == name and route.kind == "list" for route, _ in fitting):
            return None
        spent.append(number)
        return refused(case, 404)

    return fault


@check("429 with seconds: the wait is kept, and nothing is lost.", defect="Retry-After is not read")
def limit_in_seconds(case: Case) -> Complaints:
    yield from _waits(case, "429 with Retry-After: 37", {"Retry-After": "37"}, 37)


@check("429 with an HTTP date: the wait is kept, and nothing is lost.", defect="Retry-After is not read")
def limit_as_date(case: Case) -> Complaints:
    moment = format_datetime(START + timedelta(seconds=41), usegmt=True)
    yield from _waits(case, f"429 with Retry-After: {moment}", {"Retry-After": moment}, 41)


@check("429 without a hint: the tap waits of its own accord, and nothing is lost.", defect="429 is final")
def limit_without_hint(case: Case) -> Complaints:
    yield from _waits(case, "429 without Retry-After", {}, 0)


@check(
    "429 with the vendor's own header of what is left and when: that wait is kept.", defect="own headers are not read"
)
def limit_in_own_header(case: Case) -> Complaints:
    stream = case.stream(case.probe)
    buckets = [stream.rate] if isinstance(stream.rate, str) else stream.rate or []
    for name in buckets:
        headers = _own_headers(case.manifest.rate[name])
        if headers:
            yield from _waits(case, f"429 with {headers}", headers, 28)


def _own_headers(rate: Rate) -> dict[str, str]:
    """Headers that say: nothing is left for half a minute."""
    headers: dict[str, str] = {}
    if isinstance(rate.remaining, str) and rate.remaining.startswith("header:"):
        headers[rate.remaining.removeprefix("header:").rstrip("?")] = "0"
    at = rate.resets.at if rate.resets else None
    if rate.resets is None or not isinstance(at, str) or not at.startswith("header:"):
        return {}
    moment = START + timedelta(seconds=30)
    shown = {
        "epoch": int(moment.timestamp()), "epoch_ms": int(moment.timestamp() * 1000), "seconds": 30, "ms": 30_000,
        "datetime": moment.isoformat(),
    }[rate.resets.format]  # fmt: skip
    headers[at.removeprefix("header:").rstrip("?")] = str(shown)
    return headers


def _waits(case: Case, what: str, headers: dict[str, str], seconds: float) -> Complaints:
    if meaning_of(case.stream(case.probe).errors, 429) != "rate_limit":
        return
    with case.bench() as here:
        answer = Answered(refused(case, 429).content, 429, headers)
        ran = here.run(only=[case.probe], fault=once(here, answer))
        if here.time.passed < seconds:
            yield f"{case.probe}: {what}: asked again after {here.time.passed:.0f} s"
        yield from completes(case, ran, what)


@check("A limit further away than a run waits ends it (75), to be taken up later.", defect="every wait is waited out")
def limit_far_away(case: Case) -> Complaints:
    if meaning_of(case.stream(case.probe).errors, 429) != "rate_limit":
        return
    with case.bench() as here:
        ran = here.run(only=[case.probe], fault=always(here, refused(case, 429, Retry_After="7200")))
        if ran.code != 75:
            yield f"{case.probe}: a limit two hours off ends the run with {ran.code} and not with 75"
        if here.time.passed > 1800:
            yield f"{case.probe}: a limit two hours off is waited for {here.time.passed:.0f} s"
    yield from takes_nothing(case, ran, "a limit two hours off")


@check("500, 502 and 503 are tried again, and nothing is lost.", defect="5xx is final")
def server_errors_pass(case: Case) -> Complaints:
    with case.bench() as here:
        faults = [refused(case, status) for status in (500, 502, 503)]
        yield from completes(case, here.run(only=[case.probe], fault=once(here, *faults)), "500, 502 and 503 once")


@check("A vendor that only answers 500 is left alone in time (75), and no bookmark moves.", defect="tries without end")
def server_errors_last(case: Case) -> Complaints:
    with case.bench() as here:
        ran = here.run(only=[case.probe], fault=always(here, refused(case, 500)))
        if here.time.passed > 3600:
            yield f"{case.probe}: 500 for good is tried for {here.time.passed / 60:.0f} minutes"
    if ran.code != 75 and meaning_of(case.stream(case.probe).errors, 500) == "retry":
        yield f"{case.probe}: 500 for good ends the run with {ran.code} and not with 75"
    yield from takes_nothing(case, ran, "500 for good")


@check("An error object under 200 is what its code means and never data.", defect="refusals count as no records")
def error_under_200(case: Case) -> Complaints:
    errors = case.stream(case.probe).errors
    if errors is None or errors.at is None or str(errors.at).startswith("header:"):
        return
    for code, meaning in list(errors.code.items())[:3]:
        with case.bench() as here:
            content = body_of(errors, code, meaning)
            ran = here.run(only=[case.probe], fault=always(here, Answered(put(content, errors.at, code), 200)))
        if ran.code != ENDS[meaning]:
            yield f"{case.probe}: {code} under 200 ({meaning}) ends the run with {ran.code} and not {ENDS[meaning]}"
        if meaning not in {"empty", "not_yet"}:
            yield from takes_nothing(case, ran, f"{code} under 200")
