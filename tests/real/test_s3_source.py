"""tap-aws-s3 against moto's server: signed requests, listings in pages, every format, changes, broken files."""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import json
import lzma
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import requests

from taps.engine.errors import BadSetting, TapError
from taps.engine.http_request import Request
from taps.engine.signing_sigv4 import Keys, sign_sigv4
from tests.databases.reading import Read, read
from tests.real.pipeline import load
from tests.servers import free_port, running

pytestmark = pytest.mark.real("aws_s3")
_COUNTER = itertools.count()
_WHERE = b"<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
_KEYS = Keys(access_key="made-up", secret_key="made-up-too", region="eu-central-1", service="s3")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    port = free_port()
    with running("s3", "moto_server", "-H", "127.0.0.1", "-p", str(port), port=port) as address:
        yield address


class Bucket:
    """A bucket, and someone who puts files into it."""

    def __init__(self, server: str, name: str) -> None:
        self.server, self.name = server, name
        self.send(
            "PUT",
            "",
            _WHERE,
        )

    def send(self, method: str, path: str, body: bytes = b"") -> None:
        signed = sign_sigv4(
            Request(f"{self.server}/{self.name}{path}", method=method, body=body), _KEYS, datetime.now(UTC)
        )
        answer = requests.request(method, signed.url, data=body, headers=dict(signed.headers), timeout=10)
        assert answer.ok, answer.text

    def put(self, name: str, body: bytes | str) -> None:
        self.send("PUT", f"/{name}", body.encode() if isinstance(body, str) else body)

    def config(self, *tables: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "bucket": self.name, "region": "eu-central-1", "access_key_id": "made-up",
            "secret_access_key": "made-up-too", "api_url": self.server, "tables": list(tables), **more,
        }  # fmt: skip

    def read(self, *tables: dict[str, Any], state: dict[str, Any] | None = None) -> Read:
        return read("aws_s3", self.config(*tables), state=state)


@pytest.fixture
def bucket(server: str) -> Bucket:
    return Bucket(server, f"bucket-{next(_COUNTER)}")


def rows(found: Read, stream: str) -> list[dict[str, Any]]:
    """Rows without what is the same in all of them."""
    return [
        {name: value for name, value in record.items() if name not in ("_connection_id", "_file", "_row")}
        for record in found.records(stream)
    ]


def test_objects_are_listed_in_pages_under_keys_of_every_kind(bucket: Bucket) -> None:
    names = [f"many/{at:04}" for at in range(1005)] + ["a b/ä+&?.txt", "{x}"]
    for name in names:
        bucket.put(requests.utils.quote(name, safe="/"), "x")
    found = bucket.read()
    assert {record["Key"] for record in found.records("objects")} == set(names)
    assert bucket.name in {record["Name"] for record in found.records("buckets")}
    assert {record["Size"] for record in found.records("objects")} == {1}


def test_csv_in_all_its_shapes(bucket: Bucket) -> None:
    bucket.put("in/plain.csv", '\ufeffid,name,,id\r\n1,"a\nb ""c""",x,7\r\n\r\n2,,,\r\n')
    bucket.put("in/latin.csv", "# made by hand\nid;name\n3;'Jos\u00e9; x'\n4;z;more\n".encode("latin-1"))
    bucket.put("in/bare.tsv.gz", gzip.compress(b"5\tsix\n"))
    plain = {"name": "plain", "glob": "in/plain.csv", "columns": {"id": "integer"}}
    latin = {"name": "latin", "glob": "in/lat*", "skip": 1, "delimiter": ";", "quote": "'", "encoding": "latin-1"}
    bare = {"name": "bare", "glob": "**/bare.tsv.gz", "header": False}
    found = bucket.read(plain, latin, bare)
    assert rows(found, "plain") == [
        {"id": 1, "name": 'a\nb "c"', "column_3": "x", "id_4": "7", "_extra": None},
        {"id": 2, "name": None, "column_3": None, "id_4": None, "_extra": None},
    ]
    assert rows(found, "latin") == [
        {"id": "3", "name": "Jos\u00e9; x", "_extra": None},
        {"id": "4", "name": "z", "_extra": {"_more_cells": ["more"]}},
    ]
    assert rows(found, "bare") == [{"column_1": "5", "column_2": "six", "_extra": None}]
    assert found.schema("plain")["key_properties"] == ["_connection_id", "_file", "_row"]
    assert [record["_row"] for record in found.records("plain")] == [1, 2]


