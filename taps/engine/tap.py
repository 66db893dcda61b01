"""A manifest as a Singer tap in singer-sdk's frame: command line, settings, catalog, selection, state, stream maps."""

import io
import json
import logging
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import click
from singer_sdk import Stream as SdkStream
from singer_sdk import Tap
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities

from taps.engine.build import build
from taps.engine.connection import Connection
from taps.engine.cursor import Cursor
from taps.engine.errors import BadSetting, LoginRefused, QuotaSpent, RateLimited, Stopped, TapError, Unreachable
from taps.engine.load import PLATFORMS, ManifestError, load
from taps.engine.manifest import Manifest
from taps.engine.mapped import MappedWriter
from taps.engine.nodes import Node, json_schema, key_properties
from taps.engine.run import Run
from taps.engine.settings import config_file, connect, settings_schema, unknown
from taps.engine.starts import moment
from taps.engine.state import State
from taps.engine.sync import sync
from taps.engine.writer import Writer

FAILED, PARTIAL, LATER, BROKEN_PIPE = 1, 3, 75, 74
"""Exit codes: something failed; everything but what the login may not read; try again later; nobody reads on."""


class FrameStream(SdkStream):
    """What singer-sdk has to know of a stream; reading is the engine's work, page at a time."""

    def __init__(self, tap: "ManifestTap", node: Node) -> None:
        self.node = node
        super().__init__(tap, schema=json_schema(node.stream, node.columns), name=node.name)
        self.primary_keys = key_properties(node.stream)
        cursor = node.stream.cursor
        self.replication_key = cursor.field if isinstance(cursor, Cursor) else None

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        """Not used: the engine reads pages, see `taps.engine.sync`."""
        raise NotImplementedError


class ManifestTap(Tap):
    """The tap of one platform; `tap_class` makes one for each manifest."""

    platform: ClassVar[str]
    manifest: ClassVar[Manifest]
    folder: ClassVar[Path]
    config_paths: ClassVar[list[Path]] = []
    capabilities: ClassVar = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        TapCapabilities.ACTIVATE_VERSION,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]
    _connection: Connection | None = None
    _top: list[Node] | None = None
    _run: Run | None = None

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """The engine's own check: it names settings and never shows their values."""
        if not raise_errors:
            return []
        for sentence in unknown(self.manifest, self._config):
            self.logger.warning(sentence)
        self._connection = connect(self.manifest, self.folder, self._config, store=config_file(self.config_paths))
        return []

    def discover_streams(self) -> Sequence[SdkStream]:
        """The streams the manifest offers, and those that only the account knows if it can be asked."""
        if self._connection is None:
            try:
                self._connection = connect(self.manifest, self.folder, self._config)
            except BadSetting as missing:
                if self.manifest.columns:
                    self.logger.info("Custom columns are left out: %s", missing)
        self._top = build(
            self.manifest, self.folder, self._connection, str(self._config.get("connection_id") or "default")
        )
        nodes = [node for top in self._top for node in top.walk()]
        self._refuse_unknown({node.name for node in nodes if not node.stream.helper})
        return [FrameStream(self, node) for node in nodes if not node.stream.helper]

    def _refuse_unknown(self, known: set[str]) -> None:
        if self.input_catalog is None:
            return
        for entry in self.input_catalog.streams:
            if entry.tap_stream_id not in known:
                nearest = get_close_matches(entry.tap_stream_id, known, n=1)
                hint = f"did you mean {nearest[0]!r}?" if nearest else "run --discover for those there are"
                msg = f"the catalog names a stream {entry.tap_stream_id!r} that there is not; {hint}"
                raise BadSetting(msg, platform=self.platform)

    def sync_all(self) -> None:  # type: ignore[misc]
        """Reads every selected stream; exits non-zero if one failed (1), was refused (3) or must wait (75)."""
        self._report(self.read_into(None))

    def read_into(self, output: Any, *, first_page_only: bool = False) -> Run:
        """Reads the selected streams (or the first page of all) into a byte stream, standard output if it is None."""
        run = self._started(first_page_only=first_page_only, output=output)
        for name in self.streams:
            frame = self.streams[name]
            assert isinstance(frame, FrameStream)
            if frame.node.selected:
                cursor = frame.node.stream.cursor
                bookmark = [cursor.field] if isinstance(cursor, Cursor) and cursor.field else []
                schema = _selected_schema(frame)
                run.writer.schema(name, schema, list(frame.primary_keys or []), bookmark)
        sync(run, self._top or [])
        run.writer.announce_all(name for name in self.streams if run.outcome(name).error is None)
        return run

    def _started(self, *, first_page_only: bool = False, output: Any = None) -> Run:
        streams = self.streams
        for frame in streams.values():
            assert isinstance(frame, FrameStream)
            frame.node.selected = bool(frame.selected) or first_page_only
            frame.node.shaper.deselected = frozenset() if first_page_only else _deselected(frame)
        assert self._connection is not None
        state = State(dict(self.state))
        config = self._connection.config
        run = Run(
            self._connection,
            self._writer(state, output),
            state,
            max_concurrency=int(self._config.get("max_concurrency") or 8),
            first_page_only=first_page_only,
        )
        if config.get("end_date"):
            run.end = moment(run, config["end_date"], "setting end_date")
        self._run = run
        return run

    def _writer(self, state: State, output: Any) -> Writer:
        if self.config.get("stream_maps"):
            return MappedWriter(self.platform, state, output, maps=self.mapper.stream_maps)
        return Writer(self.platform, state, output)

    def run_connection_test(self) -> bool:  # type: ignore[misc]
        """Reads the first page of every stream and says of each whether it could be read."""
        run = self.read_into(io.BytesIO(), first_page_only=True)
        for name in self.streams:
            outcome = run.outcome(name)
            problem = outcome.error or outcome.refused
            click.echo(f"{name}: {problem.what if problem else f'ok, {run.writer.counts[name]} records'}")
        self._report(run)
        return True

    def _report(self, run: Run) -> None:
        """What came out, one line a stream where something is to be said; then the exit code."""
        refused, failed = [], []
        for frame in self.streams.values():
            assert isinstance(frame, FrameStream)
            node, outcome = frame.node, run.outcome(frame.name)
            for column, count in node.shaper.drifted.items():
                self.logger.warning("%s.%s: %d values do not read as %s and are in _extra", node.name, column, count,
                                    node.columns[column].type if column in node.columns else "declared")  # fmt: skip
            if new := [name for name in node.shaper.undeclared if name not in node.shaper.drifted]:
                self.logger.info("%s: not declared, kept in _extra: %s", node.name, ", ".join(sorted(new)))
            failed += [outcome.error] if outcome.error else []
            refused += [outcome.refused] if outcome.refused else []
        records, deletes = sum(run.writer.counts.values()), sum(run.writer.deletes.values())
        state = "failed" if failed else "partial" if refused else "done"
        self.logger.info("%s: %d records, %d deletes of %d streams", state, records, deletes, len(run.writer.counts))
        for problem in (*failed, *refused):
            self.logger.error("%s", problem)
        if failed or refused:
            raise SystemExit(FAILED if failed else PARTIAL)

    def _handle_termination(self, signum: int, frame: Any) -> None:  # noqa: ARG002
        """Ends at the next safe point: what was written is covered by a last STATE message."""
        run = self._run
        if run is None:
            raise SystemExit(128 + signum)
        if run.stop.is_set():
            return
        run.stop.set()
        self.logger.info("Asked to stop: ending after what is written")
        run.connection.client.stop()
        run.writer.write_state(now=True)
        sys.stdout.flush()
        os._exit(128 + signum)

    @classmethod
    def cb_config(cls, ctx: Any, param: Any, value: tuple[str, ...]) -> Any:
        """Remembers which files the settings came from: rotated tokens go back there."""
        cls.config_paths = [Path(path) for path in value if path != "ENV"]
        shown = ", ".join(map(str, cls.config_paths))
        try:
            return super().cb_config(ctx, param, value)
        except FileNotFoundError:
            raise BadSetting(f"there is no config file {shown}", platform=cls.platform) from None
        except (OSError, ValueError):
            raise BadSetting(f"the config file {shown} is not readable JSON", platform=cls.platform) from None

    @classmethod
    def invoke(cls, *, state: Any = None, catalog: Any = None, **options: Any) -> None:
        """Runs the tap; a state or catalog that is no JSON is refused before any request."""
        super().invoke(state=cls._json_file("state", state), catalog=cls._json_file("catalog", catalog), **options)

    @classmethod
    def _json_file(cls, name: str, file: Any) -> Any:
        if file is None:
            return None
        text = file.read()
        try:
            json.loads(text)
        except ValueError:
            raise BadSetting(f"the {name} file is not whole JSON", platform=cls.platform) from None
        return io.StringIO(text)


