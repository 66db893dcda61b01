"""The tables of the settings as streams of a run, their columns found in the newest file of each."""

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from taps.engine.connection import Connection
from taps.engine.errors import BadAnswer, BadBody, BadSetting
from taps.engine.fields import FieldSpec
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.records import Shaper
from taps.engine.run import Run
from taps.engine.state import State
from taps.engine.writer import Writer
from taps.files.columns import FILE, ROW, columns_of, with_place, without_ours
from taps.files.listing import Listing
from taps.files.reading import FileReading
from taps.files.tables import FileTable


def table_nodes(
    connection: Connection | None, lister: Node, tables: Sequence[FileTable], connection_id: str,
    chosen: Mapping[str, bool] | None, taken: set[str],
) -> list[Node]:  # fmt: skip
    """One node for each table; `chosen` says which the catalog names and selects: only those are looked into."""
    # a shaper of its own, which never leaves out the columns by which files are found
    lister = replace(lister, shaper=Shaper(lister.stream, lister.columns, connection_id), children=[])
    nodes = []
    for table in tables:
        if table.name in taken:
            msg = f"setting 'tables': {table.name!r} is the name of another stream; choose another"
            raise BadSetting(msg, platform=connection.platform if connection else "")
        reading = FileReading(table, lister)
        looks = connection is not None and (chosen is None or bool(chosen.get(table.name)))
        columns = _seen(connection, reading) if connection is not None and looks else {}
        nodes.append(_node(table, columns or without_ours(dict(table.columns)), lister, connection_id, reading))
    return nodes


def _seen(connection: Connection, reading: FileReading) -> dict[str, FieldSpec]:
    """The columns of the newest file; none where there is no file, or none that can be read."""
    log = logging.getLogger(f"tap-{connection.platform}")
    table = reading.table
    writer = Writer(connection.platform, State(), io.BytesIO())
    run = Run(connection=connection, writer=writer, state=State(), first_page_only=False)
    listing = Listing()
    try:
        listing.collect(run, reading.lister, table, None)
        newest = next(listing.in_order(newest_first=True), None)
        if newest is None:
            log.warning("%s: no file fits %s", table.name, table.glob)
            return {}
        with reading.fetched(run, reading.lister, newest) as (path, format_):
            return columns_of(path, format_, table)
    except (BadBody, BadAnswer) as broken:
        log.warning("%s: %s; its columns stay unknown", table.name, broken)
        return {}
    finally:
        listing.close()


def _node(
    table: FileTable, columns: dict[str, FieldSpec], lister: Node, connection_id: str, reading: FileReading
) -> Node:
    everything = with_place(columns)
    key = [name for name in table.key if name in everything]
    if len(key) < len(table.key):
        missing = ", ".join(sorted(set(table.key) - set(key)))
        msg = f"setting 'tables': {table.name} has no column {missing} to be its key"
        raise BadSetting(msg)
    stream = Stream(
        docs=lister.stream.docs, path="-", key=key or [FILE, ROW], cursor="none", deletes="not_reported",
        fields=everything,
    )  # fmt: skip
    shaped = stream.model_copy(update={"fields": columns})
    return Node(
        name=table.name,
        stream=stream,
        columns=everything,
        shaper=Shaper(shaped, columns, connection_id),
        selected=False,
        reader=reading.read,
    )
