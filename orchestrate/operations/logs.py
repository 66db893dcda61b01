"""The service's log: one JSON object a line, or plain text on a terminal, each with what it was about.

`about(tenant=..., run=...)` marks every line said within it, those of libraries too. Values of settings are never
logged; lines of requests have the path without its query.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from orchestrate.operations.errors import OperationError

FORMS = ("json", "text")
_QUIET = ("uvicorn.access", "alembic", "httpx", "urllib3")
"""Loggers whose lines say what ours say already."""


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Marks the lines said inside with these ids: `tenant`, `run`, `request`, `connection`."""
    with bound_contextvars(**ids):
        yield


def to_log(output: TextIO | None = None) -> None:
    """Sends all logging to standard error (or `output`) in the form that ENGARDE_LOG says, `json` where it says none.

    On a terminal that is `text`. ENGARDE_LOG_LEVEL is `INFO` unless it says otherwise. Raises `OperationError`.
    """
    output = output or sys.stderr
    form = os.environ.get("ENGARDE_LOG") or ("text" if output.isatty() else "json")
    if form not in FORMS:
        raise OperationError(f"ENGARDE_LOG is {' or '.join(FORMS)}, not {form!r}")
    level = (os.environ.get("ENGARDE_LOG_LEVEL") or "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise OperationError(f"ENGARDE_LOG_LEVEL is a level such as INFO or WARNING, not {level!r}")
    handler = logging.StreamHandler(output)
    handler.setFormatter(_formatter(form))
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.getLevelNamesMapping()[level]
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(form: str) -> logging.Formatter:
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _without_colours,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    last: list[Processor]
    if form == "json":
        # The values of a traceback's variables stay where they are: they may be secrets.
        last = [structlog.processors.dict_tracebacks, _without_values, structlog.processors.JSONRenderer()]
    else:
        last = [structlog.processors.format_exc_info, structlog.dev.ConsoleRenderer(colors=False)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )


def _without_colours(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)  # uvicorn's line a second time
    return event


def _without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for trace in event.get("exception") or []:
        for frame in trace.get("frames") or []:
            frame.pop("locals", None)
    return event
