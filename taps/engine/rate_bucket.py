"""A rate bucket at work: hands out turns in order, learns from the answers, and holds everybody in a pause."""

import logging
import threading
from collections import deque
from datetime import datetime, timedelta

from taps.engine.http_answer import Answer
from taps.engine.http_clock import Clock
from taps.engine.http_usage import Limit
from taps.engine.http_waits import LONGEST_WAIT, number, retry_after, seconds_until, seconds_until_clock, server_moment
from taps.engine.rate import Rate
from taps.engine.rate_shared import SharedBucket

_LOW_SHARE = 0.1
_LOW_COUNT = 10
_WORTH_SAYING = 5.0
_SLOT_POLL = 0.2
_UNSTATED = "what its answers say"


class LimitFarAway(Exception):
    """The next turn is further away than a run waits; `seconds` says how far."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


class Bucket:
    """One account's (or stream's, or app's) share of a vendor's limit, shared by all threads."""

    def __init__(
        self, name: str, rate: Rate | None, clock: Clock, log: logging.Logger, shared: SharedBucket | None = None
    ) -> None:
        self.name, self._rate, self._clock, self._log, self._shared = name, rate, clock, log, shared
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(rate.concurrent) if rate and rate.concurrent else None
        size = rate.requests if rate and rate.requests and not rate.burst else 0
        self._turns: deque[float] = deque(maxlen=size)
        self._full_again = 0.0
        self._last = 0.0
        self._pauses = 0
        self._paused_until = 0.0
        self._pace = 0.0
        self._pace_ends = 0.0
        self._points: Points | None = None
        self._used, self._waited = 0, 0.0
        self._said: tuple[int | None, int | None, datetime | None] = (None, None, None)

    def seen(self, key: str) -> Limit:
        """What the run used of the limit so far and what the answers said of it; `key` is what it is kept for."""
        with self._lock:
            asked_to_wait = _UNSTATED if self._pauses else None
            permitted = _in_words(self._rate) if self._rate else asked_to_wait
            return Limit(f"{self.name} {key}".rstrip(), self._used, self._waited, permitted, *self._said)

    def acquire(self, stream: str = "") -> None:
        """Waits for this request's turn, in order; raises `LimitFarAway` where that is over 15 minutes off."""
        began = self._clock.monotonic()
        self._take_slot()
        try:
            while not self._wait_for_turn(stream) or not self._wait_for_the_account(stream):
                pass
        except BaseException:
            self._give_slot()
            raise
        with self._lock:
            self._used += 1
            self._waited += self._clock.monotonic() - began

    def release(self, stream: str = "") -> None:
        """The request is over, whatever became of it."""
        with self._lock:
            if self._points:
                self._points.settle(stream)
        self._give_slot()

    def pause(self, seconds: float) -> None:
        """Nobody gets a turn for so long; those already waiting for one queue up again."""
        with self._lock:
            until = self._clock.monotonic() + seconds
            if until <= self._paused_until:
                return
            self._paused_until = until
            self._pauses += 1
            now = self._clock.monotonic()
            self._turns = deque((turn for turn in self._turns if turn <= now), maxlen=self._turns.maxlen)
            self._full_again, self._last = min(self._full_again, until), min(self._last, now)
        if self._shared:
            self._shared.pause(seconds)

    def observe(self, answer: Answer, stream: str = "") -> None:
        """Learns what the answer says of the limit, and slows down before the vendor has to refuse."""
        if self._rate is None:
            return
        if self._rate.adapt is not None and (allowed := number(answer.find(self._rate.adapt))):
            self._set_pace(1 / allowed, float("inf"))
        if self._rate.budget is not None:
            self._observe_points(answer, stream)
        elif self._rate.limit is not None and (full := number(answer.find(self._rate.limit))):
            self._set_size(int(full))
        if self._rate.remaining is None or (left := number(answer.find(self._rate.remaining))) is None:
            return
        until = self.until_reset(answer)
        self._remember(answer, left, until)
        if left <= 0:
            self.pause(until if until is not None else self._rate.per)
        elif until is not None and left < self._low(answer):
            self._set_pace(until / (left + 1), self._clock.monotonic() + until)

    def _remember(self, answer: Answer, left: float, until: float | None) -> None:
        full = number(answer.find(self._rate.limit)) if self._rate and self._rate.limit is not None else None
        resets = server_moment(answer) + timedelta(seconds=until) if until is not None else None
        with self._lock:
            self._said = (None if full is None else int(full), int(left), resets)

    def is_spent(self, answer: Answer) -> bool:
        """Whether the answer says that nothing is left in this bucket."""
        left = number(answer.find(self._rate.remaining)) if self._rate and self._rate.remaining is not None else None
        return left is not None and left <= 0

    def wait_after(self, answer: Answer, stream: str = "") -> float | None:
        """Seconds a refused request has to wait by what the answer says; None where it says nothing."""
        waits = [retry_after(answer)]
        if self._rate and self._rate.wait:
            waits.append(seconds_until(answer.find(self._rate.wait.at), self._rate.wait.format, answer.received_at))
        if self._rate and self._rate.resets and self._resets_now(answer):
            waits.append(self.until_reset(answer))
        with self._lock:
            if self._points and answer.find(self._rate.budget if self._rate and self._rate.budget else ".") is not None:
                waits.append(self._points.lacking(stream, self._clock.monotonic()))
        said = [wait for wait in waits if wait is not None]
        return said[0] if said else None

    def _resets_now(self, answer: Answer) -> bool:
        """A stated moment counts unless requests are left; a time of day only where none are."""
        if self._rate and self._rate.remaining is not None:
            return self.is_spent(answer)
        return bool(self._rate and self._rate.resets and self._rate.resets.at is not None)

    def until_reset(self, answer: Answer) -> float | None:
        """Seconds until the bucket is full again, by the answer or by the clock; None where nothing says so."""
        resets = self._rate.resets if self._rate else None
        if resets is None:
            return None
        if resets.clock is not None:
            return seconds_until_clock(resets.clock, resets.zone, server_moment(answer))
        return seconds_until(answer.find(resets.at or "."), resets.format, server_moment(answer))

    def _take_slot(self) -> None:
        while self._slots and not self._slots.acquire(timeout=_SLOT_POLL):
            self._clock.wait(0)
        try:
            while self._shared and not self._shared.begin():
                self._clock.wait(_SLOT_POLL)
        except BaseException:
            if self._slots:
                self._slots.release()
            raise

    def _give_slot(self) -> None:
        if self._shared:
            self._shared.end()
        if self._slots:
            self._slots.release()

    def _wait_for_turn(self, stream: str) -> bool:
        with self._lock:
            now, pauses = self._clock.monotonic(), self._pauses
            paused = self._paused_until - now
            if paused > LONGEST_WAIT:
                raise LimitFarAway(paused)
            turn = self._reserve(stream, max(now, self._paused_until))
        if turn - now > LONGEST_WAIT:
            raise LimitFarAway(turn - now)
        if turn - now > _WORTH_SAYING:
            self._log.info("waiting %.0f s for the rate limit (%s)", turn - now, self.name)
        self._clock.wait(turn - now)
        with self._lock:
            if self._pauses != pauses and self._points:
                self._points.settle(stream)
            return self._pauses == pauses

    def _wait_for_the_account(self, stream: str) -> bool:
        """Waits for a turn among all who ask the account; False where a pause came meanwhile."""
        with self._lock:
            pauses = self._pauses
        while self._shared and (wait := self._shared.turn(self._turns.maxlen or 1)) > 0:
            if wait > LONGEST_WAIT:
                raise LimitFarAway(wait)
            if wait > _WORTH_SAYING:
                self._log.info("waiting %.0f s for the account's rate limit (%s)", wait, self.name)
            self._clock.wait(wait)
        with self._lock:
            if self._pauses != pauses and self._points:
                self._points.settle(stream)
            return self._pauses == pauses

    def _reserve(self, stream: str, earliest: float) -> float:
        turn = max(earliest, self._last)
        if self._pace and earliest < self._pace_ends:
            turn = max(turn, self._last + self._pace)
        if self._rate and self._rate.burst and self._rate.requests:
            step = self._rate.per / self._rate.requests
            turn = max(turn, self._full_again - (self._rate.burst - 1) * step)
            self._full_again = max(self._full_again, turn) + step
        elif self._turns.maxlen:
            if len(self._turns) == self._turns.maxlen and self._rate:
                turn = max(turn, self._turns[0] + self._rate.per)
            self._turns.append(turn)
        if self._points:
            turn = self._points.reserve(stream, turn)
        self._last = turn
        return turn

    def _set_pace(self, step: float, ends: float) -> None:
        with self._lock:
            self._pace, self._pace_ends = step, ends

    def _set_size(self, requests: int) -> None:
        """The account's own limit, where its plan allows more or less than the manifest supposes."""
        with self._lock:
            if self._turns.maxlen and self._turns.maxlen != requests:
                self._turns = deque(self._turns, maxlen=requests)

    def _low(self, answer: Answer) -> float:
        full = number(answer.find(self._rate.limit)) if self._rate and self._rate.limit is not None else None
        full = full or (self._rate.requests if self._rate else None)
        return full * _LOW_SHARE if full else _LOW_COUNT

    def _observe_points(self, answer: Answer, stream: str) -> None:
        rate = self._rate
        left = number(answer.find(rate.budget)) if rate and rate.budget is not None else None
        refill = number(answer.find(rate.refill)) if rate and rate.refill is not None else None
        if rate is None or left is None or not refill:
            return
        cost = number(answer.find(rate.cost)) if rate.cost is not None else None
        full = number(answer.find(rate.limit)) if rate.limit is not None else None
        self._remember(answer, left, None)
        with self._lock:
            self._points = self._points or Points()
            self._points.learn(stream, left, refill, cost=cost, full=full, now=self._clock.monotonic())


