"""A tenant's data keys: made at first use, opened by the keyring, wrapped anew when its current key changes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.store.tables import SealedRow, Table, TenantKey, now
from orchestrate.vault.envelope import DataKey, Place, seal, unseal
from orchestrate.vault.keys import KEY_BYTES, Keyring


class Vault:
    """Seals and opens within the transactions of one tenant; raises `VaultError` where a key does not fit."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def seal(self, session: Session, place: Place, text: str) -> bytes:
        """The text, sealed by the tenant's newest data key."""
        return seal(self._newest(session, place.tenant), place, text)

    def unseal(self, session: Session, place: Place, sealed: bytes) -> str:
        """The text again."""
        return unseal(self._keys(session, place.tenant), place, sealed)

    def rotate(self, session: Session, tenant_id: str) -> int:
        """A new data key, wrapped by the keyring's current key, and everything sealed by it anew; the old keys are
        dropped. Returns how many values were sealed anew.

        All in the session's transaction: whoever reads meanwhile sees the old values with the old keys.
        """
        old = self._keys(session, tenant_id)
        new = self._make(session, tenant_id)
        rows = [row for table in _sealed_tables() for row in _locked(session, table, tenant_id)]
        for row in rows:
            row.sealed = seal(new, row.place, unseal({**old, new.id: new}, row.place, row.sealed))
        for key_id in old:
            session.delete(session.get_one(TenantKey, (tenant_id, key_id)))
        return len(rows)

    def check(self, session: Session, tenant_id: str) -> None:
        """Opens every data key of the tenant, so that a wrong key is refused before anything begins."""
        self._keys(session, tenant_id)

    def _keys(self, session: Session, tenant_id: str) -> dict[str, DataKey]:
        return {row.id: self._open(row) for row in _rows(session, tenant_id)}

    def _newest(self, session: Session, tenant_id: str) -> DataKey:
        rows = _rows(session, tenant_id)
        return self._open(rows[-1]) if rows else self._make(session, tenant_id)

    def _open(self, row: TenantKey) -> DataKey:
        return DataKey(row.id, self._keyring.key(row.wrapped_by).unwrap(row.wrapped, _bound(row.tenant_id, row.id)))

    def _make(self, session: Session, tenant_id: str) -> DataKey:
        key = DataKey(secrets.token_hex(16), secrets.token_bytes(KEY_BYTES))
        wrapping = self._keyring.current
        wrapped = wrapping.wrap(key.secret, _bound(tenant_id, key.id))
        session.add(
            TenantKey(tenant_id=tenant_id, id=key.id, wrapped_by=wrapping.id, wrapped=wrapped, created_at=now())
        )
        session.flush()
        return key


def _rows(session: Session, tenant_id: str) -> list[TenantKey]:
    order = (TenantKey.created_at, TenantKey.id)
    return list(session.scalars(select(TenantKey).where(TenantKey.tenant_id == tenant_id).order_by(*order)))


def _sealed_tables() -> list[type[SealedRow]]:
    """Every table that keeps something sealed, in the order of their names: two rotations wait for one another."""
    tables = [mapper.class_ for mapper in Table.registry.mappers if issubclass(mapper.class_, SealedRow)]
    return sorted(tables, key=lambda table: table.__name__)


def _locked(session: Session, table: type[SealedRow], tenant_id: str) -> Sequence[SealedRow]:
    return session.scalars(select(table).where(table.tenant_id == tenant_id).with_for_update()).all()


def _bound(tenant_id: str, key_id: str) -> bytes:
    return f"{tenant_id}/{key_id}".encode()
