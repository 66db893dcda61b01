"""What every tap is in singer-sdk's frame: command line, settings, catalog, selection, state, stream maps, exit codes.

A kind of source (`taps.kinds`) says what its streams are and how they are read; everything around it is here.
"""

import gc
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

import click
from singer_sdk import Stream as SdkStream
from singer_sdk import Tap
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities

from taps.engine.auth_store import TokenStore
from taps.engine.batch_files import BatchWriter, read_batch_config
from taps.engine.errors import BadSetting
from taps.engine.hosted import refuse_operators
from taps.engine.mapped import MappedWriter
from taps.engine.outcomes import TapRun
from taps.engine.rate_shared import Ledger
from taps.engine.settings import token_store
from taps.engine.state import State
from taps.engine.writer import Writer

FAILED, PARTIAL = 1, 3
"""Exit codes: something failed; everything but what the login may not read."""


class FrameStream(SdkStream):
    """What singer-sdk has to know of a stream; reading is the kind's work, page at a time."""

    def __init__(self, tap: "FrameTap", name: str, schema: dict[str, Any], key: list[str], cursor: str | None) -> None:
        super().__init__(tap, schema=schema, name=name)
        self.primary_keys = key
        self.replication_key = cursor
        self.chosen = False

    def choose(self, chosen: bool, deselected: frozenset[str]) -> None:  # noqa: ARG002 - for kinds that read less then
        """Says whether the stream is read for itself, and which columns are left out."""
        self.chosen = chosen

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        """Not used: pages are read by the kind, all streams at once."""
        raise NotImplementedError

    def deselected(self) -> frozenset[str]:
        """The columns the catalog leaves out; never those of the key."""
        keys = set(self.primary_keys or [])
        return frozenset(
            name for name in self.schema["properties"] if name not in keys and not self.mask[("properties", name)]
        )

    def selected_schema(self) -> dict[str, Any]:
        """The schema without what the catalog leaves out."""
        dropped = self.deselected()
        properties = {name: kind for name, kind in self.schema["properties"].items() if name not in dropped}
        return {**self.schema, "properties": properties}