def _in_words(rate: Rate) -> str | None:
    parts = [f"{rate.requests} requests per {rate.per:g} s"] if rate.requests else []
    parts += [f"{rate.concurrent} at once"] if rate.concurrent else []
    parts += ["points that fill again"] if rate.budget is not None else []
    return ", ".join(parts) or _UNSTATED


class Points:
    """A budget of points that fills again: what a request will cost is what the stream's last one cost."""

    def __init__(self) -> None:
        self._left, self._at, self._refill, self._full = 0.0, 0.0, 1.0, float("inf")
        self._costs: dict[str, float] = {}
        self._under_way: dict[str, int] = {}

    def learn(
        self, stream: str, left: float, refill: float, *, cost: float | None, full: float | None, now: float
    ) -> None:
        """Takes over what an answer says, less what other requests under way are expected to cost."""
        if cost is not None:
            self._costs[stream] = cost
        self.settle(stream)
        expected = sum(self._costs.get(name, 0.0) * count for name, count in self._under_way.items())
        self._left, self._at, self._refill, self._full = left - expected, now, refill, full or float("inf")
        self._under_way[stream] = self._under_way.get(stream, 0) + 1  # `release` settles it

    def settle(self, stream: str) -> None:
        """One request of the stream is no longer under way."""
        self._under_way[stream] = max(0, self._under_way.get(stream, 0) - 1)

    def reserve(self, stream: str, turn: float) -> float:
        """The moment, at or after `turn`, when the points suffice; they are taken from the budget."""
        turn = max(turn, self._at) if self._left < 0 else turn
        cost = min(self._costs.get(stream, 0.0), self._full)
        left = min(self._full, self._left + self._refill * max(0.0, turn - self._at))
        if left < cost:
            turn += (cost - left) / self._refill
            left = cost
        self._left, self._at = left - cost, turn
        self._under_way[stream] = self._under_way.get(stream, 0) + 1
        return turn

    def lacking(self, stream: str, now: float) -> float:
        """Seconds until the stream's next request can be paid."""
        left = self._left + self._refill * (now - self._at)
        return max(0.0, (min(self._costs.get(stream, 0.0), self._full) - left) / self._refill)
