"""Names in a warehouse, and what is said where one is missing."""

from __future__ import annotations

UNBUILT = "the models have not been built yet; they are once a sync has ended"
UNLOADED = "nothing has been loaded yet; start a sync first"


def quoted(name: str) -> str:
    """A name for SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
