"""How platforms come to hold wrong data about people: typos, nicknames, other spellings, placeholders."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sandbox.business.model import Address

NICKNAMES = {
    "Robert": "Bob",
    "William": "Bill",
    "Elizabeth": "Liz",
    "Katherine": "Kate",
    "Catherine": "Cathy",
    "Michael": "Mike",
    "Christopher": "Chris",
    "Jennifer": "Jen",
    "Matthew": "Matt",
    "Andrew": "Andy",
    "Alexander": "Alex",
    "Alexandra": "Alex",
    "Thomas": "Tom",
    "James": "Jim",
    "Joseph": "Joe",
    "Daniel": "Dan",
    "Anthony": "Tony",
    "Benjamin": "Ben",
    "Samuel": "Sam",
    "Samantha": "Sam",
    "Nicholas": "Nick",
    "Jonathan": "Jon",
    "Patricia": "Pat",
    "Rebecca": "Becky",
    "Margaret": "Peggy",
    "Susan": "Sue",
    "Steven": "Steve",
    "Timothy": "Tim",
    "Gregory": "Greg",
    "Jessica": "Jess",
    "Edward": "Ted",
    "Richard": "Rick",
    "Charles": "Charlie",
    "David": "Dave",
    "Deborah": "Debbie",
    "Kimberly": "Kim",
    "Zachary": "Zach",
    "Joshua": "Josh",
    "Stephanie": "Steph",
    "Amanda": "Mandy",
    "Philip": "Phil",
    "Ronald": "Ron",
}
PLACEHOLDER_EMAILS = ("test@test.com", "none@none.com", "noemail@example.com", "info@example.com", "a@a.com")
PLACEHOLDER_PHONES = ("000-0000", "+1 000 000 0000", "123456789", "0000000000", "n/a")
PLACEHOLDER_NAMES = (("Guest", "Customer"), ("Test", "Test"), ("N/A", "N/A"), ("Unknown", None))


def typo(rng: Random, text: str) -> str:
    """Return the text with one letter swapped, dropped, doubled or replaced."""
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text) - 1)
    edits = (
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + rng.choice("aeiorstnl") + text[at + 1 :],
    )
    return rng.choice(edits)


def spell_first(rng: Random, name: str) -> str | None:
    """Return a first name as one platform has it."""
    chance = rng.random()
    if chance < 0.80:
        return name
    if chance < 0.87:
        return NICKNAMES.get(name, name)
    if chance < 0.92:
        return typo(rng, name)
    if chance < 0.95:
        return name.upper() if rng.random() < 0.5 else name.lower()
    return f"{name[0]}." if chance < 0.97 else f" {name} " if chance < 0.985 else None


def spell_last(rng: Random, name: str) -> str | None:
    """Return a last name as one platform has it."""
    chance = rng.random()
    if chance < 0.90:
        return name
    if chance < 0.95:
        return typo(rng, name)
    return name.upper() if chance < 0.97 else name.lower() if chance < 0.985 else None


def spell_email(rng: Random, email: str) -> str:
    """Return an e-mail address as one platform has it: sometimes in capitals, with a plus tag or mistyped."""
    chance = rng.random()
    if chance < 0.86:
        return email
    local, _, domain = email.partition("@")
    if chance < 0.92:
        return f"{local.title()}@{domain}" if rng.random() < 0.5 else email.upper()
    if chance < 0.97:
        return f"{local}+{rng.choice(('shop', 'news', 'orders'))}@{domain}"
    return f"{typo(rng, local)}@{domain}"


def spell_phone(rng: Random, number: str, country: str) -> str:
    """Return an E.164 number as somebody typed it: international, national, with blanks or hyphens."""
    chance = rng.random()
    if chance < 0.5:
        return number
    if country in ("US", "CA"):
        area, exchange, line = number[2:5], number[5:8], number[8:]
        return rng.choice((f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"{area}.{exchange}.{line}"))
    if chance < 0.75:
        return f"{number[:3]} {number[3:6]} {number[6:]}"
    return f"00{number[1:]}"


def spell_address(rng: Random, address: Address) -> Address:
    """Return an address as one platform has it."""
    chance = rng.random()
    if chance < 0.75:
        return address
    if chance < 0.88:
        short = address.line1
        for word, mark in (("Street", "St"), ("Avenue", "Ave"), ("Road", "Rd"), ("Drive", "Dr"), ("straße", "str.")):
            short = short.replace(word, mark)
        return replace(address, line1=short)
    if chance < 0.94:
        return replace(address, line1=typo(rng, address.line1))
    return replace(address, city=typo(rng, address.city)) if chance < 0.97 else replace(address, line2=None)
