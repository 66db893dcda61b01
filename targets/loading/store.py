"""What a target must be able to do; everything else is shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from targets.loading.column_types import ColumnType
from targets.loading.plan import Plan, TableName


@dataclass(frozen=True, slots=True)
class Stamp:
    """The metadata common to a batch: when its first line came, when it is written, and the first sequence number."""

    received_at: datetime
    batched_at: datetime
    sequence: int


class Store(Protocol):
    """A database that takes batches. SQL given to it uses quoted names and literals only, no parameters."""

    default_schema: str
    max_name_bytes: int
    max_columns: int | None
    """How many columns a table may have, where there is a limit."""
    bounded_decimals: bool

    def execute(self, sql: str) -> int:
        """Runs a statement and returns how many rows it changed (0 where that means nothing)."""

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Runs a query and returns all its rows."""

    def transaction(self, *, last: bool = False) -> AbstractContextManager[None]:
        """A transaction that commits at its end and rolls back on an error; `last` says that no batch follows.

        Raises StoreUnavailableError where a new connection may help, LoadError otherwise.
        """

    def reconnect(self) -> None:
        """Opens a new connection in place of a lost one."""

    def type_sql(self, column_type: ColumnType) -> str:
        """The type's name in SQL."""

    def table_columns(self, schema: str, table: str) -> dict[str, ColumnType]:
        """The columns of a table in order; empty if there is no such table."""

    def ensure_key(self, schema: str, table: str, keys: Sequence[str]) -> None:
        """Makes the table ready to be merged into by these key columns."""

    def stage(self, plan: Plan, chunks: Sequence[bytes], *, plain: bool, careful: bool, partial: bool) -> str:
        """Loads staged lines (see batch.py) into a temporary table of the plan's columns and returns its quoted name.

        It has the plan's columns, `_sdc_extracted_at`, `_sdc_table_version` and `_engarde_missing` (list of the numbers
        of the plan's columns that a row does not mention, or NULL), and the number of its line (merge.ORDER). `plain`
        and `careful` say which kinds of line there are, `partial` whether some have `missing`. Raises
        ConversionRefusedError where values do not read as their types.
        """

    def load_plain(
        self, plan: Plan, chunks: Sequence[bytes], target: str, values: Mapping[str, str], keys: Sequence[str]
    ) -> tuple[int, int] | None:
        """Puts plain lines into the target in place of the rows of their keys, the last line of a key in the end.

        `values` are SQL for the target's columns, over the columns of a stage and the number of a line (merge.ORDER).
        Returns how many rows came, not deleted and deleted; None where the store, or this table, needs a stage.
        """

    def among(self, number: int, numbers: str) -> str:
        """The condition that a list column holds a number."""

    def newest(self, value: str, condition: str, order: str) -> str:
        """The aggregate that takes the value, also a null, of the last row of a group that meets the condition."""

    def merge(self, target: str, source: str, columns: Sequence[str], keys: Sequence[str]) -> None:
        """Inserts the rows of a query, one per key, replacing `columns` of the rows that are there."""

    def lock_tables(self, tables: Iterable[TableName]) -> None:
        """Takes turns with other loads into these tables until the transaction ends."""

    def hold(self, pipeline: str) -> None:
        """Keeps other runs of a pipeline that add rows out until this one ends."""

    def close(self) -> None:
        """Closes the connection."""
