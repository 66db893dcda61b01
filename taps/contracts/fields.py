"""Where a stream's records stand in a description, and whether its declared columns stand there with their types."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from taps.contracts.edits import camel
from taps.contracts.findings import UNDECLARED, Finding, Kind
from taps.contracts.named import named
from taps.contracts.recording import Recording, Sent
from taps.contracts.vendor import Found
from taps.descriptions.description import Operation
from taps.descriptions.examples import UNKNOWN
from taps.descriptions.index import Entry
from taps.descriptions.reading_as import reads_as
from taps.descriptions.schemas import Schemas, Undescribed, keys_of
from taps.engine.fields import FieldSpec
from taps.engine.manifest import Manifest, Stream
from taps.engine.paths import Path, split, take

_UNION = 100
"""A record with more properties is all that could be asked for, not what a stream could have."""
_WRITTEN_AS_TEXT = frozenset({"integer", "number", "boolean", "epoch", "epoch_ms"})


@dataclass(frozen=True)
class Place:
    """The schema of a stream's records, and the file that has it."""

    schemas: Schemas
    schema: Any
    entry: Entry
    partial: bool = False
    """Whether only some of what a record holds can be known: what an example shows, what a report is asked for."""


def place_of(manifest: Manifest, name: str, recording: Recording) -> Place:
    """Where the records of a stream are described; raises `Undescribed` with the reason where they are not.

    What a published sample of such an object shows besides is described too.
    """
    place = _variants_kept(manifest.resolved(name), _place_of(manifest, name, recording))
    types = place.schemas.types(place.schema)
    if types and not types & {"object", "array"}:  # a bare value is read as a record with one column
        return replace(place, schema={"type": "object", "properties": {"value": place.schema}})
    for entry, samples in recording.samples:
        shown = samples.of(place.schemas, place.schema) if entry.official or not place.entry.official else None
        if shown is not None:
            return replace(place, schema={"allOf": [place.schema, shown]})
    return place


def _variants_kept(stream: Stream, place: Place) -> Place:
    """Of several kinds of record in one list only those that the stream keeps (`only`)."""
    kept = place.schemas.variants(place.schema)
    for column, values in stream.only.items():
        spec = stream.columns_declared.get(column)
        key = keys_of(spec.from_ or column)[0] if spec is not None else column
        kept = [each for each in kept if _may_hold(place.schemas, each, key, values)]
    if not stream.only or not kept:
        return place
    return replace(place, schema={"anyOf": kept})


def _may_hold(schemas: Schemas, schema: Any, key: str, values: list[Any]) -> bool:
    known = schemas.properties(schema).get(key, {})
    return any(not schemas.complaints(known, value) for value in values)


def _place_of(manifest: Manifest, name: str, recording: Recording) -> Place:
    stream = manifest.resolved(name)
    parent = stream.parent
    if parent is not None and parent.inside is not None and parent.stream is not None:
        above = _place_of(manifest, parent.stream, recording)
        return replace(above, schema=_children(above, parent.inside))
    by_job = stream.job is not None or (stream.first is not None and stream.first.job is not None)
    refused = Undescribed("its records come in a file" if by_job else "no request was made for it")
    for sent in recording.of(name):
        if sent.given:
            continue
        try:
            return _answered(_records(manifest, stream), sent)
        except Undescribed as missing:
            refused = missing
        if not by_job:
            break
    if by_job and (names := named(recording, name)) and (first := _first(recording, name)) is not None:
        found = {"type": "object", "properties": {each: {} for each in names}}
        return Place(first.operation.description.schemas, found, first.entry, partial=True)
    raise refused


def _first(recording: Recording, name: str) -> Found | None:
    return next((sent.found for sent in recording.of(name) if sent.found is not None), None)


def _records(manifest: Manifest, stream: Stream) -> list[Path]:
    """Where a stream's records may stand: in its list's answer, or in that of its job's last step."""
    jobs = [manifest.jobs[name] for name in (stream.job, stream.first.job if stream.first else None) if name]
    places = [stream.records or ".", *(job.fetch.records for job in jobs)]
    return [path for path in places if str(path) not in {".", "*"} or not jobs]


