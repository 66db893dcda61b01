"""PATH: where something stands in an answer.

`data.items` goes down by keys and on through every item of a list; `.` is the whole answer; in `a.b?` b may be absent
but not a (that were `a?.b`; anything else absent is a failure, never zero rows); `*` goes on through every value of an
object whose keys are ids; a list of keys, `[a, "b.c"]`, where a key holds a dot;
`header:Name` reads a response header (only where a single value is taken).
"""

from typing import Any

Path = str | list[str]


class PathError(LookupError):
    """What the manifest says stands in the answer does not stand there."""


def split(path: Path) -> tuple[list[str], frozenset[int]]:
    """The keys of a path, and the positions of those that may be absent."""
    if isinstance(path, list):
        return path, frozenset()
    if path in {"", "."}:
        return [], frozenset()
    keys = path.split(".")
    optional = frozenset(at for at, key in enumerate(keys) if key.endswith("?"))
    return [key.removesuffix("?") for key in keys], optional


def _step(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return list(value.values()) if key == "*" else value[key]
    if isinstance(value, list):
        if key.lstrip("-").isdigit():
            return value[int(key)]
        return [item for each in value if (item := _step_or_none(each, key)) is not None]
    raise KeyError(key)


def _step_or_none(value: Any, key: str) -> Any:
    try:
        return _step(value, key)
    except (KeyError, IndexError):
        return None


def take(value: Any, path: Path) -> Any:
    """The value at `path`, or None where any key on the way is absent."""
    for key in split(path)[0]:
        value = _step_or_none(value, key)
        if value is None:
            return None
    return value


def is_true(value: Any) -> bool:
    """Whether a value says yes: it is there and neither false, null, zero nor empty, also where written as text."""
    if isinstance(value, list):
        return any(is_true(item) for item in value)
    if isinstance(value, str):
        return value.strip().lower() not in {"", "false", "null", "0", "no"}
    return bool(value)