def _deselected(frame: FrameStream) -> frozenset[str]:
    keys = set(frame.primary_keys or [])
    return frozenset(
        name for name in frame.schema["properties"] if name not in keys and not frame.mask[("properties", name)]
    )


def _selected_schema(frame: FrameStream) -> dict[str, Any]:
    dropped = _deselected(frame)
    properties = {name: kind for name, kind in frame.schema["properties"].items() if name not in dropped}
    return {**frame.schema, "properties": properties}


@cache
def tap_class(platform: str, folder: Path | None = None) -> type[ManifestTap]:
    """The tap of a platform; raises `ManifestError` for a manifest with mistakes."""
    place = folder or PLATFORMS / platform
    manifest = load(platform, folder)
    body = {
        "name": f"tap-{platform.replace('_', '-')}",
        "package_name": "engarde",
        "platform": platform,
        "manifest": manifest,
        "folder": place,
        "config_jsonschema": settings_schema(manifest),
    }
    return type(f"Tap{platform.title().replace('_', '')}", (ManifestTap,), body)


def exit_code(error: TapError) -> int:
    """The exit code of what ended a run: 75 where trying later helps."""
    return LATER if isinstance(error, RateLimited | QuotaSpent | Unreachable) else FAILED


def run_command(platform: str, arguments: Sequence[str]) -> int:
    """The command line of a platform's tap; every expected problem ends in one line on stderr."""
    log = logging.getLogger(f"tap-{platform.replace('_', '-')}")
    try:
        tap_class(platform).cli(args=list(arguments), prog_name=f"tap-{platform.replace('_', '-')}")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    except ManifestError as wrong:
        for finding in wrong.findings:
            log.error("%s", finding)
    except Stopped:
        return 143
    except LoginRefused as refused:
        log.error("%s", refused)
    except TapError as error:
        log.error("%s", error)
        return exit_code(error)
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - nothing may try to flush the closed pipe again
        log.error("%s: whoever read the records has stopped; see its own last line", platform)
        return BROKEN_PIPE
    return FAILED


def main() -> None:
    """Runs the tap that this executable is named for: `tap-google-ads` is the platform google_ads."""
    name = Path(sys.argv[0]).stem.removeprefix("tap-").replace("-", "_")
    sys.exit(run_command(name, sys.argv[1:]))
