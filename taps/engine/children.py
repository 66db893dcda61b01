"""Reads the children of a page of parents: those inside their answer, and those with a request of their own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from taps.engine import one_reading, owners, partitions, side_by_side
from taps.engine.answers import Raw, Tree
from taps.engine.detail import whole
from taps.engine.errors import ENDS_ALL, BadAnswer, Missing, NoPermission, SkipRecord, TapError
from taps.engine.nodes import Node
from taps.engine.parents import Parent
from taps.engine.paths import Path, PathError, is_true
from taps.engine.reading import Page, scope_of, words_for
from taps.engine.records import DELETED, Row, Shaped, raw
from taps.engine.run import Run
from taps.engine.writer import extraction_time, stamp


def dispatch(
    run: Run, node: Node, shaped: list[Shaped], read_at: datetime, tree: Tree | None = None, *, bulk: bool = False
) -> None:  # fmt: skip
    """What follows from a page of records: children are read, deletes that it lists are written.

    A child that fails is left out for the rest of the run and read whole in the next; its siblings go on.
    """
    if not shaped and tree is None:
        return
    for target in node.lists_deleted_of:
        _write_listed(run, target, shaped, read_at)
    for child in node.active_children:
        parent = child.stream.parent
        assert parent is not None
        if run.outcome(child.name).error is not None:
            continue
        wanted = [each for each in shaped if _chosen(run, parent, node, each)]
        chosen = [each for each in wanted if _has_children(parent, each)]
        try:
            if parent.beside is not None:
                _beside(run, child, parent.beside, tree, read_at)
            elif parent.inside is not None:
                _inside(run, child, parent, chosen, read_at, bulk=bulk)
            else:
                _asked(run, child, parent, chosen)
            owners.replace_vanished(run, child, [each for each in wanted if not _has_children(parent, each)], read_at)
        except ENDS_ALL:
            raise
        except TapError as failed:
            run.outcome(child.name).error = failed


def _write_listed(run: Run, target: Node, shaped: list[Shaped], read_at: datetime) -> None:
    carry = getattr(target.stream.deletes, "carry", {})
    keys = target.stream.key if isinstance(target.stream.key, list) else []
    at = raw(stamp(read_at))
    rows = []
    for each in shaped:
        row: Row = {"_connection_id": each.row["_connection_id"], DELETED: at}
        rows.append(row | {key: each.row[carry.get(key, key)] for key in keys})
    owners.write_deleted(run, target, rows, read_at)


def _chosen(run: Run, parent: Parent, node: Node, shaped: Shaped) -> bool:
    if parent.only is not None:
        wanted = run.connection.config.get(parent.only.strip("{}").removeprefix("config."))
        key = parent.key or (node.stream.key[0] if isinstance(node.stream.key, list) else "id")
        if wanted and str(shaped.decoded([key])[key]) not in {str(value) for value in wanted}:
            return False
    values = shaped.decoded(parent.where) if parent.where else {}
    return all(values.get(name) in allowed for name, allowed in parent.where.items())


def _has_children(parent: Parent, shaped: Shaped) -> bool:
    return parent.has is None or is_true(shaped.decoded([parent.has]).get(parent.has))


def carried(child: Node, shaped: Shaped) -> Row:
    """The parent's values that its children's rows hold; a dotted field goes into a JSON column."""
    row: Row = {}
    for column, name in (child.stream.parent.carry if child.stream.parent else {}).items():
        first, _, rest = name.partition(".")
        value = shaped.row.get(first, Raw(b"null"))
        row[column] = child.shaper.inherited(column, raw(Tree(value).take(rest)) if rest else value)
    return row


def _beside(run: Run, child: Node, place: Path, tree: Tree | None, read_at: datetime) -> None:
    """Children that stand beside all the parents of a page."""
    if tree is None:
        return
    try:
        rows = child.shaper.page(tree.rows(place))
    except PathError as absent:
        raise BadAnswer(str(absent), platform=run.connection.platform, stream=child.name) from None
    run.write(child, rows, read_at)
    dispatch(run, child, rows, read_at)


def _inside(run: Run, child: Node, parent: Parent, parents: list[Shaped], read_at: datetime, *, bulk: bool) -> None:
    """Children that came with their parents; where not all did, they are asked for."""
    rows: list[Shaped] = []
    asked: list[Shaped] = []
    whole: list[Shaped] = []
    for each in parents:
        tree = Tree(each.raw)
        if parent.more is not None and is_true(tree.take(parent.more)):
            asked.append(each)
            continue
        try:
            found = tree.rows(parent.inside or ".")
        except PathError as absent:
            if bulk:
                continue
            raise BadAnswer(str(absent), platform=run.connection.platform, stream=child.name) from None
        whole.append(each)
        rows += child.shaper.page(found, carried(child, each))
    run.write(child, rows, read_at)
    dispatch(run, child, rows, read_at, bulk=bulk)
    owners.replace_vanished(run, child, whole, read_at)
    if asked:
        _asked(run, child, parent, asked)


def _asked(run: Run, child: Node, parent: Parent, parents: list[Shaped]) -> None:
    """Children with requests of their own, parents side by side."""
    groups = _groups(child, parent, parents)
    works: list[Callable[[], None]] = [
        lambda group=group: _for_parents(run, child, parent, group)  # type: ignore[misc]
        for group in groups
    ]
    side_by_side.each(works, min(run.max_concurrency, len(works)))


def _groups(child: Node, parent: Parent, parents: list[Shaped]) -> list[list[Shaped]]:
    """The parents of one request each; those of a batch have the carried columns in common."""
    if parent.batch is None:
        return [[each] for each in parents]
    alike: dict[str, list[Shaped]] = {}
    for each in parents:
        alike.setdefault(str({name: bytes(value) for name, value in carried(child, each).items()}), []).append(each)
    size = parent.batch
    return [some[at : at + size] for some in alike.values() for at in range(0, len(some), size)]


def _for_parents(run: Run, child: Node, parent: Parent, group: list[Shaped]) -> None:
    run.check_stopped()
    values = [each.decoded() for each in group]
    scope_parent: dict[str, Any] = values[0]
    if parent.batch is not None:
        scope_parent = {name: [value[name] for value in values] for name in values[0]}
    read_for(run, child, scope_parent, carried(child, group[0]), group)


def read_for(run: Run, child: Node, values: dict[str, Any], down: Row, parents: list[Shaped]) -> None:
    """Reads a child for one parent (or batch): with a bookmark of its own, or whole."""
    context = partitions.context_of(child, values, down)
    try:
        if child.own_cursor:
            partitions.read_partition(run, child, {"parent": values}, down, context)
            return
        words = words_for(child.stream, first=False)
        scope = scope_of(run, child, words, parent=values)
        began = extraction_time()

        one_reading.again_at_restart(lambda: one_reading.read_once(run, child, words, scope, down, lower=None))
        owners.replace_vanished(run, child, parents, began)
    except NoPermission as refused:
        run.outcome(child.name).refused = refused
        run.log.warning("%s", refused)
        _keep_place(run, child, context)
    except (Missing, SkipRecord):
        run.outcome(child.name).skipped += 1
        _keep_place(run, child, context)


def _keep_place(run: Run, child: Node, context: dict[str, Any]) -> None:
    """A parent that could not be read keeps its own bookmark while the others move on."""
    if child.own_cursor:
        run.state.put_partition(child.name, context, partitions.partition_value(run, child, context))


def write_page(
    run: Run, node: Node, page: Page, down: Row, more: dict[str, Any]
) -> list[Shaped]:  # fmt: skip
    """Shapes and writes one page and reads what hangs below it."""
    shaped = node.shaper.page(whole(run, node, page.rows, node.stream.detail, more), down)
    one_reading.mark_deleted(node, shaped, page.read_at)
    run.write(node, shaped, page.read_at)
    dispatch(run, node, shaped, page.read_at, page.tree)
    return shaped
