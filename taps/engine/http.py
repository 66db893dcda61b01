"""The client every tap asks through: logins, rate buckets, retries within budgets, and what refusals mean.

Thread-safe. No credentials cross a host, no answer is taken for the end of the data unless it is whole and readable.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from taps.engine import http_redirect as redirects
from taps.engine.auth_login import Login, no_login
from taps.engine.egress import AddressRefused, Egress, origin
from taps.engine.errors import BadBody, Empty, Errors, RateLimited, Stopped, TapError, Verdict, judge
from taps.engine.hosted import is_hosted
from taps.engine.http_answer import Answer
from taps.engine.http_clock import Clock, StopRequested
from taps.engine.http_exchange import Fault, Settings, Sink, Transport, Wire
from taps.engine.http_file import PartFile
from taps.engine.http_patience import Patience
from taps.engine.http_request import Request
from taps.engine.http_scrub import Scrubber
from taps.engine.http_usage import Limit, Usage
from taps.engine.http_waits import LONGEST_WAIT, retry_after
from taps.engine.http_wording import after_fault, after_verdict, bad_answer, limit_far_away
from taps.engine.rate import Rate
from taps.engine.rate_bucket import Bucket, LimitFarAway
from taps.engine.rate_buckets import Buckets
from taps.engine.rate_shared import Shares

__all__ = ["Answer", "BadBody", "Client", "Request", "Settings"]

T = TypeVar("T")

_SKEW_WORTH_KEEPING = 2.0
_LIMIT_GRACE = 1.0
_WORTH_SAYING = 5.0  # seconds; shorter waits are a vendor's everyday


@dataclass(slots=True)
class _Task:
    """One `fetch` on its way through its tries."""

    request: Request
    errors: Errors | None
    patience: Patience
    buckets: list[Bucket]
    token_number: int = 0
    sink: Sink | None = field(default=None, repr=False)


class Client:
    """Fetches answers for one tap; shared by all its threads."""

    def __init__(
        self,
        *,
        platform: str,
        logins: Mapping[str, Login],
        default_login: str | None,
        buckets: Mapping[str, Rate],
        settings: Settings,
        errors: Errors | None = None,
        clock: Clock | None = None,
        secrets: Iterable[str] = (),
        transport: Transport | None = None,
        shares: Shares | None = None,
    ) -> None:
        self._platform, self._logins, self._default_login = platform, dict(logins), default_login
        self._settings, self._errors = settings, errors
        self._clock = clock or Clock()
        self._log = logging.getLogger(f"tap-{platform}")
        self._buckets = Buckets(buckets, self._clock, self._log, shares)
        kept = frozenset(secrets)
        self._scrubber = Scrubber([lambda: kept, *(login.secrets for login in self._logins.values())])
        known = [address for login in logins.values() for address in (*login.origins, login.token_address) if address]
        self._wire = transport or Wire(
            settings, Egress(() if is_hosted() else [*settings.addresses, *known]), self._clock
        )
        self._offset = timedelta()
        self._answered: set[str] = set()
        self._announced: set[str] = set()
        self.usage = Usage()

    def fetch(self, request: Request, *, errors: Errors | None = None, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer, after as many tries as the budgets allow.

        `read` raises `BadBody` for anything that is not what was promised. Raises the `TapError` that `errors` gives a
        refusal, `Unreachable`, `BadAnswer`, `RateLimited`, `Stopped`.
        """
        return self._run(self._task(request, errors), read)

    def stream_to(self, request: Request, *, errors: Errors | None = None, path: Path) -> Answer:
        """Downloads into a file, which appears when it is whole; the answer comes back without its body.

        As `fetch`, with a larger size limit; after a fault it starts over. A download slower than 10 kB/s is a fault.
        """
        file = PartFile(path, self._platform, request.stream)
        task = self._task(request, errors)
        task.sink = file.write
        try:
            answer = self._run(task, lambda answer: answer, before=file.start)
            file.finish()
            return answer
        finally:
            file.close()

    def ask_for_token(self, request: Request) -> Answer:
        """The answer of a token endpoint, which is read as JSON."""

        def read(answer: Answer) -> Answer:
            answer.json()
            return answer

        return self.fetch(request, errors=TOKEN_ERRORS, read=read)

    def token_facts(self, login: Login) -> Mapping[str, Any]:
        """What a login's token answer says besides its tokens."""
        return login.token_facts(self.ask_for_token)

    def server_now(self) -> datetime:
        """Now in UTC by the vendor's clock, as far as its answers have told it."""
        return self._clock.now() + self._offset

    def limits(self) -> list[Limit]:
        """The vendor's limits that requests counted in, as its answers told them."""
        return self._buckets.limits()

    def stop(self) -> None:
        """Ends every wait and every request under way, at once: their callers get `Stopped`."""
        self._clock.stop()
        self._wire.close()

    def close(self) -> None:
        """Closes the connections."""
        self._wire.close()

    def leave(self) -> None:
        """Asks no more for now: what it claimed of the account's budget is others'."""
        self._buckets.leave()

    def scrub(self, text: str) -> str:
        """The text on one line without any secret of this tap."""
        return self._scrubber.scrub(text)

    def _task(self, request: Request, errors: Errors | None) -> _Task:
        faults, limits = self._settings.retry_budget, self._settings.limit_budget
        patience = Patience(faults=faults, limits=limits, clock=self._clock)
        return _Task(request, errors or self._errors, patience, self._buckets.of(request))

    def _run(self, task: _Task, read: Callable[[Answer], T], before: Callable[[], object] | None = None) -> T:
        while True:
            if before:
                before()
            problem: TapError | None = None
            broken = ""
            try:
                answer = self._attempt(task)
                if answer is not None:
                    return read(answer)
            except BadBody as bad:
                broken = str(bad)
            except StopRequested:
                problem = Stopped("stopped", platform=self._platform, stream=task.request.stream)
            except LimitFarAway as far:
                problem = self._far_away(task, far.seconds)
            except TapError as error:
                problem = self._told(error, task)
            if problem is None and broken:
                problem = self._after_bad_body(task, broken)
            if problem is not None:
                raise problem

    def _attempt(self, task: _Task) -> Answer | None:
        """One try: its answer, or None where it is worth another one; raises what ends the fetch."""
        with self._turn(task):
            outcome = self._send(task)
            if isinstance(outcome, Answer):
                self._learn(outcome, task)
        if isinstance(outcome, Fault):
            self._after_fault(task, outcome)
            return None
        verdict = self._judge(outcome, task)
        if verdict is not None:
            self._after_verdict(task, outcome, verdict)
            return None
        if task.request.absent_ok and not outcome.body.strip() and task.sink is None:
            msg = "no records"
            raise Empty(msg)
        return outcome

    @contextmanager
    def _turn(self, task: _Task) -> Iterator[None]:
        taken: list[Bucket] = []
        try:
            began = self._clock.monotonic()
            for bucket in task.buckets:
                bucket.acquire(task.request.stream)
                taken.append(bucket)
            self.usage.waited(task.request.stream, self._clock.monotonic() - began)
            yield
        finally:
            for bucket in taken:
                bucket.release(task.request.stream)

    def _send(self, task: _Task) -> Answer | Fault:
        request = task.request
        for _ in range(redirects.AT_MOST + 1):
            signed = self._signed(request, task)
            outcome = signed if isinstance(signed, Fault) else self._exchange(signed, task)
            if isinstance(outcome, Fault):
                return outcome
            outcome.url = request.url  # without what the login put into it
            if outcome.status not in redirects.STATUSES:
                return outcome
            following = redirects.redirected(request, outcome)
            if isinstance(following, Fault):
                return following
            request = following
        return Fault("address", f"more than {redirects.AT_MOST} redirects")

    def _exchange(self, signed: Request, task: _Task) -> Answer | Fault:
        usage, stream, sink = self.usage, task.request.stream, task.sink
        usage.asked(stream)
        if sink is None:
            outcome = self._wire.send(signed)
            if isinstance(outcome, Answer):
                usage.answered(stream, outcome.began_after, len(outcome.body))
            return outcome

        def counted(chunk: bytes) -> None:
            usage.received(stream, len(chunk))
            sink(chunk)

        outcome = self._wire.send(signed, counted)
        if isinstance(outcome, Answer):
            usage.answered(stream, outcome.began_after, len(outcome.body))
        return outcome

    def _signed(self, request: Request, task: _Task) -> Request | Fault:
        login = self._login(request)
        if login is None:
            return request
        try:
            here = origin(request.url)
        except AddressRefused as refused:
            return Fault("address", str(refused))
        if here not in login.origins:
            return Fault("address", f"{urlsplit(here).hostname} is another host than the login is for")
        signed, task.token_number = login.sign(request, self.ask_for_token)
        return signed

    def _login(self, request: Request) -> Login | None:
        name = request.login or self._default_login
        if name is None or name == "none":
            return None
        if name not in self._logins:
            raise no_login(name)
        return self._logins[name]

    def _judge(self, answer: Answer, task: _Task) -> Verdict | None:
        if str(answer.status) in task.request.accept:
            return None
        verdict = judge(answer.status, answer.json_or_none() if task.errors else None, task.errors)
        if not 400 <= answer.status < 500 or (verdict and verdict.meaning in {"quota", "rate_limit"}):
            return verdict
        if retry_after(answer) is None and not any(bucket.is_spent(answer) for bucket in task.buckets):
            return verdict
        return replace(verdict, meaning="rate_limit") if verdict else Verdict("rate_limit")

    def _learn(self, answer: Answer, task: _Task) -> None:
        for bucket in task.buckets:
            bucket.observe(answer, task.request.stream)
        self._answered.add(origin(answer.url))
        if answer.date and task.request.login != "none":
            offset = answer.date - answer.received_at
            far = abs(offset.total_seconds()) > _SKEW_WORTH_KEEPING
            self._offset = offset if far else timedelta()
        sunset = answer.headers.get("Sunset")
        if sunset and sunset not in self._announced:
            self._announced.add(sunset)
            self._say(logging.WARNING, task, f"the vendor will switch this API version off: {sunset}")

    def _after_fault(self, task: _Task, fault: Fault) -> None:
        budget, seconds = task.patience.faults, None
        if fault.kind == "stopped":
            raise StopRequested
        wait: float | None = None
        if fault.kind == "cut_off":
            wait = task.patience.next_body()
        elif fault.kind in {"timeout", "connection", "name"}:
            if origin(task.request.url) not in self._answered:
                seconds = min(budget.seconds, self._settings.first_contact_budget)
            wait = budget.next_wait(seconds=seconds)
        if wait is None:
            raise after_fault(fault, self._shown(task.request), budget)
        self._retry(task, fault.text, wait)

    def _after_verdict(self, task: _Task, answer: Answer, verdict: Verdict) -> None:
        if verdict.meaning == "login" and self._renewed(task):
            return
        if verdict.meaning not in {"rate_limit", "retry"}:
            resets = self._resets(task, answer) if verdict.meaning == "quota" else None
            raise after_verdict(answer, verdict, self._shown(task.request), resets)
        limited = verdict.meaning == "rate_limit"
        said = retry_after(answer)
        if limited:
            waits = [bucket.wait_after(answer, task.request.stream) for bucket in task.buckets]
            said = max((wait for wait in waits if wait is not None), default=None)
        if said is not None and said > LONGEST_WAIT:
            raise LimitFarAway(said)
        budget = task.patience.limits if limited or said else task.patience.faults
        wait = budget.next_wait(said)
        if wait is None:
            if limited:
                raise LimitFarAway(said or 0.0)
            raise after_verdict(answer, verdict, self._shown(task.request), None)
        if limited or said:
            for bucket in task.buckets:
                bucket.pause(wait)
            level = logging.WARNING if wait >= _WORTH_SAYING else logging.DEBUG
            self._say(level, task, f"{answer.status}: asked to wait, going on in {wait:.1f} s")
            return
        self._retry(task, f"{answer.status}", wait)

    def _renewed(self, task: _Task) -> bool:
        login = self._login(task.request)
        if login is None or task.patience.renewed:
            return False
        task.patience.renewed = True
        return login.renew(task.token_number, self.ask_for_token)

    def _after_bad_body(self, task: _Task, broken: str) -> TapError | None:
        wait = task.patience.next_body()
        if wait is None:
            return self._told(bad_answer(broken, self._shown(task.request)), task)
        try:
            self._retry(task, broken, wait)
        except StopRequested:
            return Stopped("stopped", platform=self._platform, stream=task.request.stream)
        return None

    def _retry(self, task: _Task, why: str, wait: float) -> None:
        met = origin(task.request.url) in self._answered
        level = logging.WARNING if met and wait >= _WORTH_SAYING else logging.DEBUG
        self._say(level, task, f"{why}: trying {self._shown(task.request)} again in {wait:.1f} s")
        self._clock.wait(wait)

    def _resets(self, task: _Task, answer: Answer) -> datetime | None:
        waits = [retry_after(answer), *(bucket.until_reset(answer) for bucket in task.buckets)]
        said = [wait for wait in waits if wait is not None]
        return self._clock.now() + timedelta(seconds=max(said)) if said else None

    def _far_away(self, task: _Task, seconds: float) -> RateLimited:
        until = self._clock.now() + timedelta(seconds=max(seconds, _LIMIT_GRACE))
        return limit_far_away(until, self._platform, task.request.stream)

    def _told(self, error: TapError, task: _Task) -> TapError:
        """The error as the user reads it: with platform and stream, without secrets, and without its causes."""
        return type(error)(
            self._scrubber.scrub(error.what),
            platform=self._platform,
            stream=error.stream or task.request.stream,
            code=error.code,
            retry_after=error.retry_after,
        )

    def _say(self, level: int, task: _Task, text: str) -> None:
        self._log.log(level, "%s", self._scrubber.scrub(f"{task.request.stream}: {text}".removeprefix(": ")))

    def _shown(self, request: Request) -> str:
        parts = urlsplit(request.url)
        bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        if request.login == "none" and urlsplit(bare).hostname:
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"  # the path of a signed link is a secret too
        return self._scrubber.scrub(bare)


TOKEN_ERRORS = Errors(
    docs="https://www.rfc-editor.org/rfc/rfc6749#section-5.2",
    at="error",
    message="error_description",
    status={"400": "login", "401": "login", "403": "login"},
    code={
        "invalid_grant": "login",
        "invalid_client": "login",
        "unauthorized_client": "login",
        "access_denied": "login",
        "temporarily_unavailable": "retry",
        "server_error": "retry",
        "slow_down": "rate_limit",
    },
)
"""What a token endpoint's refusals mean, for every vendor."""
