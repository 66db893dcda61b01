"""tap-hubspot's requests, columns and fixtures against HubSpot's official descriptions."""

import re
from typing import Any

import pytest

from taps.engine.asking import asked_fields
from taps.engine.load import PLATFORMS, load
from taps.engine.manifest import Stream
from taps.engine.references import fill_value
from tests.contracts.fixtures import answer, passed
from tests.contracts.openapi import OpenApi, Operation, read

MANIFEST = load("hubspot")
STREAMS = list(MANIFEST.streams)
CRM = list(MANIFEST.columns)
DESCRIBED_IN = {
    "contacts": "contacts-v3.json",
    "companies": "companies-v3.json",
    "tickets": "tickets-v3.json",
    "products": "products-v3.json",
    "line_items": "lineItems-v3.json",
    "quotes": "quotes-v3.json",
    "emails": "emails-v3.json",
    "owners": "crmOwners-v3.json",
    "pipelines": "pipelines-v3.json",
    "marketing_emails": "marketingEmails-v3.json",
    "campaigns": "campaignsPublicApi-v3.json",
    "forms": "forms-v3.json",
    "lists": "lists-v3.json",
    "list_memberships": "lists-v3.json",
}
GENERIC = {"deals", "calls", "meetings", "notes", "tasks"}
"""Described once for every object type: /crm/v3/objects/{objectType}."""
INSIDE = [name for name, stream in MANIFEST.streams.items() if stream.parent and stream.parent.inside]
ASSOCIATIONS = [
    name for name, stream in MANIFEST.streams.items() if (stream.path or "").startswith("/crm/v4/associations/")
]
"""Documented, not described at hand: https://developers.hubspot.com/docs/api-reference/legacy/crm/associations"""
BATCH = 1000
"""https://developers.hubspot.com/changelog/bug-fix-batch-read-limit-for-hubspot-associations-api"""
OWN = [name for name in STREAMS if MANIFEST.streams[name].path and name not in [*ASSOCIATIONS, *INSIDE]]
PROPERTY = re.compile(r"[a-z][a-z0-9_]*")


def stream(name: str) -> Stream:
    return MANIFEST.resolved(name)


def operation(name: str, method: str, path: str) -> Operation:
    """The described operation of one of a stream's requests."""
    if name not in GENERIC:
        return OpenApi(read("hubspot", DESCRIBED_IN[name])).find(method, path)
    generic = path.replace(f"/objects/{name}", "/objects/{object.type}")
    return OpenApi(read("hubspot", "objects-v3.json")).find(method, generic)


def requests(name: str) -> list[tuple[str, str, dict[str, Any], set[str]]]:
    """Method, path, parameters and paging parameters of every request that reads a stream."""
    asked = stream(name)
    first = asked.first
    found: list[tuple[str, str, dict[str, Any], set[str]]] = [
        (asked.method or "GET", str(asked.path), asked.params, paging(asked.pages))
    ]
    if first:
        found.append((first.method or "GET", str(first.path), first.params, paging(first.pages)))
    request = getattr(asked.deletes, "request", None)
    if request:
        words = first or asked
        found.append(("GET", request.path or str(asked.path), request.params, paging(words.pages)))
    return found


def paging(pages: Any) -> set[str]:
    if pages is None or pages.kind == "none" or pages.into != "param":
        return set()
    return {pages.send, *pages.size}


@pytest.mark.parametrize("name", OWN)
def test_requests_are_described(name: str) -> None:
    for method, path, params, paged in requests(name):
        assert {*params, *paged} <= operation(name, method, path).query_names()


@pytest.mark.parametrize("name", [name for name in OWN if MANIFEST.streams[name].body])
def test_bodies_are_described(name: str) -> None:
    asked = stream(name)
    described = operation(name, "POST", str(asked.path))
    fields = asked_fields(asked, asked.columns_declared)
    body = fill_value(asked.body, {"window": {"start": 1, "end": 2}, "fields": fields})
    for group in body.get("filterGroups", []):
        for each in group["filters"]:
            each["value"] = str(each["value"])  # HubSpot reads a number like its text
    assert described.described.complaints(described.body_schema(), body) == []
    known = described.described.properties(described.body_schema())
    assert set(body) <= set(known)


@pytest.mark.parametrize("name", CRM)
def test_search_pages_by_id(name: str) -> None:
    """Position ends at 10,000 results, and changes made meanwhile shift it; the last id does neither."""
    asked = stream(name)
    assert asked.pages is not None
    assert asked.pages.kind == "last_id"
    place: Any = asked.body
    *outer, last = asked.pages.send.split(".")
    for key in outer:
        place = place[int(key)] if isinstance(place, list) else place[key]
    assert place == {"propertyName": "hs_object_id", "operator": "GT", "value": "0"}
    assert last == "value"
    assert asked.body["sorts"] == ["hs_object_id"]
    modified = asked.body["filterGroups"][0]["filters"][0]["propertyName"]
    assert modified == asked.cursor.field == ("lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate")  # type: ignore[union-attr]


@pytest.mark.parametrize("name", OWN)
def test_records_and_pages_stand_where_the_description_says(name: str) -> None:
    asked = stream(name)
    for method, path, _, _ in requests(name):
        found = operation(name, method, path)
        described, schema = found.described, found.answer_schema()
        items = described.item(described.at(schema, str(asked.records)))
        assert described.properties(items)
        for pages in (asked.pages, asked.first.pages if asked.first else None):
            if pages is not None and pages.kind == "token" and method == "GET":
                assert described.accepts(described.at(schema, str(pages.take)), "string")
            if pages is not None and pages.more and method == "POST":
                assert described.accepts(described.at(schema, str(pages.more)), "boolean")


