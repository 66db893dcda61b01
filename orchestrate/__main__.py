"""`python -m orchestrate`: opens Dagster on embedded storage in output/dagster."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestrate.project import ROOT

_INSTANCE = """\
telemetry:
  enabled: false
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 4
"""


def main() -> None:
    """Becomes `dagster dev`; further arguments, such as --port 3001, are its own."""
    home = ROOT / "output" / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    instance = home / "dagster.yaml"
    if not instance.exists():
        instance.write_text(_INSTANCE, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.chdir(ROOT)
    dagster = Path(sys.executable).with_name("dagster")
    os.execv(dagster, [str(dagster), "dev", "-f", "orchestrate/served.py", *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    main()
