"""The warehouse that the dbt profile names: which platforms have raw tables in it, and what else it is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import yaml
from jinja2 import Environment

PARQUET = "ENGARDE_PARQUET"
"""The environment variable with the folder of raw tables as Parquet files, for dbt on Spark."""

PREFIX, RAW_PREFIX = "ENGARDE_SCHEMA_PREFIX", "ENGARDE_RAW_PREFIX"
"""The environment variables with which the schemas of one business begin, where several share a database."""


class Ask(Protocol):
    """Answers a query with its rows; `?` stands for each value."""

    def __call__(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...


class WarehouseError(Exception):
    """The warehouse cannot be asked; the text says which, why and what to do."""


def schemas_with_tables(project: Path, profiles: Path, target: str | None = None) -> set[str]:
    """The schemas that hold tables in a target of the project's profile (its default if none is named).

    Schemas are named without the prefix of the business. A DuckDB file that does not exist yet holds none.
    Raises `WarehouseError`.
    """
    settings = _settings(project, profiles, target)
    kind = str(settings.get("type"))
    if kind == "spark" and PARQUET in os.environ:
        return {table.split(".")[0] for table in parquet_tables(os.environ[PARQUET])}
    if kind not in _OPENED:
        msg = f"cannot ask a {kind} warehouse which platforms it holds; name them: ENGARDE_CONNECTED=stripe,shopify"
        raise WarehouseError(msg)
    if kind == "duckdb" and not (project / str(settings["path"])).exists():
        return set()
    prefix = os.environ.get(RAW_PREFIX) or os.environ.get(PREFIX, "")
    with _OPENED[kind](settings, project) as ask:
        return {schema.removeprefix(prefix) for (schema,) in ask(_SCHEMAS[kind]) if schema.startswith(prefix)}


@contextmanager
def asking(project: Path, profiles: Path, target: str | None = None) -> Iterator[Ask]:
    """Opens the warehouse of a target of the profile for reading; raises `WarehouseError`."""
    settings = _settings(project, profiles, target)
    kind = str(settings.get("type"))
    if kind not in _OPENED:
        msg = f"cannot ask a {kind} warehouse; ask its tables in SQL"
        raise WarehouseError(msg)
    with _OPENED[kind](settings, project) as ask:
        yield ask


def parquet_tables(folder: str) -> list[str]:
    """The raw tables `<platform>.<stream>` of a folder with files `<platform>/<stream>/*.parquet`, in order of name."""
    found = {file.parent for file in Path(folder).glob("*/*/*.parquet")}
    return sorted(f"{table.parent.name}.{table.name}" for table in found)


def described(project: Path, profiles: Path, target: str | None = None) -> str:
    """The warehouse's address as a reader knows it; raises `WarehouseError`."""
    settings = _settings(project, profiles, target)
    if settings.get("type") == "duckdb":
        return str((project / str(settings["path"])).resolve())
    if settings.get("type") == "spark":
        return os.environ.get(PARQUET, "Spark's catalogue")
    return f"{settings.get('dbname')} at {settings.get('host')}:{settings.get('port')}"


def _settings(project: Path, profiles: Path, target: str | None) -> dict[str, Any]:
    try:
        name = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["profile"]
        profile = yaml.safe_load((profiles / "profiles.yml").read_text(encoding="utf-8"))[name]
    except (OSError, KeyError) as error:
        msg = f"{project}: no dbt project with a profile in {profiles / 'profiles.yml'} ({error})"
        raise WarehouseError(msg) from None
    chosen = target or _rendered(profile.get("target", "default"))
    if chosen not in profile["outputs"]:
        msg = f"{profiles / 'profiles.yml'} has no target {chosen!r}; it has {', '.join(profile['outputs'])}"
        raise WarehouseError(msg)
    return {key: _rendered(value) for key, value in profile["outputs"][chosen].items()}


def _rendered(value: Any) -> Any:
    """A profile's value as dbt reads it, as far as a connection needs it: `env_var` and dbt's own filters."""
    if not isinstance(value, str) or "{{" not in value:
        return value
    jinja = Environment(autoescape=False)  # noqa: S701 - no page is made of it
    jinja.filters |= dict.fromkeys(("as_number", "as_bool", "as_native", "as_text"), lambda given: given)
    return jinja.from_string(value).render(env_var=_env_var)


def _env_var(name: str, default: str | None = None) -> str:
    found = os.environ.get(name, default)
    if found is None:
        msg = f"profiles.yml wants the environment variable {name}"
        raise WarehouseError(msg)
    return found


@contextmanager
def _duckdb(settings: dict[str, Any], project: Path) -> Iterator[Ask]:
    import duckdb

    file = project / str(settings["path"])  # as dbt takes a relative path: from the project's folder
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            yield lambda query, values=(): connection.execute(query, list(values)).fetchall()
    except duckdb.IOException as error:
        msg = f"{file.resolve()} cannot be opened: {str(error).splitlines()[0]}"
        raise WarehouseError(msg) from None
    except duckdb.CatalogException as error:
        raise _unbuilt(str(file.resolve()), error) from None


@contextmanager
def _postgres(settings: dict[str, Any], _: Path) -> Iterator[Ask]:
    import psycopg

    names = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "dbname",
             "pass": "password", "database": "dbname", "sslmode": "sslmode"}  # fmt: skip
    given = {names[key]: value for key, value in settings.items() if key in names and value != ""}
    try:
        with psycopg.connect(**given, connect_timeout=10) as connection:
            yield lambda query, values=(): connection.execute(query.replace("?", "%s"), list(values)).fetchall()
    except psycopg.OperationalError as error:
        msg = f"Postgres at {given.get('host')}:{given.get('port')} cannot be asked: {str(error).splitlines()[0]}"
        raise WarehouseError(msg) from None
    except psycopg.errors.UndefinedTable as error:
        raise _unbuilt(f"{given.get('dbname')} at {given.get('host')}:{given.get('port')}", error) from None


def _unbuilt(place: str, error: Exception) -> WarehouseError:
    return WarehouseError(f"{place} lacks a table ({str(error).splitlines()[0]}); build them all: engarde dbt build")


_OPENED: dict[str, Callable[[dict[str, Any], Path], AbstractContextManager[Ask]]] = {
    "duckdb": _duckdb,
    "postgres": _postgres,
}
_SCHEMAS = {
    "duckdb": "SELECT DISTINCT schema_name FROM duckdb_tables()",
    "postgres": "SELECT DISTINCT schemaname FROM pg_catalog.pg_tables",
}