@pytest.mark.parametrize("name", OWN)
def test_columns_are_described_with_their_types(name: str) -> None:
    asked = stream(name)
    found = operation(name, asked.method or "GET", str(asked.path))
    described = found.described
    item = described.item(described.at(found.answer_schema(), str(asked.records)))
    known, carried = described.properties(item), set(asked.parent.carry) if asked.parent else set()
    wrong = []
    for column, spec in asked.columns_declared.items():
        if column in known:
            kinds = {spec.kind, "integer"} if spec.kind == "string" else {spec.kind}  # ids are texts here
            if not any(described.accepts(known[column], kind) for kind in kinds):
                wrong.append(f"{column}: {spec.kind}")
            if spec.required and not any(column in each.get("required", ()) for each in described.variants(item)):
                wrong.append(f"{column}: may be absent")
        elif column not in carried and not ("properties" in asked.unwrap and PROPERTY.fullmatch(column)):
            wrong.append(f"{column}: unknown to HubSpot")
    assert wrong == []


@pytest.mark.parametrize("name", [name for name in OWN if name not in CRM])
def test_nothing_described_is_left_out(name: str) -> None:
    asked = stream(name)
    found = operation(name, asked.method or "GET", str(asked.path))
    described = found.described
    known = described.properties(described.item(described.at(found.answer_schema(), str(asked.records))))
    assert set(known) - set(asked.fields) - set(asked.unwrap) - set(asked.ignore) == set()


@pytest.mark.parametrize("name", CRM)
def test_what_tells_crm_records_apart_is_asked_for(name: str) -> None:
    fields = stream(name).fields
    assert {"id", "createdAt", "updatedAt", "archived", "archivedAt", "hs_object_id"} <= set(fields)
    assert stream(name).first.params["properties"] == stream(name).body["properties"] == "{fields}"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", CRM)
def test_custom_columns_are_described(name: str) -> None:
    columns = MANIFEST.columns[name]
    described = OpenApi(read("hubspot", "properties-v3.json"))
    found = described.find("GET", str(columns.path).replace(f"/{name}", "/{object.type}"))
    known = described.properties(described.item(described.at(found.answer_schema(), str(columns.records))))
    assert {columns.name, columns.type, *columns.only} <= set(known)


def test_stages_stand_inside_described_pipelines() -> None:
    described = OpenApi(read("hubspot", "pipelines-v3.json"))
    stage = described.item(described.at(described.schema("Pipeline"), "stages"))
    asked = stream("pipeline_stages")
    carried = set(asked.parent.carry) if asked.parent else set()
    assert set(asked.fields) - carried == set(described.properties(stage))
    assert {name for name, spec in asked.fields.items() if spec.required} - carried <= set(stage["required"])


def test_the_token_endpoint_is_described() -> None:
    login = MANIFEST.auth["oauth"]
    assert login.kind == "oauth2"
    described = OpenApi(read("hubspot", "oauth-v3.json"))
    assert login.token == described.document["servers"][0]["url"] + "/oauth/v3/token"
    assert described.find("POST", "/oauth/v3/token")


def test_associations_are_the_only_undescribed_requests() -> None:
    asked = {stream(name).path for name in ASSOCIATIONS}
    assert all(re.fullmatch(r"/crm/v4/associations/[a-z_]+/[a-z_]+/batch/read", str(path)) for path in asked)
    for name in ASSOCIATIONS:
        parent = stream(name).parent
        assert parent is not None
        assert str(stream(name).path).split("/")[4] == parent.stream
        assert parent.batch == BATCH


def test_associations_beyond_a_batchs_first_page_come_from_the_records_own_list() -> None:
    for name in ASSOCIATIONS:
        rest = stream(name.removesuffix("_found"))
        assert rest.parent is not None
        assert rest.parent.more == "paging.next.after"
        _, _, _, _, ours, theirs, *_ = str(stream(name).path).split("/")
        (key,) = rest.parent.carry
        assert rest.path == f"/crm/v4/objects/{ours}/{{parent.{key}}}/associations/{theirs}"


def test_every_stream_has_a_fixture_or_stands_in_its_parents() -> None:
    files = {file.stem for file in (PLATFORMS / "hubspot" / "fixtures").glob("*.json")}
    assert files == set(STREAMS) - set(INSIDE)


@pytest.mark.parametrize("name", OWN)
def test_fixtures_are_valid_by_the_official_description(name: str) -> None:
    asked = stream(name)
    found = operation(name, asked.method or "GET", str(asked.path))
    assert found.described.complaints(found.answer_schema(), answer("hubspot", name)) == []


@pytest.mark.parametrize("name", [*OWN, *ASSOCIATIONS])
def test_fixtures_pass_with_nothing_undeclared(name: str) -> None:
    found = passed(MANIFEST, name, answer("hubspot", name))
    assert found.rows
    assert (found.drifted, found.undeclared) == ({}, {})
    for row in found.rows:
        required = [column for column, spec in stream(name).columns_declared.items() if spec.required]
        assert [column for column in required if row[column] is None] == []
        assert row["_extra"] is None


@pytest.mark.parametrize("name", INSIDE)
def test_what_stands_inside_a_fixture_passes_too(name: str) -> None:
    asked = stream(name)
    assert asked.parent is not None
    path = f"{stream(str(asked.parent.stream)).records}.{asked.parent.inside}"
    manifest = MANIFEST.model_copy(
        update={"streams": {**MANIFEST.streams, name: asked.model_copy(update={"records": path})}}
    )
    found = passed(manifest, name, answer("hubspot", str(asked.parent.stream)))
    assert found.rows
    assert (found.drifted, found.undeclared) == ({}, {})
