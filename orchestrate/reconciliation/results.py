"""What does not add up between platforms, and the rows behind a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrate.data.tables import table
from orchestrate.project import ROOT
from orchestrate.reconciliation.errors import NoDecisionError
from orchestrate.reconciliation.state import State, state_of
from orchestrate.store.database import Store
from orchestrate.warehouse.names import quoted


@dataclass(frozen=True)
class Finding:
    """A finding of the last build; amounts are decimals in `currency`."""

    result_id: str
    check_name: str
    match_type: str
    left_entity: str | None
    left_key: str | None
    right_entity: str | None
    right_key: str | None
    expected: str | None
    actual: str | None
    difference: str | None
    tolerance: str | None
    currency: str | None
    status: str | None
    reason: str | None


@dataclass(frozen=True)
class Side:
    """The row of a unified table behind a finding; none where that side is missing, or several rows."""

    entity: str | None
    key: str | None
    row: Mapping[str, Any] | None


@dataclass(frozen=True)
class Explained:
    """A finding and the rows on both sides."""

    finding: Finding
    left: Side
    right: Side


class Results:
    """The findings of one tenant."""

    def __init__(self, store: Store, tenant_id: str, root: Path = ROOT) -> None:
        self._store, self._tenant_id, self._root = store, tenant_id, root

    def counted(self) -> dict[str, int]:
        """Check -> how many findings."""
        with state_of(self._store, self._tenant_id, root=self._root) as state:
            found = state.rows(
                "SELECT check_name, count(*) AS findings FROM unified.reconciliation_results "
                "GROUP BY check_name ORDER BY check_name"
            )
        return {row["check_name"]: row["findings"] for row in found}

    def all(
        self, limit: int, after: tuple[str, int] | None = None, check: str | None = None
    ) -> tuple[list[Finding], tuple[str, int] | None]:
        """The largest differences of each check first, and where the list goes on."""
        version, place = after or (None, 0)
        with state_of(self._store, self._tenant_id, version, self._root) as state:
            found = state.rows(
                "SELECT * FROM (SELECT *, row_number() OVER "
                "(ORDER BY check_name, abs(difference) DESC NULLS LAST, result_id) AS place "
                "FROM unified.reconciliation_results) AS placed WHERE place > ? "
                "AND (?::VARCHAR IS NULL OR check_name = ?) ORDER BY place LIMIT ?",
                [place, check, check, limit + 1],
            )
            part, following = state.cut(found, limit)
        return [_finding(row) for row in part], following

    def show(self, result_id: str) -> Explained:
        """A finding with its rows; raises `NoDecisionError`."""
        with state_of(self._store, self._tenant_id, root=self._root) as state:
            found = state.rows("SELECT * FROM unified.reconciliation_results WHERE result_id = ?", [result_id])
            if not found:
                raise NoDecisionError(f"there is no finding {result_id!r}")
            finding = _finding(found[0])
            left = _side(state, finding.left_entity, finding.left_key)
            return Explained(finding, left, _side(state, finding.right_entity, finding.right_key))


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(**{name: row[name] for name in Finding.__dataclass_fields__})


def _side(state: State, entity: str | None, key: str | None) -> Side:
    if entity is None or key is None or entity not in state.reading.names("unified"):
        return Side(entity, key, None)
    found = table(state.reading, "unified", entity)
    own = f"{entity.removesuffix('s')}_key"
    if own not in found.columns:
        return Side(entity, key, None)
    rows = state.rows(f"SELECT * FROM unified.{quoted(entity)} WHERE {quoted(own)} = ? LIMIT 2", [key])  # noqa: S608 # quoted names
    return Side(entity, key, rows[0] if len(rows) == 1 else None)
