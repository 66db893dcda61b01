"""The tap of a platform with an HTTP interface: a manifest's streams in singer-sdk's frame."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from taps.engine.auth_store import TokenStore
from taps.engine.build import build
from taps.engine.connection import Connection
from taps.engine.cursor import Cursor
from taps.engine.errors import BadSetting
from taps.engine.frame import FrameStream, FrameTap
from taps.engine.load import PLATFORMS, load
from taps.engine.manifest import Manifest
from taps.engine.nodes import Node, json_schema, key_properties
from taps.engine.one_read import Named, named, read_named
from taps.engine.run import Run
from taps.engine.settings import connect, settings_schema, unknown
from taps.engine.starts import moment
from taps.engine.state import State
from taps.engine.sync import sync
from taps.engine.writer import Writer


class NodeStream(FrameStream):
    """A stream and its place in the tree of streams."""

    def __init__(self, tap: FrameTap, node: Node) -> None:
        self.node = node
        cursor = node.stream.cursor
        field = cursor.field if isinstance(cursor, Cursor) else None
        super().__init__(tap, node.name, json_schema(node.stream, node.columns), key_properties(node.stream), field)

    def choose(self, chosen: bool, deselected: frozenset[str]) -> None:
        """Says whether the stream is read for itself, and which columns are left out."""
        super().choose(chosen, deselected)
        self.node.selected = chosen
        self.node.shaper.deselected = deselected


class ManifestTap(FrameTap):
    """The tap of one platform; `tap_class` makes one for each manifest."""

    manifest: ClassVar[Manifest]
    _connection: Connection | None = None
    _top: list[Node] | None = None

    def connect(self, store: TokenStore | None) -> None:
        """The connection that the settings make; sends nothing."""
        self._connection = connect(self.manifest, self.folder, self._config, store=store, ledger=self.ledger)

    def unknown_settings(self) -> list[str]:
        """A sentence for each setting that nobody knows."""
        return unknown(self.manifest, self._config)

    def found_streams(self) -> Sequence[FrameStream]:
        """The streams the manifest offers, and those that only the account knows if it can be asked."""
        if self._connection is None:
            try:
                self._connection = connect(self.manifest, self.folder, self._config)
            except BadSetting as missing:
                if self.manifest.columns:
                    self.logger.info("Custom columns are left out: %s", missing)
        connection_id = str(self._config.get("connection_id") or "default")
        self._top = build(self.manifest, self.folder, self._connection, connection_id, self._chosen())
        nodes = [node for top in self._top for node in top.walk()]
        if self.manifest.files is not None:
            tables = self._tables(nodes, connection_id)
            self._top += tables
            nodes += tables
        return [NodeStream(self, node) for node in nodes if not node.stream.helper]

    def _tables(self, nodes: list[Node], connection_id: str) -> list[Node]:
        """The tables that the settings make of the vendor's files."""
        from taps.files.streams import table_nodes
        from taps.files.tables import read_tables

        assert self.manifest.files is not None
        lister = next(node for node in nodes if node.name == self.manifest.files.stream)
        tables = read_tables(self._config.get("tables"), self.platform)
        taken = {node.name for node in nodes}
        return table_nodes(self._connection, lister, tables, connection_id, self._chosen(), taken)

    def _chosen(self) -> dict[str, bool] | None:
        """The streams that the catalog names, and whether it selects them; None without a catalog."""
        if self.input_catalog is None:
            return None
        return {entry.tap_stream_id: entry.metadata.resolve_selection()[()] for entry in self.input_catalog.streams}

    def unknown_stream(self, sentence: str) -> None:
        """Refuses the catalog, unless the account decides which streams there are: tables come and go."""
        if not any(stream.each for stream in self.manifest.streams.values()):
            super().unknown_stream(sentence)
        self.logger.warning("%s", sentence)

    def new_run(self, writer: Writer, state: State, *, first_page_only: bool) -> Run:
        """A run over the connection, until the end that the settings ask for."""
        assert self._connection is not None
        config = self._connection.config
        writer.keeps_state = not self._named()
        run = Run(
            connection=self._connection,
            writer=writer,
            state=state,
            max_concurrency=int(self._config.get("max_concurrency") or 8),
            first_page_only=first_page_only,
        )
        for name, refused in self._connection.undiscovered.items():
            run.outcome(name).refused = refused
        if config.get("end_date"):
            run.end = moment(run, config["end_date"], "setting end_date")
        return run

    def read(self, run: Run) -> None:
        """Reads the streams side by side, or the records alone that the settings name."""
        wanted = self._named()
        try:
            if wanted and not run.first_page_only:
                read_named(run, self._top or [], wanted)
            else:
                sync(run, self._top or [])
        finally:
            run.connection.client.leave()

    def _named(self) -> Named:
        return named(self._config.get("objects"), self.platform)

    def remarks(self, frame: FrameStream) -> None:
        """Logs what came that the manifest does not expect."""
        assert isinstance(frame, NodeStream)
        node = frame.node
        for column, count in node.shaper.drifted.items():
            self.logger.warning("%s.%s: %d values do not read as %s and are in _extra", node.name, column, count,
                                node.columns[column].type if column in node.columns else "declared")  # fmt: skip
        if new := [name for name in node.shaper.undeclared if name not in node.shaper.drifted]:
            self.logger.info("%s: not declared, kept in _extra: %s", node.name, ", ".join(sorted(new)))


@cache
def tap_class(platform: str, folder: Path | None = None) -> type[ManifestTap]:
    """The tap of a platform; raises `ManifestError` for a manifest with mistakes."""
    manifest = load(platform, folder)
    body: dict[str, Any] = {
        "name": f"tap-{platform.replace('_', '-')}",
        "package_name": "engarde",
        "platform": platform,
        "manifest": manifest,
        "folder": folder or PLATFORMS / platform,
        "config_jsonschema": settings_schema(manifest),
    }
    return type(f"Tap{platform.title().replace('_', '')}", (ManifestTap,), body)