class FrameTap(Tap):
    """The tap of one platform."""

    platform: ClassVar[str]
    folder: ClassVar[Path]
    config_paths: ClassVar[list[Path]] = []
    tokens: ClassVar[TokenStore | None] = None
    """Where new tokens go if whoever makes the tap keeps them."""
    ledger: Ledger | None = None
    """What others ask of the same account, where that is known."""
    capabilities: ClassVar = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        TapCapabilities.ACTIVATE_VERSION,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.BATCH,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]
    _run: TapRun | None = None

    def connect(self, store: TokenStore | None) -> None:
        """Checks the settings and keeps what they make; raises `BadSetting`."""
        raise NotImplementedError

    def setup_mapper(self) -> None:
        """Nothing where no stream maps are configured: singer-sdk would copy every schema of the catalog for them."""
        if self.config.get("stream_maps"):
            super().setup_mapper()

    def unknown_settings(self) -> list[str]:
        """A sentence for each setting that nobody knows."""
        raise NotImplementedError

    def found_streams(self) -> Sequence[FrameStream]:
        """Every stream there is to read."""
        raise NotImplementedError

    def new_run(self, writer: Writer, state: State, *, first_page_only: bool) -> TapRun:
        """A run that has read nothing yet."""
        raise NotImplementedError

    def read(self, run: Any) -> None:
        """Reads every chosen stream; what went wrong with one stands in the run's outcomes."""
        raise NotImplementedError

    def remarks(self, frame: FrameStream) -> None:
        """Logs what is worth saying of a stream that was read."""

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Our own check: it names settings and never shows their values."""
        tokens = self._use_connection()
        if not raise_errors:
            return []
        for sentence in self.unknown_settings():
            self.logger.warning(sentence)
        refuse_operators(self._config, self.config_jsonschema["properties"], self.platform)
        self.connect(tokens or token_store(self.config_paths, self._config, self.platform))
        return []

    def _use_connection(self) -> TokenStore | None:
        """Takes the settings of the stored connection that is named, where one is; those given beside it win.

        One that says no more than its default does not: Meltano gives those of all settings.
        """
        name = self._config.get("connection")
        if not name:
            return self.tokens
        from orchestrate.connections.for_taps import stored

        found = stored(str(name), self.platform)
        described = self.config_jsonschema["properties"]
        given = {
            key: each
            for key, each in self._config.items()
            if each is not None and (key not in found.settings or each != described.get(key, {}).get("default"))
        }
        self._config, self.ledger = {**found.settings, **given}, found.ledger
        return found.tokens

    def discover_streams(self) -> Sequence[SdkStream]:
        """The streams there are; a catalog that names another is refused."""
        found = self.found_streams()
        self._refuse_unknown({frame.name for frame in found})
        return found

    def _refuse_unknown(self, known: set[str]) -> None:
        if self.input_catalog is None:
            return
        for entry in self.input_catalog.streams:
            if entry.tap_stream_id not in known and entry.metadata.resolve_selection()[()]:
                nearest = get_close_matches(entry.tap_stream_id, known, n=1)
                hint = f"did you mean {nearest[0]!r}?" if nearest else "run --discover for those there are"
                self.unknown_stream(f"the catalog names a stream {entry.tap_stream_id!r} that there is not; {hint}")

    def unknown_stream(self, sentence: str) -> None:
        """What becomes of a catalog that names a stream that there is not."""
        raise BadSetting(sentence, platform=self.platform)

    def frames(self) -> list[FrameStream]:
        """The streams of this tap, in the catalog's order."""
        found = [self.streams[name] for name in self.streams]
        return [frame for frame in found if isinstance(frame, FrameStream)]

    def sync_all(self) -> None:  # type: ignore[misc]
        """Reads every selected stream; exits non-zero if one failed (1), was refused (3) or must wait (75)."""
        try:
            run = self.read_into(None)
        finally:
            for line in self._run.metrics() if self._run else ():
                self.logger.info("%s", line)
        self._report(run)

    def read_into(self, output: Any, *, first_page_only: bool = False) -> TapRun:
        """Reads the selected streams (or the first page of all) into a byte stream, standard output if it is None."""
        # See `taps.engine.tap`; the modules stay until the end, and are not looked at again and again.
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        frames = self.frames()
        for frame in frames:
            deselected = frozenset() if first_page_only else frame.deselected()
            frame.choose(bool(frame.selected) or first_page_only, deselected)
        state = State(dict(self.state))
        run = self.new_run(
            self._writer(state, output, to_files=not first_page_only), state, first_page_only=first_page_only
        )
        self._run = run
        for frame in frames:
            if frame.chosen:
                bookmark = [frame.replication_key] if frame.replication_key else []
                run.writer.schema(frame.name, frame.selected_schema(), list(frame.primary_keys or []), bookmark)
        try:
            self.read(run)
        finally:
            run.writer.finish()
        run.writer.announce_all(frame.name for frame in frames if run.outcome(frame.name).error is None)
        if not first_page_only and all(outcome.error is None for outcome in run.outcomes.values()):
            run.writer.write_state(end=True)
        return run

    def _writer(self, state: State, output: Any, *, to_files: bool) -> Writer:
        files = read_batch_config(self.config.get("batch_config"), self.platform)
        if self.config.get("stream_maps"):
            if files is not None:
                raise BadSetting("settings 'batch_config' and 'stream_maps' do not go together", platform=self.platform)
            return MappedWriter(self.platform, state, output, maps=self.mapper.stream_maps)
        if files is not None and to_files:
            return BatchWriter(self.platform, state, output, files=files)
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

    def _report(self, run: TapRun) -> None:
        """What came out, one line a stream where something is to be said; then the exit code."""
        refused, failed = [], []
        for frame in self.frames():
            self.remarks(frame)
        for name, outcome in run.outcomes.items():
            if outcome.skipped:
                self.logger.warning("%s: %d could not be read and are left out", name, outcome.skipped)
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
        run.interrupt()
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
