"""CRM records: what the business knows, as HubSpot's properties: text or null, times in ISO 8601 and UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.business.crm import Company, Deal, Engagement, LineItem, Ticket
from sandbox.business.model import Account, ForeignProduct
from sandbox.business.money import SHOP_CURRENCY, convert, decimal_text
from sandbox.business.snapshot import Snapshot
from sandbox.business.timeline import Collection
from sandbox.hubspot.object_types import ObjectType

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Record:
    """One CRM object with all its properties; `archived` is the moment it was archived."""

    id: str
    created: int
    updated: int
    archived: int | None
    values: Values


def moment(at: int | None) -> str | None:
    """Return an epoch second as HubSpot writes times, null for null."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def records(kind: ObjectType, snapshot: Snapshot) -> list[Record]:
    """Return the records of one type, living and archived, by ascending id."""
    found = [
        Record(held.id, held.created, held.updated, gone, values | _shared(kind, held.id, held.created, held.updated))
        for held, gone, values in _described(kind.name, snapshot)
    ]
    return sorted(found, key=lambda record: int(record.id))


def _shared(kind: ObjectType, record_id: str, created: int, updated: int) -> Values:
    return {"hs_object_id": record_id, kind.created: moment(created), kind.modified: moment(updated)}


def _described(name: str, snapshot: Snapshot) -> Iterator[tuple[Any, int | None, Values]]:
    collection, describe = _sources(snapshot).get(name, (Collection(), _nothing))
    for held in collection.live.values():
        if name not in _ENGAGEMENTS or held.kind == name:
            yield held, None, describe(held)
    for gone, held in collection.deleted.values():
        if name not in _ENGAGEMENTS or held.kind == name:
            yield held, gone, describe(held)


def _nothing(_held: Any) -> Values:
    return {}


_ENGAGEMENTS = ("calls", "emails", "meetings", "notes", "tasks")


def _sources(snapshot: Snapshot) -> Mapping[str, tuple[Collection[Any], Callable[[Any], Values]]]:
    stages = {stage.id: stage for pipeline in snapshot.pipelines.live.values() for stage in pipeline.stages}

    def of_deal(deal: Deal) -> Values:
        stage = stages.get(deal.stage)
        closed = stage.closed if stage else False
        won = closed and stage is not None and stage.probability == 100
        return _deal(deal) | {
            "hs_is_closed": _flag(closed),
            "hs_is_closed_won": _flag(won),
            "hs_deal_stage_probability": None if stage is None else _plain(stage.probability / 100),
        }

    return {
        "contacts": (snapshot.contacts, _contact),
        "companies": (snapshot.companies, _company),
        "deals": (snapshot.deals, of_deal),
        "tickets": (snapshot.tickets, _ticket),
        "products": (snapshot.hubspot_products, _product),
        "line_items": (snapshot.line_items, _line_item),
        **dict.fromkeys(_ENGAGEMENTS, (snapshot.engagements, _engagement)),
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _plain(value: float) -> str:
    return f"{value:g}"


def _contact(account: Account) -> Values:
    address = account.address
    return {
        "email": account.email,
        "firstname": account.first_name,
        "lastname": account.last_name,
        "phone": account.phone,
        "mobilephone": None,
        "address": None if address is None else ", ".join(part for part in (address.line1, address.line2) if part),
        "city": address.city if address else None,
        "state": address.region if address else None,
        "zip": address.postcode if address else None,
        "country": address.country if address else None,
        "company": account.company_name,
        "associatedcompanyid": account.company,
        "lifecyclestage": account.lifecycle,
        "hubspot_owner_id": account.owner,
        "hs_language": account.locale,
        "hs_email_optout": _flag(not account.accepts_email),
        "hs_google_click_id": account.gclid,
        "hs_analytics_source": "PAID_SEARCH" if account.gclid else "DIRECT_TRAFFIC",
        "hs_analytics_source_data_1": account.utm_campaign,
        "utm_source": account.utm_source,
        "utm_campaign": account.utm_campaign,
        "shopify_customer_id": account.shopify_id,
        "message": account.note,
    }


def _company(company: Company) -> Values:
    return {
        "name": company.name,
        "domain": company.domain,
        "website": company.domain,
        "industry": company.industry,
        "city": company.city,
        "country": company.country,
        "phone": company.phone,
        "numberofemployees": str(company.employees),
        "hubspot_owner_id": company.owner,
        "lifecyclestage": "customer",
    }


def _deal(deal: Deal) -> Values:
    return {
        "dealname": deal.name,
        "amount": decimal_text(deal.amount, deal.currency),
        "amount_in_home_currency": decimal_text(convert(deal.amount, deal.currency, SHOP_CURRENCY), SHOP_CURRENCY),
        "deal_currency_code": deal.currency,
        "pipeline": deal.pipeline,
        "dealstage": deal.stage,
        "dealtype": "newbusiness",
        "closedate": moment(deal.close_date),
        "hubspot_owner_id": deal.owner,
        "order_number": deal.order_number,
        "num_associated_contacts": "1" if deal.contact else "0",
    }


def _ticket(ticket: Ticket) -> Values:
    return {
        "subject": ticket.subject,
        "content": ticket.content,
        "hs_pipeline": ticket.pipeline,
        "hs_pipeline_stage": ticket.stage,
        "hs_ticket_priority": ticket.priority,
        "hs_ticket_category": ticket.category,
        "hubspot_owner_id": ticket.owner,
        "closed_date": moment(ticket.closed),
        "source_type": "EMAIL",
    }


def _product(product: ForeignProduct) -> Values:
    return {
        "name": product.name,
        "description": product.description,
        "hs_sku": product.sku,
        "price": decimal_text(product.price, SHOP_CURRENCY),
        "hs_product_type": "inventory",
        "hs_status": "active" if product.active else "inactive",
    }


def _line_item(item: LineItem) -> Values:
    total = item.price * item.quantity - item.discount
    return {
        "name": item.name,
        "hs_product_id": item.product,
        "hs_sku": item.sku,
        "quantity": str(item.quantity),
        "price": decimal_text(item.price, item.currency),
        "amount": decimal_text(total, item.currency),
        "hs_total_discount": decimal_text(item.discount, item.currency),
        "hs_line_item_currency_code": item.currency,
    }


def _engagement(done: Engagement) -> Values:
    shared: Values = {"hs_timestamp": moment(done.at), "hubspot_owner_id": done.owner}
    length = None if done.duration_ms is None else str(done.duration_ms)
    end = done.at + (done.duration_ms or 1_800_000) // 1000
    kinds: dict[str, Values] = {
        "calls": {
            "hs_call_title": done.title,
            "hs_call_body": done.body,
            "hs_call_status": done.status,
            "hs_call_direction": done.direction,
            "hs_call_duration": length,
        },
        "emails": {
            "hs_email_subject": done.title,
            "hs_email_text": done.body,
            "hs_email_status": done.status,
            "hs_email_direction": done.direction,
        },
        "meetings": {
            "hs_meeting_title": done.title,
            "hs_meeting_body": done.body,
            "hs_meeting_outcome": done.status,
            "hs_meeting_start_time": moment(done.at),
            "hs_meeting_end_time": moment(end),
        },
        "notes": {"hs_note_body": done.body},
        "tasks": {
            "hs_task_subject": done.title,
            "hs_task_body": done.body,
            "hs_task_status": done.status,
            "hs_task_priority": "MEDIUM",
            "hs_task_type": "TODO",
        },
    }
    return shared | kinds[done.kind]
