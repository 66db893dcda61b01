"""The last finished state of a tenant's warehouse, read by SQL with parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrate.data.plain import plain
from orchestrate.project import ROOT
from orchestrate.store.database import Store
from orchestrate.warehouse.base import Reading, Warehouse
from orchestrate.warehouses import warehouse_of


@dataclass(frozen=True)
class State:
    """One state of the warehouse; `version` names it, so that a list goes on in it."""

    reading: Reading = field(repr=False)
    version: str

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The answer, values as JSON has them; raises `NoRowsError` where the models were not built yet."""
        answer = self.reading.execute(sql, values)
        return [{name: plain(value) for name, value in zip(answer.names, row, strict=True)} for row in answer.rows]

    def cut(
        self, found: Sequence[dict[str, Any]], limit: int
    ) -> tuple[Sequence[dict[str, Any]], tuple[str, int] | None]:  # fmt: skip
        """The part of what a query for `limit + 1` rows found, each with its `place`; and where the list goes on."""
        part = found[:limit]
        return part, (self.version, part[-1]["place"]) if len(found) > limit else None


@contextmanager
def state_in(warehouse: Warehouse, version: str | None = None) -> Iterator[State]:
    """Opens the newest state of a warehouse, or the one of this version; raises `RowsError`."""
    with warehouse.opened(version) as reading:
        yield State(reading, reading.version)


@contextmanager
def state_of(store: Store, tenant_id: str, version: str | None = None, root: Path = ROOT) -> Iterator[State]:
    """Opens the newest state of a tenant's warehouse, or the one of this version; raises `RowsError`."""
    with state_in(warehouse_of(tenant_id, store.tenant_name(tenant_id), root), version) as state:
        yield state
