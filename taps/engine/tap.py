"""Where every tap's executable begins."""

import contextlib
import gc
import os
import sys
from pathlib import Path
from typing import NoReturn


def main() -> NoReturn:
    """Runs the tap that this executable is named for: `tap-google-ads` is the platform google_ads.

    A third of a short run would go into looking for garbage while the modules load, where there is none, and into
    taking everything apart at the end.
    """
    gc.disable()
    from taps.engine.command import run_command

    code = run_command(Path(sys.argv[0]).stem.removeprefix("tap-").replace("-", "_"), sys.argv[1:])
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
