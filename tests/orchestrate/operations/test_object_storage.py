"""Copies of the store in object storage, which moto plays: written, restored, never overwritten, refused in a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from orchestrate.connections.service import Connections
from orchestrate.operations.errors import OperationError
from orchestrate.operations.object_storage import ENDPOINT, read, written
from taps.cli import app
from tests.orchestrate.stores import sqlite_address

COPY = "s3://copies/engarde/2026-12-01.zip"


@pytest.fixture
def address(tmp_path: Path) -> str:
    """What differs between the engines is tested with files."""
    return sqlite_address(tmp_path)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "ACCESS_KEY_ID": "made-up",
        "SECRET_ACCESS_KEY": "canary-1701",
        "DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        found = boto3.resource("s3").Bucket("copies")
        found.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield found


def test_a_store_is_copied_into_object_storage_and_made_anew_from_it(
    bucket: Any, connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.add("hubspot", "main", {"access_token": "pat-canary-1701"})
    run = CliRunner().invoke
    made = run(app, ["backup", COPY])
    assert "rows of 1 tenants" in made.output, made.output
    (copy,) = bucket.objects.all()
    content = copy.get()["Body"].read()
    assert copy.key == "engarde/2026-12-01.zip" and content[:2] == b"PK" and b"pat-canary" not in content
    again = run(app, ["backup", COPY])
    assert again.exit_code == 1 and "is there already; a copy overwrites nothing" in again.output
    assert copy.get()["Body"].read() == content
    monkeypatch.setenv("ENGARDE_STORE", f"sqlite:///{tmp_path / 'fresh.db'}")
    back = run(app, ["restore", COPY])
    assert back.exit_code == 0 and back.output in made.output, back.output


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("s3://copies/none.zip", "is not there"),
        ("s3://nowhere/none.zip", "nowhere/none.zip: .*bucket does not exist"),
        ("s3://copies", "names no object"),
        ("s3://copies/folder/", "names no object"),
    ],
)
def test_what_is_not_there_is_said(bucket: Any, place: str, says: str) -> None:
    with pytest.raises(OperationError, match=says), read(place):
        pass


def test_what_fails_half_way_leaves_no_object(bucket: Any) -> None:
    with pytest.raises(RuntimeError), written(COPY) as file:
        file.write_bytes(b"half")
        raise RuntimeError
    assert list(bucket.objects.all()) == []


def test_a_copy_that_came_between_is_not_overwritten(bucket: Any) -> None:
    with pytest.raises(OperationError, match="is there already"), written(COPY) as file:
        file.write_bytes(b"late")
        bucket.put_object(Key="engarde/2026-12-01.zip", Body=b"first")
    assert bucket.Object("engarde/2026-12-01.zip").get()["Body"].read() == b"first"


def test_a_store_that_does_not_answer_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "canary-1701")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    with pytest.raises(OperationError, match=ENDPOINT) as refused, read(COPY):
        pass
    assert "127.0.0.1:9" in str(refused.value) and "canary" not in str(refused.value)
    assert "\n" not in str(refused.value)
