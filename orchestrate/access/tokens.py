"""Secrets that are shown once and kept as a hash: API keys, sessions, links; each tells its tenant and its row."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from orchestrate.store.tables import new_id

_FORM = re.compile(r"([a-z]{2})_([0-9a-f]{32})_([0-9a-f]{32})_([\w-]{43})", re.ASCII)
"""Kind, tenant, row, and 256 random bits; the kind lets scanners find one that leaked."""


@dataclass(frozen=True)
class Token:
    """A secret and the row that knows its hash."""

    kind: str
    tenant_id: str
    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """What its holder shows."""
        return f"{self.kind}_{self.tenant_id}_{self.id}_{self.secret}"

    @property
    def hash(self) -> bytes:
        """What is kept of it; one round suffices for 256 random bits."""
        return hashlib.sha256(self.secret.encode()).digest()

    def fits(self, kept: bytes | None) -> bool:
        """Whether this is the one whose hash was kept; takes as long where there is none."""
        return hmac.compare_digest(kept or b"", self.hash)


def new_token(kind: str, tenant_id: str) -> Token:
    """A token with an id of its own; `kind` is of two letters."""
    return Token(kind, tenant_id, new_id(), secrets.token_urlsafe(32))


def read_token(kind: str, text: str) -> Token | None:
    """The token that a text spells, or None if it is none of this kind."""
    form = _FORM.fullmatch(text)
    return Token(*form.groups()) if form and form[1] == kind else None
