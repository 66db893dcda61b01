"""One vendor account asked by several processes at once: they share its budget, which a ledger outside of them keeps.

A process takes turns a few at a time, so that a fast limit does not cost a look into the ledger for every request, and
claims its part of what may be under way at once. A pause that the vendor asks of one holds all of them.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from taps.engine.http_clock import Clock
from taps.engine.rate import Rate

T = TypeVar("T")
State = dict[str, Any]
"""What a ledger keeps of a bucket, as JSON: `taken` turns, `full_again`, `paused` until, and the `holders`."""
_PART = 20
"""A process takes at most this part of a window's turns at a time."""
_LOOK = 1.0
"""Seconds between two looks at who else asks; who waits for a place looks at every try."""
_GONE = 90.0
"""A process that did not look for so long does not ask any more."""


class Ledger(Protocol):
    """Keeps the states of an account's buckets for all processes that ask it."""

    def change(self, account: str, bucket: str, step: Callable[[State], T]) -> T:
        """Lets `step` change the bucket's state while nobody else does, and returns what it returns.

        `account` is whose budget it is, in texts that identify a login without being of use to others.
        """


class Shares:
    """A process's parts of its account's buckets; `accounts` says of each bucket whose budget it is."""

    def __init__(self, ledger: Ledger, accounts: Mapping[str, str]) -> None:
        self._ledger, self._accounts = ledger, dict(accounts)
        self._taken: list[SharedBucket] = []

    def of(self, name: str, key: str, rate: Rate, clock: Clock, log: logging.Logger) -> SharedBucket | None:
        """The part of a bucket, or None where nothing is counted or its account is not known."""
        account = self._accounts.get(name)
        if account is None or not (rate.requests or rate.concurrent):
            return None
        shared = SharedBucket(self._ledger, account, f"{name} {key}".rstrip(), rate, clock, log)
        self._taken.append(shared)
        return shared

    def leave(self) -> None:
        """Asks no more for now."""
        for shared in self._taken:
            shared.leave()


class SharedBucket:
    """This process's part of one bucket. A ledger that fails is said once; the process then goes by its own count."""

    def __init__(
        self, ledger: Ledger, account: str, bucket: str, rate: Rate, clock: Clock, log: logging.Logger
    ) -> None:
        self._ledger, self._account, self._bucket, self._rate = ledger, account, bucket, rate
        self._clock, self._log = clock, log
        self._me = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._left, self._left_until = 0, 0.0
        self._places, self._in_use, self._looked = 0, 0, float("-inf")
        self._works = True

    def turn(self, size: int) -> float:
        """Takes a turn where `size` may be taken in a window, and returns 0; else the seconds until one may be free."""
        with self._lock:
            now = self._now()
            if self._left and now < self._left_until:
                self._left -= 1
                return 0.0
            wait, taken = self._change(lambda state: _take(state, now, self._rate, size), (0.0, 1))
            if taken:
                self._left, self._left_until = taken - 1, now + self._rate.per / _PART
            return wait

    def begin(self) -> bool:
        """Takes one of the account's places for requests under way; False where all are taken."""
        at_once = self._rate.concurrent
        if at_once is None:
            return True
        with self._lock:
            now = self._now()
            if now - self._looked >= _LOOK or self._in_use >= self._places:
                self._looked = now
                claim = (self._me, self._in_use)
                self._places = self._change(lambda state: _claim(state, now, claim, at_once), at_once)
            if self._in_use >= self._places:
                return False
            self._in_use += 1
            return True

    def end(self) -> None:
        """Gives a place back."""
        with self._lock:
            self._in_use = max(0, self._in_use - 1)

    def pause(self, seconds: float) -> None:
        """Nobody gets a turn for so long."""
        until = self._now() + seconds
        with self._lock:
            self._left = 0
            self._change(lambda state: state.update(paused=max(until, state.get("paused", 0.0))), None)

    def leave(self) -> None:
        """Asks no more."""
        if self._looked > float("-inf"):
            with self._lock:
                self._change(lambda state: state.get("holders", {}).pop(self._me, None), None)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _change(self, step: Callable[[State], T], otherwise: T) -> T:
        if not self._works:
            return otherwise
        try:
            return self._ledger.change(self._account, self._bucket, step)
        except Exception as error:
            self._works = False
            self._log.warning(
                "what others ask of this account is not known any more, its limit is not shared: %s",
                type(error).__name__,
            )
            return otherwise


def _take(state: State, now: float, rate: Rate, size: int) -> tuple[float, int]:
    """Seconds to wait, or how many turns were taken."""
    paused = float(state.get("paused", 0.0)) - now
    if paused > 0:
        return paused, 0
    if not rate.requests:
        return 0.0, 1
    if rate.burst:
        return _take_from_a_leaky_bucket(state, now, rate.per / rate.requests, rate.burst)
    taken = [each for each in state.get("taken", []) if each[0] > now - rate.per]
    free = size - sum(count for _, count in taken)
    state["taken"] = taken
    if free <= 0:
        return max(0.01, taken[0][0] + rate.per - now), 0
    count = min(free, max(1, size // _PART))
    taken.append([now, count])
    return 0.0, count


def _take_from_a_leaky_bucket(state: State, now: float, step: float, burst: int) -> tuple[float, int]:
    full_again = max(now, float(state.get("full_again", 0.0)))
    wait = full_again - (burst - 1) * step - now
    if wait > 0:
        return wait, 0
    count = min(max(1, burst // _PART), 1 + int(-wait / step))
    state["full_again"] = full_again + count * step
    return 0.0, count


def _claim(state: State, now: float, mine: tuple[str, int], at_once: int) -> int:
    """The places that are this process's until it looks again: an equal part, as far as the others have left it.

    Where there are more processes than places each has one all the same: the vendor's refusals have to part them.
    """
    me, in_use = mine
    others = {
        name: each for name, each in state.get("holders", {}).items() if name != me and now - each["seen"] < _GONE
    }
    part = max(1, at_once // (len(others) + 1))
    free = at_once - sum(each["places"] for each in others.values())
    crowded = len(others) >= at_once
    places = part if crowded else max(0, min(part, free))
    state["holders"] = {**others, me: {"places": max(places, in_use), "seen": now}}
    return places
