"""The time the business covers."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.business.chance import DAY


@dataclass(frozen=True, slots=True)
class Span:
    """Two years of history before `epoch`, where the pretend present begins, and sixty days after it."""

    start: int
    epoch: int
    end: int


def span_around(epoch: int) -> Span:
    """Return the business's time around the moment its pretend present begins."""
    return Span(epoch - 730 * DAY, epoch, epoch + 60 * DAY)
