"""The sandbox as a process of its own, for as long as the demo runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import requests

from demo.failure import StepFailed
from orchestrate.meltano_run import stop
from orchestrate.project import Project

_WRITTEN = "http://127.0.0.1:8765"
"""The address that Meltano's environment `sandbox` names (plugins/sandbox.meltano.yml)."""


@dataclass(frozen=True)
class Vendors:
    """A running sandbox."""

    address: str

    def now(self) -> str:
        """The pretend present, ISO 8601."""
        return str(self._ask("GET", "now")["now"])

    def advance(self, days: int) -> str:
        """Lets days pass, at most until the real present; returns the pretend present."""
        return str(self._ask("POST", "advance", days=str(days))["now"])

    def truth(self, path: Path) -> int:
        """Writes what is really behind every row as parquet; returns its rows."""
        return int(self._ask("POST", "truth", path=str(path))["rows"])

    def _ask(self, method: str, control: str, **query: str) -> dict[str, Any]:
        try:
            answer = requests.request(method, f"{self.address}/_sandbox/{control}", params=query, timeout=60)
            answer.raise_for_status()
        except requests.RequestException as error:
            msg = f"the sandbox does not answer: {type(error).__name__} at /_sandbox/{control}"
            raise StepFailed(msg) from None
        return dict(answer.json())

    def tap_settings(self, project: Project) -> dict[str, str]:
        """Environment variables that turn every tap of the environment `sandbox` to this address."""
        found = {}
        for tap, settings in project.settings("sandbox", "extractors").items():
            for name, value in settings.items():
                if name.endswith("_url"):
                    variable = f"{tap}_{name}".replace("-", "_").upper()
                    found[variable] = str(value).replace(_WRITTEN, self.address)
        return found


@contextmanager
def vendors(root: Path, state: Path, seed: int, people: int) -> Iterator[Vendors]:
    """Starts the sandbox on a free port and stops it at the end, whatever happens; raises `StepFailed`."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--state", str(state)]
    process = subprocess.Popen(
        [*command, "--seed", str(seed), "--people", str(people)],
        cwd=root, text=True, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        late = Timer(120, process.kill)
        late.start()
        address = process.stdout.readline().strip()
        late.cancel()
        if not address.startswith("http"):
            process.kill()
            said = process.communicate()[1].strip().splitlines()
            msg = f"the sandbox did not start: {said[-1] if said else 'no answer in 120 seconds'}"
            raise StepFailed(msg)
        yield Vendors(address)
    finally:
        stop(process, patience=3)


def remembered(state: Path) -> tuple[int, int] | None:
    """Seed and people of the last demo, or none."""
    if not state.exists():
        return None
    known = json.loads(state.read_text(encoding="utf-8"))
    return int(known["seed"]), int(known["people"])
