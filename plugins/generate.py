"""Writes what Meltano reads, from the manifests and the targets' settings: lock files, and the list of taps."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from plugins.definitions import VARIANT, dbt, extractor, loader, tap_name
from sandbox.fixtures.app import sandbox_settings
from sandbox.server import VENDORS
from taps.kinds import platforms

ROOT = Path(__file__).parent.parent
LOADERS = ("duckdb", "postgres")
NOTICE = "# `make generate` lists every tap of the collection here; what Meltano writes beside them is kept.\n"
_NO_TAPS = "plugins:\n  extractors: []\n"
SANDBOX = "http://127.0.0.1:8765"
"""Where `make sandbox` serves."""


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
    taps = root / "plugins" / "taps.meltano.yml"
    files[taps] = listed(taps.read_text(encoding="utf-8") if taps.exists() else _NO_TAPS)
    environment = root / "plugins" / "sandbox.meltano.yml"
    files[environment] = sandboxed(environment.read_text(encoding="utf-8"))
    return files


def listed(text: str) -> str:
    """The list with the taps of every platform and no other, as it is where it names them already, in whatever order:
    branches that each add a platform are merged line by line.
    """
    yaml = YAML()
    tree = yaml.load(text)
    extractors = tree["plugins"]["extractors"]
    known = {each["name"]: each for each in extractors}
    wanted = sorted(map(tap_name, platforms()))
    if sorted(each["name"] for each in extractors) == wanted:
        return text
    tree["plugins"]["extractors"] = [known.get(name) or CommentedMap(name=name, variant=VARIANT) for name in wanted]
    out = StringIO()
    yaml.dump(tree, out)
    return NOTICE + out.getvalue().removeprefix(NOTICE)


def sandboxed(text: str) -> str:
    """The sandbox environment with the settings by which each tap meets its pretend vendor, a line each.

    Those of the vendors of the pretend business are written by hand, and so is all else in the environment.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.allow_duplicate_keys = True  # branches merged line by line are mended
    tree = yaml.load(text)
    extractors = tree["environments"][0]["config"]["plugins"]["extractors"]
    wanted = {tap_name(name): sandbox_settings(name, SANDBOX) for name in platforms("api") if name not in VENDORS}
    by_hand = {tap_name(name) for name in VENDORS}
    extractors[:] = [each for each in extractors if each["name"] in by_hand]
    for name, settings in sorted(wanted.items()):
        entry = CommentedMap(name=name, config=settings)
        entry.fa.set_flow_style()  # one line, so that branches that each add a platform are merged line by line
        extractors.append(entry)
    out = StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def stale(root: Path = ROOT) -> list[Path]:
    """The generated files that differ from what the manifests say now, and lock files of plugins that are gone."""
    return _stale(root, generated(root))


def _stale(root: Path, texts: dict[Path, str]) -> list[Path]:
    gone = [path for path in (root / "plugins").glob("*/*.lock") if path not in texts]
    changed = [p for p, text in texts.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    return sorted(gone + changed)


def main() -> None:
    """Writes every stale file; with --check only names them and fails."""
    texts = generated()
    found = _stale(ROOT, texts)
    for path in found:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    if "--check" in sys.argv[1:]:
        raise SystemExit(1 if found else 0)
    for path in found:
        if path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
        else:
            path.unlink()


if __name__ == "__main__":
    main()
