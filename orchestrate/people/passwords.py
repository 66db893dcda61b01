"""Passwords: what is accepted as one, and its Argon2id hash with the parameters of RFC 9106, section 4."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

SHORTEST, LONGEST = 12, 200
_JUDGED = 72
"""Characters that are judged: the judgement takes long for long texts, which need none."""
_GOOD = 3
"""zxcvbn's score of a password that withstands guessing from a stolen hash."""
_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(4)
"""Each hash takes 64 MiB: many logins at the same time wait for one another."""


class WeakPasswordError(Exception):
    """The password would be guessed; says what a better one has."""


def hashed(password: str, *of_the_person: str) -> str:
    """The hash to keep; raises `WeakPasswordError` for one that is short, common, or made of the person's names."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(f"a password has {SHORTEST} to {LONGEST} characters; several words are good")
    found = zxcvbn(password[:_JUDGED], user_inputs=list(of_the_person), max_length=_JUDGED)
    if found["score"] < _GOOD:
        why = found["feedback"]["warning"] or "it would soon be guessed"
        raise WeakPasswordError(f"this password is weak: {why}. Several words that do not belong together are good")
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes as long where none is kept."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _nobodys(), password) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def again(password: str) -> str:
    """A hash with today's parameters of a password that was accepted before."""
    with _AT_ONCE:
        return _HASHER.hash(password)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's password")
