"""A target's outside on singer-sdk's frame: command line, settings, about; inside runs our own message loop."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Any, ClassVar

import pydantic
from singer_sdk import Target
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers.capabilities import PluginCapabilities, TargetCapabilities
from singer_sdk.io_base import SingerReader

from targets.loading import ledger, tables
from targets.loading.errors import LoadError, SettingsError, one_line
from targets.loading.lines import Interrupts, noted_interrupts, read_lines
from targets.loading.loader import Loader, load
from targets.loading.messages import MAX_DEPTH
from targets.loading.settings import LoadSettings, unknown_settings
from targets.loading.store import Store


class BrokenOutputError(LoadError):
    """Nobody reads the states any more."""


class LoadingTarget(Target):
    """A Singer target whose loop is targets/loading; subclasses name their settings and open their store."""

    package_name = "engarde"
    settings_model: ClassVar[type[LoadSettings]]
    capabilities: ClassVar[list[Any]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.BATCH,
        PluginCapabilities.ACTIVATE_VERSION,
        TargetCapabilities.SOFT_DELETE,
        TargetCapabilities.HARD_DELETE,
        TargetCapabilities.TARGET_SCHEMA,
        TargetCapabilities.VALIDATE_RECORDS,
    ]

    def __init__(self, **arguments: Any) -> None:
        arguments["validate_config"] = False
        loop = _Loop()
        loop.target = self
        super().__init__(**{**arguments, "setup_mapper": False, "message_reader": loop})
        self.settings = read_settings(self.settings_model, dict(self.config), self.logger)

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Adds nothing: the settings models are complete."""

    def open_store(self) -> Store:
        """Connects; raises SettingsError or LoadError where that cannot work."""
        raise NotImplementedError

    def run(self, file_input: IO[str] | None) -> Counter[str]:
        """Loads all messages of the input; returns how many messages of each type came.

        Raises LoadError, or SystemExit with 128 + signal after a signal.
        """
        sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_DEPTH))
        with ExitStack() as stack:
            interrupts = stack.enter_context(noted_interrupts())
            store = self.open_store()
            stack.callback(store.close)
            tables.prepare(store)
            ledger.prepare(store)
            loader = Loader(store, self.settings, write_state, self.logger)
            try:
                load(loader, _blocks(file_input, interrupts), lambda: interrupts.number is not None)
            finally:
                for line in loader.reports():
                    self.logger.info(line)
        if interrupts.number is not None:
            self.logger.warning("stopped by signal %s; everything received is committed", interrupts.number)
            raise SystemExit(128 + interrupts.number)
        return loader.counts


class _Loop(SingerReader):
    """Puts our own message loop where singer-sdk has its reader."""

    target: LoadingTarget

    def process_lines(self, file_input: IO[str] | None, callbacks: Any) -> Counter[str]:  # noqa: ARG002
        """Runs the loop."""
        return self.target.run(file_input)


def read_settings(model: type[LoadSettings], config: dict[str, Any], log: logging.Logger) -> LoadSettings:
    """The validated settings; raises SettingsError that names each wrong one but shows no value."""
    names = [name for field, info in model.model_fields.items() for name in (field, info.alias) if name]
    for line in unknown_settings(config, names):
        log.warning(line)
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


def _blocks(file_input: IO[str] | None, interrupts: Interrupts) -> Iterator[list[bytes]]:
    source = sys.stdin if file_input is None else file_input
    try:
        source.fileno()
    except (OSError, io.UnsupportedOperation, AttributeError):
        return iter([[line.rstrip("\n").encode("utf-8", "surrogatepass")] for line in source])
    return read_lines(source, interrupts)


def run(target: type[LoadingTarget]) -> None:
    """Runs the command line; any expected failure is one line on standard error and exit code 1."""
    try:
        target.cli(standalone_mode=True)
    except (LoadError, ConfigValidationError) as error:
        sys.stderr.write(f"{target.name}: {one_line(error)}\n")
        sys.exit(1)
