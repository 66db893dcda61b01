"""How long a tap takes to start, against the bare frame that every Singer tap of this kind imports."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence

from taps.engine.load import PLATFORMS
from taps.kinds import platforms

AT_MOST = 1.5
"""How much longer `--discover` may take than `import singer_sdk`."""
_TRIES = 7
_ROUNDS = 3
_DISCOVER = "import sys; sys.argv = [f'tap-{sys.argv[1]}', '--discover']; from taps.engine.tap import main; main()"


def biggest() -> str:
    """The platform with the longest manifest."""
    return max(platforms("api"), key=lambda name: (PLATFORMS / name / "manifest.yaml").stat().st_size)


def compared(platform: str) -> tuple[float, float]:
    """Seconds of processor time for `import singer_sdk` and for `--discover` without settings: the least of several
    tries, taken in turns, because a busy machine slows down both. More rounds of them where the first is too slow:
    what shares the processor's caches may have met the one and not the other.
    """
    tries: list[tuple[float, float]] = []
    for _ in range(_ROUNDS):
        tries += [(_once("import singer_sdk"), _once(_DISCOVER, platform)) for _ in range(_TRIES)]
        bare, took = (min(seconds) for seconds in zip(*tries, strict=True))
        if took <= AT_MOST * bare:
            break
    return bare, took


def told(names: Sequence[str]) -> Iterator[str]:
    """One line for each platform."""
    for name in names:
        frame, took = compared(name)
        tap = f"tap-{name.replace('_', '-')}"
        yield f"{tap} --discover: {took:.2f} s; import singer_sdk: {frame:.2f} s; {took / frame:.2f} times as long"


def _once(code: str, *arguments: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, env=environment, **silent)  # type: ignore[call-overload]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
