"""What the user reads when a request is given up: what happened, and what to do next."""

from datetime import UTC, datetime
from http import HTTPStatus

from taps.engine.errors import (
    RAISES,
    BadAnswer,
    BadSetting,
    Meaning,
    RateLimited,
    TapError,
    TooBig,
    Unreachable,
    VendorRefused,
    Verdict,
)
from taps.engine.http_answer import Answer
from taps.engine.http_exchange import Fault
from taps.engine.http_patience import Budget

_QUOTED = 300

_SAYS: dict[Meaning, str] = {
    "login": "the login is refused ({why}): check the credentials or connect again",
    "permission": "the login may not read this ({why}): grant the missing permission or deselect the stream",
    "missing": "{where} does not exist ({why})",
    "quota": "the quota is used up ({why}): run again {when}",
    "retry": "{where} kept failing ({why}): try again later",
    "skip_record": "the vendor cannot give this record ({why})",
    "empty": "no records here ({why})",
    "restart": "the page token or position is no longer accepted ({why}): this part is read again",
    "too_big": "too much was asked for at once ({why})",
    "not_yet": "the data is not there yet ({why})",
    "fail": "{where} refused the request ({why}): check the settings, or report this if they are right",
}


def after_verdict(answer: Answer, verdict: Verdict, where: str, resets: datetime | None) -> TapError:
    """The exception for a refusal, quoting the vendor's code and at most 300 characters of its own sentence."""
    why = f"{answer.status} {_phrase(answer.status)}".strip()
    if verdict.code:
        why += f", {verdict.code[:80]}"
    if verdict.message:
        why += f": {verdict.message[:_QUOTED]}"
    says = _SAYS.get(verdict.meaning, _SAYS["fail"])
    if answer.status == 410 and verdict.meaning == "fail":
        says = "{where} is switched off ({why}): a newer version of the tap is needed"
    filled = says.format(why=why, where=where, when=_when(resets))
    return RAISES[verdict.meaning](filled, code=verdict.code, retry_after=resets)


def after_fault(fault: Fault, where: str, budget: Budget) -> TapError:
    """The exception for a fault on the way that more tries do not help."""
    match fault.kind:
        case "tls":
            return Unreachable(
                f"no safe connection to {where}: {fault.text}; if a proxy of your company re-signs it, set ca_bundle"
            )
        case "address":
            return VendorRefused(f"the request was not sent on from {where}: {fault.text}; check api_url and api_urls")
        case "unsendable":
            return BadSetting(f"{fault.text}: check that keys and tokens were pasted whole and without line breaks")
        case "too_big":
            return TooBig(f"{where} sent {fault.text}: ask for less at once")
        case "cut_off":
            return bad_answer(fault.text, where)
    return Unreachable(
        f"{where} could not be reached for {budget.spent:.0f} s ({budget.tries} tries, the last: {fault.text}): check "
        "the network, proxy and api_url, or try again later"
    )


def bad_answer(broken: str, where: str) -> BadAnswer:
    """The exception for answers that were not what was promised, time and again."""
    return BadAnswer(f"{where} kept answering with {broken}: nothing was taken from it; try again later")


def limit_far_away(until: datetime, platform: str, stream: str) -> RateLimited:
    """The exception for a limit that a run does not wait for."""
    what = f"rate limited for longer than a run waits: what was read is kept, run again {_when(until)}"
    return RateLimited(what, platform=platform, stream=stream, retry_after=until)


def _when(moment: datetime | None) -> str:
    return f"after {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "later"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
