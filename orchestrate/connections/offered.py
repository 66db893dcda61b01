"""What there is to connect, as people choose among it: one summary per platform, and the search over all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from taps.contracts.kept import known
from taps.engine.manifest import Manifest
from taps.kinds import load
from taps.registry import get_adapter_registry

SEEN_DELETES = frozenset({"compare", "with_parent", "window", "field", "request", "event", "listed_in"})
"""The ways in which a record that the vendor deleted is noticed; `never` and `not_reported` are none."""


@dataclass(frozen=True)
class Offer:
    """A platform in the list; `incremental` and `deletes` count the streams that read on and that show deletes.

    `evidence` is the grade of docs/platforms.md, None where nothing was compared.
    """

    platform: str
    title: str
    category: str
    logins: Sequence[str]
    streams: int
    entities: Sequence[str]
    webhooks: bool
    evidence: str | None
    incremental: int
    deletes: int


@dataclass(frozen=True)
class Wish:
    """What is looked for; what is not said does not matter. `login` is a kind such as `oauth2`."""

    words: str = ""
    category: str | None = None
    login: str | None = None
    evidence: str | None = None
    incremental: bool = False
    deletes: bool = False
    webhooks: bool = False

    def fits(self, offer: Offer) -> bool:
        """Whether a platform is what is looked for."""
        text = f"{offer.platform} {offer.title} {offer.category} {' '.join(offer.entities)}".lower()
        return (
            all(word in text for word in self.words.lower().split())
            and self.category in {None, offer.category}
            and (self.login is None or self.login in login_kinds(offer))
            and (self.evidence is None or (offer.evidence or "").startswith(self.evidence))
            and (not self.incremental or offer.incremental > 0)
            and (not self.deletes or offer.deletes > 0)
            and (not self.webhooks or offer.webhooks)
        )


@dataclass(frozen=True)
class Limit:
    """How fast a vendor may be asked: a name, the rate in words, and the page that says so."""

    name: str
    said: str
    docs: str


def offers(wish: Wish | None = None) -> list[Offer]:
    """The platforms that are looked for, by name; the first call of a process reads every manifest."""
    found = [offer(name) for name in sorted(get_adapter_registry().list_platforms())]
    return [each for each in found if wish is None or wish.fits(each)]


def read_ahead(is_busy: Callable[[], bool], pause: float = 0.25) -> None:
    """Reads every manifest, so that nobody's first look waits for it; it rests between them for requests' sake.

    It waits while the service `is_busy`: what vendors could not deliver while it was down comes when it is back.
    """
    for name in sorted(get_adapter_registry().list_platforms()):
        while is_busy():
            time.sleep(1)
        offer(name)
        time.sleep(pause)


@lru_cache(maxsize=1024)
def offer(platform: str) -> Offer:
    """One platform; raises `UnknownPlatformError`."""
    found = get_adapter_registry().get_platform_capabilities(platform)
    evidence = known(found.platform)
    return Offer(
        platform=found.platform, title=found.title, category=found.category, logins=found.logins,
        streams=len(found.streams), entities=found.entities, webhooks=found.webhooks,
        evidence=evidence.grade if evidence else None,
        incremental=sum(each.incremental for each in found.streams),
        deletes=sum(each.deletes in SEEN_DELETES for each in found.streams),
    )  # fmt: skip


def login_kinds(offer: Offer) -> frozenset[str]:
    """The kinds of login, such as `oauth2` or `bearer`."""
    return frozenset(each.partition("(")[2].rstrip(")") or each for each in offer.logins)


def limits(platform: str) -> list[Limit]:
    """The vendor's limits, as its manifest has them; none for a database or files."""
    manifest = load(platform)
    if not isinstance(manifest, Manifest):
        return []
    found = []
    for name, rate in manifest.rate.items():
        said = [f"{rate.requests} requests in {rate.per:g} s"] if rate.requests else []
        said += [f"{rate.concurrent} at once"] if rate.concurrent else []
        found.append(Limit(name, ", ".join(said) or "as the vendor's answers say", rate.docs))
    return found


def columns(platform: str, stream: str) -> dict[str, str]:
    """The columns that a stream promises: name -> type; none for a database, whose catalogue knows them."""
    manifest = load(platform)
    if not isinstance(manifest, Manifest) or stream not in manifest.streams:
        return {}
    return {name: field.kind for name, field in manifest.resolved(stream).columns_declared.items()}
