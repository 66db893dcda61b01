"""Blocks of input as runs: lines that follow each other and begin as RECORD messages of one stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

_HEAD = re.compile(rb'\{ ?"type": ?"RECORD", ?"stream": ?("(?:[^"\\]|\\.)*"), ?"record": ?')


class Run(NamedTuple):
    """Whole lines, each with its newline but perhaps the last; `stream` is None where it is one line of any kind."""

    stream: str | None
    data: bytes
    rows: int


def read_runs(block: bytes) -> Iterator[Run]:
    """Cuts a block of whole lines where another kind of line or another stream begins."""
    at = 0
    while at < len(block):
        head = _HEAD.match(block, at)
        if head is None or (stream := _decoded(head[1])) is None:
            end = block.find(b"\n", at) + 1 or len(block)
            yield Run(None, block[at:end], 1)
        else:
            # `re` keeps what it compiled, and a stream's head is the same in every block.
            other = re.compile(rb"\n(?!%b|\Z)" % re.escape(head[0])).search(block, at)
            end = len(block) if other is None else other.start() + 1
            data = block[at:end]
            yield Run(stream, data, data.count(b"\n") + (not data.endswith(b"\n")))
        at = end


def _decoded(text: bytes) -> str | None:
    try:
        return msgspec.json.decode(text, type=str)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
