"""The shop's GraphQL schema against the vendor's, and every field of it against the business."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    UnionTypeDefinitionNode,
    execute_sync,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    print_ast,
    validate,
    value_from_ast_untyped,
)

from sandbox.shopify.nodes import Ask, Context
from sandbox.shopify.root import query_root
from sandbox.shopify.schema import schema
from sandbox.shopify.view import ShopView
from sandbox.world import World
from tests.contracts.descriptions import specs

START = 1_780_000_000  # a fixed past moment: the business, and with it every test, is the same at any time
_DOCS = "https://shopify.dev/docs/api/admin-graphql"
# What the reduced official file leaves out or reduces to a stub, and where the vendor documents it.
DOCUMENTED_ELSEWHERE = {
    "AbandonedCheckout": f"{_DOCS}/2026-07/objects/AbandonedCheckout",
    "AbandonedCheckoutConnection": f"{_DOCS}/latest/connections/abandonedcheckoutconnection",
    "AbandonedCheckoutEdge": f"{_DOCS}/latest/connections/abandonedcheckoutconnection",
    "AbandonedCheckoutLineItem": f"{_DOCS}/2026-01/objects/AbandonedCheckoutLineItem",
    "AbandonedCheckoutLineItemConnection": f"{_DOCS}/2026-01/objects/AbandonedCheckoutLineItem",
    "AbandonedCheckoutLineItemEdge": f"{_DOCS}/2026-01/objects/AbandonedCheckoutLineItem",
    "BasicEvent": f"{_DOCS}/latest/objects/BasicEvent",
    "DiscountCodeApplication": f"{_DOCS}/latest/objects/DiscountCodeApplication",
    "EventConnection": f"{_DOCS}/latest/connections/EventConnection",
    "EventEdge": f"{_DOCS}/latest/connections/EventConnection",
    "EventSubjectType": f"{_DOCS}/latest/enums/EventSubjectType",
    "ManualDiscountApplication": f"{_DOCS}/latest/objects/ManualDiscountApplication",
    "MediaConnection": f"{_DOCS}/latest/connections/MediaConnection",
    "MediaEdge": f"{_DOCS}/latest/connections/MediaConnection",
    "MediaImage": f"{_DOCS}/latest/objects/MediaImage",
    "QueryRoot.bulkOperation": "https://shopify.dev/changelog/new-queries-for-bulk-operations",
    "QueryRoot.currentBulkOperation": f"{_DOCS}/latest/queries/currentbulkoperation",
    "QueryRoot.node": f"{_DOCS}/latest/interfaces/Node",
    "RefundConnection": f"{_DOCS}/2026-07/connections/RefundConnection",
    "RefundEdge": f"{_DOCS}/2026-07/connections/RefundConnection",
    "RestockingFee": f"{_DOCS}/2026-07/objects/RestockingFee",
    "Return": f"{_DOCS}/2026-07/objects/Return",
    "ReturnConnection": f"{_DOCS}/2026-07/connections/ReturnConnection",
    "ReturnDecline": f"{_DOCS}/2026-07/objects/ReturnDecline",
    "ReturnDeclineReason": f"{_DOCS}/2026-07/enums/ReturnDeclineReason",
    "ReturnEdge": f"{_DOCS}/2026-07/connections/ReturnConnection",
    "ReturnLineItem": f"{_DOCS}/2026-07/objects/ReturnLineItem",
    "ReturnLineItemType": f"{_DOCS}/2026-07/interfaces/ReturnLineItemType",
    "ReturnLineItemTypeConnection": f"{_DOCS}/2026-07/connections/ReturnLineItemTypeConnection",
    "ReturnLineItemTypeEdge": f"{_DOCS}/2026-07/connections/ReturnLineItemTypeConnection",
    "ReturnReasonDefinition": f"{_DOCS}/2026-07/objects/ReturnReasonDefinition",
    "ReturnShippingFee": f"{_DOCS}/2026-07/objects/ReturnShippingFee",
    "UnverifiedReturnLineItem": f"{_DOCS}/2026-07/objects/UnverifiedReturnLineItem",
}
SHORTENED = {"MediaImage", "Return"}  # of which the official file keeps a few fields, and no interfaces
NEVER_HELD = {"draftOrders", "fulfillmentOrders", "giftCards"}


@pytest.fixture(scope="module")
def official() -> dict[str, Any]:
    path = specs() / "shopify" / "admin_2026-07.graphql"
    if not path.is_file():
        pytest.skip("no official description shopify/admin_2026-07.graphql")
    document: DocumentNode = parse(path.read_text(), no_location=True)
    return {definition.name.value: definition for definition in document.definitions}  # type: ignore[union-attr]


def _ours() -> list[Any]:
    return [found for found in schema().type_map.values() if not found.name.startswith("__") and found.ast_node]


def _is_stub(definition: Any) -> bool:
    return any(field.name.value == "_stub" for field in getattr(definition, "fields", ()))


def test_every_type_field_argument_and_nullability_is_the_vendors(official: dict[str, Any]) -> None:
    unknown, wrong = set(), []
    for ours in _ours():
        theirs = official.get(ours.name)
        if theirs is None or _is_stub(theirs) or ours.name in SHORTENED:
            unknown.add(ours.name)
        elif isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
            wrong += _differences(ours, theirs, unknown)
        elif isinstance(ours, GraphQLEnumType):
            assert isinstance(theirs, EnumTypeDefinitionNode)
            wrong += [ours.name] * ({value.name.value for value in theirs.values} != set(ours.values))
        elif isinstance(ours, GraphQLUnionType):
            assert isinstance(theirs, UnionTypeDefinitionNode)
            wrong += [ours.name] * (not {found.name for found in ours.types} <= {t.name.value for t in theirs.types})
    assert wrong == []
    assert unknown == set(DOCUMENTED_ELSEWHERE)


def _differences(ours: Any, theirs: Any, unknown: set[str]) -> list[str]:
    wrong = []
    described = {field.name.value: field for field in theirs.fields}
    if not {found.name for found in ours.interfaces} <= {found.name.value for found in theirs.interfaces}:
        wrong.append(f"{ours.name} implements")
    for name, field in ours.fields.items():
        if name not in described:
            unknown.add(f"{ours.name}.{name}")
            continue
        if str(field.type) != print_ast(described[name].type):
            wrong.append(f"{ours.name}.{name}: {field.type}, not {print_ast(described[name].type)}")
        arguments = {argument.name.value: argument for argument in described[name].arguments}
        required = {
            key for key, found in arguments.items() if print_ast(found.type).endswith("!") and not found.default_value
        }
        if not required <= set(field.args) <= set(arguments):
            wrong.append(f"{ours.name}.{name}(...)")
            continue
        for key, argument in field.args.items():
            default = arguments[key].default_value
            same_default = argument.ast_node is not None and (
                (default and value_from_ast_untyped(default))
                == (argument.ast_node.default_value and value_from_ast_untyped(argument.ast_node.default_value))
            )
            if str(argument.type) != print_ast(arguments[key].type) or not same_default:
                wrong.append(f"{ours.name}.{name}({key})")
    return wrong


ARGUMENTS = {"quantities": '(names: ["available", "on_hand"])'}
UNREACHABLE = {"event", "node", "nodes", "bulkOperation", "bulkOperations", "currentBulkOperation"}


def _selection(on: Any, above: tuple[str, ...]) -> str:
    if isinstance(on, GraphQLUnionType | GraphQLInterfaceType):
        members = schema().get_possible_types(on)
        inside = [f"... on {found.name} {{ {_selection(found, (*above, on.name))} }}" for found in members]
        return " ".join(["__typename", *inside])
    parts = ["__typename"]
    for name, field in on.fields.items():
        named = get_named_type(field.type)
        if named.name in above or len(above) > 5:
            continue
        arguments = ARGUMENTS.get(name, "")
        if "first" in field.args and named.name.endswith("Connection"):
            arguments = "(first: 2)"
        elif not arguments and any(is_required_argument(argument) for argument in field.args.values()):
            continue
        # Two union members may have one field name with different types: an alias keeps them apart.
        label = f"{on.name}_{name}: {name}" if above and above[-1] in UNIONS else name
        inner = "" if is_leaf_type(named) else f" {{ {_selection(named, (*above, on.name))} }}"
        parts.append(f"{label}{arguments}{inner}")
    return " ".join(parts)


UNIONS = {
    found.name for found in schema().type_map.values() if isinstance(found, GraphQLUnionType | GraphQLInterfaceType)
}


def _listed_roots() -> list[str]:
    root = schema().query_type
    assert root is not None
    return [name for name in root.fields if name not in UNREACHABLE and "id" not in root.fields[name].args]


@pytest.fixture(scope="module")
def view() -> ShopView:
    return ShopView(World(seed=11, people=150, start=START).snapshot())


@pytest.fixture(scope="module")
def root(view: ShopView) -> dict[str, Any]:
    return query_root(view, None)


@pytest.mark.parametrize("name", _listed_roots())
def test_every_field_of_every_object_is_answered(name: str, root: dict[str, Any]) -> None:
    query_type = schema().query_type
    assert query_type is not None
    field = query_type.fields[name]
    named = get_named_type(field.type)
    arguments = "(first: 15)" if named.name.endswith("Connection") else ""
    text = f"{{ {name}{arguments} {{ {_selection(named, ('QueryRoot',))} }} }}"
    document = parse(text)
    assert validate(schema(), document) == []

    result = execute_sync(schema(), document, root, Context())

    assert result.errors is None
    assert result.data is not None
    answered = result.data[name]
    if named.name.endswith("Connection") and name not in NEVER_HELD:
        assert answered["nodes"], f"the business has no {name}"
        assert len(answered["nodes"]) == len(answered["edges"])


def test_no_node_holds_a_field_that_the_schema_does_not_know(view: ShopView, root: dict[str, Any]) -> None:
    seen: set[str] = set()
    for name in ("customers", "products", "orders", "abandonedCheckouts", "locations", "discountNodes", "events"):
        _check_node(root[name]({"first": 60}, _ask())["nodes"], get_named_type(_root_type(name)), seen)
    _check_node(view.refunds.all()[:5], schema().type_map["Refund"], seen)
    assert {"Order", "LineItem", "OrderTransaction", "Refund", "ProductVariant", "InventoryLevel"} <= seen


def _root_type(name: str) -> Any:
    query_type = schema().query_type
    assert query_type is not None
    return get_named_type(query_type.fields[name].type).fields["nodes"].type


def _ask() -> Ask:
    return Ask(Context(), ())


def _check_node(value: Any, kind: Any, seen: set[str]) -> None:
    if isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = get_named_type(kind)
    if isinstance(value, list):
        for item in value:
            _check_node(item, kind, seen)
        return
    if not isinstance(value, dict):
        return
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        kind = schema().type_map[value["__typename"]]
    first_time = kind.name not in seen
    seen.add(kind.name)
    assert set(value) - {"__typename"} <= set(kind.fields), kind.name
    for name, held in value.items() if first_time or kind.name.endswith("Connection") else ():
        if name in kind.fields:
            field = kind.fields[name]
            arguments = {"first": 5} | ({"names": ["available"]} if name == "quantities" else {})
            if (
                callable(held)
                and any(is_required_argument(found) for found in field.args.values())
                and name != "quantities"
            ):
                continue
            _check_node(held(arguments, _ask()) if callable(held) else held, field.type, seen)
