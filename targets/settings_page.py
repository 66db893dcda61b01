"""`python -m targets.settings_page`: writes docs/target-settings.md, every setting of the targets with its default."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from targets.duckdb.settings import DuckDBSettings
from targets.loading.settings import LoadSettings, json_schema
from targets.postgres.settings import PostgresSettings

_PAGE = Path(__file__).parent.parent / "docs" / "target-settings.md"
_HEAD = """\
# Settings of the targets

*Generated from the settings by `make generate`; do not edit.* `target-duckdb --about` prints the same. Each can be
given in the file that `--config` names, by Meltano, or with `--config=ENV` as `TARGET_DUCKDB_PATH` and the like. A
setting that is not listed here is refused before anything is read.
"""
_PARTS: dict[str, type[LoadSettings]] = {
    "Both": LoadSettings, "target-duckdb": DuckDBSettings, "target-postgres": PostgresSettings
}  # fmt: skip


def text() -> str:
    """The page."""
    parts, shared = [_HEAD], set(LoadSettings.model_fields)
    for title, model in _PARTS.items():
        known = shared if model is not LoadSettings else set()
        rows = [
            _row(name, each, required=model.model_fields[name].is_required())
            for name, each in json_schema(model)["properties"].items()
            if name not in known
        ]
        parts.append(f"## {title}\n\n| setting | default | |\n|---|---|---|\n{''.join(rows)}")
    return "\n".join(parts)


def _row(name: str, described: dict[str, Any], *, required: bool) -> str:
    default = described.get("default")
    shown = "required" if required else "" if default is None else f"`{str(default).lower()}`"
    return f"| `{name}` | {shown} | {described['description']} |\n"


def main() -> None:
    """Writes the page; with --check only says whether it is as it should be."""
    if _PAGE.exists() and _PAGE.read_text(encoding="utf-8") == text():
        return
    sys.stdout.write(f"docs/{_PAGE.name}\n")
    if "--check" in sys.argv[1:]:
        raise SystemExit(1)
    _PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
