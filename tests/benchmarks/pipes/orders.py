"""The work: orders of 600 to 800 bytes, nested, 20 fields, in pages of 250 and as one file of lines."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PAGE = 250
_START = datetime(2024, 1, 1, tzinfo=UTC)
_FIRST = ("Ada", "Björn", "Chidi", "Dolores", "Émile", "Fatima", "Grace", "Hiroshi")
_PLACES = (("Leeds", "GB", "LS1 4DY"), ("Lyon", "FR", "69001"), ("Graz", "AT", "8010"), ("Porto", "PT", "4000-001"))
_STATES = ("open", "paid", "shipped", "refunded", "void")


def order(number: int) -> dict[str, Any]:
    """One order; the same number gives the same order."""
    name = _FIRST[number % len(_FIRST)]
    city, country, code = _PLACES[number // 3 % len(_PLACES)]
    quantity, price = number % 7 + 1, number * 37 % 90_000 + 99
    total = quantity * price
    moment = _START + timedelta(seconds=11 * number)
    return {
        "id": f"ord_{number:012}",
        "number": number,
        "created_at": moment.isoformat().replace("+00:00", "Z"),
        "updated_at": (moment + timedelta(minutes=5)).isoformat().replace("+00:00", "Z"),
        "status": _STATES[number % len(_STATES)],
        "currency": ("EUR", "GBP", "USD")[number % 3],
        "total": f"{total // 100}.{total % 100:02}",
        "tax": f"{total // 600}.{total // 6 % 100:02}",
        "shipping": "4.90",
        "discount": number % 10 / 2,
        "paid": number % 5 in (1, 2),
        "items": quantity,
        "channel": ("web", "pos", "app")[number // 2 % 3],
        "note": None if number % 4 else f'Leave with the neighbour, "{name}" said: ring twice',
        "reference": f"PO-{number * 7919 % 1_000_003:07}",
        "customer": {
            "id": f"cus_{number % 20_011:08}", "name": f"{name} Example", "orders": number % 40,
            "email": f"{name.encode('ascii', 'ignore').decode().lower()}.{number % 20_011}@example.com",
        },
        "address": {"line1": f"{number % 200 + 1} High Street", "city": city, "postal_code": code, "country": country},
        "lines": [
            {"sku": f"SKU-{number % 997:04}", "title": "Enamel mug, 350 ml", "quantity": quantity, "price": price},
            {"sku": f"SKU-{number % 991:04}", "title": "Gift wrapping", "quantity": 1, "price": 0},
        ],
        "tags": ["spring", f"batch-{number // 1000}"],
        "test": False,
    }  # fmt: skip


def write(folder: Path, count: int) -> Path:
    """Writes `pages/<n>.json` and `orders.jsonl`, unless they are there; returns their folder."""
    place = folder / f"orders-{count}"
    if (place / "whole").exists():
        return place
    (place / "pages").mkdir(parents=True, exist_ok=True)
    pages = -(-count // PAGE)
    with (place / "orders.jsonl").open("w", encoding="utf-8") as lines:
        for page in range(pages):
            texts = [
                json.dumps(order(number), ensure_ascii=False, separators=(",", ":"))
                for number in range(page * PAGE, min(count, (page + 1) * PAGE))
            ]
            following = f'"{page + 1}"' if page + 1 < pages else "null"
            body = f'{{"data":[{",".join(texts)}],"next":{following}}}'
            (place / "pages" / f"{page}.json").write_text(body, encoding="utf-8")
            lines.writelines(text + "\n" for text in texts)
    (place / "whole").touch()
    return place


COLUMNS = {
    **dict.fromkeys(("id", "status", "currency", "channel", "note", "reference"), "VARCHAR"),
    **dict.fromkeys(("number", "items"), "BIGINT"),
    **dict.fromkeys(("created_at", "updated_at"), "TIMESTAMPTZ"),
    **dict.fromkeys(("total", "tax", "shipping"), "DECIMAL(38,9)"),
    "discount": "DOUBLE",
    **dict.fromkeys(("paid", "test"), "BOOLEAN"),
    **dict.fromkeys(("customer", "address", "lines", "tags"), "JSON"),
}
"""The orders' columns as our targets type them."""
_JSON_TYPES: dict[str, dict[str, Any]] = {
    "VARCHAR": {"type": ["string", "null"]},
    "DECIMAL(38,9)": {"type": ["string", "null"]},
    "BIGINT": {"type": ["integer", "null"]},
    "TIMESTAMPTZ": {"type": ["string", "null"], "format": "date-time"},
    "DOUBLE": {"type": ["number", "null"]},
    "BOOLEAN": {"type": ["boolean", "null"]},
    "JSON": {"type": ["object", "array", "null"]},
}
SCHEMA: dict[str, Any] = {"type": "object", "properties": {name: _JSON_TYPES[kind] for name, kind in COLUMNS.items()}}
"""The orders' JSON Schema, for the peers."""
