"""Recognises rows that an earlier run added to a table and that the tap sends again.

A tap that starts again from its last known state sends what came after it once more, the same records in order. Which
state it knows is not certain: the last one may have got out just before the end. So it may begin at any segment.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


def fingerprint(record: bytes) -> int:
    """A 64-bit hash of a record's bytes."""
    return int.from_bytes(hashlib.blake2b(record, digest_size=8).digest())


def fingerprints(values: Iterable[int] = ()) -> array[int]:
    """Fingerprints of rows in the order they came."""
    return array("Q", values)


class Segment(NamedTuple):
    """Rows of a stream that were committed together, by their place in the ledger."""

    stream: str
    run_id: str
    batch: int
    part: int
    rows: array[int]


class Recall:
    """Compares a stream's rows with those that earlier runs committed, from each place where the tap may begin."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._rows = fingerprints()
        self._segments: list[tuple[int, Segment]] = []
        for segment in segments:
            self._segments.append((len(self._rows), segment))
            self._rows.extend(segment.rows)
        self._places = [start for start, _ in self._segments]
        self._settled = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing can be recognised any more."""
        return not self._places

    def knows(self, row: int) -> bool:
        """Whether the next row is in the table already."""
        rows, end = self._rows, len(self._rows)
        self._places = [place + 1 for place in self._places if place < end and rows[place] == row]
        return bool(self._places)

    def passed(self) -> Iterator[Segment]:
        """The segments of which rows came again since `settle`, with the rows that may still come."""
        reached = self._reached
        if reached == self._settled:
            return
        for start, segment in self._segments:
            end = start + len(segment.rows)
            if start < reached and end > self._settled:
                yield segment._replace(rows=self._rows[reached:end])

    def settle(self) -> None:
        """Takes note that what was passed is committed."""
        self._settled = self._reached

    @property
    def _reached(self) -> int:
        return min(self._places, default=len(self._rows))
