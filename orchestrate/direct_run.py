"""Runs a tap into a target as one process group without Meltano: `taps.engine.single`, its log and how it ended.

What `meltano run` does besides is not wanted for single records: there is no state, the settings are the connection's,
and its start takes longer than everything else.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrate.meltano_run import LogLine, Outcome, note, start_group, stop
from orchestrate.project import read_project

_LINE = re.compile(r"^[\d :,.-]{19,} \| (?P<level>[A-Z]+) *\| (?P<name>\S+) *\| (?P<text>.*)$")
_PLUGIN = re.compile(r"^(?P<name>(?:tap|target)-[a-z0-9-]+)")


@dataclass(frozen=True)
class Direct:
    """What is read, and into what. Settings hold no secret but the target's, and go through a pipe all the same."""

    platform: str
    settings: Mapping[str, Any]
    streams: Sequence[str]
    loader: str
    target_settings: Mapping[str, Any] = field(repr=False)


class Standby:
    """Processes that have loaded what they need. With `keeps` one waits as soon as the one before it has read.

    It costs memory, and so there is none before the first was asked for.
    """

    def __init__(self, root: Path, *, keeps: bool = False) -> None:
        self._root, self._keeps = root, keeps
        self._waiting: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def take(self) -> subprocess.Popen[str]:
        """The one in waiting, or a new one; whoever takes it stops it."""
        with self._lock:
            process, self._waiting = self._waiting, None
        return process if process is not None and process.poll() is None else self._new()

    def refill(self) -> None:
        """Has one wait for the next."""
        with self._lock:
            if self._keeps and self._waiting is None:
                self._waiting = self._new()

    def close(self) -> None:
        """Ends the one in waiting."""
        with self._lock:
            if self._waiting is not None:
                stop(self._waiting)
                self._waiting = None

    def _new(self) -> subprocess.Popen[str]:
        return start_group([sys.executable, "-m", "taps.engine.single"], self._root, {}, told=True)


def run_direct(
    standby: Standby,
    root: Path,
    direct: Direct,
    tell: Callable[[LogLine], None],
    extra: Mapping[str, str],
    began: Callable[[subprocess.Popen[str]], None],
) -> Outcome:
    """Runs it; returns how it ended, as `run_meltano` does. `extra` are variables of the environment."""
    outcome, process = Outcome(), standby.take()
    told = {
        "environment": dict(extra),
        "platform": direct.platform, "settings": dict(direct.settings), "streams": list(direct.streams),
        "target": f"targets.{direct.loader.removeprefix('target-')}.target",
        "target_settings": {**_configured(root, direct.loader), **direct.target_settings},
    }  # fmt: skip
    try:
        began(process)
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(json.dumps(told))
        for text in process.stdout:
            line = read_line(text)
            if not note(outcome, line) and line.text:
                tell(line)
        outcome.code = process.wait()
    finally:
        stop(process)
        standby.refill()
    if outcome.code == 0:
        outcome.reasons.clear()
    return outcome


def read_line(text: str) -> LogLine:
    """A line of the tap's or the target's log; what is said past their logs is known by the name it begins with."""
    found = _LINE.match(text)
    if found is not None:
        plugin = _PLUGIN.match(found["name"])
        return LogLine(found["level"].lower(), plugin["name"] if plugin else None, found["text"].strip())
    plugin = _PLUGIN.match(text)
    return LogLine("info", plugin["name"] if plugin else None, text.strip())


def _configured(root: Path, loader: str) -> dict[str, Any]:
    """What meltano.yml says of the target in the environment of syncs, but for what variables say."""
    given = read_project(root).settings("dev", "loaders").get(loader, {})
    return {name: value for name, value in given.items() if "$" not in str(value)}
