"""A platform's fixtures, and what the tap's record pipeline makes of them."""

from dataclasses import dataclass
from typing import Any

import msgspec

from taps.engine.answers import Tree, value_of
from taps.engine.load import PLATFORMS
from taps.engine.manifest import Manifest
from taps.engine.records import Shaper, raw


@dataclass(frozen=True)
class Passed:
    """The rows a fixture becomes, and what the pipeline had to say about them."""

    rows: list[dict[str, Any]]
    drifted: dict[str, int]
    undeclared: dict[str, int]


def answer(platform: str, stream: str) -> Any:
    """The answer a fixture holds."""
    return msgspec.json.decode((PLATFORMS / platform / "fixtures" / f"{stream}.json").read_bytes())["answer"]


def passed(manifest: Manifest, name: str, given: Any) -> Passed:
    """The rows of one answer, with `carried` as every carried column's value."""
    stream = manifest.resolved(name)
    columns = stream.columns_declared
    shaper = Shaper(stream, columns, "default")
    carried = {column: raw("carried") for column in (stream.parent.carry if stream.parent else {})}
    shaped = shaper.page(Tree(msgspec.json.encode(given)).rows(stream.records or "."), carried)
    rows = [{column: value_of(value) for column, value in each.row.items()} for each in shaped]
    return Passed(rows, dict(shaper.drifted), dict(shaper.undeclared))
