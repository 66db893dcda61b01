"""An answer's JSON, opened only as far as asked: records stay the bytes the vendor sent."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from taps.engine.errors import BadBody
from taps.engine.paths import Path, PathError, split
from taps.engine.xml import as_json, looks_like_xml

Raw = msgspec.Raw
Record = dict[str, Raw]

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])
_ANY = msgspec.json.Decoder()


def open_object(raw: bytes | Raw) -> Record:
    """A JSON object as its keys and the raw bytes of its values; raises `BadBody` for anything else."""
    try:
        return _OBJECT.decode(raw)
    except msgspec.DecodeError as broken:
        if repaired := _without_lone_surrogates(bytes(raw)):
            return _OBJECT.decode(repaired)
        msg = f"not a whole JSON object ({type(broken).__name__})"
        raise BadBody(msg) from None


def value_of(raw: bytes | Raw) -> Any:
    """The decoded value of raw JSON."""
    try:
        return _ANY.decode(raw)
    except msgspec.DecodeError:
        import json

        try:
            return json.loads(bytes(raw), strict=False)
        except ValueError:
            msg = "not whole JSON"
            raise BadBody(msg) from None


def _on_one_line(body: bytes) -> bytes:
    """Without line ends, which JSON has between its values only and messages must not hold."""
    return body.replace(b"\r", b" ").replace(b"\n", b" ") if b"\n" in body or b"\r" in body else body


def _without_lone_surrogates(body: bytes) -> bytes | None:
    """U+FFFD for every escape that is half a surrogate pair; None where there is none."""
    repaired = re.sub(
        rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}",
        lambda match: match[0] if len(match[0]) != 6 else rb"\ufffd",
        body,
    )
    return repaired if repaired != body else None


class Tree:
    """The JSON of an answer. `rows` gives raw records, `take` decoded values; both follow PATH."""

    __slots__ = ("_opened", "raw")

    def __init__(self, raw: bytes | Raw) -> None:
        self.raw: bytes | Raw = raw
        self._opened: Any = None

    @classmethod
    def of_body(cls, body: bytes) -> "Tree":
        """Opens a whole answer; raises `BadBody` for what is not a JSON object or list."""
        stripped = body.removeprefix(b"\xef\xbb\xbf").lstrip()
        if stripped[:1] not in (b"{", b"["):
            kind = "an empty body" if not stripped else "a web page or XML" if stripped[:1] == b"<" else "a bare value"
            msg = f"{kind} instead of data"
            raise BadBody(msg)
        stripped = _on_one_line(stripped)
        tree = cls(stripped)
        try:
            tree._open()
        except msgspec.DecodeError as broken:
            repaired = _without_lone_surrogates(stripped)
            if repaired is None:
                msg = "malformed or cut-off JSON"
                raise BadBody(msg) from broken
            tree = cls(repaired)
            try:
                tree._open()
            except msgspec.DecodeError:
                msg = "malformed or cut-off JSON"
                raise BadBody(msg) from None
        return tree

    @classmethod
    def of_answer(cls, body: bytes, content_type: str) -> "Tree":
        """As `of_body`, for an answer that may be XML."""
        return cls(as_json(body)) if looks_like_xml(body, content_type) else cls.of_body(body)

    def _open(self) -> Any:
        if self._opened is None:
            first = bytes(memoryview(self.raw)[:1])
            self._opened = (_OBJECT if first == b"{" else _LIST if first == b"[" else _ANY).decode(self.raw)
        return self._opened

    def _step(self, key: str) -> Iterator["Tree"]:
        opened = self._open()
        if isinstance(opened, dict):
            if key == "*":
                yield from map(Tree, opened.values())
            elif key in opened:
                yield Tree(opened[key])
        elif isinstance(opened, list):
            if key.lstrip("-").isdigit():
                yield from (Tree(item) for item in opened[int(key) :][:1])
                return
            for item in opened:
                yield from Tree(item)._step(key)

    def _nodes(self, path: Path) -> list["Tree"]:
        keys, optional = split(path)
        nodes = [self]
        for at, key in enumerate(keys):
            below = [found for node in nodes for found in node._step(key)]
            lists = any(isinstance(node._open(), dict if key == "*" else list) for node in nodes)
            null = at - 1 in optional and all(node._open() is None for node in nodes)
            if not below and at not in optional and not lists and not null:
                shown = path if isinstance(path, str) else ".".join(path)
                msg = f"the answer holds no {shown!r} (stopped at {key!r})"
                raise PathError(msg)
            if not below:
                return []
            nodes = below
        return nodes

    def rows(self, path: Path) -> list[Raw]:
        """The raw records at a path, lists laid end to end; raises `PathError` where something on the way is absent."""
        found: list[Raw] = []
        for node in self._nodes(path):
            opened = node._open()
            if isinstance(opened, list):
                found.extend(opened)
            elif opened is not None:
                found.append(Raw(bytes(node.raw)))
        return found

    def take(self, path: Path) -> Any:
        """The decoded value at a path, a list of values where a list is on the way, None where it is absent."""
        keys, _ = split(path)
        nodes, several = [self], False
        for key in keys:
            several = several or key == "*"
            several = several or any(isinstance(node._open(), list) and not key.isdigit() for node in nodes)
            nodes = [found for node in nodes for found in node._step(key)]
        values = [value_of(node.raw) for node in nodes]
        return values if several else (values[0] if values else None)
