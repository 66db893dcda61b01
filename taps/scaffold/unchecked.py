"""`unchecked:` the mark on a line that was guessed: what to find out before it may be taken for a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from taps.engine.load import PLATFORMS

MARK = "unchecked:"
STAGING = PLATFORMS.parent.parent / "transform" / "models" / "staging"
_IN_COMMENT = re.compile(rf"(?:#|--) *{MARK} *(?P<what>.+?) *$")
_IN_JSON = re.compile(rf'^\s*"{MARK[:-1]}": *"(?P<what>.+?)",? *$')
_MARKS = {".yaml": _IN_COMMENT, ".sql": _IN_COMMENT, ".json": _IN_JSON}


def unchecked(platform: str, platforms: Path | None = None, staging: Path | None = None) -> list[str]:
    """`file:line: unchecked: what to find out`, for every such line of a platform's two folders."""
    files = [*((platforms or PLATFORMS) / platform).rglob("*"), *((staging or STAGING) / platform).rglob("*")]
    return [line for file in sorted(files) if file.suffix in _MARKS for line in _in(file)]


def _in(file: Path) -> Iterator[str]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if found := _MARKS[file.suffix].search(line):
            yield f"{_shown(file)}:{number}: {MARK} {found['what']}"


def _shown(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
