"""Which pairs wait in a warehouse that is being built, to tell what a build brought."""

from __future__ import annotations

from pathlib import Path

import duckdb


def waiting_pairs(path: Path) -> frozenset[str]:
    """The ids of the pairs that wait for review in a DuckDB file that nobody writes meanwhile; none before a build."""
    if not path.exists():
        return frozenset()
    with duckdb.connect(str(path)) as connection:
        try:
            found = connection.execute("SELECT pair_id FROM unified.match_review_queue").fetchall()
        except duckdb.ProgrammingError:
            return frozenset()
    return frozenset(pair for (pair,) in found)
