"""Runs `meltano run` as a process of its own: its log as it comes, what each stream brought, and how it ended."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from taps.engine.http_usage import Cost, Limit, read_metric

_PRCTL = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
FAILED, PARTIAL, LATER, NO_LOGIN = 1, 3, 75, 77
"""How a tap ends: something failed, the login may not read some of it, trying later helps, or a new login does."""
_REPORT = re.compile(
    r"^(?P<table>\S+): (?P<records>[\d,]+) records, (?P<rows>[\d,]+) rows written, (?P<deleted>[\d,]+) deleted"
)


@dataclass(frozen=True)
class LogLine:
    """A line of Meltano's log; `plugin` is the tap, target or command that said it, or none."""

    level: str
    plugin: str | None
    text: str


@dataclass(frozen=True)
class Loaded:
    """What a run did to one table."""

    records: int
    rows: int
    deleted: int


@dataclass
class Outcome:
    """How a run ended: `code` as the tap or target ended it, and the lines that say why."""

    code: int = 0
    tables: dict[str, Loaded] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)
    """Stream -> what it took to read it."""
    limits: list[Limit] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """One line that says why the run failed."""
        return self.reasons[0] if self.reasons else "meltano gave no reason; see its log"


def run_meltano(
    root: Path,
    environment: str,
    plugins: Sequence[str],
    tell: Callable[[LogLine], None],
    extra: Mapping[str, str] | None = None,
    began: Callable[[subprocess.Popen[str]], None] | None = None,
) -> Outcome:
    """Runs plugins or a job in an environment; returns how it ended. Interrupted, it stops all that it started.

    `began` is given the process, so that another thread can `stop` it.
    """
    command = [sys.executable, "-m", "meltano.cli", f"--environment={environment}", "run", *plugins]
    outcome, codes = Outcome(), []
    with process_group(command, root, {"MELTANO_CLI_LOG_FORMAT": "json", **(extra or {})}) as process:
        if began is not None:
            began(process)
        assert process.stdout is not None
        for text in process.stdout:
            line, ended = _read(text)
            if not note(outcome, line) and line.text:
                tell(line)
            codes += ended
    outcome.code = _code(codes) if process.returncode else 0
    if outcome.code == 0:
        outcome.reasons.clear()
    return outcome


@contextlib.contextmanager
def process_group(command: Sequence[str], folder: Path, extra: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process with both outputs in one pipe; on the way out it and its children are stopped, if need be by force."""
    process = start_group(command, folder, extra)
    try:
        yield process
        process.wait()
    finally:
        stop(process)


def start_group(
    command: Sequence[str], folder: Path, extra: Mapping[str, str], *, told: bool = False
) -> subprocess.Popen[str]:
    """The process alone, first of its group, which the caller has to stop; `told` where something is written to it."""
    own = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ.get('PATH', '')}", **extra}
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True, errors="replace", start_new_session=True,
        stdin=subprocess.PIPE if told else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 # it makes one system call and takes no lock
    )  # fmt: skip


def _die_with_parent() -> None:
    """On Linux a process whose parent is killed is killed too: nobody would stop it, and the next run would meet it.

    Its own children see their pipes end: the target commits what it has. https://man7.org/linux/man-pages/man2/prctl.2.html
    """
    if _PRCTL is not None:
        _PRCTL(1, signal.SIGKILL)


def stop(process: subprocess.Popen[str], patience: float = 15) -> None:
    """Ends a process and its children: asked first, so that a target can commit what it has, then by force."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _read(text: str) -> tuple[LogLine, list[int]]:
    try:
        entry = json.loads(text)
    except ValueError:
        return LogLine("info", None, text.strip()), []
    if not isinstance(entry, dict):
        return LogLine("info", None, text.strip()), []
    level, said = str(entry.get("level", "info")), str(entry.get("event", ""))
    if "success" in entry and entry.get("err"):
        said = f"{entry['err']}"
    codes = entry.get("exit_codes")
    return LogLine(level, entry.get("name"), said), [int(code) for code in codes.values()] if codes else []


def note(outcome: Outcome, line: LogLine) -> bool:
    """Keeps what the line says of the run; tells whether it was a metric, which nobody needs to read."""
    metric = read_metric(line.text) if line.plugin else None
    if isinstance(metric, Limit):
        outcome.limits.append(metric)
    elif metric is not None:
        outcome.costs[metric[0]] = metric[1]
    else:
        _note(outcome, line)
    return metric is not None


def _note(outcome: Outcome, line: LogLine) -> None:
    if line.plugin and (found := _REPORT.match(line.text)):
        numbers = [int(found[name].replace(",", "")) for name in ("records", "rows", "deleted")]
        outcome.tables[found["table"]] = Loaded(*numbers)
    elif _is_reason(line, outcome):
        outcome.reasons.append(line.text)


def _code(codes: Sequence[int]) -> int:
    """Meltano itself always ends with 1; how the plugins ended says more, where they agree."""
    alike = set(codes)
    return alike.pop() if len(alike) == 1 else FAILED


def _is_reason(line: LogLine, outcome: Outcome) -> bool:
    """Plugins say best why they ended; Meltano's own word counts only where none of them spoke."""
    wrong = line.level in {"error", "critical"}
    if line.plugin:
        return wrong or line.text.startswith(f"{line.plugin}: ")
    return wrong and not outcome.reasons
