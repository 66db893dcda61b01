"""YAML 1.2 as plain data, quickly, and where each key of it stands.

libyaml reads it; the scalars are those of YAML 1.2: `on`, `no` and dates are texts. A key that comes twice is an error.
"""

import re
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class BrokenYaml(Exception):
    """What is wrong with the text, and on which line (from 1)."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


class Document:
    """A text's data (`tree`); raises `BrokenYaml` for a text that is none."""

    def __init__(self, text: str) -> None:
        try:
            self._root = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as broken:
            line = broken.problem_mark.line + 1 if broken.problem_mark else 1
            raise BrokenYaml(line, (broken.problem or "not valid YAML").splitlines()[0]) from None
        except yaml.YAMLError as broken:
            raise BrokenYaml(1, str(broken).splitlines()[0]) from None
        self.tree: Any = None if self._root is None else _data(self._root)

    def line(self, keys: tuple[Any, ...]) -> int:
        """The line (from 1) of the deepest key on the way that was written."""
        at, node = 1, self._root
        for key in keys:
            found = _below(node, key)
            if found is None:
                break
            at, node = found
        return at


def _below(node: Any, key: Any) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if _key(name) == key:
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


def _data(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for name, value in node.value:
            key = _key(name)
            if key in found:
                raise BrokenYaml(name.start_mark.line + 1, f"duplicate key {key!r}")
            found[key] = _data(value)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_data(item) for item in node.value]
    return _scalar(node.value) if node.style is None or node.style == "" else node.value


def _key(node: Any) -> Any:
    """Keys are texts, also where they look like numbers; a truth value stays one, so that it is found to be wrong."""
    value = _data(node)
    return value if isinstance(value, bool) else str(node.value)


def _scalar(text: str) -> Any:
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if _NULL.fullmatch(text):
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
