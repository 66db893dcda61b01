"""What meltano.yml says of jobs and schedules, read as it is: there is no second list."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent


class ProjectError(Exception):
    """meltano.yml is absent, unreadable or names what it does not define; the text says what to do."""


@dataclass(frozen=True)
class Task:
    """One task of a job: the plugins it runs one after the other, as written for `meltano run`."""

    plugins: tuple[str, ...]

    @property
    def extractor(self) -> str | None:
        """The tap, where there is one."""
        return next((name for name in self.plugins if name.startswith("tap-")), None)

    @property
    def loader(self) -> str | None:
        """The target, where there is one."""
        return next((name for name in self.plugins if name.startswith("target-")), None)

    @property
    def is_dbt(self) -> bool:
        """Whether the task builds models and loads nothing."""
        return all(name.split(":")[0] == "dbt" for name in self.plugins)


@dataclass(frozen=True)
class Job:
    """A job of meltano.yml."""

    name: str
    tasks: tuple[Task, ...]

    @property
    def loads(self) -> tuple[Task, ...]:
        """Its tasks that load something."""
        return tuple(task for task in self.tasks if not task.is_dbt)


@dataclass(frozen=True)
class Schedule:
    """A schedule of meltano.yml: a job and when it runs, as a cron expression in UTC."""

    name: str
    job: str
    cron: str


@dataclass(frozen=True)
class Project:
    """A Meltano project."""

    root: Path
    jobs: dict[str, Job]
    schedules: tuple[Schedule, ...]
    environments: dict[str, dict[str, Any]] = field(repr=False)
    default_environment: str | None = None

    def platform(self, extractor: str) -> str:
        """The platform a tap reads: the namespace its lock file gives it."""
        for path in sorted((self.root / "plugins" / "extractors").glob(f"{extractor}--*.lock")):
            return str(json.loads(path.read_text(encoding="utf-8"))["namespace"])
        msg = f"{extractor} has no lock file in plugins/extractors; run python -m plugins.generate"
        raise ProjectError(msg)

    def settings(self, environment: str, kind: str) -> dict[str, dict[str, Any]]:
        """The settings that an environment gives to the plugins of a kind (extractors, loaders), by plugin."""
        plugins = self.environments.get(environment, {}).get("config", {}).get("plugins", {})
        return {plugin["name"]: dict(plugin.get("config") or {}) for plugin in plugins.get(kind) or []}

    def offered(self, environment: str) -> list[Job]:
        """The jobs all of whose targets the environment configures."""
        loaders = self.settings(environment, "loaders").keys()
        return [job for job in self.jobs.values() if job.loads and all(task.loader in loaders for task in job.loads)]

    def warehouse(self, environment: str) -> Path | None:
        """The DuckDB file that the environment loads into, where it loads into one."""
        path = self.settings(environment, "loaders").get("target-duckdb", {}).get("path")
        return Path(str(path).replace("$MELTANO_PROJECT_ROOT", str(self.root))) if path else None


def read_project(root: Path = ROOT) -> Project:
    """The project in a folder; raises `ProjectError`."""
    file = root / "meltano.yml"
    if not file.exists():
        msg = f"{file}: there is no such file; run this in a clone of the project"
        raise ProjectError(msg)
    tree = YAML(typ="safe").load(file)
    jobs = {job["name"]: Job(job["name"], _tasks(job["tasks"])) for job in tree.get("jobs") or []}
    schedules = tuple(
        Schedule(each["name"], each["job"], str(each["interval"]))
        for each in tree.get("schedules") or []
        if each.get("job")
    )
    for schedule in schedules:
        if schedule.job not in jobs:
            msg = f"meltano.yml: schedule {schedule.name} names job {schedule.job}, which there is not"
            raise ProjectError(msg)
    trees = [tree, *_included(root, tree)]
    environments = {each["name"]: each for part in trees for each in part.get("environments") or []}
    return Project(root, jobs, schedules, environments, tree.get("default_environment"))


def _included(root: Path, tree: dict[str, Any]) -> list[dict[str, Any]]:
    """The further files that meltano.yml takes in; environments may stand there."""
    files = sorted({file for pattern in tree.get("include_paths") or [] for file in root.glob(pattern)})
    return [YAML(typ="safe").load(file) or {} for file in files]


def _tasks(tasks: str | list[Any]) -> tuple[Task, ...]:
    listed = [tasks] if isinstance(tasks, str) else tasks
    return tuple(Task(tuple(shlex.split(task) if isinstance(task, str) else task)) for task in listed)
