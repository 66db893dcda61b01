"""What a name in a description becomes, and what it gives away."""

from __future__ import annotations

import re
from collections.abc import Iterable

_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYS = ("id", "uuid", "guid", "uid", "key", "code")


def snake(name: str) -> str:
    """A name as streams and settings are called: small letters, digits and underscores."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_") or "unnamed"


def column(name: str) -> str:
    """A property's name as a column is called: as it is, where that can be."""
    return name if _COLUMN.fullmatch(name) else snake(name)


def key(columns: Iterable[str]) -> str:
    """The column that by its name is the key; the first if none is."""
    names = list(columns)
    exactly = [name for word in _KEYS for name in names if name.lower() == word]
    return next(iter([*exactly, *(name for name in names if name.lower().endswith("id")), *names]))
