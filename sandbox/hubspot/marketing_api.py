"""Marketing e-mails and campaigns over HTTP.

Sources: https://developers.hubspot.com/docs/api-reference/marketing-marketing-emails-v3/guide and
.../marketing-campaigns-public-api-v3/guide
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.business.crm import MarketingCampaign, MarketingEmail
from sandbox.business.money import SHOP_CURRENCY, decimal_text
from sandbox.hubspot.crm import PORTAL
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.records import moment
from sandbox.hubspot.requests import flag, limit_of, names, next_page, wanted

if TYPE_CHECKING:
    from sandbox.hubspot.portal import Portal

_EMAIL_BOUNDS = ("createdAfter", "createdBefore", "updatedAfter", "updatedBefore", "publishedAfter", "publishedBefore")
_CAMPAIGN_SORTS = ("hs_name", "createdAt", "updatedAt")


async def emails(request: Request, portal: Portal) -> Response:
    """Answer GET /marketing/v3/emails: paged by offset, with statistics when includeStats=true."""
    held = portal.crm().snapshot.marketing_emails
    archived = flag(request, "archived")
    gone = {email.id: at for at, email in held.deleted.values()} if archived else {}
    found = [email for _, email in held.deleted.values()] if archived else list(held.live.values())
    found = [email for email in found if _within(request, email)]
    if request.query_params.get("isPublished") is not None:
        published = flag(request, "isPublished")
        found = [email for email in found if (email.published is not None) is published]
    sort = request.query_params.get("sort", "")
    found.sort(
        key=lambda email: (email.updated if "updatedAt" in sort else email.created, int(email.id)),
        reverse=sort.startswith("-"),
    )
    page, paging = _offset_page(request, found, limit_of(request, 10, 300))
    stats = flag(request, "includeStats")
    campaigns = portal.crm().snapshot.marketing_campaigns.live
    body: dict[str, Any] = {
        "total": len(found),
        "results": [_email(email, campaigns, stats=stats, gone=gone.get(email.id)) for email in page],
    }
    return JSONResponse(body | ({"paging": paging} if paging else {}))


async def one_email(request: Request, portal: Portal) -> Response:
    """Answer GET /marketing/v3/emails/{id}."""
    snapshot = portal.crm().snapshot
    found = wanted(snapshot.marketing_emails.live.get(request.path_params["email_id"]), "Email")
    stats = flag(request, "includeStats")
    return JSONResponse(_email(found, snapshot.marketing_campaigns.live, stats=stats, gone=None))


async def email_statistics(request: Request, portal: Portal) -> Response:
    """Answer GET /marketing/v3/emails/statistics/list: the sums over e-mails published in a span of time."""
    start, end = _bound(request, "startTimestamp"), _bound(request, "endTimestamp")
    if start is None or end is None:
        raise invalid("startTimestamp and endTimestamp are required")
    asked = set(names(request, "emailIds"))
    found = [
        email
        for email in portal.crm().snapshot.marketing_emails.live.values()
        if email.published is not None and start <= email.published <= end and (not asked or email.id in asked)
    ]
    total = [sum(values) for values in zip(*(_counts(email) for email in found), strict=True)] or [0] * 6
    return JSONResponse(
        {
            "aggregate": _statistics(*total),
            "campaignAggregations": {},
            "emails": [int(email.id) for email in found],
        }
    )


def _within(request: Request, email: MarketingEmail) -> bool:
    moments = {"created": email.created, "updated": email.updated, "published": email.published}
    for name in _EMAIL_BOUNDS:
        bound = _bound(request, name)
        if bound is None:
            continue
        held = moments[name.removesuffix("After").removesuffix("Before")]
        if held is None or (held <= bound if name.endswith("After") else held >= bound):
            return False
    return True


def _bound(request: Request, name: str) -> float | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return int(text) / 1000 if text.isdigit() else datetime.fromisoformat(text.replace(" ", "+")).timestamp()
    except ValueError:
        raise invalid(f"{name} is not a time: {text!r}") from None


def _offset_page(request: Request, found: list[Any], limit: int) -> tuple[list[Any], dict[str, Any] | None]:
    after = request.query_params.get("after", "0")
    if not after.isdigit():
        raise invalid(f"Invalid paging cursor: {after!r}")
    end = int(after) + limit
    return found[int(after) : end], next_page(request, str(end)) if end < len(found) else None


def _counts(email: MarketingEmail) -> tuple[int, ...]:
    return (email.sent, email.delivered, email.opened, email.clicked, email.bounced, email.unsubscribed)


def _statistics(*counts: int) -> dict[str, Any]:
    sent, delivered, opened, clicked, bounced, unsubscribed = counts
    counters = {
        "sent": sent,
        "delivered": delivered,
        "open": opened,
        "click": clicked,
        "bounce": bounced,
        "unsubscribed": unsubscribed,
    }

    def ratio(part: int, whole: int) -> float:
        return round(100 * part / whole, 2) if whole else 0.0

    ratios = {
        "clickratio": ratio(clicked, delivered),
        "openratio": ratio(opened, delivered),
        "deliveredratio": ratio(delivered, sent),
        "bounceratio": ratio(bounced, sent),
        "unsubscribedratio": ratio(unsubscribed, delivered),
    }
    return {"counters": counters, "deviceBreakdown": {}, "qualifierStats": {}, "ratios": ratios}


def _email(
    email: MarketingEmail, campaigns: dict[str, MarketingCampaign], *, stats: bool, gone: int | None
) -> dict[str, Any]:
    campaign = campaigns.get(email.campaign or "")
    body: dict[str, Any] = {
        "id": email.id,
        "name": email.name,
        "subject": email.subject,
        "type": "BATCH_EMAIL",
        "state": email.state,
        "subcategory": "batch",
        "isAb": False,
        "isPublished": email.published is not None,
        "isTransactional": False,
        "archived": gone is not None,
        "createdAt": moment(email.created),
        "updatedAt": moment(email.updated),
        "activeDomain": f"{PORTAL}.hs-sites.com",
        "emailTemplateMode": "DRAG_AND_DROP",
        "language": "en",
        "sendOnPublish": True,
        "from": {"fromName": "EnGarde Outfitters", "replyTo": "hello@engarde.example"},
        "to": {"limitSendFrequency": False, "suppressGraymail": True},
        "webversion": {"enabled": True, "slug": f"email-{email.id}"},
        "subscriptionDetails": {"subscriptionId": "1", "subscriptionName": "Marketing Information"},
    }
    if gone is not None:
        body["deletedAt"] = moment(gone)
    if email.published is not None:
        body["publishDate"] = body["publishedAt"] = moment(email.published)
    if campaign is not None:
        body |= {"campaign": campaign.id, "campaignName": campaign.name, "campaignUtm": campaign.utm}
    return body | ({"stats": _statistics(*_counts(email))} if stats else {})


async def campaigns(request: Request, portal: Portal) -> Response:
    """Answer GET /marketing/v3/campaigns: properties are given only where asked for by name."""
    found = list(portal.crm().snapshot.marketing_campaigns.live.values())
    name = request.query_params.get("name", "").lower()
    found = [campaign for campaign in found if name in campaign.name.lower()]
    sort = request.query_params.get("sort", "hs_name")
    if sort.lstrip("-") not in _CAMPAIGN_SORTS:
        raise invalid(f"Campaigns can be sorted by {', '.join(_CAMPAIGN_SORTS)}; was {sort!r}")
    keys = {"hs_name": lambda found: found.name, "createdAt": lambda found: found.created}
    found.sort(key=keys.get(sort.lstrip("-"), lambda found: found.updated), reverse=sort.startswith("-"))
    page, paging = _offset_page(request, found, limit_of(request, 50, 100))
    properties = names(request, "properties")
    body: dict[str, Any] = {"total": len(found), "results": [_campaign(campaign, properties) for campaign in page]}
    return JSONResponse(body | ({"paging": paging} if paging else {}))


async def one_campaign(request: Request, portal: Portal) -> Response:
    """Answer GET /marketing/v3/campaigns/{guid}."""
    campaign = _wanted_campaign(request, portal)
    return JSONResponse(_campaign(campaign, names(request, "properties")) | {"assets": {}})


async def campaign_budget(request: Request, portal: Portal) -> Response:
    """Answer GET /marketing/v3/campaigns/{guid}/budget/totals."""
    campaign = _wanted_campaign(request, portal)
    budget = campaign.budget / 100
    item = {
        "id": "1",
        "name": "Budget",
        "order": 0,
        "amount": budget,
        "createdAt": campaign.created * 1000,
        "updatedAt": campaign.updated * 1000,
    }
    return JSONResponse(
        {
            "budgetItems": [item],
            "budgetTotal": budget,
            "currencyCode": SHOP_CURRENCY,
            "remainingBudget": budget,
            "spendItems": [],
            "spendTotal": 0,
        }
    )


def _wanted_campaign(request: Request, portal: Portal) -> MarketingCampaign:
    held = portal.crm().snapshot.marketing_campaigns.live
    return wanted(held.get(request.path_params["campaign_id"]), "Campaign")


def _campaign(campaign: MarketingCampaign, properties: list[str]) -> dict[str, Any]:
    known = {
        "hs_name": campaign.name,
        "hs_utm": campaign.utm,
        "hs_start_date": (moment(campaign.start) or "")[:10],
        "hs_end_date": None if campaign.end is None else (moment(campaign.end) or "")[:10],
        "hs_campaign_status": campaign.status,
        "hs_currency_code": SHOP_CURRENCY,
        "hs_budget_items_sum_amount": decimal_text(campaign.budget, SHOP_CURRENCY),
        "hs_created_by_user_id": "1",
        "hs_object_id": str(int(campaign.id.replace("-", "")[:11], 16)),
        "hs_audience": None,
        "hs_notes": None,
        "hs_goal": None,
    }
    return {
        "id": campaign.id,
        "properties": {name: known[name] for name in properties if known.get(name) is not None},
        "businessUnits": [{"id": 0}],
        "createdAt": moment(campaign.created),
        "updatedAt": moment(campaign.updated),
    }


async def email_events(_request: Request, _portal: Portal) -> Response:
    """Answer GET /email/public/v1/events: the portal keeps none."""
    return JSONResponse({"events": [], "hasMore": False, "offset": ""})
