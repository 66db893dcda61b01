"""A tap and its target without Meltano, for single records: started together they have ended before Meltano has begun.

Standard input says what is done, so that nothing of it stands in a command line: variables of the environment, the
tap's platform, settings and streams, and the target's module and settings. What takes longest, loading the modules, is
done before it is read: a process that was started in advance has only the records to fetch. Tap and target are its
children with a pipe between them; all are one process group and log to standard error.
"""

import contextlib
import gc
import importlib
import json
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

_LOG_FORMAT = "{asctime:23s} | {levelname:8s} | {name:30s} | {message}"
"""singer-sdk's."""
_NEEDED = ("taps.engine.command", "orchestrate.connections.for_taps", "targets.duckdb.kind", "targets.loading.command")


def main() -> NoReturn:
    """Reads what is to be done, does it, and ends as the one that failed did, or with 1 where both did differently."""
    gc.disable()
    for name in _NEEDED:
        importlib.import_module(name)
    text = sys.stdin.read()
    if not text:  # nothing came of it
        os._exit(0)
    told = json.loads(text)
    os.environ.update(told["environment"])
    logging.basicConfig(format=_LOG_FORMAT, style="{", level=logging.INFO, stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with _settings_file(told["target_settings"]) as file:
        read, write = os.pipe()
        target = _forked(lambda: _target(told["target"], file), (read, 0), write)
        tap = _forked(lambda: _tap(told), (write, 1), read)
        os.close(read)
        os.close(write)
        # Whoever stops it asks the whole group: this process stays until the others have done what they have to.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        codes = {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in (tap, target)} - {0}
    os._exit(0 if not codes else codes.pop() if len(codes) == 1 else 1)


def _forked(run: Callable[[], int], pipe: tuple[int, int], other_end: int) -> int:
    """A child that does this with one end of the pipe as its input or output; returns its process id.

    It is a fork, made before anything here has a thread: what is loaded need not be loaded again.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        end, place = pipe
        os.dup2(end, place)
        if place == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.close(end)
        os.close(other_end)
        code = run()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        logging.getLogger("engarde").exception("it ended by a mistake of its own")
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _target(module: str, settings: Path) -> int:
    sys.argv = [module, "--config", str(settings)]
    importlib.import_module(module).main()
    return 0


def _tap(told: Mapping[str, Any]) -> int:
    from taps.engine.command import ending
    from taps.kinds import tap_class

    def read() -> None:
        tap = tap_class(told["platform"])(config=told["settings"])
        for frame in tap.frames():
            frame.selected = frame.name in told["streams"]
        tap.sync_all()

    return ending(told["platform"], read)


@contextlib.contextmanager
def _settings_file(settings: Mapping[str, Any]) -> Iterator[Path]:
    """A file that its owner alone may read, for as long as the target needs it."""
    handle, name = tempfile.mkstemp(prefix="engarde-", suffix=".json")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
