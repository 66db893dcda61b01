"""The readers of descriptions, on small documents that hold one difficulty each."""

import json
from typing import Any

import pytest

from taps.descriptions.description import Description
from taps.descriptions.discovery import Discovery
from taps.descriptions.openapi3 import OpenApi3
from taps.descriptions.reading_as import reads_as
from taps.descriptions.schemas import Schemas, Undescribed
from taps.descriptions.swagger2 import Swagger2


def openapi(paths: dict[str, Any], **more: Any) -> OpenApi3:
    return OpenApi3(Schemas({"openapi": "3.0.3", "paths": paths, **more}), "acme.json")


def answering(schema: Any) -> dict[str, Any]:
    return {"get": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}}


NODE = {
    "Node": {"type": "object", "properties": {"id": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}}}
}


def test_the_most_literal_path_is_meant() -> None:
    found = openapi({"/users/{id}": answering({}), "/users/me": answering({})})
    assert found.find("GET", "/users/me").path == "/users/me"
    assert found.find("GET", "/users/17").path == "/users/{id}"


def test_a_servers_path_belongs_to_every_path() -> None:
    found = openapi({"/orders": answering({})}, servers=[{"url": "https://{shop}.example/api/v2"}])
    assert found.find("GET", "/api/v2/orders").path == "/api/v2/orders"
    with pytest.raises(Undescribed):
        found.find("GET", "/v3/orders")


def test_a_servers_path_may_stand_in_the_paths_too() -> None:
    paths = {"/v1/reports/days": answering({}), "/v1/reportsets": answering({})}
    found = openapi(paths, servers=[{"url": "https://api.example/v1/reports"}])
    assert found.find("GET", "/v1/reports/days").path == "/v1/reports/days"
    assert found.find("GET", "/v1/reports/v1/reportsets").path == "/v1/reports/v1/reportsets"


def test_what_the_manifests_address_holds_may_be_left_out_of_a_description() -> None:
    found = openapi({"/V1/orders": answering({})})
    assert found.find("GET", "/rest/V1/orders", base="/rest").path == "/V1/orders"
    with pytest.raises(Undescribed):
        found.find("GET", "/rest/V1/orders")


def test_the_first_of_numbered_parameters_describes_them_all() -> None:
    first = {"name": "filters[0][parts][0][field]", "in": "query", "schema": {"enum": ["state"]}}
    operation = openapi({"/orders": {"get": {"parameters": [first]}}}).find("GET", "/orders")
    assert operation.query("filters[1][parts][2][field]") == {"enum": ["state"]}
    assert operation.query("filters[1][parts][2][value]") is None
    assert operation.query("filters[x][parts][0][field]") is None


def test_an_unknown_method_of_a_known_path_says_which_there_are() -> None:
    with pytest.raises(Undescribed, match="described for GET"):
        openapi({"/orders": answering({})}).find("POST", "/orders")


def test_a_variable_beside_fixed_text_in_one_part() -> None:
    found = openapi({"/v1/{property}:runReport": {"post": {}}})
    assert found.find("POST", "/v1/123:runReport").path == "/v1/{property}:runReport"
    assert found.fitting("POST", "/v1/123:batch") is None


def test_parameters_are_written_as_lists_objects_and_maps() -> None:
    parameters = [
        {"name": "expand", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "created", "in": "query", "style": "deepObject",
         "schema": {"anyOf": [{"type": "integer"}, {"type": "object", "properties": {"gte": {"type": "integer"}}}]}},
        {"name": "metadata", "in": "query", "schema": {"type": "object", "additionalProperties": {"type": "string"}}},
    ]  # fmt: skip
    operation = openapi({"/x": {"parameters": parameters, "get": {}}}).find("GET", "/x")
    assert {"expand", "expand[]", "created", "created[gte]"} <= operation.query_names()
    assert operation.query("metadata[shop]") is not None
    assert operation.query("created[lt]") is None


def test_all_ways_to_say_or_null() -> None:
    schemas = Schemas({})
    for given in ({"type": "string", "nullable": True}, {"type": ["string", "null"]},
                  {"anyOf": [{"type": "string"}, {"type": "null"}]}):  # fmt: skip
        assert schemas.nullable(given)
        assert schemas.complaints(given, None) == []
        assert schemas.complaints(given, 5)
        assert schemas.types(given) == {"string"}
    assert schemas.complaints({"type": "string"}, None)


