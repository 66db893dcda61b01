"""The buckets that a tap's requests draw from: one for each limit the manifest states, and one for each host."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from taps.engine.egress import AddressRefused, origin
from taps.engine.http_clock import Clock
from taps.engine.http_request import Request
from taps.engine.http_usage import Limit
from taps.engine.rate import Rate
from taps.engine.rate_bucket import Bucket
from taps.engine.rate_shared import Shares


class Buckets:
    """One tap's buckets, made as they are first drawn from. Thread-safe."""

    def __init__(self, rates: Mapping[str, Rate], clock: Clock, log: logging.Logger, shares: Shares | None) -> None:
        self._rates, self._clock, self._log, self._shares = dict(rates), clock, log, shares
        self._made: dict[tuple[str, str], Bucket] = {}
        self._lock = threading.Lock()

    def of(self, request: Request) -> list[Bucket]:
        """The request's buckets, slowest first, after one for its host that pauses even where no rate is stated."""
        try:
            host = origin(request.url)
        except AddressRefused:
            host = request.url.partition("?")[0]
        names = sorted(request.rate, key=lambda name: -self._rates[name].per)
        with self._lock:
            keys = [(host, ""), *((name, request.bucket_key.get(name, "")) for name in names)]
            for key in keys:
                if key not in self._made:
                    self._made[key] = self._make(*key)
            return [self._made[key] for key in keys]

    def limits(self) -> list[Limit]:
        """The vendor's limits that requests counted in, as its answers told them."""
        with self._lock:
            seen = [bucket.seen(key) for (_, key), bucket in sorted(self._made.items())]
        return [limit for limit in seen if limit.used and limit.permitted]

    def leave(self) -> None:
        """Draws no more for now: what was claimed of the account's budget is others'."""
        if self._shares:
            self._shares.leave()

    def _make(self, name: str, key: str) -> Bucket:
        rate = self._rates.get(name)
        shared = self._shares.of(name, key, rate, self._clock, self._log) if self._shares and rate else None
        return Bucket(name, rate, self._clock, self._log, shared)
