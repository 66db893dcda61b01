"""The readers of everything that is no OpenAPI: GraphQL, lists of fields, shown requests, samples."""

import json
from pathlib import Path
from typing import Any

import pytest

from taps.descriptions.description import Description
from taps.descriptions.fields_tables import open_fields
from taps.descriptions.graphql_sdl import GraphQl
from taps.descriptions.samples import Samples
from taps.descriptions.schemas import Schemas, Undescribed
from taps.descriptions.shown import ShownRequests, readable

SDL = """
type Query { orders(first: Int!, state: State): OrderConnection! }
enum State { OPEN CLOSED }
type OrderConnection { nodes: [Order!]! total: Int }
interface Party { id: ID! }
type Person implements Party { id: ID! name: String }
type Order { id: ID! paidAt: DateTime total: Decimal! state: State! buyer: Party }
scalar DateTime
scalar Decimal
"""
NODES = "nodes { id paidAt total state buyer { id ... on Person { name } } }"
QUERY = f"query ($n: Int!) {{ page: orders(first: $n) {{ {NODES} }} }}"


@pytest.fixture
def graphql(tmp_path: Path) -> GraphQl:
    (tmp_path / "schema.graphql").write_text(SDL)
    return GraphQl(tmp_path / "schema.graphql")


def asked(described: Description, query: str, **variables: Any) -> Any:
    body = json.dumps({"query": query, "variables": variables}).encode()
    found = described.fitting("POST", "/graphql", body=body)
    assert found is not None
    return found


def test_a_querys_selection_is_its_answer(graphql: GraphQl) -> None:
    operation = asked(graphql, QUERY, n=5)
    assert operation.parts.problems == ()
    node = graphql.schemas.item(graphql.schemas.at(operation.answer(), "data.page.nodes"))
    properties = graphql.schemas.properties(node)
    assert properties["paidAt"] == {"type": "string", "format": "date-time", "nullable": True}
    assert properties["total"] == {"type": "string", "format": "decimal"}
    assert properties["state"]["enum"] == ["OPEN", "CLOSED"]
    assert set(graphql.schemas.properties(properties["buyer"])) == {"id", "name"}
    assert graphql.schemas.may_be_absent(properties["buyer"], "name")
    assert not graphql.schemas.may_be_absent(node, "total")


@pytest.mark.parametrize(
    ("query", "variables", "said"),
    [
        (QUERY.replace("paidAt", "payedAt"), {"n": 5}, "payedAt"),
        (QUERY, {}, "of required type 'Int!' was not provided"),
        (QUERY, {"n": "five"}, "Int cannot represent"),
        ("query {", {}, "Syntax Error"),
    ],
)
def test_what_is_wrong_with_a_query_is_said(graphql: GraphQl, query: str, variables: Any, said: str) -> None:
    assert said in str(asked(graphql, query, **variables).parts.problems)


def test_a_request_without_a_query_is_not_described_by_a_schema(graphql: GraphQl) -> None:
    assert graphql.fitting("GET", "/graphql", body=None) is None
    assert graphql.fitting("POST", "/token", body=b"grant_type=x") is None


def test_metas_edges_lead_to_nodes_beside(tmp_path: Path) -> None:
    account = {"fields": [{"name": "id", "type": "string"}], "apis": [
        {"method": "GET", "endpoint": "campaigns", "return": "Campaign",
         "params": [{"name": "effective_status", "type": "list<Campaign_status>"}]}]}  # fmt: skip
    campaign = {"apis": [], "fields": [
        {"name": "budget", "type": "unsigned int"}, {"name": "status", "type": "Campaign_status"},
        {"name": "spend", "type": "map<string, float>"}]}  # fmt: skip
    (tmp_path / "AdAccount.json").write_text(json.dumps(account))
    (tmp_path / "Campaign.json").write_text(json.dumps(campaign))
    (tmp_path / "enum_types.json").write_text(json.dumps([{"name": "Campaign_status", "values": ["ACTIVE", "PAUSED"]}]))
    described = open_fields(tmp_path / "AdAccount.json")
    operation = described.find("GET", "/v26.0/act_1/campaigns", base="/v26.0")
    at = described.schemas.at(operation.answer(), "data.status")
    assert at["enum"] == ["ACTIVE", "PAUSED"]
    assert described.schemas.types(described.schemas.at(operation.answer(), "data.spend.click")) == {"number"}
    assert {"effective_status", "limit", "after"} <= operation.query_names()
    assert described.schemas.types(described.schemas.at(operation.answer(), "paging.cursors.after")) == {"string"}


