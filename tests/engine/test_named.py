"""Streams and columns that the user names in a setting."""

from typing import Any

import pytest

from taps.engine.errors import BadSetting
from tests.engine.vendor import Asked, platform, run, vendor

REPORTS = """
columns:
  seen: {docs: https://acme.example/docs/reports, first_page: true}
streams:
  reports:
    docs: https://acme.example/docs/reports
    each: {option: reports, id: "{each.value}", name: "report_{each.name}"}
    path: /reports/{each.owner}/{each.name}
    format: csv
    columns: seen
    key: [id]
    deletes: never
    fields: {id: string!}
"""
OPTION = "reports: {type: list, title: Reports, parts: [owner, name], optional: true}"


def test_each_value_of_an_option_is_a_stream_whose_columns_its_own_file_names(tmp_path):
    tap = platform(tmp_path / "acme", REPORTS, options=OPTION)

    def answer(asked: Asked) -> Any:
        kind = asked.path.rpartition("/")[2]
        return 200, {"Content-Type": "text/csv"}, f"id,{kind}.Name\n1,{asked.path}\n".encode()

    with vendor(answer) as found:
        told = run(tap, found.url, reports="ann/Sick Days,bob/Hours")
        assert run(tap, found.url).code == 0
    assert told.records("report_sick_days")[0]["Sick%20Days.Name"] == "/reports/ann/Sick%20Days"
    assert told.records("report_hours")[0]["_extra"] is None
    with pytest.raises(BadSetting, match="'reports': 'ann' is not of the form owner/name"):
        run(tap, found.url, reports="ann")


def test_columns_that_the_user_names_are_asked_for_and_of_the_type_of_their_part(tmp_path):
    manifest = """
    columns:
      own: {docs: https://acme.example/docs/reports, named: {dimensions: string, metrics: decimal}}
    streams:
      reports:
        docs: https://acme.example/docs/reports
        each: {option: reports, id: "{each.value}", name: "custom_{each.name}"}
        path: /report
        method: POST
        body: {by: [day, "{each.dimensions}"], metrics: [{name: "{each.metrics}"}]}
        records: data
        columns: own
        key: [day]
        deletes: never
        fields: {day: date!}
    """
    parts = "parts: [name, dimensions, metrics], many: [dimensions, metrics]"
    option = f"reports: {{type: list, title: Reports, {parts}, optional: true}}"
    tap = platform(tmp_path / "acme", manifest, options=option)
    bodies = []

    def answer(asked: Asked) -> Any:
        bodies.append(asked.body)
        return {"data": [{"day": "2026-03-01", "city": "Kiel", "sales": "9.5"}]}

    with vendor(answer) as found:
        told = run(tap, found.url, reports="first/city day/sales,second/city/visits")
    assert {"by": ["day", "city", "day"], "metrics": [{"name": "sales"}]} in bodies
    assert {"by": ["day", "city"], "metrics": [{"name": "visits"}]} in bodies
    properties = told.of("SCHEMA", "custom_first")[0]["schema"]["properties"]
    assert properties["day"]["format"] == "date"
    assert properties["city"]["type"] == ["string", "null"]
    assert properties["sales"]["format"] == "x-singer.decimal"
    assert told.records("custom_second")[0]["_extra"] == {"sales": "9.5"}


def test_a_named_column_may_stand_inside_an_object(tmp_path):
    manifest = """
    columns:
      own: {docs: https://acme.example/docs/reports, named: {fields: decimal}, nested: true}
    streams:
      reports:
        docs: https://acme.example/docs/reports
        each: {option: reports, id: "{each.value}", name: "custom_{each.name}"}
        path: /report
        params: {fields: "day,{each.fields}"}
        records: data
        columns: own
        key: [day]
        deletes: never
        fields: {day: date!}
    """
    option = "reports: {type: list, title: Reports, parts: [name, fields], many: [fields], optional: true}"
    tap = platform(tmp_path / "acme", manifest, options=option)
    asked_for = []

    def answer(asked: Asked) -> Any:
        asked_for.append(asked.params["fields"])
        return {"data": [{"day": "2026-03-01", "metrics": {"costMicros": "9500", "clicks": "3"}}]}

    with vendor(answer) as found:
        told = run(tap, found.url, reports="first/metrics.cost_micros")
    assert "day,metrics.cost_micros" in str(asked_for)
    (row,) = told.records("custom_first")
    assert row["metrics_cost_micros"] == "9500"
    assert row["_extra"] == {"metrics": {"clicks": "3"}}


NAMED = """
streams:
  repositories:
    docs: https://acme.example/docs/repositories
    path: /mine
    records: data
    key: [id]
    deletes: never
    instead: {option: repositories, path: "/repos/{parent.owner}/{parent.name}", records: ".", pages: {kind: none}}
    fields: {id: string!, owner: string}
  issues:
    docs: https://acme.example/docs/issues
    path: /repositories/{parent.id}/issues
    records: data
    parent: {stream: repositories, carry: {repository: id}}
    key: [repository, id]
    deletes: never
    fields: {repository: string!, id: string!}
"""


def test_what_the_user_names_is_read_instead_and_children_follow(tmp_path):
    tap = platform(tmp_path / "acme", NAMED, options=OPTION.replace("reports", "repositories"))

    def answer(asked: Asked) -> Any:
        if asked.path.startswith("/repos/"):
            return {"id": asked.path.removeprefix("/repos/").replace("/", "-")}
        return {"data": [{"id": "mine"}]}

    with vendor(answer) as found:
        named = run(tap, found.url, repositories=["ann/one", "bob/two"])
        mine = run(tap, found.url)
    assert sorted(named.ids("repositories")) == ["ann-one", "bob-two"]
    assert sorted(row["repository"] for row in named.records("issues")) == ["ann-one", "bob-two"]
    assert mine.ids("repositories") == ["mine"]
