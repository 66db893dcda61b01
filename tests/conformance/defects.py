"""What is planted to see that each check finds something: in the manifest, a fixture, the vendor, the engine itself."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

from sandbox.fixtures.asked import Answered
from sandbox.fixtures.vendor import FixtureVendor
from taps.engine.http_answer import Answer
from taps.engine.http_exchange import Wire
from tests.conformance.checks import Case

ACME = Path(__file__).parent / "acme"
Plant = Callable[[Path], AbstractContextManager[Any]]
"""Given a copy of the platform acme: what holds while the check runs."""

PLANTS: dict[str, Plant] = {}


def plant(*names: str) -> Callable[[Plant], Plant]:
    """Registers a defect for these checks."""

    def register(function: Plant) -> Plant:
        for name in names:
            PLANTS[name] = function
        return function

    return register


@contextmanager
def planted(name: str, folder: Path) -> Iterator[Case]:
    """The platform acme with the defect that a check must find."""
    copy = folder / "acme"
    shutil.copytree(ACME, copy)
    with PLANTS[name](copy):
        yield Case("acme", copy)


def edit(folder: Path, old: str, new: str, file: str = "manifest.yaml") -> AbstractContextManager[None]:
    """Changes a file of the copy."""
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    return nullcontext()


def vendor_says(change: Callable[[FixtureVendor, Any, Answered], Answered]) -> AbstractContextManager[Any]:
    """The vendor's answers changed."""
    answer = FixtureVendor.answer
    return mock.patch.object(FixtureVendor, "answer", lambda self, asked: change(self, asked, answer(self, asked)))


def three_times(wait: float) -> Callable[..., float | None]:
    """A budget that is not counted in seconds."""

    def next_wait(budget: Any, *_given: Any, **_named: Any) -> float | None:
        budget.tries += 1
        return wait if budget.tries < 4 else None

    return next_wait


def as_no_records(when: Callable[[bytes], bool]) -> AbstractContextManager[Any]:
    """Bodies of a kind are taken for an empty list."""
    send = Wire.send

    def mild(wire: Wire, request: Any, sink: Any = None) -> Any:
        answer = send(wire, request, sink)
        if isinstance(answer, Answer) and answer.status == 200 and when(answer.body):
            answer.body = b'{"data": [], "next": null, "count": 0}'
        return answer

    return mock.patch.object(Wire, "send", mild)


def faults_as_no_records(kinds: set[str]) -> AbstractContextManager[Any]:
    from datetime import UTC, datetime

    from requests.structures import CaseInsensitiveDict

    from taps.engine.http_exchange import Fault

    send = Wire.send

    def mild(wire: Wire, request: Any, sink: Any = None) -> Any:
        outcome = send(wire, request, sink)
        if isinstance(outcome, Fault) and outcome.kind in kinds:
            body = b'{"data": [], "next": null, "count": 0}'
            return Answer(200, CaseInsensitiveDict(), body, request.url, datetime.now(UTC))
        return outcome

    return mock.patch.object(Wire, "send", mild)


def written_as(change: Callable[[bytes], bytes]) -> AbstractContextManager[Any]:
    """What is written, changed on its way out."""
    from taps.engine.writer import Writer

    put = Writer._put
    return mock.patch.object(Writer, "_put", lambda self, data: put(self, change(data)))
