from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrate import meltano_run
from orchestrate.meltano_run import FAILED, LATER, PARTIAL, Loaded, LogLine, Outcome, process_group


def entry(**fields: object) -> str:
    return json.dumps({"level": "info", "event": "", **fields})


def outcome_of(*texts: str) -> Outcome:
    outcome = Outcome()
    for text in texts:
        line, _codes = meltano_run._read(text)
        meltano_run.note(outcome, line)
    return outcome


def test_counts_are_read_from_what_the_target_reports() -> None:
    said = entry(name="target-duckdb", event="stripe.customers: 1,234 records, 1,230 rows written, 4 deleted")
    assert outcome_of(said).tables == {"stripe.customers": Loaded(1234, 1230, 4)}


def test_the_reason_is_what_the_plugin_said_rather_than_meltano() -> None:
    outcome = outcome_of(
        entry(name="tap-stripe", level="error", event="stripe: the key was refused"),
        entry(level="error", event="Extractor failed"),
    )
    assert outcome.reason == "stripe: the key was refused"


def test_a_target_that_stops_says_why_under_its_own_name() -> None:
    outcome = outcome_of(
        entry(name="target-duckdb", event="target-duckdb: path: there is no folder"),
        entry(level="error", event="Loader failed"),
    )
    assert outcome.reason == "target-duckdb: path: there is no folder"


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([LATER], LATER),
        ([PARTIAL], PARTIAL),
        ([1], FAILED),
        ([], FAILED),
        ([LATER, 1], FAILED),
        ([PARTIAL, LATER], FAILED),
    ],
)
def test_the_kind_of_failure_is_known_only_where_all_plugins_agree(codes: list[int], code: int) -> None:
    assert meltano_run._code(codes) == code


def test_lines_that_are_not_json_are_passed_on() -> None:
    assert meltano_run._read("Traceback (most recent call last):\n") == (
        LogLine("info", None, "Traceback (most recent call last):"),
        [],
    )


def test_an_interrupted_run_leaves_no_process_behind(tmp_path: Path) -> None:
    child = tmp_path / "child"
    script = tmp_path / "parent.sh"
    script.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {child}\necho started\nwait\n")
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    with pytest.raises(KeyboardInterrupt), process_group([str(script)], tmp_path, {}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        raise KeyboardInterrupt
    assert process.returncode is not None
    number = int(child.read_text())
    for _ in range(50):
        if not _alive(number):
            return
        time.sleep(0.1)
    pytest.fail("the child still runs")


def _alive(number: int) -> bool:
    state = Path(f"/proc/{number}/stat")
    if Path("/proc/self").exists():
        return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from orchestrate.warehouse_lock import only_writer\n"
        f"with only_writer(Path({str(tmp_path / 'w.duckdb')!r}), print):\n"
        "    print('in', time.monotonic()); time.sleep(0.5); print('out', time.monotonic())\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=240)[0] for process in both]
    spans = sorted(
        tuple(float(line.split()[1]) for line in text.splitlines() if line.startswith(("in", "out"))) for text in said
    )
    assert spans[0][1] <= spans[1][0]
    assert sum("waiting: another run writes to" in text for text in said) <= 1
