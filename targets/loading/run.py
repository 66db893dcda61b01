"""One run of a target, whichever way its command line was read."""

from __future__ import annotations

import gc
import io
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import IO, Any

import pydantic

from targets.loading import ledger, tables
from targets.loading.errors import LoadError, SettingsError
from targets.loading.kind import Kind
from targets.loading.lines import Interrupts, noted_interrupts, read_lines
from targets.loading.loader import Loader, load
from targets.loading.messages import MAX_DEPTH
from targets.loading.settings import LoadSettings, unknown_settings


class BrokenOutputError(LoadError):
    """Nobody reads the states any more."""


def run_load(kind: Kind, settings: LoadSettings, source: IO[str] | None, log: logging.Logger) -> Counter[str]:
    """Loads all messages of `source`, standard input if it is None; returns how many messages of each type came.

    Raises LoadError, or SystemExit with 128 + signal after a signal.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_DEPTH))
    # The modules stay until the end: looking for garbage among them, again and again, is in vain.
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    with ExitStack() as stack:
        interrupts = stack.enter_context(noted_interrupts())
        store = kind.open_store(settings, log)
        stack.callback(store.close)
        log.info("the store is open")
        tables.prepare(store)
        ledger.prepare(store)
        loader = Loader(store, settings, write_state, log)
        try:
            load(loader, _blocks(source, interrupts), lambda: interrupts.number is not None)
        finally:
            for line in loader.reports():
                log.info(line)
    if interrupts.number is not None:
        log.warning("stopped by signal %s; everything received is committed", interrupts.number)
        raise SystemExit(128 + interrupts.number)
    return loader.counts


def write_committed_state(kind: Kind, settings: LoadSettings, log: logging.Logger) -> None:
    """Prints the state that is committed in the warehouse."""
    with closing(kind.open_store(settings, log)) as store:
        write_state(ledger.committed(store, settings.pipeline_id))


def read_settings(model: type[LoadSettings], config: dict[str, Any]) -> LoadSettings:
    """The validated settings; raises SettingsError that names each wrong one but shows no value."""
    if unknown := unknown_settings(config, model.model_fields):
        raise SettingsError(f"settings: {' '.join(unknown)}")
    try:
        return model.model_validate({name: value for name, value in config.items() if value is not None})
    except pydantic.ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise SettingsError(f"settings: {wrong}") from None


def write_state(state: bytes) -> None:
    """Writes a state to standard output at once."""
    try:
        sys.stdout.write(state.decode() + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise BrokenOutputError(
            "standard output is closed: rows and state are committed, but nobody took the state"
        ) from None


def _blocks(file_input: IO[str] | None, interrupts: Interrupts) -> Iterator[bytes]:
    source = sys.stdin if file_input is None else file_input
    try:
        source.fileno()
    except (OSError, io.UnsupportedOperation, AttributeError):
        return iter([source.read().encode("utf-8", "surrogatepass")])
    return read_lines(source, interrupts)
