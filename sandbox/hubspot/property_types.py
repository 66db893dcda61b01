"""The properties of each CRM object type: what kind each is, and its definition as the properties API gives it.

Source: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

PropertyType = Literal["string", "number", "datetime", "enumeration", "bool"]

_TIMES = frozenset(
    [
        "createdate",
        "lastmodifieddate",
        "hs_createdate",
        "hs_lastmodifieddate",
        "closedate",
        "closed_date",
        "hs_timestamp",
        "hs_meeting_start_time",
        "hs_meeting_end_time",
    ]
)
_NUMBERS = frozenset(
    [
        "hs_object_id",
        "amount",
        "amount_in_home_currency",
        "price",
        "quantity",
        "hs_total_discount",
        "numberofemployees",
        "hs_call_duration",
        "associatedcompanyid",
        "num_associated_contacts",
        "hs_deal_stage_probability",
    ]
)
_FLAGS = frozenset(["hs_email_optout", "hs_is_closed", "hs_is_closed_won"])
_CHOICES: dict[str, tuple[str, ...]] = {
    "lifecyclestage": ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer", "evangelist"),
    "hs_ticket_priority": ("LOW", "MEDIUM", "HIGH"),
    "hs_task_status": ("NOT_STARTED", "IN_PROGRESS", "COMPLETED"),
    "hs_call_direction": ("INBOUND", "OUTBOUND"),
}
_CUSTOM = frozenset(("shopify_customer_id", "order_number", "utm_source", "utm_campaign"))
_FIELDS = {"datetime": "date", "number": "number", "bool": "booleancheckbox", "enumeration": "select"}


def property_type(name: str) -> PropertyType:
    """Return the type of a property; an unknown one is text."""
    if name in _TIMES:
        return "datetime"
    if name in _NUMBERS:
        return "number"
    if name in _FLAGS:
        return "bool"
    return "enumeration" if name in _CHOICES else "string"


def definitions(singular: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return the definitions of these properties of an object type."""
    return [definition(singular, name) for name in sorted(names)]


def definition(singular: str, name: str) -> dict[str, Any]:
    """Return one property's definition."""
    kind = property_type(name)
    custom = name in _CUSTOM
    choices = ("true", "false") if kind == "bool" else _CHOICES.get(name, ())
    return {
        "name": name,
        "label": name.removeprefix("hs_").replace("_", " ").capitalize(),
        "description": "",
        "type": kind,
        "fieldType": _FIELDS.get(kind, "text"),
        "groupName": f"{singular}information",
        "options": [
            {"label": choice.capitalize(), "value": choice, "displayOrder": place, "hidden": False}
            for place, choice in enumerate(choices)
        ],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": name == "hubspot_owner_id",
        "hasUniqueValue": name == "email",
        "hidden": False,
        "hubspotDefined": not custom,
        "archived": False,
        "dataSensitivity": "non_sensitive",
        "formField": kind == "string",
        "modificationMetadata": {
            "archivable": custom,
            "readOnlyDefinition": not custom,
            "readOnlyOptions": not custom,
            "readOnlyValue": name in ("hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate"),
        },
    }
