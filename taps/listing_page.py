"""`python -m taps.listing_page`: writes docs/platforms.md, the table of `engarde list`, and the pages beside it."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from taps import comparison_page, webhooks_page
from taps.kinds import load
from taps.listing import COLUMNS, rows

_DOCS = Path(__file__).parent.parent / "docs"
_HEAD = """\
# The platforms

*Generated from the manifests by `make generate`; do not edit.* `engarde list` prints the same.

**evidence** is computed from what was compared: *A* nine of ten streams and columns agree with the vendor's own
description, *B* half of them with a description, *C* less, so that the documentation alone stands behind it; *+L* it
also ran against a real server or the vendor's published samples. **incremental** and **deletes** count the streams that
go on where they stopped, and those whose deletions show. **unified entities** are what the platform brings into the
reconciled tables.
"""


def text() -> str:
    """The page."""
    shown = sorted(rows(), key=lambda row: (row[1], row[0]))
    parts = [_HEAD]
    for category, group in groupby(shown, key=lambda row: row[1]):
        parts += [f"## {category}\n", _line("platform", "tap", *COLUMNS[2:]), _line(*["---"] * (len(COLUMNS)))]
        for platform, _, *cells in group:
            manifest = load(platform)
            tap = f"`tap-{platform.replace('_', '-')}`"
            parts.append(_line(f"[{manifest.title}]({manifest.docs})", tap, *cells))
        parts.append("")
    return "\n".join(parts)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Writes the pages that are stale; with --check only names them and fails."""
    pages = {
        _DOCS / "platforms.md": text(),
        _DOCS / "comparison.md": comparison_page.text(),
        _DOCS / "webhook-platforms.md": webhooks_page.text(),
    }
    stale = {page: fresh for page, fresh in pages.items() if not page.exists() or page.read_text("utf-8") != fresh}
    for page, fresh in stale.items():
        sys.stdout.write(f"{page.relative_to(_DOCS.parent)}\n")
        if "--check" not in sys.argv[1:]:
            page.write_text(fresh, encoding="utf-8")
    if stale and "--check" in sys.argv[1:]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
