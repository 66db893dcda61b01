"""Writes what Meltano reads, from the manifests and the targets' settings: lock files, extractors and jobs."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from plugins.definitions import VARIANT, dbt, extractor, loader, tap_name
from taps.kinds import platforms

ROOT = Path(__file__).parent.parent
LOADERS = ("duckdb", "postgres")
BUILD = "dbt:build"


def generated(root: Path = ROOT) -> dict[Path, str]:
    """The text of every file that is generated, by its path; nothing is written."""
    locks = {root / "plugins" / "extractors": [extractor(platform) for platform in platforms()]}
    locks[root / "plugins" / "loaders"] = [loader(name) for name in LOADERS]
    locks[root / "plugins" / "utilities"] = [dbt()]
    files = {
        folder / f"{definition['name']}--{VARIANT}.lock": json.dumps(definition, indent=2, ensure_ascii=False) + "\n"
        for folder, definitions in locks.items()
        for definition in definitions
    }
    project = root / "meltano.yml"
    files[project] = listed(project.read_text(encoding="utf-8"))
    return files


def listed(text: str) -> str:
    """meltano.yml with an extractor and a job per loader for every platform; all else stays as its owner wrote it."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 120
    tree = yaml.load(text)
    extractors, jobs = tree["plugins"]["extractors"], tree["jobs"]
    known = {each["name"]: each for each in [*extractors, *jobs]}
    for platform in platforms():
        if tap_name(platform) not in known:
            extractors.append(CommentedMap(name=tap_name(platform), variant=VARIANT))
        for loaded in LOADERS:
            name, task = f"{platform.replace('_', '-')}-to-{loaded}", f"{tap_name(platform)} target-{loaded}"
            if name not in known:
                jobs.append(CommentedMap(name=name, tasks=[task, BUILD]))
            everything = known[f"all-to-{loaded}"]["tasks"]
            if task not in everything:
                everything.insert(everything.index(BUILD), task)
    out = StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def stale(root: Path = ROOT) -> list[Path]:
    """The generated files that differ from what the manifests say now, and lock files of plugins that are gone."""
    texts = generated(root)
    gone = [path for path in (root / "plugins").glob("*/*.lock") if path not in texts]
    changed = [p for p, text in texts.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    return sorted(gone + changed)


def main() -> None:
    """Writes every stale file; with --check only names them and fails."""
    found = stale()
    for path in found:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    if "--check" in sys.argv[1:]:
        raise SystemExit(1 if found else 0)
    texts = generated()
    for path in found:
        if path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
        else:
            path.unlink()


if __name__ == "__main__":
    main()
