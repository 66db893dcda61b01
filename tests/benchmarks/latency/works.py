"""The ways to read a vendor: their streams, and how many answers they need at the least, one after the other."""

import math
from dataclasses import dataclass

from tests.benchmarks.latency.slow_vendor import SIZE

AT_ONCE = 8
"""Requests that the account permits at once: the taps' own default."""
DAYS = 120
_HEAD = "    docs: https://acme.example/docs\n    records: data\n    deletes: never\n"
_TOKEN = "    pages: {kind: token, send: page, take: next}\n"
_PLAIN = "    key: [id]\n    fields: {id: string!}\n"


@dataclass(frozen=True)
class Work:
    """`rounds` of answers are needed by a reader that always has as many requests under way as it may."""

    streams: str
    requests: int
    rounds: int


def _rounds(requests: int) -> int:
    return math.ceil(requests / AT_ONCE)


def _lists(many: int, pages: int) -> Work:
    streams = "".join(f"  list{n}:\n    path: /pages/{pages}\n{_HEAD}{_TOKEN}{_PLAIN}" for n in range(many))
    return Work(streams, many * pages, max(pages, _rounds(many * pages)))


def _partitions(pages: int, size: int, children: int) -> Work:
    parents = f"  parents:\n    path: /pages/{pages}\n    params: {{limit: {size}}}\n{_HEAD}{_TOKEN}{_PLAIN}"
    parent = "    parent: {stream: parents, carry: {parent_id: id}}\n    params: {of: '{parent.id}'}\n"
    fields = "    key: [parent_id, id]\n    fields: {parent_id: string!, id: string!}\n"
    below = f"  children:\n    path: /pages/{children}\n{parent}{_HEAD}{_TOKEN}{fields}"
    requests = pages * size * children
    return Work(parents + below, pages + requests, 1 + _rounds(requests))


def _numbers(pages: int, *, told: bool) -> Work:
    total = ", total: {pages: pages}" if told else ""
    words = f"    pages: {{kind: number, send: page, size: {{limit: {SIZE}}}{total}}}\n"
    requests = pages if told else pages + 1
    return Work(f"  numbers:\n    path: /pages/{pages}\n{_HEAD}{words}{_PLAIN}", requests, _rounds(requests))


def _windows(pages: int) -> Work:
    window = "    params: {from: '{window.start}', to: '{window.end}'}\n"
    cursor = "    cursor: {field: at, start: '{config.start_date}', window: 1d, includes: from, order: unknown}\n"
    fields = "    key: [id]\n    fields: {id: string!, at: datetime!}\n"
    streams = f"  windows:\n    path: /pages/{pages}\n{window}{_HEAD}{_TOKEN}{cursor}{fields}"
    return Work(streams, DAYS * pages, _rounds(DAYS * pages))


WORKS = {
    "16 streams by token, 30 pages each": _lists(16, 30),
    "250 partitions of 2 pages, parents in pages of 50": _partitions(5, 50, 2),
    "250 partitions of 2 pages, parents in pages of 10": _partitions(25, 10, 2),
    "480 numbered pages, their number told": _numbers(480, told=True),
    "480 numbered pages, until one is empty": _numbers(480, told=False),
    "120 windows of 4 pages": _windows(4),
    "one stream by token, 60 pages (serial)": _lists(1, 60),
}
