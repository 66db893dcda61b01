"""Lines of a YAML draft, with the mark of what is to be found out behind those that were guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from taps.scaffold.unchecked import MARK

_PLAIN = re.compile(r"[A-Za-z_/][\w./:-]*[\w/]|[A-Za-z_]|\d+[smhdw]")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def line(indent: int, text: str, find_out: str | None = None) -> str:
    """A line of the draft, indented by so many steps of two."""
    mark = f"  # {MARK} {find_out}" if find_out else ""
    return f"{'  ' * indent}{text}{mark}"


def pair(indent: int, key: str, value: object, find_out: str | None = None) -> str:
    """`key: value`."""
    return line(indent, f"{scalar(key)}: {scalar(value)}", find_out)


def scalar(value: object) -> str:
    """A value as YAML writes it; a text in quotes where it could be taken for something else."""
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS and ": " not in value
    return value if plain else json.dumps(value, ensure_ascii=False)


def block(lines: Iterable[str]) -> str:
    """The text of a file."""
    return "\n".join([*lines, ""])
