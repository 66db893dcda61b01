"""The accounts people have on the platforms: what each platform holds about them, and how that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random

from sandbox.business.chance import DAY, pick, stream, stripe_id
from sandbox.business.dirt import (
    PLACEHOLDER_EMAILS,
    PLACEHOLDER_NAMES,
    PLACEHOLDER_PHONES,
    spell_address,
    spell_email,
    spell_first,
    spell_last,
    spell_phone,
)
from sandbox.business.model import Account, Person
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

MEMBERSHIPS: dict[tuple[str, ...], int] = {
    ("shopify",): 30,
    ("shopify", "stripe"): 22,
    ("shopify", "hubspot"): 10,
    ("shopify", "stripe", "hubspot"): 12,
    ("stripe",): 8,
    ("hubspot",): 15,
    ("stripe", "hubspot"): 3,
}
TAGS = ("vip", "newsletter", "wholesale", "returning", "birthday-club")
LIFECYCLES = {"subscriber": 20, "lead": 20, "marketingqualifiedlead": 10, "opportunity": 10, "customer": 40}


@dataclass(slots=True)
class Accounts:
    """All accounts, by platform and by person (position in the list of people)."""

    by_platform: dict[str, list[Timeline[Account]]] = field(default_factory=dict)
    by_person: dict[str, list[Timeline[Account]]] = field(default_factory=dict)

    def of(self, person: str, platform: str) -> list[Timeline[Account]]:
        """Return a person's accounts on a platform, oldest first."""
        return [t for t in self.by_person.get(person, []) if t.versions[0].platform == platform]


def _observe(rng: Random, person: Person, platform: str, created: int) -> Account:
    first, last = spell_first(rng, person.first_name), spell_last(rng, person.last_name)
    email: str | None = spell_email(rng, person.email)
    if person.other_emails and rng.random() < 0.25:
        email = spell_email(rng, rng.choice(person.other_emails))
    number: str | None = spell_phone(
        rng, person.landline if rng.random() < 0.22 else person.phone, person.address.country
    )
    home = person.old_address if person.old_address and rng.random() < 0.5 else person.address
    chance = rng.random()
    if chance < 0.012:
        email = rng.choice(PLACEHOLDER_EMAILS)
    elif chance < 0.04:
        email = None
    if rng.random() < 0.35 or platform == "stripe":
        number = None if rng.random() < 0.7 else number
    elif rng.random() < 0.015:
        number = rng.choice(PLACEHOLDER_PHONES)
    if rng.random() < 0.008 and email is not None:
        first, last = rng.choice(PLACEHOLDER_NAMES)
    return Account(
        id="",
        platform=platform,
        truth=person.id,
        created=created,
        updated=created,
        first_name=first,
        last_name=last,
        email=email,
        phone=number,
        address=spell_address(rng, home) if rng.random() < (0.55 if platform != "shopify" else 0.92) else None,
        locale=person.locale,
        currency=person.currency,
        accepts_email=rng.random() < 0.55,
        accepts_sms=rng.random() < 0.15,
        tags=tuple(sorted(rng.sample(TAGS, rng.choice((0, 0, 0, 1, 2))))),
        note="Prefers to be called in the evening" if rng.random() < 0.03 else None,
        lifecycle=pick(rng, LIFECYCLES),
    )


def _changed(rng: Random, account: Account, person: Person, at: int) -> Account:
    chance = rng.random()
    if chance < 0.25 and person.other_emails:
        return replace(account, email=spell_email(rng, rng.choice((person.email, *person.other_emails))), updated=at)
    if chance < 0.45:
        return replace(account, address=spell_address(rng, person.address), updated=at)
    if chance < 0.6:
        return replace(account, phone=spell_phone(rng, person.phone, person.address.country), updated=at)
    if chance < 0.7:
        return replace(account, first_name=person.first_name, last_name=person.last_name, updated=at)
    if chance < 0.85:
        return replace(account, accepts_email=not account.accepts_email, updated=at)
    tag = rng.choice(TAGS)
    tags = tuple(sorted({*account.tags, tag} if tag not in account.tags else set(account.tags) - {tag}))
    return replace(account, tags=tags, lifecycle="customer", updated=at)


