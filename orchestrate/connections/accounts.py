"""The accounts that a connection's login reaches: asked of the vendor, and chosen by setting what the tap reads.

What there is to choose is said by the manifest: every setting of the type `pick`, such as ad accounts, sites or shops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections.sealed import Sealed
from orchestrate.connections.service import ConnectionRefusedError, Connections
from orchestrate.store.database import Store
from orchestrate.store.tables import AdAccount, PlatformConnection, now
from orchestrate.vault.service import Vault
from taps.engine.load import load
from taps.engine.options import PickOption
from taps.engine.settings import options
from taps.kinds import kind_of


@dataclass(frozen=True)
class Account:
    """One account; `chosen` tells that it is read."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class AccountChoice:
    """A setting that is chosen among accounts; `seen_at` is when the vendor was asked for them, if it was."""

    option: str
    title: str
    help: str | None
    many: bool
    accounts: Sequence[Account]
    seen_at: datetime | None


class Accounts:
    """The accounts of one tenant's connections."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str) -> None:
        self._store, self._vault, self._tenant_id, self._actor = store, vault, tenant_id, actor
        self._connections = Connections(store, vault, tenant_id, actor)

    def all(self, name: str) -> list[AccountChoice]:
        """What was found when the vendor was last asked, and what of it is read."""
        with self._store.transaction(self._tenant_id) as session:
            row = self._connections.named(session, name)
            given = Sealed(self._vault, session, row).opened()
            return [self._choice(session, row, option, pick, given) for option, pick in _picks(row.platform).items()]

    def discover(self, name: str) -> list[AccountChoice]:
        """Asks the vendor which accounts there are and keeps the answer; raises its `TapError`."""
        from orchestrate.connections.tokens import StoredTokens
        from taps.adapter import PlatformAdapter

        with self._store.transaction(self._tenant_id) as session:
            row = self._connections.named(session, name)
            connection_id, platform = row.id, row.platform
            given = Sealed(self._vault, session, row).opened()
        unchosen = {option: value for option, value in given.items() if option not in _picks(platform)}
        adapter = PlatformAdapter(platform, unchosen, StoredTokens(self._connections, name))
        found = {option: adapter.get_choices(option) for option in _picks(platform)}
        with self._store.transaction(self._tenant_id) as session:
            if self._connections.named(session, name).id == connection_id:
                self._keep(session, connection_id, found)
        return self.all(name)

    def choose(self, name: str, option: str, values: Sequence[str]) -> list[AccountChoice]:
        """Reads these accounts alone, or all of them where none is named.

        Raises `ConnectionRefusedError` for one that the vendor was not found to have.
        """
        with self._store.transaction(self._tenant_id) as session:
            row = self._connections.named(session, name)
            pick = _picks(row.platform).get(option)
            if pick is None:
                there = ", ".join(_picks(row.platform)) or "none here"
                raise ConnectionRefusedError(f"{option!r} is not chosen among accounts; there are {there}")
            known = {each.value for each in self._rows(session, row.id, option)}
        strange = [value for value in values if value not in known]
        if strange:
            raise ConnectionRefusedError(f"{name} has no {option} {', '.join(strange)}; ask the vendor for them anew")
        if not pick.many and len(values) > 1:
            raise ConnectionRefusedError(f"{option} takes one value; make a connection for each of the others")
        chosen: Any = (list(values) if pick.many else values[0]) if values else None
        self._connections.change(name, {option: chosen})
        return self.all(name)

    def _keep(self, session: Session, connection_id: str, found: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
        mine = AdAccount.tenant_id == self._tenant_id, AdAccount.connection_id == connection_id
        session.execute(delete(AdAccount).where(*mine))
        for option, choices in found.items():
            session.add_all(
                AdAccount(
                    tenant_id=self._tenant_id, connection_id=connection_id, option=option, value=each["value"],
                    label=each["label"], position=position, seen_at=now(),
                )
                for position, each in enumerate(choices)
            )  # fmt: skip
        counts = {option: str(len(choices)) for option, choices in found.items()}
        audit.record(session, self._tenant_id, self._actor, "accounts read", connection_id, **counts)

    def _choice(
        self, session: Session, row: PlatformConnection, option: str, pick: PickOption, given: Mapping[str, Any]
    ) -> AccountChoice:
        chosen = _listed(given.get(option))
        found = self._rows(session, row.id, option)
        accounts = [Account(each.value, each.label, each.value in chosen) for each in found]
        known = {each.value for each in found}
        accounts += [Account(value, value, chosen=True) for value in chosen if value not in known]
        seen_at = max((each.seen_at for each in found), default=None)
        return AccountChoice(option, pick.title, pick.help, pick.many, accounts, seen_at)

    def _rows(self, session: Session, connection_id: str, option: str) -> Sequence[AdAccount]:
        mine = select(AdAccount).where(AdAccount.tenant_id == self._tenant_id)
        of = mine.where(AdAccount.connection_id == connection_id, AdAccount.option == option)
        return session.scalars(of.order_by(AdAccount.position)).all()


def _picks(platform: str) -> dict[str, PickOption]:
    """The settings of a platform that are chosen among what the account holds."""
    if kind_of(platform) != "api":
        return {}
    return {name: option for name, option in options(load(platform)).items() if isinstance(option, PickOption)}


def _listed(given: Any) -> list[str]:
    if given in (None, ""):
        return []
    parts = given.split(",") if isinstance(given, str) else given
    return [str(part).strip() for part in parts]
