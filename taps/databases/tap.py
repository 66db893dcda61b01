"""The tap of a database: its tables as streams in singer-sdk's frame, read one after another in one session."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from taps.databases.catalogue import Table, checked, read_catalogue
from taps.databases.connection import Database
from taps.databases.load import load
from taps.databases.manifest import DatabaseManifest
from taps.databases.reading import Reading
from taps.databases.run import DatabaseRun
from taps.databases.settings import DatabaseSettings, read_settings, settings_schema, unknown
from taps.engine.auth_store import TokenStore
from taps.engine.errors import ENDS_ALL, NoPermission, TapError
from taps.engine.frame import FrameStream, FrameTap
from taps.engine.load import PLATFORMS
from taps.engine.state import State
from taps.engine.writer import Writer


class TableStream(FrameStream):
    """A table and how this run reads it."""

    def __init__(self, tap: FrameTap, table: Table) -> None:
        super().__init__(tap, table.stream, table.json_schema(), table.key_properties(), table.cursor)
        self.table = table
        self.platform = tap.platform
        self.written: frozenset[str] = frozenset()
        self.drifted: dict[str, int] = {}

    def choose(self, chosen: bool, deselected: frozenset[str]) -> None:
        """Takes over what the catalog says: the columns, and how changes are found."""
        super().choose(chosen, deselected)
        self.primary_keys = self.table.key_properties()
        catalog = self._tap_input_catalog
        entry = catalog.get_stream(self.name) if catalog is not None else None
        root = entry.metadata.root if entry is not None else None
        if root is not None and root.forced_replication_method == "FULL_TABLE":
            self.replication_key = None
        else:
            self.replication_key = self.replication_key or self.table.cursor
        if chosen:
            self.table = checked(replace(self.table, cursor=self.replication_key), self.platform)
        self.written = frozenset(self.schema["properties"]) - deselected


class DatabaseTap(FrameTap):
    """The tap of one database; `tap_class` makes one for each manifest."""

    manifest: ClassVar[DatabaseManifest]
    _settings: DatabaseSettings | None = None

    def connect(self, store: TokenStore | None) -> None:  # noqa: ARG002 - nothing here renews itself
        """Checks the settings; sends nothing."""
        self._settings = read_settings(self.manifest, self._config, self.platform)

    def unknown_settings(self) -> list[str]:
        """A sentence for each setting that nobody knows."""
        return unknown(self.manifest, self._config)

    def _database(self) -> Database:
        if self._settings is None:
            self.connect(None)
        assert self._settings is not None
        return Database(self.manifest, self._settings, self.platform)

    def found_streams(self) -> Sequence[FrameStream]:
        """The tables of the database that the settings want."""
        database = self._database()
        with database.session() as session:
            tables = read_catalogue(session, self.manifest, self.folder, database.settings, self.platform)
        if not tables:
            self.logger.warning("The settings leave no table to read, or the login may see none")
        return [TableStream(self, table) for table in tables]

    def new_run(self, writer: Writer, state: State, *, first_page_only: bool) -> DatabaseRun:
        """A run with the settings."""
        return DatabaseRun(
            settings=self._database().settings, platform=self.platform,
            writer=writer, state=state, first_page_only=first_page_only,
        )  # fmt: skip

    def read(self, run: DatabaseRun) -> None:
        """Reads the chosen tables one after another, which is the gentlest way for a server that has other work."""
        database = self._database()
        try:
            with database.session() as session, database.snapshot(session):
                for frame in self.frames():
                    assert isinstance(frame, TableStream)
                    if frame.chosen:
                        self._read_table(run, database, session, frame)
        finally:
            run.writer.write_state(now=True)

    def _read_table(self, run: DatabaseRun, database: Database, session: Any, frame: TableStream) -> None:
        reading = Reading(run, session, frame.table, self.manifest.dialect, frame.written)
        try:
            with database.table(session, frame.name):
                reading.read()
        except ENDS_ALL:
            run.stop.set()
            raise
        except NoPermission as refused:
            run.outcome(frame.name).refused = refused
        except TapError as failed:
            run.outcome(frame.name).error = failed
        frame.drifted = reading.shaper.drifted

    def remarks(self, frame: FrameStream) -> None:
        """Logs which columns held what their type cannot say."""
        assert isinstance(frame, TableStream)
        for column, count in frame.drifted.items():
            self.logger.warning("%s.%s: %d values cannot be said in the column's type and are in _extra",
                                frame.name, column, count)  # fmt: skip


@cache
def tap_class(platform: str, folder: Path | None = None) -> type[DatabaseTap]:
    """The tap of a database; raises `ManifestError` for a manifest with mistakes."""
    manifest = load(platform, folder)
    body: dict[str, Any] = {
        "name": f"tap-{platform.replace('_', '-')}",
        "package_name": "engarde",
        "platform": platform,
        "manifest": manifest,
        "folder": folder or PLATFORMS / platform,
        "config_jsonschema": settings_schema(manifest),
    }
    return type(f"Tap{platform.title().replace('_', '')}", (DatabaseTap,), body)
