"""Asks the account what the manifest cannot know: its streams (`each:`) and its columns (`columns:`)."""

import json
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from taps.engine import paths, side_by_side
from taps.engine.collecting import collect
from taps.engine.columns import Columns
from taps.engine.connection import Connection
from taps.engine.cursor import Cursor
from taps.engine.errors import Missing, NoPermission
from taps.engine.fields import FieldSpec
from taps.engine.manifest import Manifest, Stream
from taps.engine.nodes import Found, Node
from taps.engine.options import parts_of
from taps.engine.records import EXTRA
from taps.engine.references import fill_text, look_up
from taps.engine.settings import options

AT_ONCE = 8


MakeNodes = Callable[[Sequence[Found]], list[Node]]
"""The tree of streams made from what was found."""


def slug(text: str) -> str:
    """A name as a table has it."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "unnamed"


def for_each(
    manifest: Manifest, stream: Stream, taken: Mapping[str, Found], connection: Connection, make: MakeNodes
) -> list[Found]:
    """One stream for every record (or value); one that is declared under the same object needs no second."""
    each = stream.each
    assert each is not None
    if each.stream is not None:
        plain = [found for found in taken.values() if found.each is None]
        records = collect(connection, make(plain), each.stream)
    else:
        option = options(manifest)[each.option or ""]
        given = connection.config.get(each.option or "") or []
        records = [parts_of(option, value) for value in given]
    declared = {found.stream.object for found in taken.values() if found.stream.object}
    made: dict[str, Found] = {}
    for record in records:
        scope = {"each": record}
        name = slug(fill_text(each.name, scope))
        held = fill_text(stream.object, scope) if stream.object else None
        if held in declared and held is not None:
            continue
        if name in taken or name in made:
            name = slug(f"{name}_{fill_text(each.id, scope)}")
        made[name] = Found(name, stream.model_copy(update={"object": held}), record)
    return list(made.values())


def with_columns(
    manifest: Manifest, found: Sequence[Found], everything: Sequence[Found], connection: Connection, make: MakeNodes
) -> list[Found]:
    """The streams with their columns as the account has them, asked side by side; the same is asked once."""
    answers: dict[str, list[Any]] = {}
    lock = threading.Lock()

    def ask(key: str, one: Found) -> None:
        got = _asked(manifest.columns[one.stream.columns or ""], one, connection, make, everything)
        with lock:
            answers[key] = got

    keyed = {_key(manifest.columns[one.stream.columns or ""], one): one for one in found}
    side_by_side.each([partial(ask, key, one) for key, one in keyed.items()], min(AT_ONCE, len(keyed)))
    return [_completed(manifest.columns[one.stream.columns or ""], one, answers, connection) for one in found]


def _key(columns: Columns, one: Found) -> str:
    """The same for streams whose columns are the same."""
    if columns.path is None:
        return one.name
    asked = columns.model_dump_json()
    said = [asked, one.stream.object if "{stream" in asked else "", one.each if "{each" in asked else ""]
    return json.dumps(said, default=str)


def _asked(
    columns: Columns, one: Found, connection: Connection, make: MakeNodes, everything: Sequence[Found]
) -> list[Any]:  # fmt: skip
    """What describes the columns: the vendor's properties, or names and values seen in the first page."""
    log = logging.getLogger(f"tap-{connection.platform}")
    try:
        if columns.first_page:
            rows = collect(connection, make(everything), one.name, first_page_only=True)
            return [row[EXTRA] for row in rows if row.get(EXTRA)]
        if columns.named:
            return []
        if columns.of is not None:
            described = paths.take(one.each, columns.of) or []
            return described if isinstance(described, list) else [described]
        return collect(connection, [_describing(columns, one, make)], _DESCRIBING)
    except (NoPermission, Missing) as refused:
        log.warning("%s: custom columns are left out: %s", one.name, refused.what)
        return []


_DESCRIBING = "columns"


