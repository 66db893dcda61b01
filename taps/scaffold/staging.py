"""Drafts of staging models: each column of the entity's contract from the field that is named most like it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment

from taps.scaffold.fields import Column
from taps.scaffold.lines import block
from taps.scaffold.names import key, snake
from taps.scaffold.unchecked import MARK, STAGING

_ENTITIES = STAGING.parents[1] / "macros" / "shared" / "entities.sql"
_STREAMS = {
    "customers": "customers", "contacts": "customers", "people": "customers", "users": "customers",
    "products": "products", "items": "products", "orders": "orders", "order_lines": "order_lines",
    "line_items": "order_lines", "payments": "payments", "charges": "payments", "transactions": "payments",
    "refunds": "refunds", "payouts": "payouts", "campaigns": "campaigns",
}  # fmt: skip
_ALSO = {
    "full_name": ("name", "display_name"), "title": ("name",), "order_number": ("number", "name"),
    "placed_at": ("created_at", "created"), "processed_at": ("created_at", "created"), "created_at": ("created",),
    "updated_at": ("updated", "modified_at"), "currency": ("currency_code",), "phone": ("phone_number",),
    "source_customer_id": ("customer_id", "customer"), "source_order_id": ("order_id", "order"),
    "source_payment_id": ("payment_id", "charge_id"), "source_product_id": ("product_id", "id"),
    "total": ("total_amount", "amount"), "email": ("email_address",), "address_line1": ("address1", "street"),
    "postcode": ("zip", "postal_code"), "country_code": ("country",), "company": ("company_name",),
}  # fmt: skip
_GIVEN = ("source_relation", "platform", "connection_id", "account_id", "source_object", "source_record_id",
          "deleted_at", "_loaded_at")  # fmt: skip


def models(platform: str, streams: Mapping[str, Mapping[str, Column]]) -> dict[str, str]:
    """File name -> text of a draft for each stream that by its name holds a unified entity."""
    found: dict[str, str] = {}
    for stream, columns in streams.items():
        entity = _STREAMS.get(stream)
        name = f"stg_{platform}__{entity}.sql"
        if entity and name not in found:
            found[name] = _model(platform, stream, entity, columns)
    return found


def _model(platform: str, stream: str, entity: str, columns: Mapping[str, Column]) -> str:
    return block([
        f"-- {MARK} is {stream} the vendor's list of {entity}, one row each, and is anything left out?",
        "select",
        f"    {{{{ origin('{platform}', '{stream}') }}}},",
        f"    {_text(columns[key(columns)])} as source_record_id,",
        *(_column(name, kind, columns) for name, kind in _contract(entity).items() if name not in _GIVEN),
        "    _sdc_deleted_at as deleted_at,",
        "    _sdc_extracted_at as _loaded_at",
        f"from {{{{ raw('{platform}', '{stream}') }}}}",
    ])  # fmt: skip


def _column(name: str, kind: str, columns: Mapping[str, Column]) -> str:
    by_name = {snake(each): column for each, column in columns.items()}
    found = next((by_name[word] for word in (name, *_ALSO.get(name, ())) if word in by_name), None)
    if found is None:
        return f"    cast(null as {kind}) as {name}, -- {MARK} where does the vendor have it? If nowhere, say so here"
    return f"    {_expression(found, kind)} as {name}, -- {MARK} {_question(kind)}"


def _expression(column: Column, kind: str) -> str:
    if kind == "text":
        return _text(column)
    written = _quoted(column.name)
    return written if kind == "timestamp with time zone" and column.type == "datetime" else f"cast({written} as {kind})"


def _question(kind: str) -> str:
    if kind.startswith("numeric"):
        return "is this the field, in units of the currency or in minor ones (`money`)?"
    return "chosen by its name: does the vendor mean this by it?"


def _text(column: Column) -> str:
    written = _quoted(column.name)
    return written if column.type == "string" else f"cast({written} as text)"


def _quoted(name: str) -> str:
    return name if name == snake(name) else f'"{name}"'


@lru_cache
def _contract(entity: str) -> dict[str, str]:
    """Column -> type, as the macro that every union reads has it."""
    columns: dict[str, str] = {}
    jinja = Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701 - no page is made of it
    macros: Any = jinja.from_string(_ENTITIES.read_text(encoding="utf-8"), globals={"return": columns.update}).module
    macros.entity_columns(entity)
    return columns
