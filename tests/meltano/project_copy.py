"""A copy of what Meltano and dbt need of the project, so that a test leaves nothing behind."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def copy_project(folder: Path) -> Path:
    """meltano.yml, plugins and transform as in a fresh clone; the environment is a link to the one that runs."""
    root = folder / "project"
    root.mkdir()
    shutil.copy(ROOT / "meltano.yml", root)
    shutil.copytree(ROOT / "plugins", root / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        ROOT / "transform", root / "transform", ignore=shutil.ignore_patterns("target", "logs", "__pycache__")
    )
    (root / ".venv").symlink_to(sys.prefix)
    (root / "output").mkdir()
    return root
