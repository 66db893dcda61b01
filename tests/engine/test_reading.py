"""Where records stand in an answer, and what is no answer."""

from typing import Any

import pytest

from taps.engine.errors import BadAnswer
from tests.engine.vendor import STREAM, Asked, platform, run, vendor


@pytest.mark.parametrize(
    ("point", "hook"),
    [
        ("record", 'def read(record):\n    """Their names."""\n    return {**record, \'n\': record[\'name\']}\n'),
        ("page", 'def read(answer):\n    """Their rows."""\n    return answer[\'rows\']\n'),
    ],
)
def test_what_a_hook_cannot_read_ends_its_stream_and_not_the_run(tmp_path, point, hook):
    hooked = STREAM + f"    hooks: {{{point}: hooks.py:read}}\n"
    others = STREAM.replace("streams:\n", "").replace("  items:", "  others:").lstrip("\n")
    tap = platform(tmp_path / "acme", hooked + others, {"hooks.py": hook})
    with vendor(lambda _: {"data": [{"id": "1", "n": 1}]}) as found:
        told = run(tap, found.url)
    assert (told.code, told.ids("items"), told.ids("others")) == (1, [], ["1"])


def test_an_absent_list_is_a_failure_and_never_zero_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("taps.engine.http_patience.Patience.next_body", lambda self: None)
    tap = platform(tmp_path / "acme", STREAM)
    with vendor(lambda asked: {"items": []}) as found:
        told = run(tap, found.url)
    assert told.code == 1
    assert told.ids("items") == []


def test_what_ends_a_run_is_raised(tmp_path):
    tap = platform(tmp_path / "acme", STREAM)
    with (
        vendor(lambda asked: (401, {"error": "no"})) as found,
        pytest.raises(Exception, match="login|connect") as ended,
    ):
        run(tap, found.url)
    assert "k-secret" not in str(ended.value)
    assert not isinstance(ended.value, BadAnswer)


REPORT = """
streams:
  report:
    docs: https://acme.example/docs/report
    path: /report
    records: rows?
    cells:
      - names: dimensionHeaders.name
        values: dimensionValues.value
      - names: metricHeaders.name
        values: metricValues.value
    pages: {kind: none}
    key: [date]
    deletes: never
    fields: {}
    dimensions:
      date: {type: date!, format: "%Y%m%d"}
      country: string
    metrics: {visits: integer, revenue: decimal}
"""


def test_rows_of_several_sets_of_cells_become_records_under_the_answers_names(tmp_path):
    def answer(_: Asked) -> Any:
        return {
            "dimensionHeaders": [{"name": "country"}, {"name": "date"}],
            "metricHeaders": [{"name": "visits"}, {"name": "revenue"}],
            "rows": [
                {
                    "dimensionValues": [{"value": "DE"}, {"value": "20260301"}],
                    "metricValues": [{"value": "7"}, {"value": "24.90"}],
                }
            ],
        }

    with vendor(answer) as found:
        (row,) = run(platform(tmp_path / "acme", REPORT), found.url).records("report")
    assert {name: row[name] for name in ("date", "country", "visits", "revenue", "_extra")} == {
        "date": "2026-03-01", "country": "DE", "visits": 7, "revenue": "24.90", "_extra": None,
    }  # fmt: skip


def test_a_report_without_rows_is_empty_and_one_with_a_value_too_few_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("taps.engine.http_patience.Patience.next_body", lambda self: None)
    tap = platform(tmp_path / "acme", REPORT)
    answer: dict[str, Any] = {"dimensionHeaders": [{"name": "date"}], "metricHeaders": [{"name": "visits"}]}
    with vendor(lambda _: answer) as found:
        assert run(tap, found.url).ids("report") == []
        answer["rows"] = [{"dimensionValues": [{"value": "20260301"}], "metricValues": []}]
        assert run(tap, found.url).code == 1


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ({"data": {"7": [{"id": "a"}, {"id": "b"}], "8": [{"id": "c"}]}}, ["a", "b", "c"]),
        ({"data": {"7": {"id": "a"}, "8": {"id": "b"}}}, ["a", "b"]),
        ({"data": {}}, []),
    ],
)
def test_a_star_goes_through_an_object_whose_keys_are_ids(tmp_path, answer, ids):
    tap = platform(tmp_path / "acme", STREAM.replace("records: data", 'records: "data.*"'))
    with vendor(lambda _: answer) as found:
        told = run(tap, found.url)
    assert told.code == 0
    assert told.ids("items") == ids


def test_a_star_where_no_object_stands_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("taps.engine.http_patience.Patience.next_body", lambda self: None)
    tap = platform(tmp_path / "acme", STREAM.replace("records: data", 'records: "data.*"'))
    with vendor(lambda _: {"items": {}}) as found:
        assert run(tap, found.url).code == 1
