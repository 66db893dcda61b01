"""Queries of connections; every one names its tenant, on engines too that would see to it themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.store.tables import ConnectionSetting, PlatformConnection


def all_of(session: Session, tenant_id: str) -> Sequence[PlatformConnection]:
    """A tenant's connections by name."""
    mine = select(PlatformConnection).where(PlatformConnection.tenant_id == tenant_id)
    return session.scalars(mine.order_by(PlatformConnection.name)).all()


def part_of(session: Session, tenant_id: str, limit: int, after: str | None) -> Sequence[PlatformConnection]:
    """So many of them by name, those after this name."""
    mine = select(PlatformConnection).where(PlatformConnection.tenant_id == tenant_id)
    if after is not None:
        mine = mine.where(PlatformConnection.name > after)
    return session.scalars(mine.order_by(PlatformConnection.name).limit(limit)).all()


def named(session: Session, tenant_id: str, name: str) -> PlatformConnection | None:
    """The tenant's connection of this name."""
    return session.scalar(
        select(PlatformConnection).where(PlatformConnection.tenant_id == tenant_id, PlatformConnection.name == name)
    )


def settings_of(session: Session, tenant_id: str, connection_id: str) -> Sequence[ConnectionSetting]:
    """Its settings, locked where the engine locks rows until the transaction's end."""
    return session.scalars(
        select(ConnectionSetting)
        .where(ConnectionSetting.tenant_id == tenant_id, ConnectionSetting.connection_id == connection_id)
        .order_by(ConnectionSetting.field)
        .with_for_update()
    ).all()
