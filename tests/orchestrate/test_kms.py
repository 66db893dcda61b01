"""Data keys wrapped by AWS KMS, which moto plays: bound to their place, rotated, and wrong keys refused at start."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner

from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import Connections
from orchestrate.store.tables import TenantKey
from orchestrate.vault.keys import KEY_BYTES, Keyring, VaultError, read_keyring
from orchestrate.vault.kms import OPEN_FOR, AwsKey
from taps.cli import app
from tests.orchestrate.stores import sqlite_address

ALIAS, CANARY = "alias/engarde", "pat-canary-1701"


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Where rows lie makes no difference to their keys."""
    return sqlite_address(tmp_path)


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The service with one key, which the alias names."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("kms")
        client.create_alias(AliasName=ALIAS, TargetKeyId=new(client))
        yield client


def new(client: Any) -> str:
    return str(client.create_key()["KeyMetadata"]["KeyId"])


class Counted:
    """The service, with what it was asked; `refuses` names what it answers with AccessDenied."""

    def __init__(self, client: Any, refuses: str = "") -> None:
        self.client, self.refuses, self.asked = client, refuses, list[str]()

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        if name == self.refuses:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": f"no {name}"}}, name)
        return getattr(self.client, name)


def wrapped_by(connections: Connections) -> set[str]:
    with connections.store.transaction(connections.tenant_id) as session:
        return {row.wrapped_by for row in session.query(TenantKey)}


def test_a_data_key_opens_for_what_it_was_wrapped_for_alone(kms: Any) -> None:
    key, secret = AwsKey(kms, ALIAS), bytes(range(KEY_BYTES))
    wrapped = key.wrap(secret, b"acme/1")
    assert secret not in wrapped and key.unwrap(wrapped, b"acme/1") == secret
    for broken, bound in ((wrapped, b"acme/2"), (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"acme/1")):
        with pytest.raises(VaultError, match="is not the one that the store was sealed with"):
            key.unwrap(broken, bound)
    with pytest.raises(VaultError, match="is not the one|AWS refuses key"):
        AwsKey(kms, new(kms)).unwrap(wrapped, b"acme/1")


def test_the_service_is_asked_once_for_many_values_and_again_later(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(kms)
    key = AwsKey(counted, ALIAS)
    wrapped = key.wrap(bytes(KEY_BYTES), b"acme/1")
    counted.asked.clear()
    began = time.monotonic()
    for _ in range(100):
        key.unwrap(wrapped, b"acme/1")
    assert counted.asked == ["decrypt"]
    monkeypatch.setattr("time.monotonic", lambda: began + OPEN_FOR + 60)
    key.unwrap(wrapped, b"acme/1")
    assert counted.asked == ["decrypt", "decrypt"]


@pytest.mark.parametrize("refused", ["describe_key", "encrypt", "decrypt"])
def test_a_key_that_may_not_be_used_is_refused_before_anything_begins(kms: Any, refused: str) -> None:
    with pytest.raises(VaultError, match=f"AWS refuses key '{ALIAS}': AccessDeniedException: no {refused}"):
        AwsKey(Counted(kms, refused), ALIAS)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("aws:alias/none", "AWS refuses key 'alias/none': NotFoundException"),
        ("aws:", "names no key"),
        ("gcp:key", "'gcp:key' names no key; say aws:alias/engarde"),
    ],
)
def test_a_setting_that_names_no_key_is_refused_in_one_line(
    kms: Any, environment: Path, monkeypatch: pytest.MonkeyPatch, setting: str, says: str
) -> None:
    monkeypatch.setenv("ENGARDE_KMS", setting)
    with pytest.raises(VaultError, match=says) as refused:
        read_keyring(environment)
    assert str(refused.value).startswith("ENGARDE_KMS: ") and "\n" not in str(refused.value)


def test_a_store_goes_from_a_file_to_the_service_and_on_to_another_key(
    kms: Any, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_connections("acme").add("hubspot", "main", {"access_token": CANARY})
    monkeypatch.setenv("ENGARDE_KMS", f"aws:{ALIAS}")
    rotated = CliRunner().invoke(app, ["vault", "rotate"])
    assert rotated.exit_code == 0 and "settings sealed anew" in rotated.output
    monkeypatch.delenv("ENGARDE_KEYS_FILE")
    moved = open_connections("acme")
    assert moved.settings("main", "hubspot")["access_token"] == CANARY
    (first,) = wrapped_by(moved)
    assert first.startswith("aws:arn:aws:kms:eu-central-1:")

    kms.update_alias(AliasName=ALIAS, TargetKeyId=new(kms))
    with pytest.raises(
        VaultError, match="the store was sealed with key 'aws:arn:aws:kms:.*at hand are aws:.*give that one"
    ):
        open_connections("acme")
    monkeypatch.setenv("ENGARDE_KMS", f"aws:{ALIAS},{first}")
    assert CliRunner().invoke(app, ["vault", "rotate"]).exit_code == 0
    monkeypatch.setenv("ENGARDE_KMS", f"aws:{ALIAS}")
    moved = open_connections("acme")
    assert moved.settings("main", "hubspot")["access_token"] == CANARY and wrapped_by(moved) != {first}


def test_a_key_that_is_gone_is_said_by_a_command(kms: Any, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGARDE_KMS", f"aws:{ALIAS}")
    open_connections("acme").add("hubspot", "main", {"access_token": CANARY})
    kms.delete_alias(AliasName=ALIAS)
    told = CliRunner().invoke(app, ["connection", "list", "--tenant", "acme"])
    assert told.exit_code == 1 and "ENGARDE_KMS: AWS refuses key" in told.output and len(told.output.splitlines()) <= 3


def test_keys_of_the_service_come_first(kms: Any, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGARDE_KMS", f"aws:{ALIAS}")
    ring = read_keyring(environment)
    assert isinstance(ring, Keyring) and ring.current.id.startswith("aws:") and ring.key("first").id == "first"
