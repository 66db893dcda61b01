"""Build hook: gives every folder of taps/platforms its `tap-<platform>` executable, beside the two targets."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

TARGETS = {
    "target-duckdb": "targets.duckdb.target:main",
    "target-postgres": "targets.postgres.target:main",
    "engarde": "taps.start:main",
    "engarde-dbt": "transform.launch:main",
}


class ScriptsHook(MetadataHookInterface):
    """Fills `project.scripts`, so that adding a platform edits no list."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        platforms = sorted(path.parent.name for path in Path(self.root, "taps/platforms").glob("*/manifest.yaml"))
        taps = {f"tap-{name.replace('_', '-')}": "taps.engine.tap:main" for name in platforms}
        metadata["scripts"] = TARGETS | taps
