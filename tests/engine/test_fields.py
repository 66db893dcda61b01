"""What a vendor's values become: declared types, drift, nested and camel-cased names, nothing lost."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taps.engine.answers import Tree
from taps.engine.errors import BadBody
from taps.engine.fields import Drift, FieldSpec, converter
from taps.engine.manifest import Stream
from taps.engine.paths import PathError
from taps.engine.records import Shaper

WORDS = {"docs": "https://acme.example/docs", "path": "/x", "key": ["id"], "deletes": "never"}


def shaped(record, fields, **words):
    stream = Stream.model_validate({**WORDS, **words, "fields": fields})
    shaper = Shaper(stream, stream.columns_declared, "default")
    (row,) = shaper.page([msgspec.Raw(json.dumps(record).encode())])
    return {name: json.loads(bytes(value)) for name, value in row.row.items()}, shaper


@pytest.mark.parametrize(
    ("kind", "given_", "expected"),
    [
        ("string", '"a"', '"a"'),
        ("string", "12345678901234567890", '"12345678901234567890"'),
        ("integer", '"42"', "42"),
        ("integer", "42.0", "42"),
        ("integer", "1180591620717411303424", "1180591620717411303424"),
        ("integer", '""', "null"),
        ("number", '"1.5"', "1.5"),
        ("decimal", "12345678901234567890.123456789", '"12345678901234567890.123456789"'),
        ("decimal", '"10.00"', '"10.00"'),
        ("boolean", '"TRUE"', "true"),
        ("date", '"2026-02-28"', '"2026-02-28"'),
        ("date", '"2026-02-28T10:00:00Z"', '"2026-02-28"'),
        ("datetime", '"2026-02-28T10:00:00Z"', '"2026-02-28T10:00:00Z"'),
        ("datetime", '"2026-02-28 10:00:00"', '"2026-02-28T10:00:00+00:00"'),
        ("epoch", "1700000000", "1700000000"),
        ("json", '{"a": [1, 2]}', '{"a": [1, 2]}'),
    ],
)
def test_what_reads_as_the_type_becomes_it(kind, given_, expected):
    assert converter(FieldSpec(type=kind))(given_.encode()) == expected.encode()


@pytest.mark.parametrize(
    ("kind", "given_"),
    [("integer", '"4x"'), ("integer", "1.5"), ("boolean", "2"), ("date", '"0000-00-00"'), ("datetime", '"soon"'),
     ("string", "{}"), ("number", "[1]"), ("datetime", '"2026-02-28T10:00:61"')],
)  # fmt: skip
def test_what_does_not_is_drift(kind, given_):
    with pytest.raises(Drift):
        converter(FieldSpec(type=kind))(given_.encode())


def test_formats_and_zones_of_vendors_are_read():
    zone = FieldSpec.model_validate({"type": "datetime", "format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"})
    assert converter(zone)(b'"28.02.2026 10:00"') == b'"2026-02-28T09:00:00+00:00"'
    dotnet = converter(FieldSpec.model_validate({"type": "datetime", "format": "dotnet"}))
    assert dotnet(b'"/Date(1573755038314+0000)/"') == b'"2019-11-14T18:10:38.314000+00:00"'
    assert dotnet(b'"/Date(-1000)/"') == b'"1969-12-31T23:59:59+00:00"'
    with pytest.raises(Drift):
        dotnet(b'"2019-11-14T18:10:38Z"')


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**20), max_value=10**20))
def test_no_digit_of_a_decimal_is_lost(value):
    text = f"{value:f}"
    assert Decimal(json.loads(converter(FieldSpec(type="decimal"))(text.encode()))) == value


def test_drift_keeps_the_value_and_counts_it():
    row, shaper = shaped({"id": "1", "n": "many", "new": 1}, {"id": "string!", "n": "integer"})
    assert row["n"] is None
    assert row["_extra"] == {"new": 1, "n": "many"}
    assert shaper.drifted["n"] == 1
    assert set(shaper.undeclared) == {"new"}


def test_nested_names_are_found_in_either_case_and_the_rest_is_kept():
    record = {"campaign": {"resourceName": "r", "id": "7", "biddingStrategyType": "X"}, "metrics": {"costMicros": "5"}}
    row, _ = shaped(
        record,
        {
            "id": {"type": "string!", "from": "campaign.id"},
            "bidding": {"type": "string", "from": "campaign.bidding_strategy_type"},
            "cost": {"type": "integer", "from": "metrics.cost_micros"},
            "clicks": {"type": "integer", "from": "metrics.clicks"},
        },
        ignore=["campaign.resourceName"],
    )
    assert row == {"_connection_id": "default", "id": "7", "bidding": "X", "cost": 5, "clicks": None, "_extra": None}


def test_an_object_and_a_value_inside_it_are_both_columns():
    record = {"commit": {"committer": {"date": "2026-03-01T08:15:00Z"}, "message": "Tea"}}
    row, _ = shaped(record, {"commit": "json", "at": {"type": "datetime", "from": "commit.committer.date"}})
    assert row["commit"] == record["commit"]
    assert row["at"] == "2026-03-01T08:15:00Z"
    assert row["_extra"] is None


def test_unwrapped_objects_lose_nothing_when_names_clash():
    row, _ = shaped({"id": "1", "properties": {"id": "2", "name": "n"}}, {"id": "string!", "name": "string"},
                    unwrap=["properties"])  # fmt: skip
    assert row["id"] == "1"
    assert row["name"] == "n"
    assert row["_extra"] == {"properties.id": "2"}


keys = st.text(min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, max_size=6))
def test_every_value_of_a_record_is_in_a_column_or_in_extra(record):
    record = {**record, "id": "1"}
    row, _ = shaped(record, {"id": "string!", "name": "string", "count": "integer", "seen": "datetime"})
    for name, value in record.items():
        kept = row[name] if row.get(name) is not None else (row["_extra"] or {}).get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and name in {"name", "count"}:
            assert kept is not None or value == ""
        elif name != "seen":
            assert kept == value or str(kept) == str(value).lower()


@pytest.mark.parametrize("body", [b"", b"null", b"<html>", b'{"data": [', b'"text"', b'{"data": [1}'])
def test_what_is_no_data_is_never_taken_for_it(body):
    with pytest.raises(BadBody):
        Tree.of_body(body).rows("data")


def test_paths_go_on_through_lists_and_name_what_is_absent():
    tree = Tree(b'[{"results": [{"id": 1}]}, {"x": 1}, {"results": [{"id": 2}]}]')
    assert [bytes(row) for row in tree.rows("results")] == [b'{"id": 1}', b'{"id": 2}']
    assert tree.take("results.id") == [1, 2]
    assert Tree(b'{"a": null}').rows("a") == []
    assert Tree(b'{"a": {"b.c": {"id": 1}}}').rows(["a", "b.c"]) != []
    assert Tree(b'{"a": 1}').rows("b?") == []
    with pytest.raises(PathError, match=r"a\.b"):
        Tree(b'{"a": {}}').rows("a.b")


def test_half_a_surrogate_pair_becomes_the_replacement_character():
    tree = Tree.of_body(rb'{"data": [{"id": "a\ud800b", "ok": "\ud83d\ude00", "slash": "\\ud800"}]}')
    row = json.loads(bytes(tree.rows("data")[0]))
    assert row == {"id": "a�b", "ok": "😀", "slash": "\\ud800"}
