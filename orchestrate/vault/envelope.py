"""Seals one text with a data key: AES-256-GCM, bound to where it stands, the data key's id in the sealed bytes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orchestrate.vault.keys import NONCE_BYTES, VaultError

VERSION = b"\x01"
_ID_BYTES = 16


@dataclass(frozen=True)
class DataKey:
    """A tenant's key, opened; `id` is 16 bytes in hexadecimal."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where a sealed text stands. It opens nowhere else, so that nobody can move it to a row of his own."""

    tenant: str
    connection: str
    field: str

    @property
    def bound(self) -> bytes:
        """The associated data; no two places have the same."""
        return json.dumps([self.tenant, self.connection, self.field]).encode()


def seal(key: DataKey, place: Place, text: str) -> bytes:
    """Version, data key's id, nonce, ciphertext with its tag."""
    head = VERSION + bytes.fromhex(key.id)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return head + nonce + AESGCM(key.secret).encrypt(nonce, text.encode(), head + place.bound)


def key_id_of(sealed: bytes) -> str:
    """The id of the data key that opens this."""
    if sealed[:1] != VERSION or len(sealed) <= 1 + _ID_BYTES + NONCE_BYTES:
        raise VaultError("a sealed value is damaged, or was made by a newer version of EnGarde")
    return sealed[1 : 1 + _ID_BYTES].hex()


def unseal(keys: Mapping[str, DataKey], place: Place, sealed: bytes) -> str:
    """The text; raises `VaultError` if it was altered or stands in another place than it was sealed for."""
    key = keys.get(key_id_of(sealed))
    if key is None:
        raise VaultError(f"the data key of {place.connection}.{place.field} is gone; connect the platform again")
    head, rest = sealed[: 1 + _ID_BYTES], sealed[1 + _ID_BYTES :]
    try:
        opened = AESGCM(key.secret).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], head + place.bound)
    except InvalidTag:
        raise VaultError(
            f"{place.connection}.{place.field} was altered or belongs to another connection; connect the platform again"
        ) from None
    return opened.decode()
