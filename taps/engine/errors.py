"""`errors:` what a vendor's refusal means, and the exceptions it becomes.

Statuses and vendor codes stand in two maps, because vendors' codes look like statuses; a code beats a status and is
read under 2xx too. The engine alone decides what follows from a meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from taps.engine.paths import split, take
from taps.engine.words import Code, Docs, Path, Status, Word, as_text

Meaning = Literal[
    "login",
    "permission",
    "missing",
    "rate_limit",
    "quota",
    "retry",
    "skip_record",
    "empty",
    "restart",
    "too_big",
    "not_yet",
    "fail",
]


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


StatusKey = Annotated[Status, BeforeValidator(as_text)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_as_tuple)]


class Errors(Word):
    """What statuses and vendor codes mean; unlisted: 401 login, 429 rate limit, 408 and 5xx retry, other 4xx fail."""

    docs: Docs
    at: Path | None = None
    """Where the vendor's code stands; found and not `fine` is a failure, under 2xx too. A list on the way is a list
    of errors: one of them without a code is a failure all the same."""
    finer: Path | None = None
    """Where a second code stands that tells more: `code` may then name both, `100/33`."""
    fine: Codes = ()
    """Codes that mean success, such as `0`."""
    record: Path | None = None
    """Where a code stands inside one record."""
    message: Path | None = None
    """Where the vendor's own sentence stands."""
    status: dict[StatusKey, Meaning] = {}
    code: dict[Code, Meaning] = {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a refusing answer means, with the vendor's code and sentence where it gave them."""

    meaning: Meaning
    code: str | None = None
    message: str | None = None


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if value is None or value in ("", {}) or isinstance(value, dict):
        return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _codes(decoded: Any, errors: Errors) -> tuple[list[str], bool]:
    """The vendor's codes in the answer that are not fine, and whether the answer reports a failure."""
    if errors.at is None:
        return [], False
    found = take(decoded, errors.at)
    codes = [code for code in _texts(found) if code not in errors.fine]
    if codes or (isinstance(found, dict) and found):
        return codes, True
    if found in (None, []):
        keys, _ = split(errors.at)
        outer = [take(decoded, keys[:depth]) for depth in range(1, len(keys) + 1)]
        return [], any(isinstance(value, list) and value for value in outer)
    return [], isinstance(found, list) and not _texts(found)


def _by_status(status: int, stated: Mapping[str, Meaning]) -> Meaning | None:
    exact = stated.get(str(status)) or stated.get(f"{status // 100}xx")
    if exact or status < 300:
        return exact
    if status >= 500 or status == 408:
        return "retry"
    return {401: "login", 429: "rate_limit"}.get(status, "fail")  # type: ignore[return-value]


def judge(status: int, decoded: Any, errors: Errors | None) -> Verdict | None:
    """What an answer means by the manifest's `errors`; None for an answer that reports no failure."""
    if errors is None:
        meaning = _by_status(status, {})
        return Verdict(meaning) if meaning else None
    codes, failed = _codes(decoded, errors)
    finer = _texts(take(decoded, errors.finer)) if errors.finer is not None else []
    codes = [*(f"{code}/{each}" for code in codes for each in finer), *codes]
    meaning = next((errors.code[code] for code in codes if code in errors.code), None)
    meaning = meaning or _by_status(status, errors.status) or ("fail" if failed else None)
    if meaning is None:
        return None
    said = _texts(take(decoded, errors.message)) if errors.message is not None else []
    return Verdict(meaning, codes[0] if codes else None, said[0] if said else None)


def judge_record(found: Any, errors: Errors) -> Meaning | None:
    """What stands in a record at `errors.record` means: None where it holds no code, `fail` where it is unlisted."""
    codes = [code for code in _texts(found) if code not in errors.fine]
    if not codes:
        return None
    return next((errors.code[code] for code in codes if code in errors.code), "fail")


class BadBody(Exception):
    """An answer that is not what was promised (cut off, a web page, empty); its text never quotes the body."""


class TapError(Exception):
    """One line for the user: what happened and what to do; holds no secret and no row content."""

    meaning: ClassVar[str] = "fail"

    def __init__(
        self,
        what: str,
        *,
        platform: str = "",
        stream: str = "",
        code: str | None = None,
        retry_after: datetime | None = None,
    ) -> None:
        self.platform, self.stream, self.code, self.retry_after = platform, stream, code, retry_after
        self.what = what
        super().__init__(": ".join(part for part in (platform, stream, what) if part))


class LoginRefused(TapError):
    """The vendor does not accept the login, also not after a refresh: the user must connect again."""

    meaning = "login"


class NoPermission(TapError):
    """The login may not read this: the stream is left out and the run is partial."""

    meaning = "permission"


class Missing(TapError):
    """What was asked for does not exist (any more): tolerated only for a child's parent."""

    meaning = "missing"


class RateLimited(TapError):
    """The wait for the vendor's limit is longer than a run waits; `retry_after` says when to go on."""

    meaning = "rate_limit"


class QuotaSpent(TapError):
    """The quota of the day or month is used up: keep the bookmark and go on after `resets_at`."""

    meaning = "quota"

    @property
    def resets_at(self) -> datetime | None:
        """When the quota starts anew (UTC), where the vendor says so."""
        return self.retry_after


class SkipRecord(TapError):
    """This record cannot be read: it is counted and left out."""

    meaning = "skip_record"


class Empty(TapError):
    """There are no records here."""

    meaning = "empty"


class Restart(TapError):
    """The page token or feed position is dead: begin this window again."""

    meaning = "restart"


class TooBig(TapError):
    """The answer is bigger than the vendor gives or we take: ask for less."""

    meaning = "too_big"


class NotYet(TapError):
    """No error: the data is not ready, the bookmark stays."""

    meaning = "not_yet"


class VendorRefused(TapError):
    """The vendor refuses the request for good, or sends it where it may not go."""


class Unreachable(TapError):
    """The vendor did not answer, or only with faults of its own, for longer than the budget."""

    meaning = "retry"


class BadAnswer(TapError):
    """The vendor kept answering with something that is not the promised data; never the end of the data."""


class BadSetting(TapError):
    """A setting is missing or wrong; raised before any request."""


class Stopped(TapError):
    """The run was asked to stop; what was committed is kept."""


RAISES: Mapping[Meaning, type[TapError]] = {
    "login": LoginRefused,
    "permission": NoPermission,
    "missing": Missing,
    "rate_limit": RateLimited,
    "quota": QuotaSpent,
    "retry": Unreachable,
    "skip_record": SkipRecord,
    "empty": Empty,
    "restart": Restart,
    "too_big": TooBig,
    "not_yet": NotYet,
    "fail": VendorRefused,
}
"""The exception each meaning ends in, once retries are over."""


ENDS_ALL = (LoginRefused, RateLimited, QuotaSpent, Unreachable, Stopped, BadSetting)
"""What ends a whole run; anything else ends one stream, and the others go on."""
