"""Fixtures: for each stream one answer as the vendor gives it. What they hold is checked here; the sandbox serves them.

A file is `fixtures/<stream>.json`, a map of `docs` (the vendor's page whose answer has this shape) and either `answer`
(the whole answer) or `text` (a CSV, TSV, JSONL or XML answer). `absent` lists declared fields that no record shows,
`headers` what stands in the answer's headers, `steps` what a job's create, poll and locate answer beyond the manifest.
Names with a dot answer other requests: `columns.<name>`, `account.<name>`, `feed.<name>`, `<stream>.deleted`,
`<stream>.detail`.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from taps.engine.answers import Raw, Tree, value_of
from taps.engine.build import build
from taps.engine.errors import BadBody
from taps.engine.formats import batches
from taps.engine.load import PLATFORMS, load
from taps.engine.manifest import Manifest, Stream
from taps.engine.nodes import Node
from taps.engine.parents import Parent
from taps.engine.paths import PathError
from taps.engine.reading import rows_in
from taps.engine.records import raw

_KEYS = {"docs", "answer", "text", "absent", "headers", "steps"}
_HOLDING = ("answer", "text")
_KINDS = {"columns", "account", "feed"}
_OF_A_STREAM = {"deleted", "detail"}


class FixtureError(Exception):
    """A fixture that cannot be used: one sentence naming the file."""


@dataclass(frozen=True)
class Fixture:
    """One answer of the vendor."""

    name: str
    docs: str
    answer: Any = None
    text: str | None = None
    absent: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it only says what the parent's fixture does not show."""
        return self.answer is None and self.text is None


def read(folder: Path, name: str) -> Fixture | None:
    """The fixture of a name in a platform's folder, None where there is no such file; raises `FixtureError`."""
    file = folder / "fixtures" / f"{name}.json"
    if not file.is_file():
        return None
    shown = f"{folder.name}/fixtures/{name}.json"
    try:
        given = msgspec.json.decode(file.read_bytes())
    except msgspec.DecodeError as broken:
        msg = f"{shown}: {broken}"
        raise FixtureError(msg) from None
    if not isinstance(given, dict) or "docs" not in given or not _is_whole(given):
        msg = f"{shown}: a fixture holds `docs` and `answer` or `text` (or only `absent`, inside a parent's answer)"
        raise FixtureError(msg)
    if unknown := sorted(given.keys() - _KEYS):
        msg = f"{shown}: unknown key {unknown[0]!r}; there are {', '.join(sorted(_KEYS))}"
        raise FixtureError(msg)
    if not str(given["docs"]).startswith("https://"):
        msg = f"{shown}: docs is not an https link to the vendor's documentation"
        raise FixtureError(msg)
    return Fixture(name, **{**given, "absent": tuple(given.get("absent", ()))})


def _is_whole(given: dict[str, Any]) -> bool:
    held = sum(key in given for key in _HOLDING)
    return held == 1 or (held == 0 and "absent" in given)


def stands_inside(stream: Stream) -> bool:
    """Whether a stream's records come in its parent's answer, so that it needs no fixture of its own."""
    return stream.parent is not None and (stream.parent.inside is not None or stream.parent.beside is not None)


def findings(platform: str, folder: Path | None = None) -> list[str]:
    """Everything wrong with a platform's fixtures, a sentence each."""
    place = folder or PLATFORMS / platform
    manifest = load(platform, folder)
    found = list(_stray(place, manifest))
    nodes = {node.name: node for top in build(_without_each(manifest), place, None, "default") for node in top.walk()}
    for name in manifest.streams:
        try:
            found += _of_stream(place, manifest, nodes, name)
        except FixtureError as wrong:
            found.append(str(wrong))
    return found


def _without_each(manifest: Manifest) -> Manifest:
    """The streams that only an account knows, as if there were one of each."""
    streams = {name: stream.model_copy(update={"each": None}) for name, stream in manifest.streams.items()}
    return manifest.model_copy(update={"streams": streams})


def _stray(folder: Path, manifest: Manifest) -> Iterator[str]:
    known: dict[str, Mapping[str, Any]] = {
        "columns": manifest.columns,
        "account": manifest.account,
        "feed": manifest.feeds,
    }
    for file in sorted((folder / "fixtures").glob("*.json")):
        first, _, rest = file.stem.partition(".")
        if rest in _OF_A_STREAM or not rest:
            there = first in manifest.streams
        else:
            there = first in _KINDS and rest in known[first]
        if not there:
            yield f"{folder.name}/fixtures/{file.name}: there is nothing of this name in the manifest"


