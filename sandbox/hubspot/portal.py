"""One pretend HubSpot account: its records of the moment, its limits and its tokens."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.business.snapshot import Snapshot
from sandbox.hubspot.crm import Crm
from sandbox.hubspot.limits import Window

PRIVATE_TOKEN = "pat-na1-engarde"  # noqa: S105
CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "engarde", "engarde-secret", "na1-engarde-refresh"


class World(Protocol):
    """What the sandbox's server gives its vendors."""

    def snapshot(self) -> Snapshot:
        """Return the business as it is now."""
        ...


@dataclass(slots=True)
class Settings:
    """How the account behaves: requests in ten seconds, searches in a second, seconds that search lags behind."""

    requests_per_ten_seconds: int = 190
    searches_per_second: int = 5
    search_delay: int = 0
    token_seconds: int = 1800


@dataclass(slots=True)
class Portal:
    """The account's server state."""

    world: World
    settings: Settings
    clock: Callable[[], float] = time.monotonic
    general: Window = field(init=False)
    searches: Window = field(init=False)
    _tokens: dict[str, float] = field(default_factory=dict)
    _crm: Crm | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.apply(self.settings)

    def apply(self, settings: Settings) -> None:
        """Go on with other settings and fresh limits."""
        self.settings = settings
        self.general = Window(settings.requests_per_ten_seconds, 10.0, self.clock)
        self.searches = Window(settings.searches_per_second, 1.0, self.clock)

    def crm(self) -> Crm:
        """Return the records of the present snapshot."""
        snapshot = self.world.snapshot()
        with self._lock:
            if self._crm is None or self._crm.snapshot is not snapshot:
                self._crm = Crm(snapshot)
            return self._crm

    def new_token(self) -> str:
        """Return a fresh access token that works for `token_seconds`."""
        token = f"CN-{secrets.token_urlsafe(32)}"
        self._tokens[token] = self.clock() + self.settings.token_seconds
        return token

    def knows(self, token: str) -> bool:
        """Say whether a token opens the account."""
        return token == PRIVATE_TOKEN or self._tokens.get(token, float("-inf")) > self.clock()

    def expired(self, token: str) -> bool:
        """Say whether a token once opened the account and no longer does."""
        return token in self._tokens and not self.knows(token)
