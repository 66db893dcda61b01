"""The command line of every target.

A load that is only told its settings files runs without singer-sdk, whose import costs as much as loading 30,000
records; every other command line is singer-sdk's.
"""

from __future__ import annotations

import contextlib
import json
import logging
import logging.config
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from targets.loading.errors import LoadError, one_line
from targets.loading.kind import Kind
from targets.loading.run import read_settings, run_load

_LOG_FORMAT = "{asctime:23s} | {levelname:8s} | {name:30s} | {message}"


def main(kind: Kind) -> NoReturn:
    """The executable of a target; ends the process without taking everything apart."""
    code = run(kind, sys.argv[1:])
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def run(kind: Kind, arguments: Sequence[str]) -> int:
    """Runs a command line; any expected failure is one line on standard error and exit code 1."""
    try:
        config = _only_settings(arguments)
        if config is None or not _logs_as_told(kind.name):
            return _run_framed(kind, arguments)
        log = logging.getLogger(kind.name)
        run_load(kind, read_settings(kind.settings, config), None, log)
    except LoadError as error:
        sys.stderr.write(f"{kind.name}: {one_line(error)}\n")
        return 1
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _only_settings(arguments: Sequence[str]) -> dict[str, Any] | None:
    """What the settings files hold; None where more is asked for, or a file cannot be read."""
    config: dict[str, Any] = {}
    words = iter(arguments)
    for word in words:
        name, _, path = word.partition("=")
        path = path or next(words, "")
        if name != "--config" or path == "ENV":
            return None
        try:
            config |= json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError):
            return None
    return config if arguments else None


def _logs_as_told(name: str) -> bool:
    """Sets logging up as singer-sdk does, by the variables that it reads; False where it takes singer-sdk itself."""
    level = os.environ.get(f"{name.upper().replace('-', '_')}_LOGLEVEL") or os.environ.get("LOGLEVEL") or "INFO"
    told: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"format": _LOG_FORMAT, "style": "{"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
    }
    try:
        if (file := os.environ.get("SINGER_SDK_LOG_CONFIG")) is not None:
            told = json.loads(Path(file).read_text(encoding="utf-8"))
        if "singer_sdk." in str(told):
            return False
        logging.config.dictConfig(told)
    except (OSError, ValueError, TypeError):
        return False
    return True


def _run_framed(kind: Kind, arguments: Sequence[str]) -> int:
    from singer_sdk.exceptions import ConfigValidationError

    from targets.loading.frame import target_class

    try:
        target_class(kind).cli(args=list(arguments), prog_name=kind.name)
    except ConfigValidationError as error:
        sys.stderr.write(f"{kind.name}: {one_line(error)}\n")
        return 1
    return 0
