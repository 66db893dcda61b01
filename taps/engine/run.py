"""One run of a tap: what its streams share while they are read, and what became of each."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from taps.engine.connection import Connection
from taps.engine.errors import Stopped
from taps.engine.http_usage import metrics
from taps.engine.nodes import Node
from taps.engine.outcomes import TapRun
from taps.engine.records import Shaped, raw
from taps.engine.writer import stamp


@dataclass(frozen=True)
class Present:
    """The moment a stream's reading began, by the vendor's clock as far as it was known then, and by ours."""

    now: datetime
    ours: datetime


@dataclass(kw_only=True)
class Run(TapRun):
    """The connection, the way out, the state, and the switches of this run."""

    connection: Connection
    max_concurrency: int = 8
    start: datetime | None = None
    end: datetime | None = None
    semaphores: dict[str, threading.BoundedSemaphore] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    """The streams that are read whole in this run to see what is gone, and the version their rows get."""
    finished: dict[str, list[tuple[dict[str, Any], str]]] = field(default_factory=dict)
    """Stream -> the parents read whole in this run, and how far."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.log = logging.getLogger(f"tap-{self.connection.platform}")
        for name, job in self.connection.manifest.jobs.items():
            self.semaphores[name] = threading.BoundedSemaphore(job.at_most)

    def interrupt(self) -> None:
        """Ends requests and waits that are under way."""
        self.connection.client.stop()

    def metrics(self) -> Iterable[str]:
        """Requests, bytes and waits of each stream, and what is left of the vendor's limits."""
        return metrics(self.connection.client.usage.costs(), self.connection.client.limits())

    def check_stopped(self) -> None:
        """Raises `Stopped` once the run was asked to end."""
        if self.stop.is_set():
            msg = "stopped"
            raise Stopped(msg, platform=self.connection.platform)

    def now(self) -> datetime:
        """The present by the vendor's clock, or the end that the settings ask for."""
        now = self.connection.client.server_now()
        return min(now, self.end) if self.end else now

    def present(self) -> Present:
        """The present, kept for the bookmarks of what is read from now on."""
        return Present(self.now(), datetime.now(UTC))

    def covered(self, present: Present, until: datetime | None = None) -> datetime:
        """How far a reading that began then is complete: by the vendor's clock as its answers have told it since.

        Where our clock is ahead, a bookmark of ours would lie in the vendor's future and lose what comes until then.
        """
        offset = self.connection.client.server_now() - datetime.now(UTC)
        return min(filter(None, (present.now, present.ours + offset, until)))

    def write(self, node: Node, shaped: list[Shaped], read_at: datetime) -> None:
        """Writes the rows of a selected stream."""
        if node.selected:
            self.writer.rows(
                node.name,
                [each.written(node.shaper.deselected) for each in shaped],
                read_at,
                self.versions.get(node.name),
            )

    def replaced(
        self, node: Node, where: dict[str, object], before: datetime, bounds: dict[str, str] | None = None
    ) -> None:
        """Says that rows of this place, last read before `before`, are gone."""
        if node.selected:
            place = {**where, "_connection_id": self.connection.connection_id}
            self.writer.replaces(node.name, {**(bounds or {}), "where": place, "before": stamp(before)})

    def deletion_moment(self, moment: datetime) -> object:
        """A moment as raw JSON, for a row's `_sdc_deleted_at`."""
        return raw(stamp(moment))
