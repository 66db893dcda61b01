"""Every file of the dbt project lies where `engarde dbt` finds it for whoever needs it, and for nobody else."""

from __future__ import annotations

import re

from transform.launch import PROJECT

MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


def test_macros_are_shared_or_a_platforms() -> None:
    assert [path.name for path in (PROJECT / "macros").iterdir() if path.is_file()] == []
    assert {path.name for path in (PROJECT / "macros").iterdir()} == {"shared", "staging", "scoring"}


def test_a_platforms_macros_bear_its_name() -> None:
    for path in sorted((PROJECT / "macros" / "staging").glob("*/*.sql")):
        platform = path.parent.name
        for name in MACRO.findall(path.read_text(encoding="utf-8")):
            assert name.startswith(f"{platform}_") or name.endswith(f"__{platform}"), f"{path}: {name}"


def test_no_model_asks_whether_its_platform_is_connected() -> None:
    for path in (PROJECT / "models").glob("**/*.sql"):
        assert "connected(" not in path.read_text(encoding="utf-8"), f"{path}: its folder decides"


def test_every_raw_table_has_a_name_where_it_is_read() -> None:
    """One that never landed is a subquery, which PostgreSQL before 16 takes under a name only."""
    words = "where|join|left|inner|cross|group|order|union|on|limit|full|having"
    nameless = re.compile(r"\{\{-?\s*raw\([^}]*\)\s*-?\}\}(?!\s+as\b)(?!\s+(?!(?:" + words + r")\b)[a-z])", re.I)
    for folder in ("models", "macros"):
        for path in (PROJECT / folder).glob("**/*.sql"):
            found = nameless.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path}: {found}"


def test_what_is_replaced_means_the_same_on_every_engine() -> None:
    """`regexp_replace` takes the first match on DuckDB and Postgres and every match on Spark, which knows no flags.

    It stands bare only where an anchor leaves one match; elsewhere `replace_all` says it for each engine.
    """
    dispatched = re.compile(r"\{%-?\s*macro (?:default|duckdb|postgres|spark)__.*?endmacro", re.S)
    call = re.compile(r"'([^'\n]+)', '[^'\n]*'(, '[a-z]+')?\)")
    for folder in ("models", "macros/shared", "macros/scoring"):
        for path in (PROJECT / folder).glob("**/*.sql"):
            for line in dispatched.sub("", path.read_text(encoding="utf-8")).splitlines():
                if "regexp_replace(" not in line:
                    continue
                for pattern, flags in call.findall(line.partition("regexp_replace(")[2]):
                    assert pattern.startswith("^") or pattern.endswith("$"), f"{path}: {pattern} may match twice"
                    assert not flags, f"{path}: {pattern} has flags, which Spark does not know"
