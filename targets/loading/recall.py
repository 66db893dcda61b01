"""Recognises rows that an earlier run added to a table and that the tap sends again.

A tap that starts again from its last known state sends what came after it once more: the same records, but among new
ones and in another order where it reads windows or partitions side by side. Which state it knows is not certain: the
last one may have got out just before the end. So any of the rows may come again, and none has to.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
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
    """Knows the rows that earlier runs committed and the tap may send again, in whatever order they come."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._segments = list(segments)
        self._left = Counter(row for segment in self._segments for row in segment.rows)
        self._came: Counter[int] = Counter()

    @property
    def is_over(self) -> bool:
        """Whether nothing can be recognised any more."""
        return not self._left

    def knows(self, row: int) -> bool:
        """Whether the next row is in the table already; each that is there is recognised once."""
        if row not in self._left:
            return False
        for rows, change in ((self._left, -1), (self._came, 1)):
            rows[row] += change
        if not self._left[row]:
            del self._left[row]
        return True

    def passed(self) -> Iterator[Segment]:
        """The segments of which rows came again since `settle`, with the rows that may still come."""
        came = self._came.copy()
        for segment in self._segments:
            rest = fingerprints(row for row in segment.rows if not _taken(came, row))
            if len(rest) < len(segment.rows):
                yield segment._replace(rows=rest)

    def settle(self) -> None:
        """Takes note that what was passed is committed."""
        rest = {segment[:-1]: segment for segment in self.passed()}
        self._segments = [rest.get(segment[:-1], segment) for segment in self._segments]
        self._came.clear()


def _taken(counts: Counter[int], row: int) -> bool:
    if counts[row] < 1:
        return False
    counts[row] -= 1
    return True
