"""The pretend world: one business, and the moment up to which the vendors know of it."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandbox.business.business import Business
from sandbox.business.chance import DAY, HOUR
from sandbox.business.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Settings:
    """How the vendors behave; tests shorten or tighten them."""

    stripe_requests_per_second: int = 100
    google_token_seconds: int = 3600
    google_rows_per_chunk: int = 1_000
    google_rows_per_page: int = 10_000


def default_start() -> int:
    """Return a week before the real present, floored to the hour, so that time can be advanced."""
    return (int(time.time()) - 7 * DAY) // HOUR * HOUR


class World:
    """A business seen at `now`. `start` is where its pretend present began; `now` never passes the real present."""

    def __init__(
        self, seed: int, people: int, start: int, now: int | None = None, settings: Settings | None = None
    ) -> None:
        self.seed, self.people, self.start = seed, people, start
        self.now = start if now is None else now
        self.settings = settings or Settings()
        self.business = Business(seed, people, start)
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """Return everything that is known now; the same object until time moves."""
        with self._lock:
            if self._snapshot is None or self._snapshot.now != self.now:
                self._snapshot = self.business.snapshot(self.now)
            return self._snapshot

    def advance(self, seconds: int) -> int:
        """Move time forward, at most to the real present or the end of the business's time; return the new `now`."""
        latest = min(int(time.time()), self.business.span.end)
        with self._lock:
            self.now = max(self.now, min(self.now + seconds, latest))
            return self.now


def read_world(path: Path | None, seed: int, people: int, now: int | None) -> World:
    """Return the world a state file describes; start anew without one, or where it has another seed or size."""
    if path is not None and path.exists():
        state = json.loads(path.read_text())
        if (state.get("seed"), state.get("people")) == (seed, people) and now is None:
            return World(seed, people, int(state["start"]), int(state["now"]))
    return World(seed, people, now if now is not None else default_start())


def write_world(world: World, path: Path, port: int | None) -> None:
    """Write what is needed to go on later: seed, people, start, now, and the port served now."""
    state = {"seed": world.seed, "people": world.people, "start": world.start, "now": world.now, "port": port}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f"{path.suffix}.new")
    fresh.write_text(json.dumps(state))
    fresh.replace(path)


def moment(text: str) -> int:
    """Return epoch seconds of an ISO 8601 time; without an offset it is UTC."""
    parsed = datetime.fromisoformat(text)
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
