"""Key-encryption keys: they wrap data keys and lie outside the store, in the environment, a file, or a key service."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class VaultError(Exception):
    """A key is missing, unreadable or not the one that was used; says what to do and never shows a key."""


class WrappingKey(Protocol):
    """A key-encryption key; one of a key service (KMS) has these three and asks the service."""

    @property
    def id(self) -> str:
        """Its name, which stands beside everything it wrapped."""
        ...

    def wrap(self, data_key: bytes, bound_to: bytes) -> bytes:
        """The data key, sealed."""
        ...

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """The data key again; raises `VaultError` if this key did not wrap it, or for something else."""
        ...


@dataclass(frozen=True)
class LocalKey:
    """256 bits at hand; wraps by AES-256-GCM (NIST SP 800-38D) with a random nonce."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise VaultError(f"key {self.id!r} has {len(self.secret)} bytes; a key has {KEY_BYTES}")

    def wrap(self, data_key: bytes, bound_to: bytes) -> bytes:
        """The data key, sealed."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, data_key, bound_to)

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """The data key again."""
        try:
            return AESGCM(self.secret).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise VaultError(
                f"key {self.id!r} is not the one that the store was sealed with; give the one it was"
            ) from None


class Keyring:
    """The key-encryption keys at hand; the first seals, all open."""

    def __init__(self, keys: Iterable[WrappingKey]) -> None:
        self._keys = {key.id: key for key in keys}
        if not self._keys:
            raise VaultError("there is no key: set ENGARDE_KEYS or ENGARDE_KEYS_FILE")
        self.current = next(iter(self._keys.values()))

    def key(self, key_id: str) -> WrappingKey:
        """The key of this name."""
        if key_id not in self._keys:
            at_hand = ", ".join(self._keys)
            raise VaultError(f"the store was sealed with key {key_id!r}, at hand are {at_hand}; give that one too")
        return self._keys[key_id]


def new_key(key_id: str) -> str:
    """A line for ENGARDE_KEYS or its file: `id:base64`."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def read_keyring(default: Path) -> Keyring:
    """The keys of ENGARDE_KEYS (`id:base64`, several parted by commas, the current one first), else those of the file
    ENGARDE_KEYS_FILE, one a line. Where neither is set, `default` is used, and made with a new key if it is not there.

    The keys of a key service (ENGARDE_KMS) go before them all, and none is made then.
    """
    kms = os.environ.get("ENGARDE_KMS")
    if not kms:
        return Keyring(_local_keys(default, make=True))
    from orchestrate.vault.kms import kms_keys

    return Keyring([*kms_keys(kms), *_local_keys(default, make=False)])


def _local_keys(default: Path, *, make: bool) -> list[LocalKey]:
    given = os.environ.get("ENGARDE_KEYS")
    if given:
        return [_parsed(line) for line in given.split(",")]
    file = Path(os.environ.get("ENGARDE_KEYS_FILE") or default).expanduser()
    if file == default and not file.exists():
        if not make:
            return []
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as made:
            made.write(new_key("first") + "\n")
    return [_parsed(line) for line in _lines(file)]


def _lines(file: Path) -> list[str]:
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise VaultError(f"the file of keys {file} cannot be read; ENGARDE_KEYS_FILE names it") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise VaultError(f"others may read the file of keys {file}: chmod 600 {file}")
    return [line for line in text.splitlines() if line.strip()]


def _parsed(line: str) -> LocalKey:
    key_id, colon, text = line.strip().partition(":")
    try:
        return LocalKey(key_id, base64.b64decode(text, validate=True) if key_id and colon else b"")
    except binascii.Error:
        raise VaultError(f"key {key_id!r} is not base64; `engarde vault new-key` prints one that is") from None
