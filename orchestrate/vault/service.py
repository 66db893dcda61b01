"""A tenant's data keys: made at first use, opened by the keyring, wrapped anew when its current key changes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.leases import held
from orchestrate.store.tables import SealedRow, Table, TenantKey, now
from orchestrate.vault.envelope import DataKey, Place, key_id_of, seal, unseal
from orchestrate.vault.keys import KEY_BYTES, Keyring

_LONGEST = 600.0
"""Seconds for a rotation of one tenant."""


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

    def rotate(self, store: Store, tenant_id: str) -> int:
        """A new data key, wrapped by the keyring's current key, and everything sealed by it anew; the old keys are
        dropped. Returns how many values were sealed anew.

        In two transactions: whoever reads meanwhile finds a value's key in either, and whoever was sealing by an old
        key when the new one came is waited for before the old one goes. What was broken off the next rotation ends;
        of several at once one goes after the other, and `StoreError` tells that one takes over ten minutes.
        """
        with held(store, tenant_id, "rotation", seconds=_LONGEST, wait=_LONGEST):
            return self._rotate(store, tenant_id)

    def _rotate(self, store: Store, tenant_id: str) -> int:
        with store.transaction(tenant_id) as session:
            new = self._make(session, tenant_id)
            rows = [row for table in _sealed_tables() for row in _locked(session, table, tenant_id)]
            keys = self._keys(session, tenant_id)  # after the rows: a row that is seen has its key by then
            for row in rows:
                row.sealed = seal(new, row.place, unseal(keys, row.place, row.sealed))
        with store.transaction(tenant_id) as session:
            return len(rows) + self._drop_old(session, tenant_id)

    def _drop_old(self, session: Session, tenant_id: str) -> int:
        """Drops all keys but the newest, and seals by that what was sealed by another since; returns how many."""
        newest = self._newest(session, tenant_id)
        old = session.scalars(_of(tenant_id).where(TenantKey.id != newest.id).with_for_update()).all()
        keys = {row.id: self._open(row) for row in old}
        late = [
            row for table in _sealed_tables()
            for row in session.scalars(select(table).where(table.tenant_id == tenant_id))
            if key_id_of(row.sealed) in keys
        ]  # fmt: skip
        for row in late:
            session.refresh(row, with_for_update=True)
            if key_id_of(row.sealed) in keys:  # who had it locked may have sealed it anew
                row.sealed = seal(newest, row.place, unseal(keys, row.place, row.sealed))
        for key in old:
            session.delete(key)
        return len(late)

    def check(self, session: Session, tenant_id: str) -> None:
        """Opens every data key of the tenant, so that a wrong key is refused before anything begins."""
        self._keys(session, tenant_id)

    def check_all(self, store: Store) -> None:
        """Opens one data key of each key-encryption key that any tenant's are wrapped by, before a service begins."""
        opened: set[str] = set()
        tenants = store.tenants()
        with store.snapshot() as session:
            for tenant_id, _ in tenants:
                store.see(session, tenant_id)
                for row in session.scalars(_of(tenant_id)):
                    if row.wrapped_by not in opened:
                        self._open(row)
                        opened.add(row.wrapped_by)

    def _keys(self, session: Session, tenant_id: str) -> dict[str, DataKey]:
        return {row.id: self._open(row) for row in session.scalars(_of(tenant_id))}

    def _newest(self, session: Session, tenant_id: str) -> DataKey:
        """The key that seals, which no rotation drops until the session's transaction has ended."""
        order = (TenantKey.created_at.desc(), TenantKey.id.desc())
        mine = select(TenantKey).where(TenantKey.tenant_id == tenant_id).order_by(*order).limit(1)
        kept = mine.with_for_update(read=True, key_share=True)
        # Where a rotation was waited for, this key is gone: a second look sees the one after it.
        row = session.scalar(kept) or session.scalar(kept)
        return self._open(row) if row is not None else self._make(session, tenant_id)

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


def _of(tenant_id: str) -> Select[tuple[TenantKey]]:
    """A tenant's keys, the newest last."""
    return select(TenantKey).where(TenantKey.tenant_id == tenant_id).order_by(TenantKey.created_at, TenantKey.id)


def _sealed_tables() -> list[type[SealedRow]]:
    """Every table that keeps something sealed, in the order of their names: two rotations wait for one another."""
    tables = [mapper.class_ for mapper in Table.registry.mappers if issubclass(mapper.class_, SealedRow)]
    return sorted(tables, key=lambda table: table.__name__)


def _locked(session: Session, table: type[SealedRow], tenant_id: str) -> Sequence[SealedRow]:
    return session.scalars(select(table).where(table.tenant_id == tenant_id).with_for_update()).all()


def _bound(tenant_id: str, key_id: str) -> bytes:
    return f"{tenant_id}/{key_id}".encode()
