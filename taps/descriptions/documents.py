"""A description's document as plain data: JSON at once, YAML by libyaml and from then on from a cache."""

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 as descriptions are written, but a date stays the text that it is."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@lru_cache(maxsize=64)
def parsed(path: Path) -> Any:
    """The document of a JSON or YAML file; raises `OSError` where it is absent and `ValueError` where it is broken."""
    if path.suffix == ".json":
        return msgspec.json.decode(path.read_bytes())
    return _yaml(path)


def _yaml(path: Path) -> Any:
    kept = _cache() / f"{hashlib.sha256(_mark(path).encode()).hexdigest()[:32]}.json"
    try:
        return msgspec.json.decode(kept.read_bytes())
    except (OSError, msgspec.DecodeError):
        pass
    with path.open("rb") as file:
        try:
            document = _texts(yaml.load(file, Loader=_Loader))  # noqa: S506 - a CSafeLoader
        except yaml.YAMLError as broken:
            msg = f"{path.name} is not YAML: {broken}"
            raise ValueError(msg) from broken
    _keep(kept, msgspec.json.encode(document))
    return document


def _mark(path: Path) -> str:
    known = path.stat()
    return f"{path.resolve()} {known.st_size} {known.st_mtime_ns}"


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "engarde" / "descriptions"


def _keep(file: Path, data: bytes) -> None:
    """Another process may be writing the same: each writes its own file and renames it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(data)
        Path(part.name).replace(file)
    except OSError:
        return


def _texts(node: Any) -> Any:
    """Keys as texts: `200:` and `on:` are no texts in YAML."""
    if isinstance(node, dict):
        return {_key(key): _texts(value) for key, value in node.items()}
    return [_texts(item) for item in node] if isinstance(node, list) else node


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "on" if key else "off"
    return str(key)
