"""Reads lines from a pipe without waiting for ever, so that age and signals are noticed in between."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
from collections.abc import Iterator
from typing import IO, Any

_CHUNK = 1 << 20
_TICK = 0.5
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)


class Interrupts:
    """Notes SIGTERM and SIGINT instead of dying of them; further ones change nothing."""

    def __init__(self) -> None:
        self.number: int | None = None
        self.wakeup: int | None = None

    def note(self, number: int, _frame: object) -> None:
        """Handles a signal."""
        self.number = self.number or number


@contextlib.contextmanager
def noted_interrupts() -> Iterator[Interrupts]:
    """Within the block, signals only end the reading of lines."""
    interrupts = Interrupts()
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    before = {number: signal.signal(number, interrupts.note) for number in (signal.SIGTERM, signal.SIGINT)}
    woken = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    interrupts.wakeup = read_end
    try:
        yield interrupts
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(read_end)
        os.close(write_end)


def read_lines(source: IO[Any], interrupts: Interrupts) -> Iterator[bytes]:
    """Yields blocks of whole lines as they come, and an empty one when none came for half a second.

    Ends at the end of the input or at a signal; a last line without newline counts.
    """
    descriptor = source.fileno()
    _widen(descriptor)
    watched = [descriptor] if interrupts.wakeup is None else [descriptor, interrupts.wakeup]
    rest: list[bytes] = []
    while interrupts.number is None:
        ready, _, _ = select.select(watched, [], [], _TICK)
        if descriptor not in ready:
            yield b""
            continue
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            if last := b"".join(rest):
                yield last
            return
        end = chunk.rfind(b"\n") + 1
        if end:
            yield b"".join([*rest, chunk[:end]])
            rest = []
        if end < len(chunk):
            rest.append(chunk[end:])


def _widen(descriptor: int) -> None:
    """Lets a pipe hold a whole chunk where the system allows it: Linux gives 64 kB, a fraction of a tap's page."""
    if _SET_PIPE_SIZE is not None:
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, _SET_PIPE_SIZE, _CHUNK)
