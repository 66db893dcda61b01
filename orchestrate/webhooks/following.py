"""What vendors were told of addresses follows what becomes of connections: other streams are chosen, or one is removed.

A vendor that refuses holds nobody up: what was asked for is done, and what is left to do by hand is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from orchestrate.audit import service as audit
from orchestrate.connections.service import Connections
from orchestrate.store.database import Store, StoreError
from orchestrate.store.tables import PlatformConnection, PlatformWebhook
from orchestrate.syncs.sources import Source, Sources
from orchestrate.vault.service import Vault
from orchestrate.webhooks.endpoints import ShownWebhook, WebhookRefusedError
from orchestrate.webhooks.reading import topics_of
from orchestrate.webhooks.registration import Registrations
from taps.engine.errors import TapError


@dataclass(frozen=True)
class Left:
    """What is left of the addresses of a connection that was removed, a line each.

    `untold` are those that the vendor did not forget, and why; `kept` those that others have now.
    """

    untold: list[str]
    kept: list[str]


class Following:
    """Changes of one tenant's connections that their vendors have to be told of."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str) -> None:
        self._store, self._tenant_id, self._actor = store, tenant_id, actor
        self._registrations = Registrations(store, vault, tenant_id, actor)
        self._connections = Connections(store, vault, tenant_id, actor)
        self._sources = Sources(store, tenant_id, actor)

    def choose(self, connection: str, streams: Sequence[str] | None) -> tuple[list[Source], list[str]]:
        """Loads these streams alone, or all, and has the vendor tell of them; what it refused is said, a line each."""
        before = self._topics(connection)
        found = self._sources.choose(connection, streams)
        topics = self._topics(connection)
        if topics == before:
            return found, []
        tell = self._registrations.register if topics else self._registrations.unregister
        return found, self._told(connection, tell, "the vendor still tells of the streams that were chosen before")

    def remove(self, connection: str) -> Left:
        """Forgets a connection, its vendor first; an address that serves others too stays, with one of them."""
        self._connections.show(connection)
        # an app's one address is not taken from the others: what the vendor was told of it stays with it
        kept = [_kept(each) for each in self._registrations.hand_over(connection)]
        said = self._told(
            connection, self._registrations.unregister, "the vendor goes on delivering; take it away there"
        )
        self._connections.remove(connection)
        return Left(said, kept)

    def _topics(self, connection: str) -> list[str]:
        chosen = self._sources.chosen(connection)
        topics = topics_of(self._connections.show(connection).platform)
        return sorted({topic for name, of in topics.items() if not chosen or name in chosen for topic in of})

    def _told(self, connection: str, tell: Callable[[str], object], otherwise: str) -> list[str]:
        said = []
        for webhook, address in self._registered(connection):
            try:
                tell(webhook)
            except (TapError, WebhookRefusedError, StoreError) as refused:
                said.append(f"{address}: {otherwise}. {refused}")
                with self._store.transaction(self._tenant_id) as session:
                    audit.record(
                        session, self._tenant_id, self._actor, "vendor not told", webhook, connection=connection
                    )
        return said

    def _registered(self, connection: str) -> list[tuple[str, str]]:
        """The endpoints that the vendor was told of by its API: id and address."""
        mine = (
            select(PlatformWebhook)
            .join(PlatformConnection, PlatformConnection.id == PlatformWebhook.connection_id)
            .where(PlatformWebhook.tenant_id == self._tenant_id, PlatformConnection.tenant_id == self._tenant_id)
            .where(PlatformConnection.name == connection)
        )
        with self._store.transaction(self._tenant_id) as session:
            return [(row.id, row.address) for row in session.scalars(mine) if row.vendor_ids]


def _kept(endpoint: ShownWebhook) -> str:
    again = ", which it can be registered for again" if endpoint.registered else ""
    return f"{endpoint.address}: it serves {endpoint.connection} too and is the address of that connection now{again}"
