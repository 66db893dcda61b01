"""What all streams of one run share: the manifest, the settings, the client, the account's facts."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taps.engine.answers import Tree
from taps.engine.asking import Asker
from taps.engine.auth_login import Login
from taps.engine.errors import LoginRefused, TapError
from taps.engine.http import Client
from taps.engine.jobs import Step
from taps.engine.manifest import AccountFact, Manifest
from taps.engine.references import UNSET, Scope, look_up


class Account(Mapping[str, Any]):
    """`{account.x}`: facts read after login, each when it is first asked for."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._facts: dict[str, Any] = {}
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> Any:
        if name not in self._connection.manifest.account:
            raise KeyError(name)
        with self._lock:
            if name not in self._facts:
                self._facts[name] = self._read(name)
            return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._connection.manifest.account)

    def __len__(self) -> int:
        return len(self._connection.manifest.account)

    def _read(self, name: str) -> Any:
        fact = self._connection.manifest.account[name]
        if fact.from_ is not None:
            return self._told_at_login(name, fact)
        words = Step(path=fact.path, host=fact.host)
        request = self._connection.asker.request(words, self._connection.scope(), stream=f"account {name}")
        errors = self._connection.manifest.defaults.errors
        return self._connection.client.fetch(request, errors=errors, read=lambda answer: answer.tree.take(fact.take))

    def _told_at_login(self, name: str, fact: AccountFact) -> Any:
        """What came with the token or the redirect; a setting of the fact's name where neither is at hand."""
        connection, found = self._connection, None
        if fact.from_ == "token" and connection.login is not None:
            found = Tree(_json(connection.client.token_facts(connection.login))).take(fact.take)
        found = connection.config.get(name) if found is None else found
        if found is None:
            msg = f"the login does not say {name!r} of the account: connect again"
            raise LoginRefused(msg, platform=connection.platform)
        return found


def _json(value: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(value)


@dataclass
class Connection:
    """One login of one account, and how to ask with it."""

    manifest: Manifest
    folder: Path
    config: Mapping[str, Any]
    """`{config.x}`: options by name, choices already turned into their texts."""
    client: Client
    asker: Asker
    connection_id: str
    login: Login | None = None
    undiscovered: dict[str, TapError] = field(default_factory=dict)
    """Streams made for records that this login may not list, and why."""

    def __post_init__(self) -> None:
        self.account = Account(self)

    @property
    def platform(self) -> str:
        """The platform's name: its folder's."""
        return self.folder.name

    def scope(self, **more: Any) -> dict[str, Any]:
        """The roots that texts may refer to, with `more` for where the reader stands."""
        return {
            "config": self.config,
            "checked": {"api_version": self.manifest.checked.api_version},
            "auth": self.login.references if self.login else {},
            "account": self.account,
            **more,
        }

    def zone(self, zone: str | None, scope: Scope) -> str | None:
        """An IANA zone written as such or as one reference."""
        if zone is None or not zone.startswith("{"):
            return zone
        value = look_up(zone.strip("{}"), scope)
        return None if value is UNSET else str(value)
