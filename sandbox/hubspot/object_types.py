"""The CRM's object types: their names in paths, their ids, and what an answer holds when nothing is asked for by name.

Source: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and its siblings.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One kind of CRM object; `modified` names the property that search orders changes by."""

    name: str
    singular: str
    type_id: str
    defaults: tuple[str, ...]
    modified: str = "hs_lastmodifieddate"
    created: str = "createdate"

    @property
    def always(self) -> tuple[str, ...]:
        """Properties that every answer holds, asked for or not."""
        return (self.created, "hs_object_id", self.modified)


HELD = (
    ObjectType("contacts", "contact", "0-1", ("email", "firstname", "lastname"), modified="lastmodifieddate"),
    ObjectType("companies", "company", "0-2", ("domain", "name")),
    ObjectType("deals", "deal", "0-3", ("amount", "closedate", "dealname", "dealstage", "pipeline")),
    ObjectType(
        "tickets",
        "ticket",
        "0-5",
        ("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"),
    ),
    ObjectType("products", "product", "0-7", ("description", "name", "price")),
    ObjectType("line_items", "line_item", "0-8", ("hs_product_id", "quantity")),
    ObjectType("quotes", "quote", "0-14", ("hs_title", "hs_status"), created="hs_createdate"),
    ObjectType("calls", "call", "0-48", (), created="hs_createdate"),
    ObjectType("emails", "email", "0-49", (), created="hs_createdate"),
    ObjectType("meetings", "meeting_event", "0-47", (), created="hs_createdate"),
    ObjectType("notes", "note", "0-46", (), created="hs_createdate"),
    ObjectType("tasks", "task", "0-27", (), created="hs_createdate"),
)
NEVER_HELD = tuple(
    ObjectType(name, singular, type_id, (), created="hs_createdate")
    for name, singular, type_id in (
        ("communications", "communication", "0-18"),
        ("postal_mail", "postal_mail", "0-116"),
        ("leads", "lead", "0-136"),
        ("orders", "order", "0-123"),
        ("carts", "cart", "0-142"),
        ("invoices", "invoice", "0-53"),
        ("commerce_payments", "commerce_payment", "0-101"),
        ("subscriptions", "subscription", "0-69"),
        ("goal_targets", "goal_target", "0-74"),
        ("feedback_submissions", "feedback_submission", "0-19"),
    )
)
"""Types of which the portal has no record."""

OBJECT_TYPES = (*HELD, *NEVER_HELD)

_BY_NAME = {alias: found for found in OBJECT_TYPES for alias in (found.name, found.singular, found.type_id)}


def object_type(name: str) -> ObjectType | None:
    """Return the type that a path calls by plural name, singular name or type id."""
    return _BY_NAME.get(name)
