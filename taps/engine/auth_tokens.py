"""Access tokens: renewed in time, once for all threads, and never twice after a refusal."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from taps.engine.errors import LoginRefused, RateLimited, Unreachable
from taps.engine.http_answer import Answer
from taps.engine.http_clock import Clock
from taps.engine.http_request import Request

Fetch = Callable[[Request], Answer]
"""Sends a token request under the client's rules; raises `LoginRefused` and the other `TapError`s."""

_MUST = 60.0
_TRY_AGAIN = 30.0


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `expires_at` in the clock's monotonic seconds, None where unknown. Its repr shows nothing."""

    access: str = field(repr=False)
    expires_at: float | None = None
    lifetime: float | None = None
    refresh: str | None = field(default=None, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)


Obtain = Callable[[Token | None, Fetch], Token]
"""Gets a new token, given the last one; raises `LoginRefused` where the vendor wants a new connection."""


class TokenKeeper:
    """Holds a login's current token and renews it at half its life, or when a minute is left, or when it is refused."""

    def __init__(self, obtain: Obtain | None, clock: Clock, first: Token | None = None) -> None:
        self._obtain, self._clock, self._token = obtain, clock, first
        self._generation = 0
        self._lock = threading.Lock()
        self._refused: LoginRefused | None = None
        self._not_before = 0.0
        self.seen: set[str] = {text for text in (first and (first.access, first.refresh)) or () if text}
        """Every token that must never be shown."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the last token answer said besides its tokens."""
        return self._token.facts if self._token else {}

    def current(self, fetch: Fetch) -> tuple[str, int]:
        """The access token to use and its number (for `renew`)."""
        due = self._due()
        if due and self._lock.acquire(blocking=due == "must"):
            try:
                if due := self._due():
                    self._renew_in_time(fetch, due)
            finally:
                self._lock.release()
        token, number = self._token, self._generation
        if token is None:
            msg = "there is no access token: connect again"
            raise LoginRefused(msg)
        return token.access, number

    def renew(self, number: int, fetch: Fetch) -> bool:
        """Replaces token `number`, which was refused; False where that cannot be done. Others' renewals count."""
        with self._lock:
            if number != self._generation:
                return True
            if self._obtain is None:
                return False
            self._replace(fetch)
            return True

    def _due(self) -> str | None:
        token, now = self._token, self._clock.monotonic()
        if token is None:
            return "must" if self._obtain else None
        if token.expires_at is None or self._obtain is None:
            return None
        left, half = token.expires_at - now, (token.lifetime or 2 * _MUST) / 2
        if left <= min(_MUST, half):
            return "must"
        return "may" if left <= half and now >= self._not_before else None

    def _renew_in_time(self, fetch: Fetch, due: str) -> None:
        try:
            self._replace(fetch)
        except (Unreachable, RateLimited):
            if due == "must":
                raise
            self._not_before = self._clock.monotonic() + _TRY_AGAIN  # the old token still works

    def _replace(self, fetch: Fetch) -> None:
        if self._refused is not None:
            raise LoginRefused(self._refused.what, platform=self._refused.platform, code=self._refused.code)
        if self._obtain is None:
            return
        try:
            token = self._obtain(self._token, fetch)
        except LoginRefused as refused:
            self._refused = refused
            raise
        self.seen.update(text for text in (token.access, token.refresh) if text)
        self._token, self._generation = token, self._generation + 1
