"""`make bench-meltano`: what the number of taps in meltano.yml costs whoever runs one of them.

Makes two copies of the Meltano project, one of 4 taps and one of 220, and in both loads with a tap and a target that do
nothing, so that what is measured is Meltano.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

from ruamel.yaml import YAML

from tests.benchmarks.spent import by_turns, spent
from tests.meltano.project_copy import copy_project

TAP = """#!/bin/sh
case " $* " in *" --discover "*) echo '{"streams": []}';; *) echo '{"type": "STATE", "value": {}}';; esac
"""
TARGET = "#!/bin/sh\nexec cat\n"


def synthesise(place: Path, count: int) -> Path:
    """Makes a Meltano project of `count` taps, copied from those there are; returns its folder."""
    place.mkdir()
    root = copy_project(place)
    locks = sorted((root / "plugins" / "extractors").glob("*.lock"))
    definitions = [json.loads(lock.read_text(encoding="utf-8")) for lock in locks]
    for lock in locks:
        lock.unlink()
    names = [f"tap-copy-{number:03}" for number in range(count)]
    for number, name in enumerate(names):
        definition = {**definitions[number % len(definitions)], "name": name, "namespace": name.replace("-", "_")}
        definition |= {"executable": str(place / "tap"), "settings_group_validation": [[]]}
        text = json.dumps(definition)
        (root / "plugins" / "extractors" / f"{name}--engarde.lock").write_text(text, encoding="utf-8")
    for program, script in {"tap": TAP, "target": TARGET}.items():
        (place / program).write_text(script)
        (place / program).chmod(0o755)
    _list(root, names, str(place / "target"))
    return root


def _list(root: Path, names: list[str], target: str) -> None:
    yaml = YAML()
    taps = {"plugins": {"extractors": [{"name": name, "variant": "engarde"} for name in names]}}
    yaml.dump(taps, root / "plugins" / "taps.meltano.yml")
    settings = [{"name": name, "config": {"api_url": "http://127.0.0.1:8765", "token": "engarde"}} for name in names]
    sandbox = {"environments": [{"name": "sandbox", "config": {"plugins": {"extractors": settings}}}]}
    yaml.dump(sandbox, root / "plugins" / "sandbox.meltano.yml")
    project = yaml.load(root / "meltano.yml")
    project["plugins"]["loaders"] = [{"name": "target-duckdb", "variant": "engarde", "executable": target}]
    project["environments"] = [{"name": "dev"}]
    project["jobs"], project["schedules"] = [], []
    yaml.dump(project, root / "meltano.yml")


def main() -> None:
    """Prints processor seconds and the ratio for `meltano --version`, `meltano el` and `meltano run`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--taps", type=int, default=220)
    options.add_argument("--runs", type=int, default=5)
    given = options.parse_args()
    pipe = ["tap-copy-000", "target-duckdb"]
    with tempfile.TemporaryDirectory(prefix="engarde-bench-") as place:
        roots = {count: synthesise(Path(place) / str(count), count) for count in (4, given.taps)}
        for command in (["--version"], ["el", *pipe, "--state-id=bench"], ["run", *pipe]):
            costs = {count: partial(meltano, root, command) for count, root in roots.items()}
            few, many = (later for _, later in by_turns(costs, given.runs).values())
            times = f"{few:.2f} s with 4 taps, {many:.2f} s with {given.taps}"
            sys.stdout.write(f"meltano {command[0]}: {times}, ratio {many / few:.2f}\n")


def meltano(root: Path, command: list[str]) -> float:
    """What a Meltano command costs."""
    return spent([root / ".venv" / "bin" / "meltano", *command], root, {"NO_COLOR": "1"})


if __name__ == "__main__":
    main()
