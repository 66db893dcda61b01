"""Whose a delivery is: the one address of an app serves all connections of the tenant whose account an item names.

A vendor with one address for an app sends there what all accounts of the app do. Whoever of the tenant is concerned is
told when the delivery comes, so that what was kept says for whom it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.store.tables import ConnectionSetting, PlatformConnection, PlatformWebhook
from orchestrate.vault.service import Vault
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.naming import named
from orchestrate.webhooks.reading import Settings, Told, is_empty, told, words_of
from taps.engine.references import names
from taps.engine.webhooks import Delivery as Words

Readers = Mapping[str, Settings]
"""Connection's id -> the settings that tell its accounts."""


@dataclass(frozen=True)
class Heard:
    """What a delivery tells those who are concerned: connection's id -> its part."""

    parts: Mapping[str, tuple[Told, dict[str, list[str]]]]

    @property
    def told(self) -> Told:
        """What it tells all of them together."""
        each = [told for told, _ in self.parts.values()]
        ids = sorted({told.delivery for told in each})
        return Told("/".join(ids) if all(ids) else "", tuple(sorted({topic for told in each for topic in told.types})))

    @property
    def kept(self) -> dict[str, Any]:
        """As it is kept for those who read it again."""
        return {who: {"types": list(told.types), "objects": objects} for who, (told, objects) in self.parts.items()}


@cache
def is_shared(platform: str) -> bool:
    """Whether deliveries say whose they are, for an app has one address for all of its accounts."""
    words = words_of(platform)
    return words is not None and bool(_settings(words.delivery))


def heard(platform: str, words: Words, delivery: Delivery, readers: Readers) -> Heard:
    """Who is told of something by a delivery, and of what."""
    return Heard({
        who: (told(words, delivery, settings), named(platform, words, delivery, settings))
        for who, settings in readers.items()
        if not is_empty(words, delivery, settings)
    })  # fmt: skip


def readers_of(session: Session, vault: Vault, row: PlatformWebhook) -> dict[str, dict[str, Any]]:
    """The connections that an endpoint's deliveries may be for: its own, and of an app's one address its siblings."""
    words = words_of(row.platform)
    fields = _settings(words.delivery) if words is not None else set()
    if not fields:
        return {row.connection_id: {}}
    siblings = select(PlatformConnection.id).where(
        PlatformConnection.tenant_id == row.tenant_id, PlatformConnection.platform == row.platform
    )
    found: dict[str, dict[str, Any]] = {each: {} for each in session.scalars(siblings.order_by(PlatformConnection.id))}
    settings = select(ConnectionSetting).where(
        ConnectionSetting.tenant_id == row.tenant_id, ConnectionSetting.connection_id.in_(found),
        ConnectionSetting.field.in_(fields),
    )  # fmt: skip
    for each in session.scalars(settings):
        found[each.connection_id][each.field] = json.loads(vault.unseal(session, each.place, each.sealed))
    return found


def siblings_of(session: Session, connection: PlatformConnection) -> list[PlatformConnection]:
    """The others of its tenant and platform by name, where an address of one serves all of them."""
    if not is_shared(connection.platform):
        return []
    others = select(PlatformConnection).where(
        PlatformConnection.tenant_id == connection.tenant_id, PlatformConnection.platform == connection.platform,
        PlatformConnection.id != connection.id,
    )  # fmt: skip
    return list(session.scalars(others.order_by(PlatformConnection.name)))


def waiting(parts: Mapping[str, Any]) -> list[str]:
    """The connections for which a delivery was not read again yet."""
    return [who for who, part in parts.items() if "state" not in part]


def afresh(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a delivery as they were when it came."""
    return {who: {"types": part["types"], "objects": part["objects"]} for who, part in parts.items()}


def _settings(words: Words) -> set[str]:
    """The settings that tell a connection's accounts."""
    said = names([words.items or "", *words.only.values()])
    return {name.split(".")[1] for name in said if name.startswith("config.")}