def _answered(records: list[Path], sent: Sent) -> Place:
    """Where one request's answer has the records."""
    if sent.found is None:
        raise Undescribed(sent.refusal)
    operation = sent.found.operation
    schemas, lines = operation.description.schemas, _lines(operation)
    if lines is not None:
        return Place(schemas, lines, sent.found.entry)
    answer, refused = operation.answer(sent.accept), Undescribed("its records come in a file")
    for path in records:
        try:
            item = schemas.item(schemas.at(answer, path))
            return Place(schemas, item, sent.found.entry, partial=not operation.description.whole)
        except Undescribed as missing:
            refused = missing
    raise refused


def _children(above: Place, path: Path) -> Any:
    """The schema of what stands inside a record; exports write connections as edges."""
    try:
        return above.schemas.item(above.schemas.at(above.schema, path))
    except Undescribed:
        keys = [each for key in keys_of(path) for each in (("edges", "node") if key == "nodes" else (key,))]
        return above.schemas.item(above.schemas.at(above.schema, keys))


def _lines(operation: Operation) -> Any:
    """The schema of an export's lines: the nodes of the connection that the carried query asks for."""
    if operation.parts.carried is None:
        return None
    schemas = operation.description.schemas
    asked = schemas.properties(schemas.at(operation.parts.carried, "data"))
    return schemas.item(schemas.at(next(iter(asked.values())), "edges.node"))


def compare(manifest: Manifest, name: str, place: Place, recording: Recording) -> Iterator[Finding]:
    """What is wrong with the declared columns of a stream by the description of its records."""
    stream = manifest.resolved(name)
    carried = set(stream.parent.carry) if stream.parent else set()
    used: set[str] = set()
    for column, spec in stream.columns_declared.items():
        if column in carried:
            continue
        try:
            root, schema, keys = _found(place, stream, column, spec)
        except Undescribed as missing:
            yield from _missing(manifest, name, place, recording, column, missing)
            continue
        used.add(keys[0])
        if place.schemas.in_map(root, keys):
            yield Finding(name, "open", "is one value of a map", column)
        else:
            found = _typed(place, spec, schema, keys, promised=column in (stream.key or ()))
            yield from (Finding(name, kind, sentence, column) for kind, sentence in found)
    known = set(place.schemas.properties(place.schema)) - {split(path)[0][0] for path in stream.ignore}
    if len(known) <= _UNION:
        undeclared = known - used - set(stream.columns_declared) - set(stream.unwrap)
        yield from (Finding(name, "hint", UNDECLARED, each) for each in sorted(undeclared))


def _missing(
    manifest: Manifest, name: str, place: Place, recording: Recording, column: str, missing: Undescribed
) -> Iterator[Finding]:
    """What is said of a column that does not stand in the described record; nothing if it was asked for by name."""
    stream = manifest.resolved(name)
    spec = stream.columns_declared[column]
    if _asked_for(stream, recording, name, spec.from_ or column, spec):
        return
    if ".".join(keys_of(spec.from_ or column)) in named(recording, name):
        return
    made = ("record" in stream.hooks or "page" in stream.hooks) and _came(recording, name, column)
    if missing.free or place.partial or stream.cells or made:
        yield Finding(name, "open", "is left open", column)
    else:
        yield Finding(name, "field", _nearest(place, column, missing), column)


def _typed(
    place: Place, spec: FieldSpec, schema: Any, keys: list[str], *, promised: bool
) -> Iterator[tuple[Kind, str]]:
    """What is said against a column's type; a key (`promised`) needs nobody else's promise."""
    if not reads_as(place.schemas, schema, spec.kind, spec.format):
        if spec.kind in _WRITTEN_AS_TEXT and place.schemas.vague(schema):
            yield "open", f"is described as text, not as {spec.kind}"
        else:
            given = ", ".join(sorted(place.schemas.types(schema)))
            yield "field", f"{spec.kind} is declared, {given} described"
    elif spec.required and not promised and (why := _not_promised(place, keys, schema)):
        sentence = f"`!` is declared, but the description says that it may be {why}"
        yield "field" if why == "null" else "hint", sentence


