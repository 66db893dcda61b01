"""Lines of the log, as they are written within a run."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from orchestrate.operations.logs import about, to_log


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = before


def test_everything_said_within_a_run_tells_tenant_and_run(output: io.StringIO) -> None:
    to_log(output)
    with about(tenant="t1", run="r1"):
        logging.getLogger("other.package").warning("took %d s", 3, extra={"stream": "orders"})
    logging.getLogger("other.package").info("after")
    within, after = map(json.loads, output.getvalue().splitlines())
    assert {key: within[key] for key in ("event", "level", "logger", "tenant", "run", "stream")} == {
        "event": "took 3 s", "level": "warning", "logger": "other.package", "tenant": "t1", "run": "r1",
        "stream": "orders",
    }  # fmt: skip
    assert "tenant" not in after


def test_an_error_is_one_line_without_the_values_of_its_variables(output: io.StringIO) -> None:
    to_log(output)
    token = "pat-canary-" + "31"
    try:
        int(f"{token[:0]}x")
    except ValueError:
        logging.getLogger("any").exception("failed")
    (line,) = output.getvalue().splitlines()
    assert json.loads(line)["exception"][0]["exc_type"] == "ValueError"
    assert token not in line


def test_text_is_for_people(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGARDE_LOG", "text")
    monkeypatch.setenv("ENGARDE_LOG_LEVEL", "warning")
    to_log(output)
    with about(run="r1"):
        logging.getLogger("any").info("not this")
        logging.getLogger("any").warning("but this")
    assert "not this" not in output.getvalue()
    assert "but this" in output.getvalue() and "run=r1" in output.getvalue()
