"""Where a buyer came from. Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/CustomerJourneySummary"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from sandbox.business.model import Order, Visit
from sandbox.shopify.nodes import Node, count, made_up_id, moment


def journey(order: Order, placed: Sequence[Order]) -> Node | None:
    """Return the CustomerJourneySummary of an order, null for orders not placed on the web."""
    if order.source != "web":
        return None
    visit = None if order.visit is None else _visit(order.id, order.visit)
    days = None if order.visit is None else max(0, (order.created - order.visit.at) // 86_400)
    index = next((place for place, other in enumerate(placed) if other.id == order.id), None)
    return {
        "customerOrderIndex": index,
        "daysToConversion": days,
        "firstVisit": visit,
        "lastVisit": visit,
        "momentsCount": count(1 if visit else 0),
        "ready": True,
    }


def _visit(order_id: str, visit: Visit) -> Node:
    tagged = visit.utm_campaign is not None or visit.medium is not None
    utm = {
        "campaign": visit.utm_campaign,
        "content": visit.utm_content,
        "medium": visit.medium,
        "source": visit.source,
        "term": visit.utm_term,
    }
    return {
        "__typename": "CustomerVisit",
        "id": made_up_id("CustomerVisit", order_id),
        "landingPage": _landing(visit),
        "occurredAt": moment(visit.at),
        "referralCode": None,
        "referrerUrl": visit.referrer,
        "source": visit.source,
        "sourceDescription": None,
        "sourceType": "AD" if visit.gclid else "NEWSLETTER" if visit.source == "newsletter" else None,
        "utmParameters": utm if tagged else None,
    }


def _landing(visit: Visit) -> str:
    asked = {
        "utm_source": visit.source if visit.medium else None,
        "utm_medium": visit.medium,
        "utm_campaign": visit.utm_campaign,
        "utm_term": visit.utm_term,
        "utm_content": visit.utm_content,
        "gclid": visit.gclid,
    }
    query = urlencode({name: value for name, value in asked.items() if value and f"{name}=" not in visit.landing_page})
    if not query:
        return visit.landing_page
    return visit.landing_page + ("&" if "?" in visit.landing_page else "?") + query
