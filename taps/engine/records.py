"""From a page's raw records to rows: columns picked, converted and checked; what nobody declared goes to `_extra`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import msgspec

from taps.engine.answers import Raw, Record, open_object, value_of
from taps.engine.errors import BadAnswer
from taps.engine.fields import NULL, Drift, FieldSpec, converter
from taps.engine.hooks import HookError
from taps.engine.manifest import Stream
from taps.engine.paths import split
from taps.engine.plain import PlainRecords

_encode = msgspec.json.Encoder().encode
CONNECTION = "_connection_id"
EXTRA = "_extra"
DELETED = "_sdc_deleted_at"
_TAIL = b',"%b":null' % EXTRA.encode()
TEXT = "#text"
"""The text of an XML leaf: the leaf itself where it has no attributes."""

Row = dict[str, Any]
"""A row as it is written: raw JSON where the source speaks JSON, plain values where it does not."""


class Shaped:
    """One record: as the vendor sent it (or the platform's hook left it) and as the row it becomes.

    A plain record's row is bytes from the start, between the `head` and the tail that all of its page have; its values
    are only looked for where somebody asks.
    """

    __slots__ = ("_added", "_page", "_plain", "_row", "_written", "raw")

    def __init__(self, raw: Raw, row: Row | None, page: "_PlainPage | None" = None, plain: Any = None,
                 written: bytes = b"") -> None:  # fmt: skip
        self.raw, self._row = raw, row
        self._page, self._plain, self._written = page, plain, written
        self._added: Row | None = None

    @property
    def row(self) -> Mapping[str, Any]:
        """The row, to be read; `put` changes it."""
        if self._row is None:
            assert self._page is not None
            self._row = {**self._page.row(self.raw), **(self._added or {})}
        return self._row

    def put(self, column: str, value: Any) -> None:
        """Adds a column that no record holds, as raw JSON."""
        if self._row is not None:
            self._row, self._page = {**self._row, column: value}, None
        else:
            self._added = {**(self._added or {}), column: value}

    def value(self, column: str) -> Any:
        """A column's decoded value, None where the row has none."""
        if self._plain is not None and (attribute := self._plain.readable.get(column)) is not None:
            return getattr(self._plain, attribute)
        return value_of(self.row[column]) if column in self.row else None

    def written(self, deselected: frozenset[str]) -> Row | bytes:
        """What of the row is written: children are read by columns that the user did not choose."""
        if self._page is not None:
            end = b"}" if self._added is None else b"," + _encode(self._added)[1:]
            return b"".join((self._page.head, self._written, _TAIL, end))
        return {name: value for name, value in self.row.items() if name not in deselected}

    def decoded(self, columns: Iterable[str] | None = None) -> dict[str, Any]:
        """The row's values, decoded, for references such as `{parent.id}`."""
        return {name: value_of(raw) for name, raw in self.row.items() if columns is None or name in columns}


@dataclass(frozen=True, slots=True)
class _PlainPage:
    """What the plain records of a page have in common: how their rows begin as bytes, and how to look into one."""

    head: bytes
    row: Callable[[Raw], Row]


@dataclass(slots=True)
class _Column:
    name: str
    keys: list[str]
    convert: Callable[[bytes], bytes]
    is_json: bool


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.title() for part in rest)


def _pop(record: Record, key: str) -> Raw | None:
    found = record.pop(key, None)
    return record.pop(_camel(key), None) if found is None and "_" in key else found


