"""Runs tap and target as forked children of a process that has imported everything: real processes that start at once.

A kill is SIGKILL to such a child. The parent passes the tap's output on to the target, so that it knows what was sent
and can kill at a byte.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
_CHUNK = 1 << 16


class Kill(NamedTuple):
    """Whom to kill, and after how many bytes between tap and target or after how many seconds."""

    victims: tuple[str, ...]
    after_bytes: int | None
    after_seconds: float | None


class Ran(NamedTuple):
    """How a run ended: exit codes (negative: a signal), what the target was sent, whether somebody was killed."""

    tap: int
    target: int
    sent: bytes
    killed: bool


def in_child(work: Callable[[], T]) -> T:
    """Does something in a child, so that no library leaves threads or connections in this process."""
    read_end, write_end = os.pipe()
    process = _fork(lambda: _answer(work, write_end), close=(read_end,))
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        data = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if code or not data:
        raise RuntimeError(f"a child ended with {code}")
    found: T = pickle.loads(data)
    return found


def _answer(work: Callable[[], Any], descriptor: int) -> None:
    with os.fdopen(descriptor, "wb") as pipe:
        pickle.dump(work(), pipe)


def pipeline(tap: Callable[[], None], target: Callable[[], None], states: Path, log: Path, kill: Kill | None) -> Ran:
    """Runs `tap | target >> states`, standard error into a log; with a kill, also to the end of whoever is left."""
    tap_out, tap_write = os.pipe()
    target_in, target_write = os.pipe()
    append = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    out, err = os.open(states, append), os.open(log, append)
    tap_process = _fork(tap, {1: tap_write, 2: err}, close=(tap_out, target_in, target_write))
    target_process = _fork(target, {0: target_in, 1: out, 2: err}, close=(tap_out, tap_write, target_write))
    for descriptor in (tap_write, target_in, out, err):
        os.close(descriptor)
    relay = _Relay({"tap": tap_process, "target": target_process}, tap_out, target_write, kill)
    relay.run()
    codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in (tap_process, target_process)]
    return Ran(codes[0], codes[1], bytes(relay.sent), relay.killed)


def _ready(descriptor: int, seconds: float) -> bool:
    """Waits until a pipe can be read, or written to if it is an end to write to; unlike select, for any number."""
    poll = select.poll()
    poll.register(descriptor)
    return bool(poll.poll(seconds * 1000))


class _Relay:
    """Passes bytes on until the tap ends or nobody takes them, and kills when it is time."""

    def __init__(self, processes: dict[str, int], source: int, sink: int, kill: Kill | None) -> None:
        self._processes, self._source, self._sink, self._kill = processes, source, sink, kill
        self._began = time.monotonic()
        self.sent = bytearray()
        self.killed = False
        os.set_blocking(sink, False)

    def run(self) -> None:
        pending = b""
        while True:
            self._kill_if_due()
            ready = _ready(self._sink if pending else self._source, 0.002 if self._waits else 0.1)
            try:
                if ready and pending:
                    taken = os.write(self._sink, pending[: self._room])
                    self.sent += pending[:taken]
                    pending = pending[taken:]
                elif ready and not (pending := os.read(self._source, _CHUNK)):
                    break
            except BrokenPipeError:
                break
        os.close(self._source)
        os.close(self._sink)
        self._outlive()

    @property
    def _waits(self) -> bool:
        return self._kill is not None and not self.killed

    @property
    def _room(self) -> int:
        limit = self._kill.after_bytes if self._kill is not None and not self.killed else None
        return _CHUNK if limit is None else max(1, min(_CHUNK, limit - len(self.sent)))

    def _kill_if_due(self) -> None:
        if self._kill is None or self.killed:
            return
        by_bytes, by_time = self._kill.after_bytes, self._kill.after_seconds
        if by_bytes is not None and len(self.sent) >= by_bytes:
            self._do()
        if by_time is not None and time.monotonic() - self._began >= by_time:
            self._do()

    def _outlive(self) -> None:
        """The tap is through, the target still writes: a kill by time may yet hit it."""
        target = self._processes["target"]
        while self._waits and self._kill is not None and self._kill.after_seconds is not None:
            if os.waitid(os.P_PID, target, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return
            time.sleep(0.001)
            self._kill_if_due()

    def _do(self) -> None:
        assert self._kill is not None
        for victim in self._kill.victims:
            os.kill(self._processes[victim], signal.SIGKILL)
        self.killed = True


def _fork(work: Callable[[], None], become: dict[int, int] | None = None, close: tuple[int, ...] = ()) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    if process := os.fork():
        return process
    code = 1
    try:
        for descriptor in close:
            os.close(descriptor)
        for number, descriptor in (become or {}).items():
            os.dup2(descriptor, number)
        # Whatever runs the tests may have put others in their place.
        sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w"), open(2, "w")  # noqa: SIM115
        work()
        sys.stdout.flush()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)