@pytest.mark.parametrize("ending", ["", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip"])
def test_json_lines_compressed_in_every_way(bucket: Bucket, ending: str) -> None:
    lines = (
        b'{"id": 1, "price": 1.10, "tags": ["a"], "mixed": 1}\n\n'
        b'{"id": 12345678901234567890, "new": true, "mixed": "x"}\n'
    )
    bucket.put(f"events.jsonl{ending}", _compressed(lines, ending))
    found = bucket.read({"name": "events", "glob": "events.jsonl*"})
    assert rows(found, "events") == [
        {"id": 1, "price": "1.10", "tags": ["a"], "mixed": 1, "new": None, "_extra": None},
        {"id": 12345678901234567890, "price": None, "tags": None, "mixed": "x", "new": True, "_extra": None},
    ]


def _compressed(data: bytes, ending: str) -> bytes:
    match ending:
        case ".gz":
            return gzip.compress(data)
        case ".bz2":
            return bz2.compress(data)
        case ".xz":
            return lzma.compress(data)
        case ".zst" | ".lz4":
            out = pyarrow.BufferOutputStream()
            with pyarrow.CompressedOutputStream(out, {".zst": "zstd", ".lz4": "lz4"}[ending]) as compressing:
                compressing.write(data)
            return out.getvalue().to_pybytes()
        case ".zip":
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("one.jsonl", data.splitlines(keepends=True)[0])
                archive.writestr("two.jsonl", data.splitlines(keepends=True)[2])
            return file.getvalue()
    return data


def test_parquet_keeps_its_types(bucket: Bucket) -> None:
    table = pyarrow.table({
        "id": pyarrow.array([1, 2**40], pyarrow.int64()),
        "price": pyarrow.array([Decimal("1.10"), None], pyarrow.decimal128(38, 2)),
        "ratio": pyarrow.array([0.1, float("nan")]),
        "at": pyarrow.array([datetime(2026, 3, 1, 8, tzinfo=UTC), None], pyarrow.timestamp("ns", "UTC")),
        "day": pyarrow.array([20000, None], pyarrow.date32()),
        "bytes": pyarrow.array([b"\xff", None]),
        "list": pyarrow.array([[1, None], None]),
        "kind": pyarrow.array(["a", "b"]).dictionary_encode(),
        "yes": pyarrow.array([True, False]),
    })  # fmt: skip
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    bucket.put("t.parquet", file.getvalue())
    found = bucket.read({"name": "t", "glob": "*.parquet", "key": ["id"]})
    assert rows(found, "t") == [
        {"id": 1, "price": "1.10", "ratio": 0.1, "at": "2026-03-01T08:00:00+00:00", "day": "2024-10-04",
         "bytes": "/w==", "list": [1, None], "kind": "a", "yes": True, "_extra": None},
        {"id": 2**40, "price": None, "ratio": None, "at": None, "day": None, "bytes": None, "list": None, "kind": "b",
         "yes": False, "_extra": {"ratio": "nan"}},
    ]  # fmt: skip
    properties = found.schema("t")["schema"]["properties"]
    assert properties["price"]["format"] == "x-singer.decimal"
    assert properties["at"]["format"] == "date-time"
    assert found.schema("t")["key_properties"] == ["_connection_id", "id"]


def test_only_new_and_changed_files_are_read_and_a_changed_one_replaces_its(bucket: Bucket, tmp_path: Path) -> None:
    table = {"name": "orders", "glob": "orders/*.csv"}
    bucket.put("orders/1.csv", "id\n1\n2\n3\n")
    bucket.put("orders/2.csv", "id\n4\n")
    first = load("tap-aws-s3", bucket.config(table), tmp_path, streams=frozenset({"orders"}))
    assert first.code == 0, first.log
    again = bucket.read(table, state=first.state)
    assert again.records("orders") == []
    bucket.put("orders/1.csv", "id\n9\n")
    bucket.put("orders/3.csv", "id\n5\n")
    second = load("tap-aws-s3", bucket.config(table), tmp_path, state=first.state, streams=frozenset({"orders"}))
    assert second.code == 0, second.log
    alive = [(row["_file"], row["id"]) for row in second.rows("aws_s3.orders") if row["_sdc_deleted_at"] is None]
    assert sorted(alive) == [("orders/1.csv", "9"), ("orders/2.csv", "4"), ("orders/3.csv", "5")]


def test_a_broken_file_is_named_the_others_are_read_and_it_is_tried_again(bucket: Bucket) -> None:
    table = {"name": "t", "glob": "*.jsonl.gz"}
    whole = gzip.compress(b'{"id": 1}\n' * 100)
    bucket.put("1.jsonl.gz", whole)
    bucket.put("2.jsonl.gz", whole[:-12])
    bucket.put("3.jsonl.gz", whole)
    first = bucket.read(table)
    assert "2.jsonl.gz" in first.errors["t"]
    assert {"1.jsonl.gz", "3.jsonl.gz"} <= {record["_file"] for record in first.records("t")}
    second = bucket.read(table, state=first.state)
    assert "2.jsonl.gz" in second.errors["t"]
    assert {record["_file"] for record in second.records("t")} <= {"2.jsonl.gz"}
    bucket.put("2.jsonl.gz", whole)
    third = bucket.read(table, state=second.state)
    assert third.errors == {}
    assert len(third.records("t")) == 100
    assert "broken" not in third.state["bookmarks"]["t"]


def test_a_state_of_many_files_stays_small(bucket: Bucket) -> None:
    for at in range(1200):
        bucket.put(f"n/{at}.jsonl", '{"id": 1}')
    found = bucket.read({"name": "t", "glob": "n/*.jsonl"})
    assert len(found.records("t")) == 1200
    assert len(json.dumps(found.state["bookmarks"]["t"])) < 10_000


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"name": "t"}, "number 1, glob: Field required"),
        ({"name": "t", "glob": "*", "delimeter": ";"}, "delimeter"),
        ({"name": "objects", "glob": "*"}, "name of another stream"),
        ({"name": "t", "glob": "*.csv", "key": ["nothing"]}, "no column nothing"),
        ({"name": "t", "glob": "*.csv", "encoding": "klingon"}, "no such encoding"),
    ],
)
def test_tables_that_cannot_be_are_refused_by_name(bucket: Bucket, table: dict[str, Any], words: str) -> None:
    bucket.put("a.csv", "id\n1\n")
    with pytest.raises(BadSetting, match=words):
        bucket.read(table)


def test_a_bucket_that_there_is_not_is_named_in_one_line(bucket: Bucket) -> None:
    found = read("aws_s3", bucket.config() | {"bucket": "not-there"})
    assert "does not exist" in found.errors["objects"]
    with pytest.raises(TapError, match="does not exist"):
        read("aws_s3", bucket.config({"name": "t", "glob": "*"}) | {"bucket": "not-there"})
