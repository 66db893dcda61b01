"""Runs a database's tap in this process, as its command line would, and tells what came out."""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from taps.engine.frame import FrameTap
from taps.kinds import tap_class


class Cut(Exception):
    """Whoever read the messages is gone."""


class Pipe(io.BytesIO):
    """Where messages go: breaks after so many bytes, or tells someone of every write."""

    def __init__(self, breaks_after: int | None = None, on_write: Callable[[bytes], None] | None = None) -> None:
        super().__init__()
        self._left, self._on_write = breaks_after, on_write

    def write(self, data: Any) -> int:
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise Cut
        if self._on_write is not None:
            self._on_write(bytes(data))
        return super().write(data)


@dataclass
class Read:
    """What one run wrote."""

    messages: list[dict[str, Any]]
    tap: FrameTap
    errors: dict[str, str] = field(default_factory=dict)

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [m["record"] for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream]

    def schema(self, stream: str) -> dict[str, Any]:
        return next(m for m in self.messages if m["type"] == "SCHEMA" and m["stream"] == stream)

    def versions(self, stream: str) -> set[Any]:
        return {m.get("version") for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream}

    def activated(self, stream: str) -> list[int]:
        return [m["version"] for m in self.messages if m["type"] == "ACTIVATE_VERSION" and m["stream"] == stream]

    @property
    def state(self) -> dict[str, Any]:
        states = [m["value"] for m in self.messages if m["type"] == "STATE"]
        return states[-1] if states else {}

    @property
    def counts(self) -> Counter[str]:
        return Counter(m["stream"] for m in self.messages if m["type"] == "RECORD")


def read(
    platform: str,
    config: dict[str, Any],
    *,
    state: dict[str, Any] | None = None,
    catalog: dict[str, Any] | None = None,
    pipe: Pipe | None = None,
) -> Read:
    """One run; a pipe that breaks ends it as a kill would, with what was written so far."""
    output = pipe or Pipe()
    tap = tap_class(platform)(config=config, state=state or {}, catalog=catalog)
    errors: dict[str, str] = {}
    try:
        run = tap.read_into(output)
        for name, outcome in run.outcomes.items():
            problem = outcome.error or outcome.refused
            if problem is not None:
                errors[name] = str(problem)
    except Cut:
        pass
    return Read([json.loads(line) for line in output.getvalue().splitlines()], tap, errors)
