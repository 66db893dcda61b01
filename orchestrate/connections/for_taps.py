"""What a tap is given that was told the name of a connection. The secrets stay in its process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrate.connections.budgets import StoredBudgets
from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import ConnectionRefusedError
from orchestrate.connections.tokens import StoredTokens
from orchestrate.store.database import StoreError
from orchestrate.vault.keys import VaultError
from taps.engine.errors import BadSetting


@dataclass(frozen=True)
class Stored:
    """A connection's settings, where the tokens go that its vendor replaces, and what others ask of the account."""

    settings: Mapping[str, Any] = field(repr=False)
    tokens: StoredTokens
    ledger: StoredBudgets


def stored(name: str, platform: str) -> Stored:
    """The tenant's connection of this name (ENGARDE_TENANT); raises `BadSetting` with what to do."""
    try:
        connections = open_connections()
        return Stored(
            connections.settings(name, platform), StoredTokens(connections, name), StoredBudgets(connections.store)
        )
    except (ConnectionRefusedError, StoreError, VaultError) as refused:
        raise BadSetting(f"setting 'connection': {refused}", platform=platform) from None
