"""Reads lines from a pipe without waiting for ever, so that age and signals are noticed in between."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

_CHUNK = 1 << 20
_TICK = 0.5


class Interrupts:
    """Notes SIGTERM and SIGINT instead of dying of them; further ones change nothing."""

    def __init__(self) -> None:
        self.number: int | None = None
        self.wakeup: int | None = None

    def note(self, number: int, _frame: object) -> None:
        """Handles a signal."""
        self.number = self.number or number


@contextmanager
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


def read_lines(source: IO[Any], interrupts: Interrupts) -> Iterator[list[bytes]]:
    """Yields whole lines as they come, and an empty list when none came for half a second.

    Ends at the end of the input or at a signal; a last line without newline counts.
    """
    descriptor = source.fileno()
    watched = [descriptor] if interrupts.wakeup is None else [descriptor, interrupts.wakeup]
    rest: list[bytes] = []
    while interrupts.number is None:
        ready, _, _ = select.select(watched, [], [], _TICK)
        if descriptor not in ready:
            yield []
            continue
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            if last := b"".join(rest):
                yield [last]
            return
        *whole, tail = chunk.split(b"\n")
        if whole:
            whole[0] = b"".join([*rest, whole[0]])
            rest = []
            yield whole
        if tail:
            rest.append(tail)
