"""An order of Clover's that holds a hundred lines may have more: then its lines are asked for by themselves."""

from typing import Any

import pytest

from sandbox.fixtures.asked import Answered, Asked
from tests.conformance.bench import bench, keys_of

ORDERS = "/v3/merchants/9ABCDEF123456/orders"


def line(number: int) -> dict[str, Any]:
    return {"id": f"LINE{number}", "name": "Rye bread", "price": 450}


@pytest.mark.parametrize(("held", "read"), [(2, 2), (99, 99), (100, 150)])
def test_lines_beyond_the_hundredth_are_not_lost(held: int, read: int) -> None:
    order = {"id": "ORDER1", "modifiedTime": 1780200000000, "lineItems": {"elements": [line(i) for i in range(held)]}}

    def vendor(asked: Asked, _number: int) -> Answered | None:
        offset = int(asked.params.get("offset", 0))
        if asked.path == ORDERS:
            return Answered({"elements": [order] if offset == 0 else []})
        if asked.path == f"{ORDERS}/ORDER1/line_items":
            return Answered({"elements": [line(i) for i in range(150)][offset : offset + 1000]})
        return None

    with bench("clover") as here:
        ran = here.run(only=["line_items"], fault=vendor)
    assert ran.code == 0
    assert len(keys_of(ran)["line_items"]) == read


def test_an_order_without_lines_has_none() -> None:
    def vendor(asked: Asked, _number: int) -> Answered | None:
        first = int(asked.params.get("offset", 0)) == 0
        orders = [{"id": "ORDER1", "modifiedTime": 1780200000000}] if first else []
        return Answered({"elements": orders}) if asked.path == ORDERS else None

    with bench("clover") as here:
        ran = here.run(only=["line_items"], fault=vendor)
    assert ran.code == 0
    assert "line_items" not in keys_of(ran)
