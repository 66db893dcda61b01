"""HubSpot's rate limits: so many requests in ten seconds, searches so many a second.

Source: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Window:
    """A rolling window: at most `maximum` requests in any `seconds`."""

    maximum: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _taken: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """Count one request; false when the window is full."""
        with self._lock:
            now = self.clock()
            while self._taken and self._taken[0] <= now - self.seconds:
                self._taken.popleft()
            if len(self._taken) >= self.maximum:
                return False
            self._taken.append(now)
            return True

    def headers(self) -> dict[str, str]:
        """Return the headers that tell a client where it stands."""
        return {
            "X-HubSpot-RateLimit-Max": str(self.maximum),
            "X-HubSpot-RateLimit-Remaining": str(max(0, self.maximum - len(self._taken))),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(self.seconds * 1000)),
        }
