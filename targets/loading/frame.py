"""A target's outside on singer-sdk's frame: command line, settings, about; inside runs our own message loop."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import IO, Any, ClassVar

import click
from singer_sdk import Target
from singer_sdk.exceptions import MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.helpers.capabilities import PluginCapabilities, TargetCapabilities
from singer_sdk.io_base import SingerReader

from targets.loading.errors import NoKeyError, NoSchemaError
from targets.loading.kind import Kind
from targets.loading.run import read_settings, run_load, write_committed_state
from targets.loading.settings import json_schema


class SdkNoSchemaError(NoSchemaError, RecordsWithoutSchemaException):
    """As singer-sdk names it."""


class SdkNoKeyError(NoKeyError, MissingKeyPropertiesError):
    """As singer-sdk names it."""


class LoadingTarget(Target):
    """A Singer target whose loop is targets/loading; `target_class` makes one for each kind."""

    kind: ClassVar[Kind]
    package_name = "engarde"
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
        self.settings = read_settings(self.kind.settings, dict(self.config))

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Adds nothing: the settings models are complete."""

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The command line, with a way to read the committed state back."""
        command = super().get_singer_command()
        told = "Print the state that is committed in the warehouse, for when it is lost elsewhere, and load nothing."
        command.params.append(click.Option(["--committed-state"], is_flag=True, help=told))
        return command

    @classmethod
    def invoke(cls, *, committed_state: bool = False, config: Any = None, **options: Any) -> None:
        """Loads, or prints the committed state."""
        if not committed_state:
            super().invoke(config=config, **options)
            return
        target = cls(config=config.config, parse_env_config=config.parse_env)
        write_committed_state(cls.kind, target.settings, target.logger)

    def run(self, file_input: IO[str] | None) -> Counter[str]:
        """Loads all messages of the input, as `run_load`; some errors bear singer-sdk's names too."""
        try:
            return run_load(self.kind, self.settings, file_input, self.logger)
        except NoSchemaError as error:
            raise SdkNoSchemaError(*error.args) from None
        except NoKeyError as error:
            raise SdkNoKeyError(*error.args) from None


class _Loop(SingerReader):
    """Puts our own message loop where singer-sdk has its reader."""

    target: LoadingTarget

    def process_lines(self, file_input: IO[str] | None, callbacks: Any) -> Counter[str]:  # noqa: ARG002
        """Runs the loop."""
        return self.target.run(file_input)


@cache
def target_class(kind: Kind) -> type[LoadingTarget]:
    """The target of a kind in singer-sdk's frame."""
    body: dict[str, Any] = {"name": kind.name, "kind": kind, "config_jsonschema": json_schema(kind.settings)}
    return type(kind.name.title().replace("-", ""), (LoadingTarget,), body)
