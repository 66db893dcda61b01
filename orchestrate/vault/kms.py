"""Key-encryption keys of a key service: AWS KMS. The key never leaves it; data keys go there to be wrapped and opened.

Logins and region are found as boto3 finds them; who uses the key needs kms:DescribeKey, kms:Encrypt and kms:Decrypt.
https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orchestrate.vault.keys import KEY_BYTES, VaultError, WrappingKey

SETTING = "ENGARDE_KMS"
AWS = "aws:"
OPEN_FOR = 300.0
"""Seconds for which an opened data key is kept in memory: every value that is unsealed would ask otherwise."""
_MOST_OPEN = 10_000
_CONTEXT = "engarde"
_NOT_ITS_OWN = {"InvalidCiphertextException", "IncorrectKeyException"}


class AwsKey:
    """A symmetric key of AWS KMS; its id is the key's ARN, wherever an alias points later."""

    def __init__(self, client: Any, named: str) -> None:
        """Raises `VaultError` where the key is not there, or may not be used to wrap and to open."""
        self._client, self._named = client, named
        self._open: dict[tuple[bytes, bytes], tuple[float, bytes]] = {}
        with self._told():
            self._arn = str(client.describe_key(KeyId=named)["KeyMetadata"]["Arn"])
        self.id = AWS + self._arn
        tried = secrets.token_bytes(KEY_BYTES)
        if self._decrypted(self.wrap(tried, b"trial"), b"trial") != tried:
            raise VaultError(f"{SETTING}: key {named!r} does not open what it wrapped")

    def wrap(self, data_key: bytes, bound_to: bytes) -> bytes:
        """The data key, sealed; what it is bound to is the encryption context."""
        with self._told():
            answer = self._client.encrypt(
                KeyId=self._arn, Plaintext=data_key, EncryptionContext={_CONTEXT: bound_to.decode()}
            )
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """The data key again, asked of the service or opened within `OPEN_FOR`."""
        until, data_key = self._open.get((wrapped, bound_to), (0.0, b""))
        if until < time.monotonic():
            data_key = self._decrypted(wrapped, bound_to)
            if len(self._open) >= _MOST_OPEN:
                self._open.clear()
            self._open[(wrapped, bound_to)] = (time.monotonic() + OPEN_FOR, data_key)
        return data_key

    def _decrypted(self, wrapped: bytes, bound_to: bytes) -> bytes:
        with self._told():
            answer = self._client.decrypt(
                KeyId=self._arn, CiphertextBlob=wrapped, EncryptionContext={_CONTEXT: bound_to.decode()}
            )
        return bytes(answer["Plaintext"])

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the service or the way to it says, as one line."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as refused:
            code = refused.response["Error"]["Code"]
            if code in _NOT_ITS_OWN:
                raise VaultError(
                    f"{SETTING}: key {self._named!r} is not the one that the store was sealed with; give the one it was"
                ) from None
            said = str(refused.response["Error"].get("Message", "")).partition("\n")[0]
            raise VaultError(f"{SETTING}: AWS refuses key {self._named!r}: {code}: {said}") from None
        except BotoCoreError as broken:
            said = str(broken).partition("\n")[0]
            raise VaultError(f"{SETTING}: AWS cannot be asked for key {self._named!r}: {said}") from None


def kms_keys(setting: str) -> list[WrappingKey]:
    """The keys of `ENGARDE_KMS`: `aws:` and a key's id, ARN or alias (`aws:alias/engarde`), several parted by commas.

    Raises `VaultError`, as `AwsKey` does.
    """
    names = [each.strip() for each in setting.split(",") if each.strip()]
    for name in names:
        if not name.startswith(AWS) or name == AWS:
            raise VaultError(f"{SETTING}: {name!r} names no key; say aws:alias/engarde, or aws: and a key's id or ARN")
    client = _client()
    return [AwsKey(client, name.removeprefix(AWS)) for name in names]


def _client() -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ModuleNotFoundError:
        raise VaultError(f"{SETTING} needs boto3: pip install 'engarde[aws]'") from None
    patience = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})
    try:
        return boto3.client("kms", config=patience)
    except BotoCoreError as broken:
        raise VaultError(f"{SETTING}: {broken}") from None
