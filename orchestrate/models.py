"""The dbt models as Dagster assets, standing on one asset of raw tables per platform."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, AssetSpec
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)

from orchestrate.project import ProjectError
from orchestrate.warehouse_lock import only_writer
from transform.launch import DBT, environment, without_unit_tests


def raw(platform: str) -> AssetKey:
    """The asset that stands for all raw tables of a platform."""
    return AssetKey(["raw", platform])


class OneAssetPerPlatform(DagsterDbtTranslator):
    """Maps every dbt source to its platform's raw asset, and models to their schema and name."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> AssetSpec:
        """The asset of a dbt resource."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        resource = (manifest.get("sources") or {}).get(unique_id) or manifest["nodes"].get(unique_id) or {}
        if unique_id.startswith("source."):
            return spec.replace_attributes(key=raw(resource["source_name"]))
        if resource.get("resource_type") in {"model", "seed", "snapshot"}:
            return spec.replace_attributes(key=AssetKey([resource["schema"], resource["name"]]))
        return spec


def dbt_project(root: Path, chosen: Mapping[str, str]) -> DbtProject:
    """The dbt project in the folder transform, parsed where that was not done since its files changed.

    `chosen` are the variables of `transform.launch.platforms_only`.
    """
    folder = root / "transform"
    project = DbtProject(folder, profiles_dir=folder, target_path=Path(chosen["DBT_TARGET_PATH"]))
    changed = max(path.stat().st_mtime for path in folder.rglob("*") if _is_source(path.relative_to(folder)))
    if not project.manifest_path.exists() or project.manifest_path.stat().st_mtime < changed:
        command = [str(DBT), "parse", "--quiet", "--project-dir", str(folder), "--profiles-dir", str(folder)]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **chosen}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()
            msg = f"transform: dbt cannot parse the project: {said[-1] if said else 'no reason given'}"
            raise ProjectError(msg)
    return project


def _is_source(path: Path) -> bool:
    return path.parts[0] not in {"target", "logs"} and path.suffix in {".sql", ".yml", ".csv"}


def models(project: DbtProject, target: str, warehouse: Path | None, chosen: Mapping[str, str]) -> AssetsDefinition:
    """All models, seeds and their tests; a run builds those that it selects, alone on a DuckDB file."""
    command = ["build", "--target", target]

    @dbt_assets(
        manifest=project.manifest_path, project=project, dagster_dbt_translator=OneAssetPerPlatform(), name="dbt"
    )
    def build(context: AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        with only_writer(warehouse, context.log.info) if warehouse else nullcontext():
            with environment({**chosen, **without_unit_tests(command)}):
                invocation = dbt.cli(command, context=context)
            yield from invocation.stream()

    return build