def _asked_for(stream: Stream, recording: Recording, name: str, path: Path, spec: FieldSpec) -> bool:
    """Whether a column that the list lacks was asked for by name, and one record's own answer has it with its type.

    Lists that answer in brief give what a parameter names (`opt_fields`, `fields`) as the single record's answer does.
    """
    keys = keys_of(path)
    for sent in recording.of(name):
        named = {word for _, value in sent.request.params for word in re.split(r"[,()]", value)}
        if sent.found is None or not named & {".".join(keys), keys[0]}:
            continue
        one = sent.found.operation.description.one_of(sent.found.operation)
        if one is None:
            return False
        schemas = one.description.schemas
        for place in (stream.records or ".", "."):
            with contextlib.suppress(Undescribed):
                return reads_as(schemas, schemas.at(schemas.item(schemas.at(one.answer(), place)), keys), spec.kind)
    return False


def _came(recording: Recording, name: str, column: str) -> bool:
    """Whether a column that a hook makes had a value when the described answers were read."""
    return any(row.get(column) is not None for row in recording.rows.get(name, ()))


def _nearest(place: Place, column: str, missing: Undescribed) -> str:
    near = get_close_matches(column, place.schemas.properties(place.schema), n=3)
    hint = f"; near it: {', '.join(near)}" if near else ""
    inner = f" ({missing})" if "." in str(missing).partition("'")[2].partition("'")[0] else ""
    return f"not described{hint}{inner}"


def _found(place: Place, stream: Stream, column: str, spec: FieldSpec) -> tuple[Any, Any, list[str]]:
    path = spec.from_ if spec.from_ is not None else column
    keys = keys_of(path)
    roots = [place.schema, *(_inside(place, name) for name in stream.unwrap)]
    problems: list[Undescribed] = []
    for root in roots:
        for names in (keys, [camel(key) for key in keys]):
            try:
                if root is not None:
                    return root, place.schemas.at(root, names), names
            except Undescribed as missing:
                problems.append(missing)
    raise next((each for each in problems if each.free), problems[0])


def lost(manifest: Manifest, name: str, recording: Recording) -> Iterator[str]:
    """Columns that a described record has a value for, which read as declared, and of which none arrived."""
    stream, rows, node = manifest.resolved(name), recording.rows.get(name, []), recording.nodes.get(name)
    record = recording.answered.get(name)
    by_job = stream.job is not None or (stream.first is not None and stream.first.job is not None)
    if not rows or node is None or record is None or stream.hooks or by_job:
        return
    for column, spec in stream.columns_declared.items():
        carried = stream.parent is not None and column in stream.parent.carry
        if carried or column in node.shaper.drifted or any(row.get(column) is not None for row in rows):
            continue
        if take(record, keys_of(spec.from_ or column)) is not None:
            yield column


def says_nothing(place: Place, stream: Stream, column: str, spec: FieldSpec, answered: Any) -> bool:
    """Whether of a column's values no more is described than that they are texts."""
    if take(answered, keys_of(spec.from_ or column)) == UNKNOWN:
        return True
    try:
        return place.schemas.vague(_found(place, stream, column, spec)[1])
    except Undescribed:
        return True


def _inside(place: Place, name: str) -> Any:
    try:
        return place.schemas.at(place.schema, name)
    except Undescribed:
        return None


def _not_promised(place: Place, keys: list[str], schema: Any) -> str | None:
    """Why a column cannot be promised; descriptions that name no required property at all say nothing of absence."""
    node, absent = place.schema, False
    for key in keys:
        says = any(variant.get("required") for variant in place.schemas.variants(node))
        known = place.schemas.properties(node)
        absent = absent or (says and key in known and place.schemas.may_be_absent(node, key))
        node = known.get(key, {})
        if place.schemas.nullable(node):
            return "null"
        node = place.schemas.item(node)
    return "null" if place.schemas.nullable(schema) else "absent" if absent else None
