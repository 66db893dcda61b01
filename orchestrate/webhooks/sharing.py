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
from orchestrate.webhooks.reading import Told, Whose, is_empty, told, words_of
from taps.engine.references import names
from taps.engine.webhooks import Delivery as Words

Readers = Mapping[str, Whose]
"""Connection's id -> what tells its accounts."""


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
    return words is not None and bool(_said(words.delivery))


def heard(platform: str, words: Words, delivery: Delivery, readers: Readers) -> Heard:
    """Who is told of something by a delivery, and of what."""
    return Heard({
        who: (told(words, delivery, whose), named(platform, words, delivery, whose))
        for who, whose in readers.items()
        if not is_empty(words, delivery, whose)
    })  # fmt: skip


def readers_of(session: Session, vault: Vault, row: PlatformWebhook) -> dict[str, Whose]:
    """The connections that an endpoint's deliveries may be for: its own, and of an app's one address its siblings."""
    words = words_of(row.platform)
    said = _said(words.delivery) if words is not None else set()
    if not said:
        return {row.connection_id: {}}
    mine = select(PlatformConnection).where(
        PlatformConnection.tenant_id == row.tenant_id, PlatformConnection.platform == row.platform
    )
    connections = session.scalars(mine.order_by(PlatformConnection.id)).all()
    config: dict[str, dict[str, Any]] = {each.id: {} for each in connections}
    settings = select(ConnectionSetting).where(
        ConnectionSetting.tenant_id == row.tenant_id, ConnectionSetting.connection_id.in_(config),
        ConnectionSetting.field.in_({name.split(".")[1] for name in said}),
    )  # fmt: skip
    for each in session.scalars(settings):
        config[each.connection_id][each.field] = json.loads(vault.unseal(session, each.place, each.sealed))
    return {each.id: {"config": config[each.id], "account": each.account} for each in connections}


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


def _said(words: Words) -> set[str]:
    """What tells a connection's accounts: settings, `config.x`, and what its vendor says of it, `account.x`."""
    return set(names([words.items or "", *words.only.values()]))
