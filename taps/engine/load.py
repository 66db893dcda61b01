"""Reads a manifest from its folder: YAML 1.2 with line numbers, then the grammar, then what the grammar cannot say."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from taps.engine.manifest import Manifest
from taps.engine.yaml import BrokenYaml, Document

M = TypeVar("M", bound=BaseModel)
PLATFORMS = Path(__file__).parent.parent / "platforms"


class ManifestError(Exception):
    """What is wrong with a manifest, one line for each finding: file, line, stream, key and what to write instead."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


@dataclass(frozen=True)
class Source:
    """A manifest's text and where each key of it stands."""

    file: Path
    document: Document

    @property
    def tree(self) -> dict[str, Any]:
        """The manifest as plain data."""
        found: dict[str, Any] = self.document.tree
        return found

    def finding(self, keys: tuple[Any, ...], sentence: str) -> str:
        """`file:line: stream, key: sentence`."""
        place = f"stream {keys[1]}, " if len(keys) > 1 and keys[0] == "streams" else ""
        shown = ".".join(str(key) for key in (keys[2:] if place else keys))
        label = f"{place}{shown}".removesuffix(", ")
        return f"{_shown(self.file)}:{self.document.line(keys)}: {label}: {sentence}" if label else sentence


def _shown(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)


def read_source(file: Path) -> Source:
    """Parses YAML 1.2; a duplicate key or broken syntax raises `ManifestError` with its line."""
    try:
        document = Document(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError([f"{_shown(file)}: there is no such manifest"]) from None
    except UnicodeDecodeError:
        raise ManifestError([f"{_shown(file)}: not UTF-8"]) from None
    except BrokenYaml as broken:
        raise ManifestError([f"{_shown(file)}:{broken.line}: {broken.problem}"]) from None
    if not isinstance(document.tree, dict):
        raise ManifestError([f"{_shown(file)}:1: a manifest is a map of keys"])
    return Source(file, document)


def parse(source: Source, model: type[M]) -> M:
    """The manifest as its kind's models; raises `ManifestError` naming file, line, stream, key and the nearest key."""
    try:
        return model.model_validate(source.tree)
    except ValidationError as refused:
        raise ManifestError([_finding(source, source.tree, error, model) for error in refused.errors()]) from None


def _finding(source: Source, plain: Any, error: Any, model: type[BaseModel]) -> str:
    keys = _written(plain, error["loc"])
    if error["type"] == "extra_forbidden":
        nearest = get_close_matches(str(keys[-1]), _siblings(model, error["loc"]), n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        return source.finding(keys, f"unknown key {keys[-1]!r}{hint}")
    if error["type"] == "missing":
        return source.finding(keys[:-1], f"{keys[-1]!r} is missing")
    if error["type"] in {"union_tag_invalid", "literal_error"}:
        expected = str(error["ctx"].get("expected_tags") or error["ctx"]["expected"]).replace(" or ", ", ")
        given = str(error["ctx"].get("tag") or error["input"])
        nearest = get_close_matches(given, [word.strip(" '") for word in expected.split(",")], n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        return source.finding(keys, f"{given!r} is not one of {expected}{hint}")
    return source.finding(keys, error["msg"].removeprefix("Value error, "))


def _written(plain: Any, loc: tuple[Any, ...]) -> tuple[Any, ...]:
    """The keys as written: pydantic also lists the tags of unions, which nobody wrote."""
    keys: list[Any] = []
    node = plain
    for position, key in enumerate(loc):
        if (isinstance(node, dict) and key in node) or (isinstance(node, list) and isinstance(key, int)):
            node = node[key]
        elif position != len(loc) - 1 or node is None:
            continue
        keys.append(key)
    return tuple(keys)


def _siblings(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Keys known where an unknown one was found, by walking the models along the error's place."""
    found: list[type[BaseModel]] = [model]
    for key in loc[:-1]:
        found = [model for each in found for model in _below(each, key)] or found
    return sorted({field.alias or name for each in found for name, field in each.model_fields.items()})


def _below(model: type[BaseModel], key: Any) -> list[type[BaseModel]]:
    field = model.model_fields.get(str(key)) or next(
        (field for field in model.model_fields.values() if field.alias == key), None
    )
    return _models(field.annotation) if field else []


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    found: list[type[BaseModel]] = []
    for part in (*getattr(annotation, "__args__", ()), *getattr(annotation, "__metadata__", ())):
        found += _models(part)
    return found


@lru_cache(maxsize=8)
def load(platform: str, folder: Path | None = None) -> Manifest:
    """The checked manifest of a platform; raises `ManifestError` with all findings."""
    from taps.engine.check import findings

    source = read_source((folder or PLATFORMS / platform) / "manifest.yaml")
    manifest = parse(source, Manifest)
    if wrong := findings(manifest, source):
        raise ManifestError(wrong)
    return manifest
