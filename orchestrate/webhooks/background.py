"""Works off deliveries and announcements beside the service, for all tenants, until it is asked to end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from orchestrate.announce.deliver import deliver
from orchestrate.store.database import Store
from orchestrate.store.due import due_tenants, settle
from orchestrate.store.tables import now
from orchestrate.syncs.objects import refresh
from orchestrate.syncs.service import Syncs
from orchestrate.vault.service import Vault
from orchestrate.webhooks.naming import Concerned
from orchestrate.webhooks.work import work

_Found = TypeVar("_Found")
PAUSE = 1.0
_AFTER_TROUBLE = timedelta(seconds=5)
_AT_ONCE = 4
_LOG = logging.getLogger("engarde.webhooks")


class Background:
    """The loop. It asks once a second of whom something is due, whoever wrote it."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def run(self, stopping: threading.Event) -> None:
        """Works until `stopping` is set; what is under way is ended first."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhooks") as pool:
            while not stopping.wait(PAUSE):
                list(pool.map(self._serve, self._safe(lambda: due_tenants(self._store)) or []))

    def _serve(self, tenant_id: str) -> None:
        worked = self._safe(lambda: work(self._store, tenant_id, self._reread))
        told = self._safe(lambda: deliver(self._store, self._vault, tenant_id))
        trouble = worked is None or told is None
        self._safe(lambda: settle(self._store, tenant_id, now() + _AFTER_TROUBLE if trouble else None))

    def _reread(self, tenant_id: str, connection: str, about: Concerned) -> list[str]:
        syncs = Syncs(self._store, tenant_id, "platform")
        chosen = syncs.sources.chosen(connection)
        objects = {stream: ids for stream, ids in about.objects.items() if not chosen or stream in chosen}
        runs = [refresh(self._store, tenant_id, connection, objects)] if objects else []
        streams = about.streams if about.streams is None or not chosen else [
            each for each in about.streams if each in chosen
        ]  # fmt: skip
        if streams is None or streams:
            runs.append(syncs.trigger(connection, streams=streams, cause="webhook"))
        return runs

    @staticmethod
    def _safe(act: Callable[[], _Found]) -> _Found | None:
        """One tenant's trouble, or the store's, is not the end of the loop: it is tried again."""
        try:
            return act()
        except Exception:
            _LOG.exception("deliveries could not be worked off")
            return None


@contextmanager
def at_work(background: Background) -> Iterator[None]:
    """The loop in a thread of its own, ended on the way out."""
    stopping = threading.Event()
    thread = threading.Thread(target=background.run, args=(stopping,), name="webhooks")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
