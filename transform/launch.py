"""`engarde dbt ...`: dbt over the connected platforms, whose folders are all that it parses.

Connected are the platforms with raw tables in the warehouse, or those that ENGARDE_CONNECTED names. Every set of
platforms has a target folder of its own, so that dbt's memory of what it parsed serves the next run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from transform.warehouse import PARQUET, PREFIX, WarehouseError, described, parquet_tables, schemas_with_tables

PROJECT = Path(__file__).parent
DBT = Path(sys.executable).with_name("dbt")
"""The dbt of this environment, whether or not it is on the PATH."""
NOBODY = "none"
"""What ENGARDE_CONNECTED says where no platform is connected; unset, dbt takes all of them."""
WITHOUT_PLATFORMS = {"debug", "deps", "clean", "init"}
WRITES_TABLES = {"build", "run"}
EXCLUDED = "DBT_EXCLUDE_RESOURCE_TYPES"


def main() -> None:
    """Runs dbt with the arguments of the command line."""
    launch(sys.argv[1:])


def launch(arguments: Sequence[str]) -> NoReturn:
    """Runs dbt with these arguments and ends with its exit code; what prevents it is one line and exit code 2."""
    try:
        environment = settings(arguments)
    except WarehouseError as error:
        sys.stderr.write(f"engarde dbt: {error}\n")
        raise SystemExit(2) from None
    os.environ.update(environment)
    from transform import parsed  # dbt takes seconds to load, a refusal none

    parsed.run(arguments)


def settings(arguments: Sequence[str]) -> dict[str, str]:
    """The environment variables by which dbt finds project, profile, platforms and its own memory of them."""
    given, command = _parsed(arguments)
    project = Path(given.project_dir or os.environ.get("DBT_PROJECT_DIR") or PROJECT).resolve()
    profiles = Path(given.profiles_dir or os.environ.get("DBT_PROFILES_DIR") or project).resolve()
    chosen = {"DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(profiles)}
    if command is None or command in WITHOUT_PLATFORMS:
        return {**chosen, "ENGARDE_CONNECTED": NOBODY}
    connected = connected_platforms(project, profiles, given.target)
    if not connected and command in WRITES_TABLES:
        place = described(project, profiles, given.target)
        msg = (
            f"no platform has raw tables in {place}; load one first (meltano run tap-stripe target-duckdb) "
            "or name those to come: ENGARDE_CONNECTED=stripe"
        )
        raise WarehouseError(msg)
    chosen |= platforms_only(project, connected) | raw_parquet() | without_unit_tests(arguments)
    if given.target_path or os.environ.get("DBT_TARGET_PATH"):
        del chosen["DBT_TARGET_PATH"]
    return chosen


def connected_platforms(
    project: Path, profiles: Path, target: str | None = None, environment: Mapping[str, str] = os.environ
) -> list[str]:
    """The connected platforms that the project has models for, in order of name; raises `WarehouseError`."""
    known = sorted(path.name for path in (project / "models" / "staging").iterdir() if path.is_dir())
    named = environment.get("ENGARDE_CONNECTED")
    if named is None:
        found = schemas_with_tables(project, profiles, target)
        return [platform for platform in known if platform in found]
    wanted = [] if named == NOBODY else [name.strip() for name in named.split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            msg = f"ENGARDE_CONNECTED names {name!r}, which models/staging does not hold{hint}"
            raise WarehouseError(msg)
    return sorted(set(wanted))


def platforms_only(project: Path, platforms: Sequence[str]) -> dict[str, str]:
    """The environment variables with which dbt parses these platforms only and remembers them by themselves."""
    staging = project / "models" / "staging"
    # dbt does not see that a union reads a model that is new, so that the models are part of what is remembered.
    models = [path.name for platform in platforms for path in sorted((staging / platform).glob("stg_*.sql"))]
    # Names of schemas are part of what dbt parsed: those of one business must not serve another.
    prefix = [os.environ[PREFIX]] if os.environ.get(PREFIX) else []
    memory = hashlib.sha256("\n".join([*prefix, *platforms, *models]).encode()).hexdigest()[:12]
    return {
        "ENGARDE_CONNECTED": ",".join(platforms) or NOBODY,
        "DBT_TARGET_PATH": str(project / "target" / f"connected-{memory}"),
    }


def raw_parquet() -> dict[str, str]:
    """The environment variables by which dbt on Spark finds raw tables in a folder; none where none is named."""
    folder = os.environ.get(PARQUET)
    if not folder or f"{PARQUET}_TABLES" in os.environ:
        return {}
    return {PARQUET: str(Path(folder).resolve()), f"{PARQUET}_TABLES": ",".join(parquet_tables(folder))}


def without_unit_tests(arguments: Sequence[str]) -> dict[str, str]:
    """The environment variable by which `dbt build` leaves unit tests out, unless it is told which kinds to take.

    They hold the models against rows of their own, whatever the warehouse holds, and take half of a small build.
    `engarde dbt test --resource-type unit_test` runs them. https://docs.getdbt.com/docs/build/unit-tests
    """
    told = "DBT_RESOURCE_TYPES" in os.environ or EXCLUDED in os.environ
    if "build" not in arguments or told or any("resource-type" in argument for argument in arguments):
        return {}
    return {EXCLUDED: "unit_test"}


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Sets environment variables of this process for a while, for callers that run dbt inside it."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _parsed(arguments: Sequence[str]) -> tuple[argparse.Namespace, str | None]:
    """What the launcher needs of dbt's arguments, and dbt's command."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for flags in (("--project-dir",), ("--profiles-dir",), ("--target", "-t"), ("--target-path",)):
        parser.add_argument(*flags)
    given, others = parser.parse_known_args(arguments)
    return given, next((argument for argument in others if not argument.startswith("-")), None)


if __name__ == "__main__":
    main()
