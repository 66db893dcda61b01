"""The settings of one connection within a transaction: opened with their versions, and sealed when they change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from orchestrate.connections import store
from orchestrate.store.tables import ConnectionSetting, PlatformConnection
from orchestrate.vault.envelope import Place
from orchestrate.vault.service import Vault


class Sealed:
    """Locks the settings, where the engine locks rows, until the transaction ends."""

    def __init__(self, vault: Vault, session: Session, row: PlatformConnection) -> None:
        self._vault, self._session, self._row = vault, session, row
        self._kept = {each.field: each for each in store.settings_of(session, row.tenant_id, row.id)}

    @property
    def versions(self) -> dict[str, int]:
        """How often each was changed."""
        return {field: each.version for field, each in self._kept.items()}

    def opened(self) -> dict[str, Any]:
        """Every setting, secrets included; raises `VaultError`."""
        unseal = self._vault.unseal
        return {
            field: json.loads(unseal(self._session, self._place(field), each.sealed))
            for field, each in self._kept.items()
        }

    def put(self, settings: Mapping[str, Any]) -> None:
        """Sets these and keeps the others."""
        for field, value in settings.items():
            sealed = self._vault.seal(self._session, self._place(field), json.dumps(value))
            if field in self._kept:
                self._kept[field].sealed, self._kept[field].version = sealed, self._kept[field].version + 1
            else:
                self._kept[field] = ConnectionSetting(
                    tenant_id=self._row.tenant_id, connection_id=self._row.id, field=field, sealed=sealed, version=1
                )
                self._session.add(self._kept[field])
        self._session.flush()

    def drop(self, fields: Iterable[str]) -> None:
        """Takes these away."""
        for field in fields:
            self._session.delete(self._kept.pop(field))
        self._session.flush()

    def _place(self, field: str) -> Place:
        return Place(self._row.tenant_id, self._row.id, field)
