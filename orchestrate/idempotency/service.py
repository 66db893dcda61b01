"""Keeps the answers of unsafe requests, so that the same request sent again is answered and not done again.

The rules are those of the IETF's draft: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.tables import KeptAnswer, now
from orchestrate.vault.service import Vault

KEPT = timedelta(days=1)
GIVEN_UP = timedelta(minutes=5)
"""After this long a request that never ended is taken for lost, and may be done by the next one."""


class RequestConflictError(Exception):
    """The same request is under way; trying later tells how it ended."""


class KeyReusedError(Exception):
    """The key belongs to another request."""


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Answers:
    """The kept answers of one who asks."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, who: str) -> None:
        self._store, self._vault, self._tenant_id, self._who = store, vault, tenant_id, who

    def begin(self, key: str, request: bytes) -> Answer | None:
        """The answer given before, or None: then it is this caller's to do, and to end with `keep` or `forget`.

        Raises `RequestConflictError` while another does it, `KeyReusedError` where `request`, a hash, is not the same.
        """
        row = self._row(key, request)
        try:
            with self._store.transaction(self._tenant_id) as session:
                session.add(row)
                return None
        except IntegrityError:
            with self._store.transaction(self._tenant_id) as session:
                return self._known(session, self._place(key), request)

    def keep(self, key: str, answer: Answer) -> None:
        """Ends a request with its answer."""
        text = json.dumps([answer.status, answer.headers, answer.body.decode("latin-1")])
        with self._store.transaction(self._tenant_id) as session:
            row = session.get(KeptAnswer, (self._tenant_id, self._place(key)), with_for_update=True)
            if row is not None:
                row.sealed, row.under_way = self._vault.seal(session, row.place, text), False

    def forget(self, key: str) -> None:
        """Ends a request that may be done anew."""
        with self._store.transaction(self._tenant_id) as session:
            session.execute(
                delete(KeptAnswer).where(
                    KeptAnswer.tenant_id == self._tenant_id, KeptAnswer.key == self._place(key), KeptAnswer.under_way
                )
            )

    def _known(self, session: Session, place: str, request: bytes) -> Answer | None:
        row = session.get(KeptAnswer, (self._tenant_id, place), with_for_update=True)
        if row is None or (row.under_way and row.created_at < now() - GIVEN_UP):
            session.merge(KeptAnswer(tenant_id=self._tenant_id, key=place, request=request, under_way=True, sealed=b"",
                                     created_at=now()))  # fmt: skip
            return None
        if row.request != request:
            raise KeyReusedError("this Idempotency-Key belongs to another request; make a new key for each request")
        if row.under_way:
            raise RequestConflictError("a request with this Idempotency-Key is under way; ask again in a second")
        status, headers, body = json.loads(self._vault.unseal(session, row.place, row.sealed))
        return Answer(status, tuple((name, value) for name, value in headers), body.encode("latin-1"))

    def _row(self, key: str, request: bytes) -> KeptAnswer:
        return KeptAnswer(
            tenant_id=self._tenant_id, key=self._place(key), request=request, under_way=True, sealed=b"",
            created_at=now(),
        )  # fmt: skip

    def _place(self, key: str) -> str:
        return hashlib.sha256(json.dumps([self._who, key]).encode()).hexdigest()


def clear(store: Store, tenant_id: str) -> int:
    """Drops answers older than `KEPT`; returns how many."""
    with store.transaction(tenant_id) as session:
        old = delete(KeptAnswer).where(KeptAnswer.tenant_id == tenant_id, KeptAnswer.created_at < now() - KEPT)
        return int(session.execute(old).rowcount)  # type: ignore[attr-defined] # of a DELETE's result
