"""Our tap of the benchmark's platform, begun as the executable of any tap is."""

import contextlib
import gc
import os
import sys
from pathlib import Path

gc.disable()

from taps.engine.api import tap_class  # noqa: E402

code = 0
try:
    tap_class("acme", Path(__file__).parent / "acme").cli(args=sys.argv[1:], prog_name="tap-acme")
except SystemExit as ended:
    code = ended.code if isinstance(ended.code, int) else 1
with contextlib.suppress(OSError, ValueError):
    sys.stdout.flush()
    sys.stderr.flush()
os._exit(code)
