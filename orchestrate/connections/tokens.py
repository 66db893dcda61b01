"""A connection's tokens in the store: renewed by one process at a time and kept before they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from orchestrate.connections.sealed import Sealed
from orchestrate.connections.service import Connections
from orchestrate.store.leases import held

LEASE_SECONDS = 120.0
WAIT_SECONDS = 180.0


class StoredTokens:
    """The engine's `TokenStore` over a connection's sealed settings.

    Whoever renews holds a lease; should it end while the vendor is slow, the settings' versions tell that another
    process was there meanwhile, and nothing is overwritten.
    """

    def __init__(self, connections: Connections, name: str) -> None:
        self._all, self._name = connections, name
        self._seen: dict[str, int] = {}

    @property
    def shared(self) -> bool:
        """Every worker of the tenant reads here."""
        return True

    def refused(self, why: str) -> None:
        """The connection's state is `reconnect` until somebody logs in again; the first worker tells it."""
        if self._all.show(self._name).status != "reconnect":
            self._all.keep_status(self._name, "reconnect", why)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Waits for the lease of this connection's login."""
        store, tenant_id = self._all.store, self._all.tenant_id
        with store.transaction(tenant_id) as session:
            subject = f"login {self._all.named(session, self._name).id}"
        with held(store, tenant_id, subject, seconds=LEASE_SECONDS, wait=WAIT_SECONDS):
            yield

    def read(self) -> Mapping[str, str]:
        """The settings that are texts, as they are now."""
        with self._all.store.transaction(self._all.tenant_id) as session:
            sealed = Sealed(self._all.vault, session, self._all.named(session, self._name))
            self._seen = sealed.versions
            return {field: value for field, value in sealed.opened().items() if isinstance(value, str)}

    def write(self, settings: Mapping[str, str]) -> bool:
        """Keeps the settings; False, and nothing changed, if one was changed by others since it was read."""
        with self._all.store.transaction(self._all.tenant_id) as session:
            sealed = Sealed(self._all.vault, session, self._all.named(session, self._name))
            now = sealed.versions
            if any(now.get(field) != self._seen.get(field) for field in settings):
                return False
            sealed.put(settings)
            self._seen = sealed.versions
        return True
