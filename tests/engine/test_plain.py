"""Records that go out as they came, and those that only look so."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from taps.engine.fields import FieldSpec
from taps.engine.manifest import Stream
from taps.engine.records import Shaper
from taps.engine.writer import encoded
from tests.engine.vendor import STREAM, platform, run, vendor

COLUMNS = {
    "id": "string!", "n": "integer", "x": "number", "money": "decimal", "ok": "boolean",
    "day": "date", "at": "datetime", "more": "json",
}  # fmt: skip
PLAIN = (
    b'{"id": "1", "n": 7, "x": 1.50, "money": "12.30", "ok": true, "day": "2026-01-31", '
    b'"at": "2026-01-31T10:00:00Z", "more": {"a": [1, 2.50]}}'
)


def shaper(**more) -> Shaper:
    columns = {name: FieldSpec(type=kind) for name, kind in COLUMNS.items()}
    stream = Stream(docs="https://a.example/docs", path="/a", key=["id"], deletes="never", fields=columns, **more)
    return Shaper(stream, columns, "here")


def written(raw: bytes, made: Shaper) -> bytes:
    (shaped,) = made.page([msgspec.Raw(raw)])
    return encoded(shaped.written(frozenset()))


def looked_into(raw: bytes, made: Shaper) -> bytes:
    (shaped,) = made._looked_into([msgspec.Raw(raw)], {})
    return encoded(shaped.written(frozenset()))


def test_a_plain_record_goes_out_as_it_came():
    assert PLAIN[1:-1] in written(PLAIN, shaper())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"n": 7', b'"n": "7"'), (b'"n": 7', b'"n": 7.0'), (b'"n": 7', b'"n": 7.5'), (b'"n": 7, ', b""),
        (b'"n": 7', b'"n": 7, "new": 1'), (b'"x": 1.50', b'"x": "1.50"'), (b'"x": 1.50', b'"x": 1e400'),
        (b'"12.30"', b"12.30"), (b'"12.30"', b'" 12.30 "'), (b'"12.30"', b'"12.30\\n"'), (b'"12.30"', b'"1,000"'),
        (b'"12.30"', b'""'), (b'"12.30"', b'","'), (b'"12.30"', b'"1."'), (b'"12.30"', b'"1e-3"'),
        (b'"ok": true', b'"ok": "true"'), (b'"ok": true', b'"ok": 1'), (b'"id": "1"', b'"id": 1'),
        (b"2026-01-31\"", b'31.01.2026"'), (b"10:00:00Z", b"10:00:00"), (b"10:00:00Z", b"25:00:00Z"),
        (b"2026-01-31T", b"2026-01-32T"), (b'"n": 7', b'"n": null'), (b'"2026-01-31T10:00:00Z"', b"null"),
        (b'"id"', b'"Id"'), (b"2.50", b"12345678901234567890.123456789"), (b'"id": "1"', b'"id": "\\u00e9"'),
    ],
)  # fmt: skip
def test_the_row_is_the_same_by_either_way(old, new):
    raw = PLAIN.replace(old, new)
    assert raw != PLAIN
    made = shaper()
    short, long = written(raw, made), looked_into(raw, made)
    read = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
    assert {k: bytes(v) for k, v in read(short).items()} == {k: bytes(v) for k, v in read(long).items()}


def test_plain_and_other_records_keep_their_order_and_what_is_put_to_them():
    made = shaper()
    pages = made.page(
        [msgspec.Raw(PLAIN.replace(b'"1"', b'"%d"' % n) if n % 2 else b'{"id": %d}' % n) for n in range(6)]
    )
    for each in pages:
        each.put("_sdc_deleted_at", msgspec.Raw(b'"now"'))
    rows = [json.loads(encoded(each.written(frozenset()))) for each in pages]
    assert [row["id"] for row in rows] == [str(n) for n in range(6)]
    assert {row["_sdc_deleted_at"] for row in rows} == {"now"}
    assert [each.value("id") for each in pages] == [str(n) for n in range(6)]
    assert [dict(each.decoded()) for each in pages] == rows


@pytest.mark.parametrize("indent", [None, 2])
def test_every_message_is_one_line_however_the_vendor_lays_its_answer_out(tmp_path, indent):
    stream = STREAM.replace("n: integer", "n: integer, more: json")
    records = [{"id": "a", "n": 1, "more": {"x": [1]}}, {"id": "b", "more": [{"y": 2}], "other": {"z": 3}}]
    body = json.dumps({"data": records}, indent=indent).replace("\n", "\r\n").encode()
    with vendor(lambda asked: (200, {}, body)) as there:
        told = run(platform(tmp_path / "acme", stream), there.url)
    assert told.ids("items") == ["a", "b"]
    assert told.records("items")[0]["more"] == {"x": [1]}
    assert told.records("items")[1]["_extra"] == {"other": {"z": 3}}


def test_a_moment_of_now_is_plain():
    raw = PLAIN.replace(b"2026-01-31T10:00:00Z", datetime.now(UTC).isoformat().encode())
    assert raw[1:-1] in written(raw, shaper())
