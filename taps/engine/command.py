"""The command line of every tap, and the exit code that its end becomes."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from taps.engine.errors import LoginRefused, QuotaSpent, RateLimited, Stopped, TapError, Unreachable
from taps.engine.frame import FAILED
from taps.engine.load import ManifestError
from taps.kinds import tap_class

LATER, BROKEN_PIPE, NO_LOGIN = 75, 74, 77
"""Exit codes: try again later; nobody reads on; the vendor wants a new login."""


def exit_code(error: TapError) -> int:
    """The exit code of what ended a run: 75 where trying later helps, 77 where a new login does."""
    if isinstance(error, LoginRefused):
        return NO_LOGIN
    return LATER if isinstance(error, RateLimited | QuotaSpent | Unreachable) else FAILED


def run_command(platform: str, arguments: Sequence[str]) -> int:
    """The command line of a platform's tap; every expected problem ends in one line on stderr."""
    name = f"tap-{platform.replace('_', '-')}"
    return ending(platform, lambda: tap_class(platform).cli(args=list(arguments), prog_name=name), done=FAILED)


def ending(platform: str, run: Callable[[], object], done: int = 0) -> int:
    """The exit code of what a tap does, `done` if it just returns; an expected problem is said in one line."""
    log = logging.getLogger(f"tap-{platform.replace('_', '-')}")
    try:
        run()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    except ManifestError as wrong:
        for finding in wrong.findings:
            log.error("%s", finding)
    except Stopped:
        return 143
    except TapError as error:
        log.error("%s", error)
        return exit_code(error)
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - nothing may try to flush the closed pipe again
        log.error("%s: whoever read the records has stopped; see its own last line", platform)
        return BROKEN_PIPE
    return done