def test_properties_through_all_of_and_one_of() -> None:
    base = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    card, bank = {"properties": {"card": {"type": "string"}}}, {"properties": {"bank": {"type": "string"}}}
    schemas = Schemas({"components": {"schemas": {"Base": base}}})
    joined = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"oneOf": [card, bank]}]}
    assert set(schemas.properties(joined)) == {"id", "card", "bank"}
    assert not schemas.may_be_absent(joined, "id")
    assert schemas.may_be_absent(joined, "card")


def test_what_all_of_says_twice_holds_together() -> None:
    page = {"properties": {"items": {"type": "array", "items": {"type": "object"}}, "at": {"type": "string"}}}
    order = {"properties": {"items": {"type": "array", "items": {"properties": {"id": {"type": "string"}}}}}}
    schemas = Schemas({})
    assert schemas.types(schemas.at({"allOf": [page, order]}, "items.id")) == {"string"}
    assert schemas.types(schemas.at({"allOf": [page, {"properties": {"at": {"format": "date"}}}]}, "at")) == {"string"}


def test_a_schema_that_holds_itself_ends() -> None:
    schemas = Schemas({"components": {"schemas": NODE}})
    node = {"$ref": "#/components/schemas/Node"}
    assert schemas.types(schemas.at(node, "next.next.next.id")) == {"string"}
    looped = Schemas({"components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}})
    assert looped.properties({"$ref": "#/components/schemas/A"}) == {}


def test_paths_go_through_lists_and_maps_and_say_where_they_stop() -> None:
    schemas = Schemas({})
    answer = {"properties": {"data": {"type": "array", "items": {"properties": {"tags": {
        "type": "object", "additionalProperties": {"type": "integer"}}}}}}}  # fmt: skip
    assert schemas.types(schemas.at(answer, "data.tags.anything")) == {"integer"}
    with pytest.raises(Undescribed, match="stops before 'rows', which has tags"):
        schemas.at(answer, "data.rows")


def test_references_lead_to_files_beside(tmp_path: Any) -> None:
    known = {"A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}, "B": {"type": "integer"}}
    (tmp_path / "common.json").write_text(json.dumps({"components": {"schemas": known}}))
    schemas = Schemas({}, tmp_path / "main.json")
    outside = {"$ref": "https://example.test/specs/common.json#/components/schemas/A"}
    assert schemas.types(schemas.at(outside, "b")) == {"integer"}


def test_swagger_2_bodies_forms_and_bases() -> None:
    document = {
        "basePath": "/v2",
        "paths": {"/a": {"post": {"parameters": [{"name": "x", "in": "formData", "type": "integer", "required": True}],
                                  "responses": {"200": {"schema": {"type": "object"}}}}}},
    }  # fmt: skip
    operation = Swagger2(Schemas(document)).find("POST", "/v2/a")
    assert operation.description.schemas.complaints(operation.body(), {}) == ["." + ": 'x' is needed and not there"]
    assert operation.answer() == {"type": "object"}


def test_discovery_methods_of_nested_resources() -> None:
    document = {
        "servicePath": "", "parameters": {"fields": {"location": "query", "type": "string"}},
        "schemas": {"Row": {"properties": {"id": {"type": "string", "format": "int64"}}}},
        "resources": {"a": {"resources": {"b": {"methods": {"list": {
            "httpMethod": "GET", "path": "v1/{+parent}/rows", "flatPath": "v1/a/{aId}/rows",
            "response": {"$ref": "Row"}}}}}}},
    }  # fmt: skip
    found: Description = Discovery(Schemas(document))
    operation = found.find("GET", "/v1/a/17/rows")
    assert operation.query_names() == {"fields"}
    assert reads_as(found.schemas, found.schemas.at(operation.answer(), "id"), "integer")


@pytest.mark.parametrize(
    ("schema", "kind", "reads"),
    [
        ({"type": "string"}, "integer", False),
        ({"type": "string", "example": "17"}, "integer", True),
        ({"type": "string"}, "decimal", True),
        ({"type": "number"}, "string", True),
        ({"type": "object"}, "string", False),
        ({"type": "string"}, "json", False),
        ({"type": "integer"}, "datetime", False),
        ({"anyOf": [{"type": "string"}, {"type": "object"}]}, "json", True),
        ({"type": "string"}, "boolean", False),
        ({"enum": ["true", "false"]}, "boolean", True),
    ],
)
def test_what_reads_as_what(schema: Any, kind: str, reads: bool) -> None:
    assert reads_as(Schemas({}), schema, kind) is reads
