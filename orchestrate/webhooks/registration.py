"""Endpoints registered at their vendors by the vendors' own APIs: made known, asked after, taken back."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from orchestrate.connections.advice import advised
from orchestrate.connections.sealed import Sealed
from orchestrate.connections.service import Connections
from orchestrate.connections.tokens import StoredTokens
from orchestrate.logins.address import public_url
from orchestrate.store.leases import held
from orchestrate.store.tables import PlatformConnection
from orchestrate.syncs.sources import Sources
from orchestrate.webhooks.endpoints import ROUTE, ShownWebhook, WebhookRefusedError, Webhooks
from orchestrate.webhooks.endpoints import registering as registering_of
from orchestrate.webhooks.reading import topics_of, words_of
from taps.engine import registering
from taps.engine.connection import Connection
from taps.engine.egress import is_loopback
from taps.engine.errors import LoginRefused, Missing, NoPermission, TapError, VendorRefused
from taps.engine.load import PLATFORMS, load
from taps.engine.settings import connect
from taps.engine.webhooks import Register

SECONDS = 300
"""So long one process may take for what it asks of a vendor."""
_WAIT = 5.0
State = Literal["none", "active", "inactive", "behind", "gone"]


@dataclass(frozen=True)
class Standing:
    """What a vendor says of an endpoint: it is not registered, delivers, is switched off there, or was taken away.

    `behind` is one that delivers, of other repositories, projects... than are read now. `registrations` counts those
    that are listed there, several where each is for one topic or one of these.
    """

    webhook: str
    state: State
    registrations: int
    said: str


SAID: Mapping[State, str] = {
    "none": "It is not registered by the vendor's API.",
    "active": "The vendor delivers.",
    "inactive": "The vendor has switched it off, after failures for example: register it again.",
    "behind": "The vendor delivers, but not of all that is read now, or of more: register it again.",
    "gone": "The vendor does not have it any more: register it again.",
}


@dataclass(frozen=True)
class _Subject:
    """An endpoint, its connection at the vendor, and the words of both."""

    shown: ShownWebhook
    ids: list[str]
    settings: Mapping[str, Any]
    words: Register
    folder: Path

    @property
    def places(self) -> list[str | None]:
        """What it is registered for, one by one."""
        ids = [each for each in self.ids if not registering.is_first(each)]
        return list(dict.fromkeys(registering.place_of(self.words, each) for each in ids))


@dataclass
class _Made:
    """What was registered, and what its deliveries will be signed with."""

    ids: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)


class Registrations(Webhooks):
    """The registrations of one tenant's endpoints."""

    def connect(self, connection: str) -> ShownWebhook:
        """A new endpoint of a connection that its vendor is told of; nothing is kept where the vendor refuses."""
        made = self.add(connection)
        try:
            return self.register(made.id)
        except Exception:
            self.remove(made.id, anyway=True)
            raise

    def register(self, webhook: str) -> ShownWebhook:
        """Registers an endpoint, again if it was before; keeps the secret that its deliveries are signed with.

        Raises `WebhookRefusedError` where it cannot be, and the vendor's `TapError`, which says what to do.
        """
        with self._alone(webhook):
            subject = self._subject(webhook)
            address = self._address(subject)
            topics = self._topics(subject)
            with self._vendor(subject) as vendor:
                registering.check_settings(vendor, subject.words, subject.shown.by_hand)
                places = registering.places(vendor, subject.folder, subject.words)
                is_served = self._clear(vendor, subject, address, places)
                if subject.words.shakes_hands:
                    self._await_handshakes(webhook)
                made = _created(vendor, subject.words, address, topics, places, has_first=is_served)
                made.secrets += filter(None, [registering.known_secret(vendor, subject.words)])
                if subject.words.shakes_hands and not self.show(webhook).secrets:
                    _undo(vendor, subject.words, made.ids)
                    what = f"the vendor told no secret to {address}: is `engarde serve` reached there?"
                    raise VendorRefused(what, platform=subject.shown.platform)
            return self._keep(webhook, address, made)

    def _clear(self, vendor: Connection, subject: _Subject, address: str, places: Sequence[str | None]) -> bool:
        """Takes back what the vendor has of the address: a secret is told only once.

        Returns whether the app has the address of another connection that serves this one too, and accounts are
        subscribed to it one by one. Raises `WebhookRefusedError` where the only place holds an address otherwise.
        """
        mine, is_served = {address, subject.shown.address}, False
        layers = list(_by_layer(vendor, subject, dict.fromkeys([*places, *subject.places])))
        for layer, found in layers:
            if layer.single and (other := next((each for each in found if each.address not in {*mine, ""}), None)):
                is_served = self._serves(subject, other.address)
                if not (is_served and layer is subject.words.first and subject.words.single):
                    raise WebhookRefusedError(
                        f"{subject.shown.platform} has one place for an address, which holds "
                        f"{self._other(subject, other.address)} ({layer.docs})"
                    )
        for each in (each for _, found in reversed(layers) for each in found):
            if each.address in mine or each.id in subject.ids:
                registering.remove(vendor, subject.words, each.id)
        return is_served

    def _serves(self, subject: _Subject, address: str) -> bool:
        """Whether an address is that of another connection, and serves this one too."""
        return any(each.address == address for each in self.serving(subject.shown.connection))

    def _other(self, subject: _Subject, address: str) -> str:
        """Whose an address is that stands where one is to be registered, and what to do."""
        shown = subject.shown
        served = next((each.connection for each in self.serving(shown.connection) if each.address == address), None)
        if served is None:
            return f"one of {_host(address)} already: take it away there first"
        return f"that of {served}, which serves {shown.connection} too: no other is needed"

    def _await_handshakes(self, webhook: str) -> None:
        """From now on the vendor tells its secrets; those of before are not for long."""
        with self.store.transaction(self.tenant_id) as session:
            self._replace_secrets(session, self.row(session, webhook), [])

    def unregister(self, webhook: str) -> ShownWebhook:
        """Has the vendor forget an endpoint; the endpoint stays and can be registered again."""
        with self._alone(webhook):
            subject = self._subject(webhook)
            with self._vendor(subject) as vendor:
                for identity in reversed(subject.ids):
                    registering.remove(vendor, subject.words, identity)
                if any(each.id in subject.ids for each in _listed(vendor, subject)):
                    what = "the vendor still lists the registration: take it away on its pages"
                    raise VendorRefused(what, platform=subject.shown.platform)
            return self._keep(webhook, subject.shown.address, _Made())

    def standing(self, webhook: str) -> Standing:
        """What the vendor says of an endpoint now."""
        with self.store.transaction(self.tenant_id) as session:
            registered = bool(self.row(session, webhook).vendor_ids)
        if not registered:
            return Standing(webhook, "none", 0, SAID["none"])
        subject = self._subject(webhook)
        with self._vendor(subject) as vendor:
            mine = [each for each in _listed(vendor, subject) if each.id in subject.ids]
            wanted = registering.places(vendor, subject.folder, subject.words)
            has_first = any(map(registering.is_first, subject.ids)) or subject.words.first is None or any(
                self._serves(subject, each.address) for each in registering.listed_first(vendor, subject.words)
            )  # fmt: skip
        state: State = "active" if set(wanted) == set(subject.places) else "behind"
        state = state if all(each.active for each in mine) else "inactive"
        state = state if has_first and len(mine) == len(subject.ids) else "gone"
        return Standing(webhook, state, len(mine), SAID[state])

    @contextlib.contextmanager
    def _alone(self, webhook: str) -> Iterator[None]:
        """One process at a time registers an endpoint."""
        self.show(webhook)
        with held(self.store, self.tenant_id, registering_of(webhook), seconds=SECONDS, wait=_WAIT):
            yield

    def _subject(self, webhook: str) -> _Subject:
        with self.store.transaction(self.tenant_id) as session:
            row = self.row(session, webhook)
            words = words_of(row.platform)
            if words is None or words.registering is None:
                why = f" {words.by_hand.rstrip('.')}." if words and words.by_hand else ""
                where = f" ({words.docs})" if words else ""
                raise WebhookRefusedError(
                    f"{row.platform} takes no registrations by its API: tell it the address on its pages.{why}{where}"
                )
            owner = session.get_one(PlatformConnection, (self.tenant_id, row.connection_id))
            settings = Sealed(self.vault, session, owner).opened()
            ids, folder = list(row.vendor_ids), PLATFORMS / row.platform
            return _Subject(self._shown(session, row), ids, settings, words.registering, folder)

    @staticmethod
    def _address(subject: _Subject) -> str:
        """The endpoint's address under this service's present one, if the vendor can reach that."""
        token = subject.shown.address.rpartition("/")[2]
        base = public_url()
        if _is_here(base) and not _is_here(str(subject.settings.get("api_url") or "")):
            raise WebhookRefusedError(
                f"no vendor can reach {base}: set ENGARDE_URL to this service's public https address, then register"
            )
        return base + ROUTE.format(platform=subject.shown.platform, token=token)

    def _topics(self, subject: _Subject) -> list[str]:
        """The topics of all streams that are loaded by whom it serves; none where the manifest names none at all."""
        sources, topics = Sources(self.store, self.tenant_id, self.actor), topics_of(subject.shown.platform)
        wanted = [sources.chosen(each) for each in (subject.shown.connection, *subject.shown.serves)]
        found = sorted({
            topic for chosen in wanted for name, of in topics.items() if not chosen or name in chosen for topic in of
        })  # fmt: skip
        if topics and not registering.spelt(subject.words, found):
            raise WebhookRefusedError(f"{subject.shown.platform} tells nothing of the streams that are loaded")
        return found

    @contextlib.contextmanager
    def _vendor(self, subject: _Subject) -> Iterator[Connection]:
        """The connection at the vendor; what it refuses is said as when a connection is tried."""
        platform, name = subject.shown.platform, subject.shown.connection
        tokens = StoredTokens(Connections(self.store, self.vault, self.tenant_id, self.actor), name)
        connection = connect(load(platform), subject.folder, subject.settings, store=tokens)
        try:
            yield connection
        except LoginRefused as refused:
            own = any(layer.settings for layer in subject.words.layers)  # it may be these that are refused
            raise (_needing(refused, subject) if own else advised(refused, platform, subject.settings)) from None
        except (NoPermission, Missing) as refused:  # some vendors hide what a login may not have
            raise _needing(refused, subject) from None
        finally:
            connection.client.close()

    def _keep(self, webhook: str, address: str, made: _Made) -> ShownWebhook:
        with self.store.transaction(self.tenant_id) as session:
            row = self.row(session, webhook)
            row.address, row.vendor_ids = address, made.ids
            if made.secrets:
                self._replace_secrets(session, row, list(dict.fromkeys(made.secrets)))
            self._log(session, "webhook registered" if made.ids else "webhook unregistered", webhook)
            session.flush()
            return self._shown(session, row)


