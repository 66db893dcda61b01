"""The same series through `meltano el`: Meltano, its tap or its target is killed, or all of them at once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.processes import Kill, Ran
from tests.chaos.series import Series

ROOT = Path(__file__).parent.parent.parent
VICTIMS = (("meltano",), ("tap",), ("target",), ("meltano", "tap", "target"))
_PROJECT = """
version: 1
project_id: chaos
send_anonymous_usage_stats: false
auto_install: false
cli: {{disable_version_check: true}}
plugins:
  extractors:
  - name: tap-acme
    namespace: tap_acme
    executable: {tap}
    capabilities: [catalog, discover, state]
    config: {config}
    settings: [{{name: api_key}}, {{name: api_url}}, {{name: start_date}}]
  loaders:
  - name: {target}
    namespace: target
    executable: {target_path}
    config: {target_config}
    settings: {target_settings}
"""
_PATIENCE = 180.0


@dataclass
class MeltanoSeries(Series):
    """A series whose runs are Meltano's; whoever is left over by a kill is still there when the next run begins."""

    def _kill(self, chance: random.Random, length: int) -> Kill:
        return Kill(chance.choice(VICTIMS), None, chance.uniform(0.0, 1.2))

    def _prepare(self, chance: random.Random) -> None:
        super()._prepare(chance)
        read = {name: json.loads((self.folder / f"{name}.json").read_text()) for name in ("tap", "target")}
        tap = self.folder / "tap-acme"
        tap.write_text(f"#!{sys.executable}\nfrom tests.chaos.tap import main\nmain()\n")
        tap.chmod(0o755)
        settings = json.dumps([{"name": name} for name in read["target"]])
        (self.folder / "meltano.yml").write_text(
            _PROJECT.format(
                tap=tap, config=json.dumps(read["tap"]), target=self.target.name,
                target_path=Path(sys.executable).parent / self.target.name,
                target_config=json.dumps(read["target"]), target_settings=settings,
            )
        )  # fmt: skip

    def _once(self, kill: Kill | None) -> Ran:
        shutil.rmtree(self.folder / ".meltano" / "run", ignore_errors=True)
        command = [Path(sys.executable).parent / "meltano", "el", "tap-acme", self.target.name]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CHAOS_FOLDER": str(self.folder)}
        environment |= {"CHAOS_ORDER": self.mode.order, "NO_COLOR": "1"}
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*map(str, command), "--state-id=chaos", "--force"],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        killed = kill is not None and _killed(process, kill, self.target.name)
        code = process.wait(timeout=_PATIENCE)
        return Ran(code, 0, b"", killed)


def _killed(meltano: subprocess.Popen[bytes], kill: Kill, target: str) -> bool:
    """Waits until the target is there, then a while, and kills."""
    end = time.monotonic() + _PATIENCE
    while not (children := _children(meltano.pid, target)).get("target"):
        if meltano.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.02)
    time.sleep(kill.after_seconds or 0)
    processes = {"meltano": meltano.pid, **children, **_children(meltano.pid, target)}
    alive = [processes[victim] for victim in kill.victims if victim in processes and _is_alive(processes[victim])]
    for process in alive:
        os.kill(process, signal.SIGKILL)
    return bool(alive)


def _children(parent: int, target: str) -> dict[str, int]:
    """The tap that reads (not the one that was asked for its catalog) and the target among a process's children."""
    found = {}
    for process in _numbers(Path(f"/proc/{parent}/task/{parent}/children")):
        command = Path(f"/proc/{process}/cmdline")
        try:
            words = command.read_bytes().decode()
        except OSError:
            continue
        if target in words:
            found["target"] = process
        elif "tap-acme" in words and "--discover" not in words:
            found["tap"] = process
    return found


def _numbers(file: Path) -> list[int]:
    try:
        return [int(number) for number in file.read_text().split()]
    except OSError:
        return []


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
