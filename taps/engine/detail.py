"""`detail:` reads records again on their own, side by side, where a list or an event holds only part of them."""

from functools import partial
from typing import Any

from taps.engine import side_by_side
from taps.engine.answers import Raw, Tree
from taps.engine.changes import Detail
from taps.engine.errors import Missing
from taps.engine.nodes import Node
from taps.engine.reading import pages_of, scope_of
from taps.engine.run import Run


def whole(run: Run, node: Node, records: list[Raw], detail: Detail | None, more: dict[str, Any]) -> list[Raw]:
    """The records as the vendor shows them on their own; those that are gone by now are left out."""
    if detail is None or not records:
        return records
    size = detail.batch or 1
    groups = [records[at : at + size] for at in range(0, len(records), size)]
    found: list[list[Raw]] = [[] for _ in groups]

    def again(index: int) -> None:
        found[index] = _again(run, node, detail, groups[index], more)

    side_by_side.each([partial(again, index) for index in range(len(groups))], min(run.max_concurrency, len(groups)))
    return [row for rows in found for row in rows]


def _again(run: Run, node: Node, detail: Detail, group: list[Raw], more: dict[str, Any]) -> list[Raw]:
    words = node.stream.model_copy(
        update={
            "path": detail.path,
            "method": detail.method,
            "params": detail.params,
            "body": detail.body,
            "records": detail.records,
            **dict.fromkeys(("pages", "job", "graphql", "form", "detail")),
            "cursor": "none",
        }
    )
    values = [Tree(record).take(".") for record in group]
    record = values[0]
    if detail.batch is not None:
        record = {name: [value.get(name) for value in values] for name in values[0]}
    try:
        scope = scope_of(run, node, words, **{**more, "record": record})
        return [row for page in pages_of(run, node, words, scope) for row in page.rows]
    except Missing:
        return []
