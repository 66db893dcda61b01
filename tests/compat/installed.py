"""The packages of packages/, each in an environment of its own below .compat."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_PLACES = Path(__file__).parents[2] / ".compat"


@dataclass(frozen=True)
class Program:
    """A command of an installed package."""

    package: str
    command: tuple[str, ...]

    def run(self, *arguments: object, data: bytes | None = None) -> bytes:
        """Runs it and returns what it wrote to standard output; the test fails where it fails."""
        command = [*self.command, *map(str, arguments)]
        done = subprocess.run(command, input=data, capture_output=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return done.stdout


def program(package: str, name: str, code: str | None = None) -> Program:
    """The command `name` of a package, or Python code run where it is installed."""
    folder = _PLACES / package / "bin"
    if not (folder.parent / ".ready").exists():
        pytest.skip(f"{package} is not installed: `make compat`")
    command: Sequence[object] = [folder / name] if code is None else [folder / "python", "-c", code]
    return Program(package, tuple(map(str, command)))
