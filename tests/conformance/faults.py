"""What goes wrong between tap and vendor, as `Bench.run(fault=...)` takes it."""

from collections.abc import Callable
from typing import Any

from sandbox.fixtures.asked import Answered, Asked
from sandbox.fixtures.refusals import worded
from taps.engine.errors import Errors, Meaning
from tests.conformance.bench import Bench, Fault
from tests.conformance.checks import Case

HTML = Answered(b"<html><body>We'll be right back</body></html>", headers={"Content-Type": "text/html"})
NULL = Answered(b"null")


def is_data(here: Bench, asked: Asked) -> bool:
    """Whether a request is for the records of the stream that is tried, and not for a token, a file or a fact."""
    if here.vendor.gate.token_entry(asked) or "/engarde-files/" in asked.path:
        return False
    fitting = here.vendor.find(asked)
    kinds = {route.kind for route, _ in fitting}
    if kinds & {"session", "columns", "account"} and "list" not in kinds:
        return False
    return not fitting or here.probe is None or any(r.name == here.probe or r.kind in _STEPS for r, _ in fitting)


_STEPS = {"start", "create", "enqueue", "poll", "locate", "fetch"}


def once(here: Bench, *instead: Any) -> Fault:
    """These come instead of the answers to the first data requests, one each."""
    upcoming = list(instead)

    def fault(asked: Asked, _number: int) -> Any:
        return upcoming.pop(0) if upcoming and is_data(here, asked) else None

    return fault


def always(here: Bench, instead: Callable[[Asked], Any] | Any, after: int = 0) -> Fault:
    """This comes instead of every answer to a data request, after so many good ones."""
    count = iter(range(10**9))

    def fault(asked: Asked, _number: int) -> Any:
        if not is_data(here, asked) or next(count) < after:
            return None
        return instead(asked) if callable(instead) else instead

    return fault


def refused(case: Case, status: int, **headers: str) -> Answered:
    """A refusal of this status in the words of the probe's manifest."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(worded(case.stream(case.probe).errors, status), status, named)


def meaning_of(errors: Errors | None, status: int) -> Meaning:
    """What a status means: as the manifest says, else as docs/manifest.md says of statuses that are not listed."""
    stated = errors.status if errors else {}
    said = stated.get(str(status)) or stated.get(f"{status // 100}xx")
    if said:
        return said
    usual: dict[int, Meaning] = {401: "login", 429: "rate_limit", 408: "retry"}
    return usual.get(status, "retry" if status >= 500 else "fail")


ENDS: dict[Meaning, int] = {
    "login": 77,
    "permission": 3,
    "missing": 1,
    "rate_limit": 75,
    "quota": 75,
    "retry": 75,
    "skip_record": 1,
    "empty": 0,
    "restart": 1,
    "too_big": 1,
    "not_yet": 0,
    "fail": 1,
}
"""The exit code of a run whose only stream is refused with this meaning for good."""
