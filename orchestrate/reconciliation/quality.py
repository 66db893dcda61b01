"""How much of what the platforms delivered is complete, valid, unique and in time, as the last build measured it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrate.project import ROOT
from orchestrate.reconciliation.state import state_of
from orchestrate.store.database import Store


@dataclass(frozen=True)
class Quality:
    """An entity of a raw table: the share that passes by dimension, 0 to 1 as decimals; None where nothing was checked.

    `weakest` is the column with the smallest share, None where every row passes. Moments are ISO 8601 in UTC.
    """

    platform: str
    source_relation: str
    entity: str
    completeness: str | None
    validity: str | None
    uniqueness: str | None
    timeliness: str | None
    weakest: str | None
    loaded_at: str | None
    measured_at: str | None


_DIMENSIONS = ("completeness", "validity", "uniqueness", "timeliness")
_SHARES = ", ".join(
    f"CAST(1 - CAST(sum(failed) FILTER (WHERE dimension = '{each}') AS DECIMAL(38,6)) "
    f"/ nullif(sum(checked) FILTER (WHERE dimension = '{each}'), 0) AS DECIMAL(7,6)) AS {each}"
    for each in _DIMENSIONS
)
_MEASURED = f"""
    SELECT
        platform, source_relation, entity, {_SHARES},
        (array_agg(column_name ORDER BY score) FILTER (WHERE failed > 0 AND column_name IS NOT NULL))[1] AS weakest,
        max(loaded_at) AS loaded_at, max(measured_at) AS measured_at
    FROM marts.data_quality
    GROUP BY platform, source_relation, entity
    ORDER BY platform, source_relation, entity
"""  # noqa: S608 # names of this file alone


@dataclass(frozen=True)
class Overall:
    """All that was measured, together: how many raw tables, and of each dimension the share that passes (0 to 1)."""

    tables: int
    completeness: float | None
    validity: float | None
    uniqueness: float | None
    timeliness: float | None


_OVERALL = f"""
    SELECT count(DISTINCT source_relation) AS tables, {_SHARES} FROM marts.data_quality
"""  # noqa: S608 # names of this file alone


def overall(store: Store, tenant_id: str, root: Path = ROOT) -> Overall:
    """The whole in one line; raises `RowsError` where nothing was built."""
    with state_of(store, tenant_id, root=root) as state:
        (row,) = state.rows(_OVERALL)
    shares = {name: None if row[name] is None else float(row[name]) for name in _DIMENSIONS}
    return Overall(int(row["tables"]), **shares)


def measured(store: Store, tenant_id: str, root: Path = ROOT) -> list[Quality]:
    """What was measured, by platform and raw table; raises `RowsError` where nothing was built."""
    with state_of(store, tenant_id, root=root) as state:
        return [Quality(**row) for row in state.rows(_MEASURED)]
