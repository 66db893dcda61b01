"""What every warehouse can do.

Its SQL is in words that both engines know: `?` stands for a value, the schemas are `unified`, `staging`, `marts`,
`decided` and `answers` (nothing else has these names), and JSON is made by `json_object(name, value, ...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Answer:
    """What a query found; moments are in UTC."""

    names: Sequence[str]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Table:
    """A table or view: column -> the engine's type; `key` is the column that tells its rows apart, if known."""

    schema: str
    name: str
    columns: Mapping[str, str] = field(repr=False)
    is_view: bool = False
    key: str | None = None


@dataclass(frozen=True)
class Condition:
    """SQL that is true for the rows wanted, and its parameters."""

    sql: str
    values: tuple[Any, ...]


BY_KEY = "key"
"""The version of lists that go on after a key, in whatever state the table is by then."""


@dataclass(frozen=True)
class Rows:
    """Rows of a table with their places, in that order; a list goes on at a place in the state `version`.

    A place is a number, or by key (`BY_KEY`) a JSON list of the key's values as texts.
    """

    version: str
    places: Sequence[int | str]
    rows: list[tuple[Any, ...]]


class RefusedError(Exception):
    """The engine refuses a question; the text is its first line."""


class Reading(Protocol):
    """One state of a warehouse, open for reading."""

    @property
    def version(self) -> str:
        """Names the state, so that a list goes on in it."""

    @property
    def lasts(self) -> bool:
        """Whether this version's tables never change."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Answer:
        """Asks; raises `NoRowsError` where a table is not there."""

    def names(self, schema: str) -> list[str]:
        """The tables and views of a schema, by name."""

    def described(self, schema: str, name: str) -> Table | None:
        """A table, or None."""

    def having(self, schema: str, column: str) -> list[str]:
        """The tables of a schema that have a column."""

    def matching(self, value: str, kind: str) -> Condition:
        """The value as one of a type, for a comparison; null where it is none."""

    def part(self, table: Table, condition: Condition, after: int | str | None, limit: int) -> Rows:
        """So many rows after a place; raises `RefusedError`, and `CursorGoneError` where that state is gone."""


class Writing(Protocol):
    """A warehouse that nobody else writes, in one transaction."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Answer:
        """Does something; raises `NoRowsError` where a table is not there."""

    def add(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Adds rows to a table whose name needs no quotes."""

    def names(self, schema: str) -> list[str]:
        """The tables and views of a schema, by name."""

    def named(self, schema: str, name: str) -> str:
        """A table's name for SQL, whatever it holds."""


class Unbuilt(Protocol):
    """Which platforms a warehouse holds rows of that its models do not know yet."""

    def platforms(self) -> list[str]:
        """The platforms whose rows were loaded since the last build that worked."""

    def add(self, platform: str) -> None:
        """Rows of it were loaded."""

    def built(self, platforms: Collection[str]) -> None:
        """The models know them."""


class Preview(Protocol):
    """What a connection that is held back would change, built beside a warehouse. Only its answers are kept."""

    @property
    def answers(self) -> Warehouse:
        """Where they lie: a table of the schema `answers` for each entity."""

    @property
    def memory(self) -> Path:
        """What dbt remembers of the copy; beside that of the warehouse, which would be worth nothing after it."""

    @property
    def built_at(self) -> datetime | None:
        """When it was built (UTC); None before."""

    def begin(self) -> Warehouse:
        """A copy for dbt to build in, made while nobody writes the warehouse."""

    def keep(self, questions: Mapping[str, str], values: Sequence[Any]) -> None:
        """Asks the copy, once it is built, and keeps the answers by name."""

    def end(self) -> None:
        """Drops the copy."""

    def forget(self) -> None:
        """Drops everything."""


class Warehouse(Protocol):
    """One tenant's warehouse, and what is remembered of it: how far connections are read, and what is to be built."""

    @property
    def folder(self) -> Path:
        """The tenant's own: what of it is a file lies there."""

    @property
    def unbuilt(self) -> Unbuilt:
        """What is still to be built; whoever asks or tells has the warehouse to himself."""

    def alone(
        self, tell: Callable[[str], None], over: Callable[[], bool] = lambda: False
    ) -> AbstractContextManager[None]:  # fmt: skip
        """Waits until nobody else loads or builds, and says so in one line while it waits.

        Raises `BusyError`, and `AbandonedError` where `over` says meanwhile that nobody wants it any more.
        """

    @property
    def engine(self) -> str:
        """What dbt's target and the loader are named after."""

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which target, dbt and Meltano find it."""

    def target_settings(self, platform: str) -> dict[str, str]:
        """The settings of the target that loads a platform."""

    def schema(self, name: str) -> str:
        """What a schema is called there."""

    def exists(self) -> bool:
        """Whether anything was ever written into it."""

    def prepare(self, *platforms: str) -> None:
        """Makes what loads of these platforms and builds need."""

    def opened(self, version: str | None = None) -> AbstractContextManager[Reading]:
        """Reads the newest state, or the one of this version.

        Raises `NoRowsError`, `CursorGoneError` and `BusyError`.
        """

    def writing(self) -> AbstractContextManager[Writing]:
        """Writes, which nobody else does meanwhile."""

    def publish(self) -> None:
        """Lets readers see what was written, which nobody else does meanwhile."""

    def preview(self, connection_id: str) -> Preview:
        """The preview of one connection."""
