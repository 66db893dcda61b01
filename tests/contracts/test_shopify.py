"""tap-shopify's queries, columns and fixtures against Shopify's official GraphQL description."""

from typing import Any

import msgspec
import pytest
from graphql import FieldNode, GraphQLSchema

from sandbox.shopify.cost import MAX_QUERY_COST, Pricer
from taps.engine import graphql
from taps.engine.load import PLATFORMS, load
from taps.engine.manifest import Stream
from tests.contracts.fixtures import answer, passed
from tests.contracts.sdl import Place, Query, shopify_filters, shopify_schema

MANIFEST = load("shopify")
FOLDER = PLATFORMS / "shopify"
VERSION = str(MANIFEST.checked.api_version)
STREAMS = list(MANIFEST.streams)
ASKED = [name for name, stream in MANIFEST.streams.items() if stream.graphql and not stream.job]
IN_BULK = {name: stream.first.graphql for name, stream in MANIFEST.streams.items() if stream.first}
BULK_ONLY = {name: stream.graphql for name, stream in MANIFEST.streams.items() if stream.job}
BELOW_BULK = {name: stream.parent.stream for name, stream in MANIFEST.streams.items()
              if stream.parent and stream.parent.stream in BULK_ONLY}  # fmt: skip
NOT_DESCRIBED = {"image_products"}  # the description at hand is cut to stubs where media begin
SCOPE = {
    "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"},
    "parent": {"id": "gid://shopify/Thing/1"},
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return shopify_schema(VERSION)


def stream(name: str) -> Stream:
    return MANIFEST.resolved(name)


def query(schema: GraphQLSchema, name: str, file: str | None) -> Query:
    """A stream's query file, filled as the engine fills it."""
    selections = {each: graphql.selection(stream(each), stream(each).columns_declared) for each in STREAMS}
    text = graphql.fill(graphql.read(FOLDER / str(file)), SCOPE, {**selections, "": selections[name]})
    return Query(schema, text)


def test_the_address_has_the_described_version() -> None:
    assert MANIFEST.http.base.endswith("/admin/api/{checked.api_version}/graphql.json")
    assert VERSION in MANIFEST.checked.against


@pytest.mark.parametrize("name", ASKED)
def test_filters_are_described(schema: GraphQLSchema, name: str) -> None:
    known = shopify_filters(VERSION)
    for root, used in query(schema, name, stream(name).graphql).filters().items():
        assert used <= set(known[root])


@pytest.mark.parametrize("name", ASKED)
def test_paged_queries_cost_less_than_shopify_allows(schema: GraphQLSchema, name: str) -> None:
    own = query(schema, name, stream(name).graphql)
    cost = Pricer(schema, own.document, dict(stream(name).variables)).requested(own.operation)
    assert 0 < cost <= MAX_QUERY_COST


@pytest.mark.parametrize("name", sorted({*IN_BULK, *BULK_ONLY} - NOT_DESCRIBED))
def test_bulk_queries_are_described_and_within_the_limits(schema: GraphQLSchema, name: str) -> None:
    """https://shopify.dev/docs/api/usage/bulk-operations/queries: 5 connections, 2 levels below, none in a list."""
    own = query(schema, name, IN_BULK.get(name) or BULK_ONLY[name])
    assert own.complaints() == []
    assert not own.operation.variable_definitions
    assert len(own.operation.selection_set.selections) == 1
    nesting = own.nesting()
    assert 1 <= nesting.connections <= 5
    assert nesting.depth <= 2
    assert nesting.in_lists == []
    for root, used in own.filters().items():
        assert used <= set(shopify_filters(VERSION)[root])


@pytest.mark.parametrize("name", IN_BULK)
def test_bulk_and_paged_queries_ask_for_the_same(schema: GraphQLSchema, name: str) -> None:
    paged = query(schema, name, stream(name).graphql).at("data.page.nodes")
    bulk = query(schema, name, IN_BULK[name])
    (root,) = bulk.operation.selection_set.selections
    assert isinstance(root, FieldNode)
    found = bulk.at(f"{root.name.value}.edges.node")
    assert {keys(place) for place in paged} == {keys(place) for place in found}


def keys(place: Place) -> frozenset[str]:
    selected = place.selected.selections if place.selected else ()
    return frozenset(part.name.value for part in selected if isinstance(part, FieldNode))


def test_every_stream_has_a_fixture_or_stands_in_its_parents() -> None:
    files = {file.stem for file in (FOLDER / "fixtures").glob("*.json")}
    inside = {name for name in STREAMS if not stream(name).graphql}
    assert files - inside == set(STREAMS) - inside


@pytest.mark.parametrize("name", ASKED)
def test_fixtures_are_answers_to_the_query(schema: GraphQLSchema, name: str) -> None:
    assert query(schema, name, stream(name).graphql).misfits(answer("shopify", name)["data"]) == []


@pytest.mark.parametrize("name", [name for name in STREAMS if name not in BULK_ONLY and name not in BELOW_BULK])
def test_fixtures_pass_with_nothing_undeclared(name: str) -> None:
    asked = stream(name)
    if asked.graphql:
        found = passed(MANIFEST, name, answer("shopify", name))
        rows, problems = found.rows, [found.drifted, found.undeclared]
    else:
        assert asked.parent is not None
        rows, problems = inside(name, answer("shopify", str(asked.parent.stream))["data"]["page"]["nodes"])
    assert rows
    assert problems == [{}, {}]
    for row in rows:
        assert [c for c, spec in asked.columns_declared.items() if spec.required and row[c] is None] == []
        assert row["_extra"] is None


def inside(name: str, parents: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, int]]]:
    asked = stream(name)
    assert asked.parent is not None
    given = [{str(asked.parent.inside): parent[str(asked.parent.inside)]} for parent in parents]
    manifest = MANIFEST.model_copy(
        update={"streams": {**MANIFEST.streams, name: asked.model_copy(update={"records": str(asked.parent.inside)})}}
    )
    found = [passed(manifest, name, each) for each in given]
    return [row for each in found for row in each.rows], [
        {k: v for each in found for k, v in each.drifted.items()},
        {k: v for each in found for k, v in each.undeclared.items()},
    ]


@pytest.mark.parametrize("name", BELOW_BULK)
def test_bulk_fixtures_pass(name: str) -> None:
    above = BELOW_BULK[name]
    lines = msgspec.json.decode((FOLDER / "fixtures" / f"{above}.json").read_bytes())["answer"]
    parents = [line for line in lines if "__parentId" not in line]
    below = [line for line in lines if "__parentId" in line]
    children = [{key: value for key, value in line.items() if key != "__parentId"} for line in below]
    manifest = MANIFEST.model_copy(
        update={
            "streams": {each: MANIFEST.resolved(each).model_copy(update={"records": "."}) for each in (above, name)}
        }
    )
    for each, given in ((above, parents), (name, children)):
        found = passed(manifest, each, given)
        assert len(found.rows) == len(given) > 0
        assert (found.drifted, found.undeclared) == ({}, {})
    assert {line["__parentId"] for line in below} <= {line["id"] for line in parents}
