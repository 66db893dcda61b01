"""`deletes: compare`: when a stream is read whole to see what is gone, and what follows from it."""

from datetime import timedelta

from taps.engine.cursor import Cursor
from taps.engine.deletes import ByCompare
from taps.engine.nodes import Node
from taps.engine.run import Run
from taps.engine.starts import moment
from taps.engine.writer import extraction_time, stamp

EVERY = {"each_run": timedelta(0), "daily": timedelta(hours=23), "weekly": timedelta(days=6, hours=23)}


def begin(run: Run, top: Node) -> bool:
    """Whether the stream and all below it are read whole now, because one of them is to be compared.

    Rows of those compared, and of children that go with them, get this run's version.
    """
    compared = [node for node in top.walk() if isinstance(node.stream.deletes, ByCompare)]
    due = [node for node in compared if node.active and _is_due(run, node)]
    if run.first_page_only or not due or _ends_early(run, top):
        return False
    for node in compared:
        _give_version(run, node)
    return True


def _ends_early(run: Run, top: Node) -> bool:
    """Whether `end_date` leaves records out: those that did not come are not gone then."""
    return run.end is not None and any(isinstance(node.stream.cursor, Cursor) for node in top.walk())


def _give_version(run: Run, node: Node) -> None:
    run.versions[node.name] = run.version
    for child in node.children:
        if child.stream.deletes == "with_parent":
            _give_version(run, child)


def _is_due(run: Run, node: Node) -> bool:
    deletes = node.stream.deletes
    last = run.state.of(node.name).get("compared")
    if not isinstance(deletes, ByCompare) or not last:
        return True
    return extraction_time() - moment(run, last, f"the state of {node.name}") >= EVERY[deletes.compare]


def end(run: Run, top: Node) -> None:
    """Rows that did not come are gone, of those streams that were read whole, with all above them."""
    outcome = run.outcome(top.name)
    if outcome.error is not None or outcome.refused is not None:
        return
    version = run.versions.get(top.name)
    if version is not None and top.selected:
        run.writer.activate(top.name, version, run.connection.connection_id)
    if version is not None and isinstance(top.stream.deletes, ByCompare):
        run.state.put(top.name, compared=stamp(extraction_time()))
    for child in top.active_children:
        end(run, child)
