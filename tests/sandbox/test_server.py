from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

import sandbox
from sandbox.business.chance import DAY
from tests.sandbox.conftest import START
from tests.sandbox.stripe_client import everything, get


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--people", "50", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_the_command_prints_its_address_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    state, address = tmp_path / "sandbox.json", tmp_path / "address"
    with served("--state", str(state), "--address-file", str(address)) as url:
        assert url.startswith("http://127.0.0.1:")
        assert address.read_text() == url
        first = requests.get(f"{url}/_sandbox/now", timeout=10).json()
        moved = requests.post(f"{url}/_sandbox/advance?days=2", timeout=10).json()
        assert moved["epoch"] == first["epoch"] + 2 * DAY
        rows = requests.post(f"{url}/_sandbox/truth?path={tmp_path / 'truth.parquet'}", timeout=10).json()["rows"]
        assert rows > 100
        assert (tmp_path / "truth.parquet").exists()
    assert json.loads(state.read_text())["now"] == moved["epoch"]
    with served("--state", str(state)) as url:
        assert requests.get(f"{url}/_sandbox/now", timeout=10).json() == moved
    with served("--state", str(state), "--seed", "8", "--now", "2025-01-01T00:00:00Z") as url:
        assert requests.get(f"{url}/_sandbox/now", timeout=10).json()["now"] == "2025-01-01T00:00:00+00:00"


def test_time_starts_a_week_ago_and_never_passes_the_present() -> None:
    with sandbox.running(people=20) as box:
        assert 7 * DAY <= time.time() - box.world.now < 7 * DAY + 3700
        assert box.advance(days=30) <= time.time()


def test_advancing_brings_new_and_changed_things() -> None:
    with sandbox.running(seed=7, people=300, start=START) as box:
        before = {item["id"]: item for item in everything(box, "charges")}
        box.advance(days=20)
        after = {item["id"]: item for item in everything(box, "charges")}
        assert set(before) < set(after)
        assert any(after[made] != before[made] for made in before)


@pytest.mark.parametrize("kind", ["401", "403", "429", "500", "503"])
def test_faults_with_a_status(small_box: sandbox.Box, kind: str) -> None:
    small_box.faults("stripe", kind, match="/account", times=2, seconds=3)
    assert get(small_box, "customers").status_code == 200
    answers = [get(small_box, "account") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [int(kind), int(kind), 200]
    assert answers[0].headers.get("retry-after") == ("3" if kind in ("429", "503") else None)
    assert answers[0].json()["error"]["message"]


def test_faults_in_the_body(small_box: sandbox.Box) -> None:
    small_box.faults("stripe", "cut", match="/account")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(small_box, "account")
    small_box.faults("stripe", "html", match="/account")
    answer = get(small_box, "account")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for kind in ("drip", "slow"):
        small_box.faults("stripe", kind, match="/account", seconds=0.02)
        began = time.monotonic()
        assert get(small_box, "account").json()["object"] == "account"
        assert time.monotonic() - began >= 0.02
    assert get(small_box, "account").json()["object"] == "account"


def test_faults_over_http(small_box: sandbox.Box) -> None:
    url = f"{small_box.url('_sandbox')}/faults"
    asked = {"platform": "stripe", "kind": "500", "match": "/prices", "times": 5}
    assert requests.post(url, json=asked, timeout=10).json() == {"pending": 1}
    assert get(small_box, "prices").status_code == 500
    assert requests.delete(url, timeout=10).json() == {"pending": 0}
    assert get(small_box, "prices").status_code == 200
    for wrong in ({"platform": "stripe", "kind": "718"}, {"kind": "500"}):
        assert requests.post(url, json=wrong, timeout=10).status_code == 400
