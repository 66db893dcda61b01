"""Every file of the dbt project lies where `engarde dbt` finds it for whoever needs it, and for nobody else."""

from __future__ import annotations

import re

from transform.launch import PROJECT

MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


def test_macros_are_shared_or_a_platforms() -> None:
    assert [path.name for path in (PROJECT / "macros").iterdir() if path.is_file()] == []
    assert {path.name for path in (PROJECT / "macros").iterdir()} == {"shared", "staging"}


def test_a_platforms_macros_bear_its_name() -> None:
    for path in sorted((PROJECT / "macros" / "staging").glob("*/*.sql")):
        platform = path.parent.name
        for name in MACRO.findall(path.read_text(encoding="utf-8")):
            assert name.startswith(f"{platform}_") or name.endswith(f"__{platform}"), f"{path}: {name}"


def test_no_model_asks_whether_its_platform_is_connected() -> None:
    for path in (PROJECT / "models").glob("**/*.sql"):
        assert "connected(" not in path.read_text(encoding="utf-8"), f"{path}: its folder decides"
