"""Slows down guessing: after a number of logins that failed in a row, the next one waits, longer each time."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orchestrate.store.tables import LoginTries, now

FREE: Mapping[str, int] = {"email": 5, "address": 50}
"""Tries without a wait. An office shares a network address, a person does not share an e-mail address."""
_FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)
"""Bounded, because it also hits the person whose password is being guessed."""
_FORGOTTEN = timedelta(hours=24)


class TooManyTriesError(Exception):
    """The login was tried too often; `seconds` says when it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many logins failed; try again in {seconds} s")
        self.seconds = seconds


def count(session: Session, subjects: Mapping[str, str]) -> None:
    """Counts a try before the password is looked at, so that guesses at the same time count as well.

    Raises `TooManyTriesError`, and counts nothing, while one of the subjects has to wait.
    """
    rows = {kind: _row(session, kind, value) for kind, value in subjects.items()}
    waits = [_wait(row, FREE[kind]) for kind, row in rows.items()]
    if any(waits):
        raise TooManyTriesError(int(max(waits).total_seconds()) + 1)
    for row in rows.values():
        row.count, row.last_at = row.count + 1, now()


def succeeded(session: Session, subjects: Mapping[str, str]) -> None:
    """Takes the try back for the network address, and forgets all of the e-mail address."""
    for kind, value in subjects.items():
        row = _row(session, kind, value)
        row.count = 0 if kind == "email" else max(0, row.count - 1)


def sweep(session: Session) -> int:
    """Drops what is a day old; returns how many rows."""
    old = delete(LoginTries).where(LoginTries.last_at < now() - _FORGOTTEN)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined] # of a DELETE's result


def _row(session: Session, kind: str, value: str) -> LoginTries:
    subject = hashlib.sha256(f"{kind} {value}".encode()).hexdigest()
    if session.get(LoginTries, subject) is None:
        # Another login may add the same row at this moment; either serves.
        with contextlib.suppress(IntegrityError), session.begin_nested():
            session.add(LoginTries(subject=subject, count=0, last_at=now()))
    row = session.get_one(LoginTries, subject, with_for_update=True, populate_existing=True)
    if now() - row.last_at > _FORGOTTEN:
        row.count = 0
    return row


def _wait(row: LoginTries, free: int) -> timedelta:
    """What is left of the wait; zero or less where there is none."""
    beyond = row.count - free
    if beyond < 0:
        return timedelta()
    wait = min(_FIRST_WAIT * (1 << min(beyond, 16)), LONGEST_WAIT)
    return max(timedelta(), row.last_at + wait - now())