def _needing(refused: TapError, subject: _Subject) -> TapError:
    """A refusal that says what registering needs, and where that is written."""
    needs = f"; registering needs {subject.words.needs}" if subject.words.needs else ""
    what = f"{refused.what}{needs} ({subject.words.docs})"
    return type(refused)(what, platform=subject.shown.platform, stream=refused.stream, code=refused.code)


def _listed(vendor: Connection, subject: _Subject) -> Iterator[registering.Registration]:
    """What the vendor lists of all that the endpoint was registered for; not what is another's now."""
    for layer, found in _by_layer(vendor, subject, subject.places or [None]):
        yield from (each for each in found if not layer.single or each.address in {subject.shown.address, ""})


def _by_layer(
    vendor: Connection, subject: _Subject, places: Iterable[str | None]
) -> Iterator[tuple[Register, list[registering.Registration]]]:
    """What the vendor lists of each of the words that register, what comes first first."""
    if subject.words.first is not None:
        yield subject.words.first, list(registering.listed_first(vendor, subject.words))
    for place in places:
        yield subject.words, list(registering.listed(vendor, subject.words, place))


def _created(
    vendor: Connection, words: Register, address: str, topics: list[str], places: Sequence[str | None], *,
    has_first: bool,
) -> _Made:  # fmt: skip
    """The new registrations; undone where one of them is refused."""
    secret = secrets.token_urlsafe(32) if registering.gives_secret(words) else None
    made = _Made(secrets=[secret] if secret else [])
    place = None
    try:
        if not has_first:
            made.ids += [each.id for each in registering.create_first(vendor, words, address, topics)]
        first = next(iter(made.ids), None)
        for place, asked in product(places, registering.asked_for(words, topics)):
            each = registering.create(vendor, words, address, asked, secret, place, first)
            made.ids.append(each.id)
            made.secrets += [each.secret] if each.secret else []
    except TapError as refused:
        _undo(vendor, words, made.ids)
        if place is not None:
            refused.what = f"of {place}: {refused.what}"
        raise
    return made


def _undo(vendor: Connection, words: Register, ids: Sequence[str]) -> None:
    for identity in reversed(ids):
        with contextlib.suppress(TapError):
            registering.remove(vendor, words, identity)


def _host(address: str) -> str:
    """What may be shown of somebody else's address, whose path can hold a secret; some places hold no address."""
    return urlsplit(address).hostname or "something else"


def _is_here(url: str) -> bool:
    return bool(url) and is_loopback(urlsplit(url).hostname or "")