def _of_stream(folder: Path, manifest: Manifest, nodes: Mapping[str, Node], name: str) -> Iterator[str]:
    fixture, node = read(folder, name), nodes[name]
    shown = f"{folder.name}/fixtures/{name}.json"
    if (fixture is None or fixture.is_empty) and not stands_inside(node.stream):
        yield f"{shown}: the stream has no fixture"
        return
    try:
        raws = list(records(folder, manifest, nodes, name))
    except (BadBody, PathError, ValueError) as broken:
        yield f"{shown}: {broken}"
        return
    carried = {column: raw("carried") for column in (node.stream.parent.carry if node.stream.parent else {})}
    shaped = node.shaper.page(raws, carried)
    if not shaped:
        yield f"{shown}: no row comes of it"
        return
    absent = set(fixture.absent) if fixture else set()
    rows = [each.row for each in shaped]
    for column, spec in node.columns.items():
        seen = [column in row and bytes(row[column]) != b"null" for row in rows]
        if column in absent and any(seen):
            yield f"{shown}: {column!r} is listed as absent and is there"
        elif column not in absent and not any(seen):
            yield f"{shown}: no record holds {column!r}; give it a value, or list it under `absent`"
        elif spec.required and not all(seen) and column not in absent:
            yield f"{shown}: {column!r} is null in a record, and the manifest says that it never is"
    for column in sorted(absent - set(node.columns)):
        yield f"{shown}: {column!r} is listed as absent and is no field"
    yield from (f"{shown}: {column!r} does not read as {_type(node, column)}" for column in node.shaper.drifted)


def _type(node: Node, column: str) -> str:
    return node.columns[column].type if column in node.columns else "declared"


def records(folder: Path, manifest: Manifest, nodes: Mapping[str, Node], name: str) -> list[Raw]:
    """The raw records of a stream's fixture; those of a stream inside its parent come out of the parent's."""
    node, fixture = nodes[name], read(folder, name)
    if fixture is not None and fixture.is_empty:
        fixture = None
    parent = node.stream.parent
    if fixture is None and parent is not None and parent.stream is not None and parent.inside is not None:
        if marker := _generations(manifest, nodes[parent.stream]):
            return _lines_of(folder, manifest, nodes, parent, marker)
        above = records(folder, manifest, nodes, parent.stream)
        return [row for each in above for row in Tree(each).rows(_optional(parent.inside))]
    if fixture is None:
        return []
    marker = _generations(manifest, node)
    rows = rows_of(fixture, node, manifest)
    return rows if marker is None else [row for row in rows if Tree(row).take(marker) is None]


def _generations(manifest: Manifest, node: Node) -> str | None:
    """The key that names a line's parent, where a stream's file holds its children on lines of their own."""
    return manifest.jobs[node.stream.job].fetch.parent if node.stream.job else None


def _lines_of(folder: Path, manifest: Manifest, nodes: Mapping[str, Node], parent: Parent, marker: str) -> list[Raw]:
    fixture = read(folder, parent.stream or "")
    found = []
    for row in rows_of(fixture, nodes[parent.stream or ""], manifest) if fixture else []:
        record = value_of(row)
        if record.pop(marker, None) is not None and f"/{parent.lines}/" in str(record.get("id")):
            found.append(raw(record))
    return found


def _optional(path: Any) -> Any:
    return path + "?" if isinstance(path, str) and path != "." and not path.endswith("?") else path


def rows_of(fixture: Fixture, node: Node, manifest: Manifest) -> list[Raw]:
    """The raw records in one fixture, read as its stream (or the stream's job) reads them."""
    stream = node.stream
    fetch = manifest.jobs[stream.job].fetch if stream.job else None
    words = fetch or stream
    if fixture.text is not None:
        with tempfile.TemporaryDirectory(prefix="engarde-") as place:
            file = Path(place, "text")
            file.write_text(fixture.text, encoding=words.charset)
            read_in = batches(file, words.format, "none", words.charset, words.records or ".", words.nulls)
            return [row for rows in read_in for row in rows]
    if words.format == "jsonl":
        return [raw(line) for line in fixture.answer]
    tree = Tree.of_body(msgspec.json.encode(fixture.answer))
    return tree.rows(fetch.records) if fetch else rows_in(node, stream.records or ".", tree)
