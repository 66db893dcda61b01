"""Which pairs wait in a warehouse that is being built, to tell what a build brought."""

from __future__ import annotations

from orchestrate.data.errors import NoRowsError
from orchestrate.warehouse.base import Warehouse


def waiting_pairs(warehouse: Warehouse) -> frozenset[str]:
    """The ids of the pairs that wait for review in a warehouse that nobody writes meanwhile; none before a build."""
    if not warehouse.exists():
        return frozenset()
    try:
        with warehouse.writing() as writing:
            found = writing.execute("SELECT pair_id FROM unified.match_review_queue").rows
    except NoRowsError:
        return frozenset()
    return frozenset(pair for (pair,) in found)