def _timeline(rng: Random, person: Person, platform: str, created: int, span: Span) -> Timeline[Account]:
    versions = [_observe(rng, person, platform, created)]
    moments = sorted(rng.randint(created + 60, span.end) for _ in range(rng.choice((0, 0, 1, 1, 2, 3))))
    for at in moments:
        if at > versions[-1].updated:
            versions.append(_changed(rng, versions[-1], person, at))
    return Timeline(versions)


def _joined(rng: Random, span: Span) -> int:
    return span.start + int((span.end - span.start) * rng.random() ** 0.75)


def make_accounts(seed: int, people: list[Person], span: Span) -> Accounts:
    """Return every account of every person with its history; ids follow the order of creation."""
    rng = stream(seed, "accounts")
    drafts: list[tuple[Timeline[Account], Person]] = []
    for person in people:
        first = _joined(rng, span)
        for platform in pick(rng, MEMBERSHIPS):
            joined = min(span.end - DAY, first + int(rng.expovariate(1 / (40 * DAY))))
            drafts.append((_timeline(rng, person, platform, joined, span), person))
            if rng.random() < 0.045:
                again = rng.randint(joined + 1, span.end)
                drafts.append((_timeline(rng, person, platform, again, span), person))
    drafts.sort(key=lambda draft: (draft[0].versions[0].created, draft[1].id, draft[0].versions[0].platform))
    accounts = Accounts({"shopify": [], "stripe": [], "hubspot": []})
    ids = _ids(stream(seed, "account ids"))
    taken: dict[str, dict[str, str]] = {"shopify": {}, "hubspot": {}}
    for timeline, person in drafts:
        platform = timeline.versions[0].platform
        made = next(ids[platform])
        timeline.versions = [replace(version, id=made) for version in timeline.versions]
        if platform in taken:
            _make_unique(timeline, taken[platform], len(accounts.by_platform[platform]))
        accounts.by_platform[platform].append(timeline)
        accounts.by_person.setdefault(person.id, []).append(timeline)
    _cross_reference(stream(seed, "references"), accounts)
    return accounts


def _make_unique(timeline: Timeline[Account], taken: dict[str, str], number: int) -> None:
    """Shopify and HubSpot refuse a second account with the same address: tag it, or leave a placeholder out."""
    for index, version in enumerate(timeline.versions):
        email = version.email
        if email is not None and taken.setdefault(email.lower(), version.id) != version.id:
            local, _, domain = email.partition("@")
            email = None if email in PLACEHOLDER_EMAILS else f"{local}+{number}@{domain}"
            timeline.versions[index] = replace(version, email=email)


def _ids(rng: Random) -> dict[str, Iterator[str]]:
    return {
        "shopify": (f"gid://shopify/Customer/{7_000_000_000_000 + 32_768 * n}" for n in count(1)),
        "stripe": (stripe_id(rng, "cus") for _ in count()),
        "hubspot": (str(100 + 51 * n) for n in count(1)),
    }


def _cross_reference(rng: Random, accounts: Accounts) -> None:
    """Let some Stripe customers and HubSpot contacts carry the digits of an older Shopify id of their person."""
    for timelines in accounts.by_person.values():
        shop = [t.versions[0] for t in timelines if t.versions[0].platform == "shopify"]
        for timeline in timelines:
            first = timeline.versions[0]
            known = [account for account in shop if account.created <= first.created]
            wanted = {"stripe": 0.45, "hubspot": 0.35}.get(first.platform, 0.0)
            if known and rng.random() < wanted:
                digits = known[-1].id.rpartition("/")[2]
                timeline.versions = [replace(version, shopify_id=digits) for version in timeline.versions]
