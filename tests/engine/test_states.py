"""When states go out."""

import io
import json
import time
from datetime import UTC, datetime

from taps.engine.state import State
from taps.engine.writer import Writer
from tests.engine.vendor import STREAM, platform, run, vendor


def _states(output: io.BytesIO) -> list[int]:
    messages = [json.loads(line) for line in output.getvalue().splitlines()]
    return [m["value"]["bookmarks"]["items"]["replication_key_value"] for m in messages if m["type"] == "STATE"]


def test_a_state_goes_out_when_it_is_due_though_nothing_else_is_written():
    """A page that takes minutes holds up no bookmark that is complete."""
    state, output = State(), io.BytesIO()
    writer = Writer("acme", state, output, state_every=0.3)
    for number in range(3):
        state.put("items", replication_key_value=number)
        writer.write_state()
    assert _states(output) == [0]
    time.sleep(0.6)
    assert _states(output) == [0, 2]


def test_no_state_follows_the_last_one():
    state, output = State(), io.BytesIO()
    writer = Writer("acme", state, output, state_every=0.2)
    for number in range(2):
        state.put("items", replication_key_value=number)
        writer.write_state()
    writer.write_state(end=True)
    time.sleep(0.4)
    assert _states(output) == [0, 1]


def test_only_the_state_of_a_complete_run_says_end(tmp_path):
    tap = platform(tmp_path / "acme", STREAM)
    with vendor(lambda asked: {"data": [{"id": "1", "n": 1}]}) as found:
        told = run(tap, found.url)
    assert told.messages[-1]["end"] is True
    assert all(message["tells_end"] for message in told.of("SCHEMA"))
    with vendor(lambda asked: (400, {"error": "no"})) as found:
        told = run(tap, found.url)
    assert told.code == 1
    assert not any("end" in message for message in told.messages)


def test_rows_come_before_the_state_that_ends():
    state, output = State(), io.BytesIO()
    writer = Writer("acme", state, output)
    writer.schema("items", {"properties": {}}, ["id"], [])
    writer.write_state(end=True)
    assert output.getvalue() == b"", "a run that wrote nothing has nothing to end"
    writer.rows("items", [], datetime.now(UTC))
    writer.write_state(end=True)
    assert [json.loads(line)["type"] for line in output.getvalue().splitlines()] == ["SCHEMA", "STATE"]
