"""Changes a generated answer where a run needs one of several described values: an end of pages, a finished job."""

from collections.abc import Callable
from typing import Any

from taps.engine.paths import Path, split

GONE: Any = object()
"""What `put` removes a value with."""


def put(answer: Any, path: Path | None, value: Any) -> bool:
    """Sets what already stands at a path, in every item of a list on the way; says whether there was anything."""
    if path is None or (isinstance(path, str) and path.startswith("header:")):
        return False
    keys, _ = split(path)
    return bool(keys) and change(answer, keys, lambda _: value)


def change(answer: Any, keys: list[str], changed: Callable[[Any], Any]) -> bool:
    """Replaces what stands at `keys` by what `changed` makes of it; `GONE` removes it."""
    if isinstance(answer, list):
        if keys[0].lstrip("-").isdigit():
            return bool(answer) and change(answer[0], keys[1:], changed) if len(keys) > 1 else False
        found = [change(item, keys, changed) for item in answer]
        return any(found)
    if keys[0] == "*" and isinstance(answer, dict):
        found = [change(value, keys[1:], changed) for value in answer.values()] if len(keys) > 1 else []
        return any(found)
    key = keys[0] if not isinstance(answer, dict) or keys[0] in answer else camel(keys[0])
    if not isinstance(answer, dict) or key not in answer:
        return False
    if len(keys) > 1:
        return change(answer[key], keys[1:], changed)
    value = changed(answer[key])
    if value is GONE:
        del answer[key]
    else:
        answer[key] = value
    return True


def camel(key: str) -> str:
    """`some_name` as `someName`: a record may write a declared name so."""
    head, *rest = key.split("_")
    return head + "".join(part.title() for part in rest)


def add(record: dict[str, Any], path: Path, value: Any) -> None:
    """Sets a value at a path that need not be there yet; what stands there already stays."""
    *outer, last = split(path)[0]
    for key in outer:
        inner = record.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        record = inner
    record.setdefault(last, value)


def each_at(answer: Any, path: Path) -> list[dict[str, Any]]:
    """The objects at a path, those in lists too; none where the path leads nowhere."""
    keys, _ = split(path)
    nodes = [answer]
    for key in keys:
        objects = [node for node in _flat(nodes) if isinstance(node, dict)]
        if key == "*":
            nodes = [value for node in objects for value in node.values()]
        else:
            nodes = [found for node in objects if (found := node.get(key)) is not None]
    return [node for node in _flat(nodes) if isinstance(node, dict)]


def _flat(nodes: list[Any]) -> list[Any]:
    return [item for node in nodes for item in (_flat(node) if isinstance(node, list) else [node])]
