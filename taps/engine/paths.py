"""PATH: where something stands in an answer.

`data.items` goes down by keys and on through every item of a list; `.` is the whole answer; `a.b?` may be absent
(anything else absent is a failure, never zero rows); a list of keys, `[a, "b.c"]`, where a key holds a dot;
`header:Name` reads a response header (only where a single value is taken).
"""

from typing import Any

Path = str | list[str]


class PathError(LookupError):
    """What the manifest says stands in the answer does not stand there."""


def split(path: Path) -> tuple[list[str], bool]:
    """The keys of a path, and whether its last one may be absent."""
    if isinstance(path, list):
        return path, False
    optional = path.endswith("?")
    bare = path.removesuffix("?")
    return ([] if bare in {"", "."} else bare.split(".")), optional


def _step(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value[key]
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


def find(value: Any, path: Path) -> Any:
    """The value at `path`; raises `PathError` if it is absent, unless the path ends with `?` (then None)."""
    keys, optional = split(path)
    for key in keys:
        try:
            value = _step(value, key)
        except (KeyError, IndexError, TypeError) as absent:
            if optional:
                return None
            shown = path if isinstance(path, str) else ".".join(path)
            msg = f"the answer holds no {shown!r} (stopped at {key!r})"
            raise PathError(msg) from absent
    return value


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


def rows(value: Any, path: Path) -> list[Any]:
    """The records at `path`: lists on the way are laid end to end, one object is a list of one, null is none."""
    found = find(value, path)
    if found is None:
        return []
    if not isinstance(found, list):
        return [found]
    flat: list[Any] = []
    for item in found:
        flat.extend(item) if isinstance(item, list) else flat.append(item)
    return flat
