"""The real people behind all accounts, in households."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from random import Random

from sandbox.business.chance import pick, stream
from sandbox.business.model import Address, Person
from sandbox.business.places import COUNTRIES, COUNTRY_WEIGHTS, City, address, phone

FAKER_LOCALES = {
    "US": "en_US",
    "CA": "en_US",
    "GB": "en_GB",
    "DE": "de_DE",
    "FR": "fr_FR",
    "IT": "it_IT",
    "NL": "nl_NL",
    "JP": "ja_JP",
}
KUWAITI = (
    ("Ahmad", "Fatima", "Yousef", "Noura", "Khaled", "Mariam", "Salem", "Dalal"),
    ("Al-Sabah", "Al-Mutairi", "Al-Enezi", "Al-Rashidi", "Behbehani", "Al-Kandari"),
)
MAILBOXES = {"gmail.com": 48, "outlook.com": 14, "yahoo.com": 14, "icloud.com": 12, "gmx.net": 6, "proton.me": 6}


def _names(country: str) -> tuple[Sequence[str], Sequence[str]]:
    if country not in FAKER_LOCALES:
        return KUWAITI
    provider = import_module(f"faker.providers.person.{FAKER_LOCALES[country]}").Provider
    if country == "JP":
        return tuple(provider.first_romanized_names), tuple(provider.last_romanized_names)
    first, last = tuple(provider.first_names), tuple(provider.last_names)
    plain = tuple(name for name in first if " " not in name and "." not in name)
    return plain[:600], tuple(name for name in last if "." not in name)[:900]


def ascii_name(name: str) -> str:
    """Return the name in lower-case ASCII letters, as an e-mail address spells it."""
    folded = name.replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum())


def _mailbox(rng: Random, first: str, last: str, taken: set[str]) -> str:
    first, last = ascii_name(first) or "user", ascii_name(last) or "name"
    local = rng.choice((f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first}", f"{first}_{last}"))
    domain = pick(rng, MAILBOXES)
    candidate = f"{local}@{domain}"
    while candidate in taken:
        candidate = f"{local}{rng.randint(1, 9999)}@{domain}"
    taken.add(candidate)
    return candidate


@dataclass(frozen=True, slots=True)
class _Home:
    id: str
    country: str
    city: City
    address: Address
    landline: str
    surname: str
    mailbox: str | None


class _Census:
    def __init__(self, seed: int) -> None:
        self.rng = stream(seed, "people")
        self.names = {country: _names(country) for country in COUNTRIES}
        self.taken: set[str] = set()
        self.people: list[Person] = []
        self.households = 0

    def add_household(self, size: int) -> None:
        rng = self.rng
        self.households += 1
        country = pick(rng, COUNTRY_WEIGHTS)
        city = rng.choice(COUNTRIES[country].cities)
        home = _Home(
            id=f"household-{self.households:05d}",
            country=country,
            city=city,
            address=address(rng, country, city),
            landline=phone(rng, country, city, landline=True),
            surname=rng.choice(self.names[country][1]),
            mailbox=None,
        )
        if size > 1 and rng.random() < 0.35:
            home = replace(home, mailbox=_mailbox(rng, "the", home.surname, self.taken))
        eldest = ""
        for index in range(size):
            # A parent and a child of one name are the classic trap of identity resolution.
            first = eldest if index == 2 and rng.random() < 0.1 else rng.choice(self.names[country][0])
            eldest = eldest or first
            self.people.append(self._member(first, home))

    def _member(self, first: str, home: _Home) -> Person:
        rng = self.rng
        known = COUNTRIES[home.country]
        last = home.surname if rng.random() < 0.85 else rng.choice(self.names[home.country][1])
        own = _mailbox(rng, first, last, self.taken)
        others = [_mailbox(rng, first, last, self.taken)] if rng.random() < 0.45 else []
        if home.mailbox and rng.random() < 0.7:
            others.append(home.mailbox)
        moved = rng.random() < 0.3
        return Person(
            id=f"person-{len(self.people) + 1:06d}",
            first_name=first,
            last_name=last,
            email=own,
            other_emails=tuple(others),
            phone=phone(rng, home.country, home.city, landline=False),
            landline=home.landline,
            address=home.address,
            old_address=address(rng, home.country, rng.choice(known.cities)) if moved else None,
            household=home.id,
            company=rng.randrange(10_000) if rng.random() < 0.3 else None,
            locale=known.locale,
            currency=known.currency if rng.random() < 0.75 else "USD",
        )


def make_people(seed: int, count: int) -> list[Person]:
    """Return `count` people, household by household, in a fixed order."""
    census = _Census(seed)
    while len(census.people) < count:
        census.add_household(pick(census.rng, {1: 62, 2: 22, 3: 10, 4: 6}))
    return census.people[:count]