def _describing(columns: Columns, one: Found, make: MakeNodes) -> Node:
    """The request for a stream's columns as a stream of its own, whose rows are the vendor's words for each."""
    words = Stream(
        docs=columns.docs, path=columns.path, method=columns.method, params=columns.params, body=columns.body,
        host=columns.host, records=columns.records,
        pages=columns.pages, errors=one.stream.errors, rate=one.stream.rate, object=one.stream.object,
        key=[], cursor="none", deletes="never", fields={},
    )  # fmt: skip
    (node,) = make([Found(_DESCRIBING, words, one.each)])
    return node


def _completed(columns: Columns, one: Found, answers: Mapping[str, list[Any]], connection: Connection) -> Found:
    properties = answers[_key(columns, one)]
    if columns.first_page:
        return replace(one, more=_seen(properties, one.stream))
    if columns.named:
        return replace(one, more=_wanted(columns, one))
    if columns.path is not None:
        properties = [row.get(EXTRA) or {} for row in properties]
    listed = {str(paths.take(each, columns.name)): each for each in properties}
    more = {
        name: spec
        for name, each in listed.items()
        if name not in _vendor_names(one.stream) and (spec := _typed(columns, each)) is not None
    }
    hidden = _hidden(one.stream, set(listed)) if columns.complete and listed else frozenset()
    if hidden:
        log = logging.getLogger(f"tap-{connection.platform}")
        log.info("%s: not visible to this login: %s", one.name, ", ".join(sorted(hidden)))
    return replace(one, more=more, hidden=hidden)


def _wanted(columns: Columns, one: Found) -> dict[str, FieldSpec]:
    """The columns that the user named; those that the stream declares are of their own type."""
    scope = {"each": one.each}
    names = {name: kind for part, kind in columns.named.items() for name in _listed(look_up(f"each.{part}", scope))}
    more = {name: kind for name, kind in names.items() if name not in _vendor_names(one.stream)}
    if columns.nested:
        return {name.replace(".", "_"): FieldSpec(type=kind, **{"from": name}) for name, kind in more.items()}
    return {name: _named(name, kind) for name, kind in more.items()}


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _typed(columns: Columns, described: Any) -> FieldSpec | None:
    if any(described.get(key, False) not in allowed for key, allowed in columns.only.items()):
        return None
    vendor = str(paths.take(described, columns.type)) if columns.type is not None else ""
    ours = columns.types.get(vendor, columns.other)
    return None if ours == "skip" else _named(str(paths.take(described, columns.name)), ours)


def _named(name: str, kind: str) -> FieldSpec:
    """A column under the vendor's own name, which may hold a dot."""
    return FieldSpec(type=kind, **({"from": [name]} if "." in name else {}))


def _vendor_names(stream: Stream) -> set[str]:
    """What the declared columns take, by the vendor's names."""
    carried = stream.parent.carry if stream.parent else {}
    declared = {name: spec for name, spec in stream.columns_declared.items() if name not in carried}
    return {".".join(paths.split(spec.from_ or name)[0]) for name, spec in declared.items()} | set(declared)


def _hidden(stream: Stream, listed: set[str]) -> frozenset[str]:
    """Declared columns that are not listed; never those by which records are told apart and found again."""
    cursor = stream.cursor.field if isinstance(stream.cursor, Cursor) else None
    kept = {
        *(stream.key if isinstance(stream.key, list) else []),
        cursor,
        *(stream.parent.carry if stream.parent else {}),
    }
    hidden = set()
    for name, spec in stream.columns_declared.items():
        keys = paths.split(spec.from_ or name)[0]
        if name not in kept and len(keys) == 1 and keys[0] not in listed:
            hidden.add(name)
    return frozenset(hidden)


def _seen(extras: Sequence[Mapping[str, Any]], stream: Stream) -> dict[str, FieldSpec]:
    values: dict[str, list[Any]] = {}
    for extra in extras:
        for name, value in extra.items():
            values.setdefault(name, []).append(value)
    return {name: _named(name, _type_of(seen)) for name, seen in values.items() if name not in stream.columns_declared}


def _type_of(values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds & {dict, list}:
        return "json"
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "integer"
    return "decimal" if kinds and kinds <= {int, float} else "string"
