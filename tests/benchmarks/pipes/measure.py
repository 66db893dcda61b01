"""Runs a pipe of processes and says what they cost together, their children included."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and processor, the largest process' peak memory in MB, and each process' processor seconds."""

    wall: float
    cpu: float
    memory: float
    parts: tuple[float, ...]


def cost(commands: Sequence[Sequence[str | Path]], folder: Path, variables: Mapping[str, str]) -> Cost:
    """Runs commands joined by pipes, the last one's output thrown away; ends the benchmark where one fails."""
    log = folder / "log"
    begun = time.monotonic()
    with log.open("wb") as errors:
        running: list[subprocess.Popen[bytes]] = []
        for number, command in enumerate(commands):
            source = running[-1].stdout if running else subprocess.DEVNULL
            output = subprocess.PIPE if number + 1 < len(commands) else subprocess.DEVNULL
            running.append(
                subprocess.Popen(
                    [str(part) for part in command],
                    stdin=source,
                    stdout=output,
                    stderr=errors,
                    cwd=folder,
                    env={**os.environ, **variables},
                )
            )
            if running[:-1] and source is not None and not isinstance(source, int):
                source.close()
        used = [_ended(process, log) for process in running]
    seconds = tuple(each.ru_utime + each.ru_stime for each in used)
    return Cost(time.monotonic() - begun, sum(seconds), max(each.ru_maxrss for each in used) / 1024, seconds)


def _ended(process: "subprocess.Popen[bytes]", log: Path) -> "os.struct_rusage":
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"bench: {process.args} ended with {process.returncode}\n{log.read_text()[-2000:]}")
    return used