@dataclass
class Shaper:
    """Shapes the records of one stream. Not thread-safe in its counts only; those are for the run's report."""

    stream: Stream
    columns: Mapping[str, FieldSpec]
    connection_id: str
    deselected: frozenset[str] = frozenset()
    record_hook: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    drifted: Counter[str] = field(default_factory=Counter)
    undeclared: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        carried = self.stream.parent.carry if self.stream.parent else {}
        self._plain: list[_Column] = []
        self._nested: dict[str, list[_Column]] = {}
        for name, spec in self.columns.items():
            if name in carried:
                continue
            keys = [name] if spec.from_ is None else split(spec.from_)[0]
            column = _Column(name, keys, converter(spec), spec.kind == "json")
            if len(keys) == 1:
                self._plain.append(column)
            else:
                self._nested.setdefault(keys[0], []).append(column)
        whole = {column.keys[0] for column in self._plain}
        self._within = {first: self._nested.pop(first) for first in [*self._nested] if first in whole}
        self._connection = Raw(_encode(self.connection_id))
        self._ignored = [split(path)[0] for path in self.stream.ignore]

    @cached_property
    def _plain_records(self) -> PlainRecords | None:
        """What tells plain records, for streams whose rows can be the vendor's bytes; made once a page has come."""
        carried = self.stream.parent.carry if self.stream.parent else {}
        stream, named = self.stream, [column.keys == [column.name] for column in self._plain]
        if stream.unwrap or stream.ignore or stream.only or self._nested or self._within or not (named and all(named)):
            return None
        return PlainRecords({name: spec for name, spec in self.columns.items() if name not in carried})

    def page(self, raws: list[Raw], carried: Row | None = None) -> list[Shaped]:
        """The rows of a page; `carried` holds the parent's columns."""
        above, hook = carried or {}, self.record_hook
        if hook is not None:
            raws = [self._hooked(hook, sent) for sent in raws]
        if self._plain_records is None or self.deselected:
            return self._looked_into(raws, above)
        shaped: list[Shaped] = []
        page = _PlainPage(_encode({CONNECTION: self._connection, **above})[:-1] + b",", partial(self._row_of, above))
        for raw, (plain, between) in zip(raws, self._plain_records.told(raws), strict=True):
            if plain is None:
                shaped += self._looked_into([raw], above)
            else:
                shaped.append(Shaped(raw, None, page, plain, between))
        return shaped

    def _looked_into(self, raws: list[Raw], carried: Row) -> list[Shaped]:
        opened = [(raw, self._opened(raw)) for raw in raws]
        return [Shaped(raw, self.row(record, carried)) for raw, record in opened if record is not None]

    def _row_of(self, carried: Row, raw: Raw) -> Row:
        return self.row(open_object(raw), carried)

    def _opened(self, raw: Raw) -> Record | None:
        record = open_object(raw) if bytes(memoryview(raw)[:1]) == b"{" else {"value": raw}
        for name in self.stream.unwrap:
            inner = record.pop(name, None)
            if inner is None or bytes(inner) == b"null":
                continue
            for key, value in open_object(inner).items():
                if key in record and bytes(record[key]) != bytes(value):
                    key = f"{name}.{key}"  # noqa: PLW2901 - a clash keeps both, under the longer name
                record[key] = value
        return record if self._kept(record) else None

    def _hooked(self, hook: Callable[[dict[str, Any]], dict[str, Any]], sent: Raw) -> Raw:
        """What the platform's hook makes of a record; one that it cannot read ends the stream, not the run."""
        record: dict[str, Any] = value_of(sent)
        try:
            return Raw(_encode(hook(record)))
        except (HookError, LookupError, TypeError, ValueError, AttributeError) as broken:
            msg = f"hooks.py cannot read a record: {type(broken).__name__} {broken}"
            raise BadAnswer(msg) from None

    def _kept(self, record: Record) -> bool:
        for name, values in self.stream.only.items():
            spec = self.columns[name]
            keys = [name] if spec.from_ is None else split(spec.from_)[0]
            raw = record.get(keys[0])
            for key in keys[1:]:
                raw = open_object(raw).get(key) if raw is not None else None
            if (value_of(raw) if raw is not None else None) not in values:
                return False
        return True

    def row(self, record: Record, carried: Row) -> Row:
        """The row of one opened record; takes from `record` what is declared and leaves the rest for `_extra`."""
        row: Row = {CONNECTION: self._connection, **carried}
        for keys in self._ignored:
            _drop(record, keys)
        extra: Record = {}
        for first, columns in self._within.items():
            self._put_within(row, extra, columns, record.get(first))
        for column in self._plain:
            self._put(row, extra, column, _pop(record, column.keys[0]))
        for first, columns in self._nested.items():
            self._put_nested(row, extra, columns, record, first)
        extra = {**record, **extra}
        if extra:
            self.undeclared.update(extra.keys() - self.drifted.keys())
        if EXTRA not in self.deselected:
            row[EXTRA] = Raw(_encode(extra)) if extra else NULL
        return row

    def inherited(self, column: str, value: Raw) -> Raw:
        """A parent's value as this stream's column has it; null where it does not read as one."""
        spec = self.columns.get(column)
        if spec is None or spec.kind == "json" or bytes(value) == b"null":
            return value
        try:
            return Raw(converter(spec)(bytes(value)))
        except Drift:
            self.drifted[column] += 1
            return NULL

    def _put(self, row: Row, extra: Record, column: _Column, raw: Raw | None) -> None:
        if raw is None:
            row[column.name] = NULL
            return
        if column.is_json:
            row[column.name] = raw
            return
        value = bytes(raw)
        if value == b"null":
            row[column.name] = NULL
            return
        try:
            row[column.name] = Raw(column.convert(value))
        except Drift:
            row[column.name] = NULL
            extra[column.name] = raw
            self.drifted[column.name] += 1

    def _put_nested(self, row: Row, extra: Record, columns: list[_Column], record: Record, first: str) -> None:
        outer = _pop(record, first)
        if outer is None or bytes(memoryview(outer)[:1]) != b"{":
            text = next((column for column in columns if column.keys[1:] == [TEXT]), None)
            for column in columns:
                self._put(row, extra, column, outer if column is text else None)
            if outer is not None and bytes(outer) != b"null" and text is None:
                extra[first] = outer
            return
        inner = open_object(outer)
        for column in columns:
            self._put(row, extra, column, _pull(inner, column.keys[1:]))
        if inner:
            record[first] = Raw(_encode(inner))

    def _put_within(self, row: Row, extra: Record, columns: list[_Column], outer: Raw | None) -> None:
        """Values inside an object that is a column as a whole too: read, not taken out."""
        inside = outer is not None and bytes(memoryview(outer)[:1]) == b"{"
        for column in columns:
            self._put(row, extra, column, _pull(open_object(outer), column.keys[1:]) if inside and outer else None)

    def deleted(self, row: Mapping[str, Any], at: Raw) -> Row:
        """What is written for a deleted record: its key, and when."""
        keys = self.stream.key if isinstance(self.stream.key, list) else []
        return {name: row[name] for name in (CONNECTION, *keys)} | {DELETED: at}


def _pull(record: Record, keys: list[str]) -> Raw | None:
    if len(keys) == 1:
        return _pop(record, keys[0])
    name = keys[0] if keys[0] in record else _camel(keys[0])
    outer = record.get(name)
    if keys[1:] == [TEXT] and outer is not None and bytes(memoryview(outer)[:1]) != b"{":
        return record.pop(name)
    if outer is None or bytes(memoryview(outer)[:1]) != b"{":
        return None
    inner = open_object(outer)
    found = _pull(inner, keys[1:])
    if inner:
        record[name] = Raw(_encode(inner))
    else:
        del record[name]
    return found


def _drop(record: Record, keys: list[str]) -> None:
    if len(keys) == 1:
        record.pop(keys[0], None)
    elif (outer := record.get(keys[0])) is not None and bytes(memoryview(outer)[:1]) == b"{":
        inner = open_object(outer)
        _drop(inner, keys[1:])
        if inner:
            record[keys[0]] = Raw(_encode(inner))
        else:
            del record[keys[0]]


def raw(value: Any) -> Raw:
    """Any value as raw JSON."""
    return Raw(_encode(value))
