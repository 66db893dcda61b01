"""References in a manifest's texts: `{config.shop}`, `{window.start}`, `{parent.id}`. No functions, no conditions.

A text that is one reference and nothing else keeps the value's type; inside a longer text a list is joined by commas.
An unset reference drops the whole parameter, header or map entry that it is; inside a longer text it is an error.
Braces are written `{{` and `}}` where they are meant literally. In a path `{parent.full_name:path}` keeps the slashes
of its value, which fills several of the path's parts.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from taps.engine.paths import take

ROOTS = frozenset(
    "config checked auth account parent record window job fields page each stream request dimensions metrics "
    "file".split()
)
_TOKEN = re.compile(r"\{\{|\}\}|\{([a-zA-Z_][\w.:\-]*)\}")
PARTS = ":path"
"""Behind a reference in a path: its value fills several of the path's parts."""


class ReferenceUnset(LookupError):
    """A reference inside a longer text, a path or a query has no value."""


class _Unset:
    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()
"""What a whole-value reference without a value becomes; whoever builds the map leaves the entry out."""

Scope = Mapping[str, Any]
"""The roots a text may refer to here, each a mapping or a plain value: `{"config": {...}, "window": {...}}`."""


def names(value: Any) -> list[str]:
    """Every reference in a text, list or map, in the order written."""
    if isinstance(value, str):
        return [match[1].removesuffix(PARTS) for match in _TOKEN.finditer(value) if match[1]]
    if isinstance(value, Mapping):
        return [name for part in (*value.keys(), *value.values()) for name in names(part)]
    if isinstance(value, list | tuple):
        return [name for part in value for name in names(part)]
    return []


def look_up(name: str, scope: Scope) -> Any:
    """The value of one reference, or UNSET; `window.start.year` and the like are parts of a date."""
    root, _, rest = name.removesuffix(PARTS).partition(".")
    if root not in scope:
        return UNSET
    value = scope[root]
    if rest:
        exact = value.get(rest) if isinstance(value, Mapping) else None
        value = exact if exact is not None else take(value, rest)
    return UNSET if value is None else value


def as_text(value: Any) -> str:
    """How a value is written inside a longer text or a parameter."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(as_text(item) for item in value)
    return str(value)


def fill(
    text: Any, scope: Scope, *, encode: Callable[[str], str] = str, parts: Callable[[str], str] | None = None
) -> Any:
    """The text with its references replaced; UNSET if it is one reference without a value.

    `parts` encodes the values that fill several parts of a path, `encode` all others.
    """
    if not isinstance(text, str):
        return text

    def encoded(name: str, value: Any) -> str:
        return (parts if parts and name.endswith(PARTS) else encode)(as_text(value))

    whole = _TOKEN.fullmatch(text)
    if whole and whole[1]:
        value = look_up(whole[1], scope)
        return value if value is UNSET or encode is str else encoded(whole[1], value)

    def replace(match: re.Match[str]) -> str:
        if not match[1]:
            return match[0][0]
        value = look_up(match[1], scope)
        if value is UNSET:
            msg = f"{{{match[1]}}} has no value here"
            raise ReferenceUnset(msg)
        return encoded(match[1], value)

    return _TOKEN.sub(replace, text)


def fill_text(text: str, scope: Scope) -> str:
    """The text with every reference replaced; raises `ReferenceUnset` where one has no value."""
    value = fill(text, scope)
    if value is UNSET:
        msg = f"{text} has no value here"
        raise ReferenceUnset(msg)
    return as_text(value)


def fill_path(text: str, scope: Scope) -> str:
    """A URL path or address: each reference is percent-encoded, except one that holds a whole address."""

    def encode(value: str, slashes: str = "") -> str:
        return value if value.startswith(("https://", "http://")) else quote(value, safe=slashes)

    def parts(value: str) -> str:
        if {".", ".."} & set(value.split("/")):
            msg = f"{value!r} cannot stand in a path"
            raise ReferenceUnset(msg)
        return encode(value, "/")

    value = fill(text, scope, encode=encode, parts=parts)
    if value is UNSET:
        msg = f"{text} has no value here"
        raise ReferenceUnset(msg)
    return str(value)


def fill_value(value: Any, scope: Scope) -> Any:
    """A body or parameter map with references replaced at every depth; entries that are unset are left out."""
    if isinstance(value, Mapping):
        filled = {str(fill(key, scope)): fill_value(item, scope) for key, item in value.items()}
        return {key: item for key, item in filled.items() if item is not UNSET}
    if isinstance(value, list | tuple):
        return [item for part in value for item in _spread(part, scope)]
    return fill(value, scope)


def _spread(part: Any, scope: Scope) -> list[Any]:
    """A list entry that holds a list reference (`{parent.x}` of a batch) repeats for each of its values."""
    lists = {name: found for name in names(part) if isinstance(found := look_up(name, scope), list | tuple)}
    if not lists:
        filled = fill_value(part, scope)
        return [] if filled is UNSET else [filled]
    if isinstance(part, str) and len(lists) == 1 and part == "{" + next(iter(lists)) + "}":
        return list(next(iter(lists.values())))
    name, values = next(iter(lists.items()))
    return [filled for value in values if (filled := fill_value(part, _with(scope, name, value))) is not UNSET]


def _with(scope: Scope, name: str, value: Any) -> Scope:
    root, _, rest = name.partition(".")
    if not rest:
        return {**scope, root: value}
    return {**scope, root: {**scope[root], rest: value}}
