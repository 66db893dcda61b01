"""A driver's fault as one of the errors that end a stream or a run, by what the manifest says its code means."""

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase

from taps.databases.drivers.base import Driver, Fault
from taps.databases.manifest import DatabaseErrors, Meaning
from taps.engine.errors import (
    BadSetting,
    LoginRefused,
    Missing,
    NoPermission,
    TapError,
    Unreachable,
    VendorRefused,
)

_RAISES: dict[Meaning, type[TapError]] = {
    "login": LoginRefused,
    "permission": NoPermission,
    "missing": Missing,
    "setting": BadSetting,
    "retry": Unreachable,
    "fail": VendorRefused,
}


def meaning(fault: Fault, errors: DatabaseErrors) -> Meaning:
    """What a fault means: by its code, the longest that fits; else by its text."""
    fitting = [code for code in errors.code if _fits(fault, code)]
    if fitting:
        return errors.code[max(fitting, key=len)]
    for part, meant in errors.text.items():
        if part.lower() in fault.text.lower():
            return meant
    return "retry" if fault.connecting else "fail"


def _fits(fault: Fault, code: str) -> bool:
    return fault.code is not None and fnmatchcase(fault.code, code)


def sentence(fault: Fault, errors: DatabaseErrors) -> str:
    """The server's own words with its code; without them where they may quote a row, unless they are known words."""
    code = f" ({fault.code})" if fault.code else ""
    known = any(part.lower() in fault.text.lower() for part in errors.text)
    if not known and any(_fits(fault, quoting) for quoting in errors.quoting):
        return f"the server could not read a value{code}"
    return f"{fault.text}{code}"


@contextmanager
def told(driver: Driver, errors: DatabaseErrors, platform: str, stream: str = "") -> Iterator[None]:
    """Within the block, the driver's exceptions become `TapError`s of one line."""
    try:
        yield
    except Exception as raised:
        fault = driver.fault(raised)
        if fault is None:
            raise
        error = _RAISES[meaning(fault, errors)]
        raise error(sentence(fault, errors), platform=platform, stream=stream, code=fault.code) from None
