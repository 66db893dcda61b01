"""Takes what is due and does it, so many runs at a time, until it is asked to end."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from orchestrate.direct_run import Standby
from orchestrate.operations.retention import clean_up
from orchestrate.project import ROOT
from orchestrate.store.database import Store
from orchestrate.syncs.performing import perform
from orchestrate.syncs.queue import claim

PAUSE = 1.0
CLEANING = 86_400.0
"""Seconds between two times of throwing away what is old."""
_LOG = logging.getLogger("engarde.syncs")


def work(
    store: Store, stopping: threading.Event, *, at_once: int = 2, until_idle: bool = False, root: Path = ROOT
) -> None:
    """Works until `stopping` is set, or with `until_idle` until nothing is due. Runs under way
    are stopped then and queued again: what they committed counts.

    Beside `at_once` runs there is a place for one that reads single records, which waits for no long load.
    """
    cleaned, standby = -CLEANING, Standby(root, keeps=True)
    with contextlib.closing(standby), ThreadPoolExecutor(at_once + 1, thread_name_prefix="sync") as pool:
        under_way: set[Future[None]] = set()
        while not stopping.is_set():
            if time.monotonic() - cleaned > CLEANING and not until_idle:
                clean_up(store)
                cleaned = time.monotonic()
            under_way = {each for each in under_way if not _done(each)}
            taken = claim(store) if len(under_way) < at_once else None
            if taken is None and len(under_way) == at_once:
                taken = claim(store, short=True)
            if taken is not None:
                under_way.add(pool.submit(perform, store, taken, root, stopping, standby))
            elif until_idle and not under_way:
                return
            elif len(under_way) >= at_once or until_idle:
                wait(under_way, timeout=PAUSE, return_when="FIRST_COMPLETED")
            else:
                stopping.wait(PAUSE)


def _done(run: Future[None]) -> bool:
    if not run.done():
        return False
    error = run.exception()
    if error is not None:
        _LOG.error("a run could not be kept: %s", error)
    return True