def test_models_inherit_and_stand_for_those_that_derive_from_them(tmp_path: Path) -> None:
    models = {
        "campaign.Ask": {"base": "BaseModel", "fields": {"Ids": "List[Str]"}},
        "campaign.Got": {"base": "BaseModel", "fields": {"Ads": "List[Ad]", "Kind": "AdKind"}},
        "campaign.Ad": {"base": "BaseModel", "fields": {"Id": "Str"}},
        "campaign.TextAd": {"base": "Ad", "fields": {"Title": "Str", "At": "datetime"}},
    }
    operation = {"method": "POST", "path": "/Ads/Query", "request_model": "Ask", "response_model": "Got"}
    given = {
        "models": models,
        "enums": {"campaign.AdKind": ["Text"]},
        "operations": {"campaign_management": [operation]},
    }
    (tmp_path / "fields.json").write_text(json.dumps(given))
    described = open_fields(tmp_path / "fields.json")
    found = described.find("POST", "/Ads/Query")
    assert set(described.schemas.properties(described.schemas.at(found.answer(), "Ads.0"))) == {"Id", "Title", "At"}
    assert described.schemas.complaints(found.body(), {"Ids": [1]}) == ["Ids.0: 1 is not of type string"]
    assert described.schemas.at(found.answer(), "Kind")["enum"] == ["Text"]


def test_tables_of_a_page_stand_inside_each_other(tmp_path: Path) -> None:
    page = {
        "endpoints": [["GET", "/orders"], ["GET", "/orders/&lt;id&gt;"]],
        "tables": {
            "Order properties": {
                "id": {"type": "integer"},
                "line_items": {"type": "array"},
                "billing": {"type": "object"},
            },
            "Order - Line items properties": {"sku": {"type": "string"}},
            "Order - Billing properties": {"city": {"type": "string"}},
        },
    }
    (tmp_path / "fields.json").write_text(json.dumps({"orders": page}))
    described = open_fields(tmp_path / "fields.json")
    many, one = described.find("GET", "/orders"), described.find("GET", "/orders/7")
    assert described.schemas.types(described.schemas.at(many.answer(), "line_items.sku")) == {"string"}
    assert described.schemas.types(many.answer()) == {"array"}
    assert described.schemas.types(described.schemas.at(one.answer(), "billing.city")) == {"string"}


def test_a_listed_page_answers_at_its_own_paths_and_not_at_those_its_fields_refer_to(tmp_path: Path) -> None:
    shop = {
        "Shop Fields": {"shopID": "integer"},
        "paths": ["/Account/{account}/Sale/{sale}", "/Account/{account}/Shop/{shop}.json"],
    }
    cut = {"Sale Fields": {"total": "float", "Customer": "object"}, "paths": ["/Account/{account}/Customer/{customer}"]}
    spaced = {"Order Shipment Fields": {"cost": "float"}, "paths": ["/Account/{account}/Shipment.json"]}
    (tmp_path / "fields.json").write_text(json.dumps({"shop": shop, "sale": cut, "shipment": spaced}))
    described = open_fields(tmp_path / "fields.json")

    def types(path: str, at: str) -> set[str]:
        return described.schemas.types(described.schemas.at(described.find("GET", path).answer(), at))

    assert types("/Account/1/Shop.json", "Shop.shopID") == {"integer"}
    assert types("/Account/1/Sale.json", "Sale.total") == {"number"}  # where the shop's page refers to it
    assert types("/Account/1/Shipment.json", "OrderShipment.cost") == {"number"}
    assert types("/Account/1/Sale.json", "@attributes.next") == {"string"}
    with pytest.raises(Undescribed):
        described.find("GET", "/Account/1/Customer.json")


def test_shown_requests_make_operations_and_say_nothing_of_what_is_not_shown(tmp_path: Path) -> None:
    shown = [
        {"name": "folder", "item": [{
            "request": {"method": "GET", "url": {"raw": "{{base}}/accounts/:id/users?q=<string>"}},
            "response": [{"code": 200, "body": '{"elements": [{"name": "<string>", "active": "<boolean>"}]}'},
                         {"code": 200, "body": '{"elements": [{"role": "ADMIN"}]}'},
                         {"code": 404, "body": '{"message": "no"}'}]}]},
    ]  # fmt: skip
    (tmp_path / "acme.json").write_text(json.dumps({"info": {}, "item": shown}))
    described = ShownRequests(tmp_path / "acme.json")
    operation = described.find("GET", "/accounts/7/users")
    items = described.schemas.properties(described.schemas.at(operation.answer(), "elements.0"))
    assert {name: described.schemas.types(schema) for name, schema in items.items()} == {
        "name": {"string"}, "active": {"boolean"}, "role": {"string"},
    }  # fmt: skip
    assert operation.parts.open_parameters
    assert not described.whole


def test_recorded_pairs_are_shown_requests_too(tmp_path: Path) -> None:
    pair = {
        "request": {"method": "GET", "uri": "https://api.acme.example/v2/parcels?size=5"},
        "response": {"parcels": []},
    }
    (tmp_path / "samples.json").write_text(json.dumps({"parcels": pair}))
    assert readable({"parcels": pair})
    assert ShownRequests(tmp_path / "samples.json").find("GET", "/v2/parcels").query_names() == {"size"}


def test_a_sample_belongs_to_the_object_that_it_says_it_is() -> None:
    samples = Samples(
        {"a": {"object": "charge", "level3": None, "amount": 5}, "b": [{"object": "refund", "id": "re_1"}]}
    )
    charge = {"type": "object", "properties": {"object": {"type": "string", "enum": ["charge"]}}}
    shown = samples.of(Schemas({}), charge)
    assert shown is not None
    assert set(shown["properties"]) == {"object", "level3", "amount"}
    assert samples.of(Schemas({}), {"properties": {"object": {"enum": ["payout"]}}}) is None
