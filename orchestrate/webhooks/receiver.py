"""Takes one delivery: proved to be the vendor's, kept for good, and only then answered.

Whoever is not proved learns nothing: an unknown address, a wrong signature and an endpoint without a secret get the
same answer after the same time.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool

from orchestrate.connections.sealed import Sealed
from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, PlatformWebhook
from orchestrate.vault.service import Vault
from orchestrate.webhooks.batches import Batches, Kept
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.endpoints import Webhooks, accepted, decoy_secret, place_of
from orchestrate.webhooks.handshake import Answer, handshake
from orchestrate.webhooks.reading import words_of
from orchestrate.webhooks.sharing import Heard, Readers, heard, is_shared, readers_of
from orchestrate.webhooks.verify import Receiver as Verifier
from orchestrate.webhooks.verify import RefusedError, verify

REFUSAL_SECONDS = 0.1
"""A refusal comes after this long, whatever was wrong."""
_BUSY_SECONDS = 2.0
"""So long after a delivery others are likely to come."""
_KNOWN_SECONDS = 5.0
"""A changed secret or a removed endpoint counts in every process after so long."""
_KNOWN_MOST = 10_000


@dataclass(frozen=True)
class Endpoint:
    """What is known of an address: whose it is, and what verifies its deliveries."""

    tenant_id: str
    id: str
    address: str
    verifier: Verifier = field(repr=False)
    readers: Readers = field(repr=False, default_factory=dict)
    coded: bool = False
    """Whether a code waits to be typed into the vendor's page."""


class Receiver:
    """The receiving side of one process."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault
        self._batches = Batches(store)
        self._known: OrderedDict[tuple[str, str], tuple[float, Endpoint | None]] = OrderedDict()
        self._asked: dict[tuple[str, str], asyncio.Task[Endpoint | None]] = {}
        self._decoy = decoy_secret()
        self._last = -math.inf

    async def take(self, platform: str, token: str, delivery: Delivery) -> Answer:
        """The answer to a delivery whose `url` holds nothing but a query; raises `RefusedError` after a while."""
        self._last = began = time.monotonic()
        try:
            return await self._take(platform, token, delivery)
        except RefusedError:
            await asyncio.sleep(max(0.0, began + REFUSAL_SECONDS - time.monotonic()))
            raise

    def is_busy(self) -> bool:
        """Whether a delivery came just now."""
        return time.monotonic() - self._last < _BUSY_SECONDS

    async def _take(self, platform: str, token: str, delivery: Delivery) -> Answer:
        words = words_of(platform)
        if words is None:
            raise RefusedError("this platform sends no webhooks")
        endpoint = await self._endpoint(platform, token)
        known = endpoint or Endpoint("", "", "", Verifier(platform, [self._decoy], {}))
        delivery = replace(delivery, url=known.address + delivery.url)
        answered = await run_in_threadpool(
            handshake, self._store, self._vault, words, endpoint, delivery
        ) if words.challenge else None  # fmt: skip
        if answered is not None:
            self._known.pop((platform, token), None)
            return answered
        if words.verify.kind == "rsa_sha256":  # it may have to fetch a certificate
            await run_in_threadpool(verify, known.verifier, delivery, datetime.now(UTC))
        else:
            verify(known.verifier, delivery, datetime.now(UTC))
        if endpoint is None:
            raise RefusedError("there is no such address")
        if endpoint.coded:
            webhooks = Webhooks(self._store, self._vault, endpoint.tenant_id, f"platform {platform}")
            await run_in_threadpool(webhooks.forget_code, endpoint.id)
            self._known.pop((platform, token), None)
        found = heard(platform, words.delivery, delivery, endpoint.readers)
        if found.parts:
            await self._batches.keep(_kept(endpoint, delivery, found, shared=is_shared(platform)))
        return Answer()

    async def _endpoint(self, platform: str, token: str) -> Endpoint | None:
        place, moment = (platform, token), time.monotonic()
        found = self._known.get(place)
        if found is not None and found[0] > moment:
            return found[1]
        # All who wait for one address wait for one look: else a burst asks the store once for each of its deliveries.
        asked = self._asked.get(place)
        if asked is None:
            asked = self._asked[place] = asyncio.create_task(self._look_up(place))
        return await asyncio.shield(asked)

    async def _look_up(self, place: tuple[str, str]) -> Endpoint | None:
        moment = time.monotonic()
        try:
            endpoint = await run_in_threadpool(self._read, *place)
        finally:
            del self._asked[place]
        self._known[place] = (moment + _KNOWN_SECONDS, endpoint)
        self._known.move_to_end(place)
        while len(self._known) > _KNOWN_MOST:
            self._known.popitem(last=False)
        return endpoint

    def _read(self, platform: str, token: str) -> Endpoint | None:
        place = place_of(token)
        if place is None:
            return None
        tenant_id, webhook_id = place
        with self._store.transaction(tenant_id) as session:
            row = session.get(PlatformWebhook, (tenant_id, webhook_id))
            if row is None or row.platform != platform:
                return None
            owner = session.get_one(PlatformConnection, (tenant_id, row.connection_id))
            settings = {name: str(value) for name, value in Sealed(self._vault, session, owner).opened().items()}
            known = accepted(session, self._vault, row)
            # Who signs by a certificate has no secret: the vendor's id of the webhook stands in its place.
            verifier = Verifier(platform, known, {"webhook_id": known[0] if known else "", **settings})
            readers = readers_of(session, self._vault, row)
            return Endpoint(tenant_id, webhook_id, row.address, verifier, readers, row.code is not None)


def _kept(endpoint: Endpoint, delivery: Delivery, found: Heard, *, shared: bool) -> Kept:
    told = found.told
    kept = Kept(
        endpoint.tenant_id, endpoint.id, told.key(endpoint.id, delivery.body), told.delivery, list(told.types),
        delivery.body,
    )  # fmt: skip
    if shared:
        return replace(kept, parts=found.kept)
    [(_, objects)] = found.parts.values()
    return replace(kept, objects=objects)
