"""What the requests of a run cost, counted as they are made: for each stream, and for each of the vendor's limits."""

import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Cost:
    """What was asked: requests with their repetitions, bytes of unpacked answers, seconds of waiting for turns.

    Of the requests so many had a whole answer (`answers`); these took so many seconds to begin, all together
    (`answering`) and the slowest of them.
    """

    requests: int = 0
    bytes: int = 0
    waited: float = 0.0
    answers: int = 0
    answering: float = 0.0
    slowest: float = 0.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as this run saw it; `limit`, `remaining` and `resets_at` (UTC) as the vendor last said them, or None."""

    bucket: str
    used: int
    waited: float
    permitted: str | None
    limit: int | None
    remaining: int | None
    resets_at: datetime | None


class Usage:
    """The costs of each stream; shared by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._costs: dict[str, Cost] = {}

    def asked(self, stream: str) -> None:
        """A request goes out."""
        with self._lock:
            self._costs.setdefault(stream, Cost()).requests += 1

    def received(self, stream: str, size: int) -> None:
        """So many bytes came back, unpacked."""
        with self._lock:
            self._costs.setdefault(stream, Cost()).bytes += size

    def answered(self, stream: str, began_after: float, size: int) -> None:
        """A whole answer is there, of so many bytes that were not told of before; it took so long to begin."""
        with self._lock:
            cost = self._costs.setdefault(stream, Cost())
            cost.answers += 1
            cost.answering += began_after
            cost.slowest = max(cost.slowest, began_after)
            cost.bytes += size

    def waited(self, stream: str, seconds: float) -> None:
        """A request waited for its turn."""
        with self._lock:
            self._costs.setdefault(stream, Cost()).waited += seconds

    def costs(self) -> dict[str, Cost]:
        """Stream -> what it cost; logins stand under no name."""
        with self._lock:
            return dict(sorted(self._costs.items()))


def metrics(costs: dict[str, Cost], limits: Iterable[Limit]) -> Iterator[str]:
    """Singer's metrics, one for each stream and limit.

    https://github.com/singer-io/getting-started/blob/master/docs/SYNC_MODE.md#metric-messages
    """
    for stream, cost in costs.items():
        if stream:
            tags = {
                "stream": stream, "bytes": cost.bytes, "waited": round(cost.waited, 3), "answers": cost.answers,
                "answering": round(cost.answering, 3), "slowest": round(cost.slowest, 3),
            }  # fmt: skip
            yield _counter("http_request_count", cost.requests, tags)
    for limit in limits:
        yield _counter(
            "rate_limit_used", limit.used,
            {
                "bucket": limit.bucket, "waited": round(limit.waited, 3), "permitted": limit.permitted,
                "limit": limit.limit, "remaining": limit.remaining,
                "resets_at": limit.resets_at.isoformat() if limit.resets_at else None,
            },
        )  # fmt: skip


def read_metric(line: str) -> tuple[str, Cost] | Limit | None:
    """What a line of a tap's log says of a stream's cost or of a limit, or None where it is no such metric."""
    begun, _, text = line.partition("METRIC: ")
    if begun.strip() or not text:
        return None
    try:
        told = json.loads(text)
        metric, value, tags = told["metric"], int(told["value"]), told["tags"]
        if metric == "http_request_count":
            answers, answering, slowest = int(tags["answers"]), float(tags["answering"]), float(tags["slowest"])
            return tags["stream"], Cost(
                value, int(tags["bytes"]), float(tags["waited"]), answers, answering, slowest
            )  # fmt: skip
        if metric == "rate_limit_used":
            resets = datetime.fromisoformat(tags["resets_at"]) if tags["resets_at"] else None
            said = (tags["permitted"], tags["limit"], tags["remaining"], resets)
            return Limit(tags["bucket"], value, float(tags["waited"]), *said)
    except (ValueError, KeyError, TypeError):
        pass
    return None


def _counter(metric: str, value: int, tags: dict[str, Any]) -> str:
    told = {"type": "counter", "metric": metric, "value": value, "tags": tags}
    return f"METRIC: {json.dumps(told)}"
