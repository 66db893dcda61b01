"""Google Ads' entities as flat rows: dotted field names with plain values."""

from __future__ import annotations

from typing import Any

from sandbox.business.advertising import Ad, AdGroup, AdsAccount, Campaign, Keyword

Row = dict[str, Any]


def _row(resource: str, values: Row) -> Row:
    return {f"{resource}.{name}": value for name, value in values.items() if value is not None}


def customer(account: AdsAccount) -> Row:
    """Return an account as the resource customer."""
    return _row(
        "customer",
        {
            "resource_name": f"customers/{account.id}",
            "id": int(account.id),
            "descriptive_name": account.name,
            "currency_code": account.currency,
            "time_zone": account.time_zone,
            "manager": account.manager,
            "test_account": False,
            "auto_tagging_enabled": not account.manager,
            "status": "ENABLED",
            "optimization_score": None if account.manager else 0.82,
        },
    )


def customer_client(viewer: AdsAccount, account: AdsAccount) -> Row:
    """Return an account as its manager (or itself) sees it."""
    return _row(
        "customer_client",
        {
            "resource_name": f"customers/{viewer.id}/customerClients/{account.id}",
            "client_customer": f"customers/{account.id}",
            "hidden": False,
            "level": 0 if viewer.id == account.id else 1,
            "time_zone": account.time_zone,
            "test_account": False,
            "manager": account.manager,
            "descriptive_name": account.name,
            "currency_code": account.currency,
            "id": int(account.id),
            "status": "ENABLED",
        },
    )


def campaign(known: Campaign) -> Row:
    """Return a campaign."""
    paused = known.status == "PAUSED"
    ended = known.end_date is not None and paused
    return _row(
        "campaign",
        {
            "resource_name": f"customers/{known.account}/campaigns/{known.id}",
            "id": int(known.id),
            "name": known.name,
            "status": known.status,
            "serving_status": "ENDED" if ended else "SERVING",
            "primary_status": "ENDED" if ended else "PAUSED" if paused else "ELIGIBLE",
            "advertising_channel_type": known.channel,
            "bidding_strategy_type": known.bidding,
            "campaign_budget": f"customers/{known.account}/campaignBudgets/{known.budget}",
            "start_date_time": f"{known.start_date} 00:00:00",
            "end_date_time": f"{known.end_date} 23:59:59" if known.end_date else None,
            "final_url_suffix": f"utm_source=google&utm_medium=cpc&utm_campaign={known.utm}",
        },
    )


def campaign_budget(known: Campaign) -> Row:
    """Return the budget of a campaign."""
    return _row(
        "campaign_budget",
        {
            "resource_name": f"customers/{known.account}/campaignBudgets/{known.budget}",
            "id": int(known.budget),
            "name": f"{known.name} budget",
            "amount_micros": known.budget_micros,
            "status": "ENABLED",
            "period": "DAILY",
            "delivery_method": "STANDARD",
            "explicitly_shared": False,
            "reference_count": 1,
            "type": "STANDARD",
        },
    )


def ad_group(known: AdGroup) -> Row:
    """Return an ad group."""
    return _row(
        "ad_group",
        {
            "resource_name": f"customers/{known.account}/adGroups/{known.id}",
            "id": int(known.id),
            "name": known.name,
            "status": known.status,
            "type": known.kind,
            "campaign": f"customers/{known.account}/campaigns/{known.campaign}",
            "cpc_bid_micros": known.cpc_bid_micros,
            "effective_cpc_bid_micros": known.cpc_bid_micros,
        },
    )


def ad_group_ad(known: Ad) -> Row:
    """Return an ad in its ad group."""
    return _row(
        "ad_group_ad",
        {
            "resource_name": f"customers/{known.account}/adGroupAds/{known.ad_group}~{known.id}",
            "ad_group": f"customers/{known.account}/adGroups/{known.ad_group}",
            "status": known.status,
            "ad_strength": "GOOD",
            "ad.resource_name": f"customers/{known.account}/ads/{known.id}",
            "ad.id": int(known.id),
            "ad.type": known.kind,
            "ad.final_urls": [known.final_url],
            "ad.added_by_google_ads": False,
            "ad.responsive_search_ad.headlines": [{"text": text} for text in known.headlines],
            "ad.responsive_search_ad.descriptions": [{"text": text} for text in known.descriptions],
        },
    )


def ad_group_criterion(known: Keyword) -> Row:
    """Return a keyword as a criterion of its ad group."""
    bid = None if known.negative else known.cpc_bid_micros
    return _row(
        "ad_group_criterion",
        {
            "resource_name": f"customers/{known.account}/adGroupCriteria/{known.ad_group}~{known.id}",
            "ad_group": f"customers/{known.account}/adGroups/{known.ad_group}",
            "criterion_id": int(known.id),
            "display_name": known.text,
            "status": known.status,
            "type": "KEYWORD",
            "negative": known.negative,
            "keyword.text": known.text,
            "keyword.match_type": known.match_type,
            "cpc_bid_micros": bid,
            "effective_cpc_bid_micros": bid,
            "approval_status": "APPROVED",
            "quality_info.quality_score": None if known.negative else 3 + int(known.id) % 8,
        },
    )


def keyword_view(known: Keyword) -> Row:
    """Return a keyword's view, which carries its metrics."""
    return _row(
        "keyword_view", {"resource_name": f"customers/{known.account}/keywordViews/{known.ad_group}~{known.id}"}
    )


def click(account: AdsAccount, gclid: str, day: str) -> Row:
    """Return a click by its Google click id."""
    return _row("click_view", {"resource_name": f"customers/{account.id}/clickViews/{day}~{gclid}", "gclid": gclid})


def conversion_action(account: AdsAccount) -> Row:
    """Return the one conversion action of an account: a purchase."""
    made = int(account.id) - 1_100_000_000
    return _row(
        "conversion_action",
        {
            "resource_name": f"customers/{account.id}/conversionActions/{made}",
            "id": made,
            "name": "Purchase",
            "status": "ENABLED",
            "type": "WEBPAGE",
            "category": "PURCHASE",
            "origin": "WEBSITE",
            "counting_type": "MANY_PER_CLICK",
            "owner_customer": f"customers/{account.id}",
            "include_in_conversions_metric": True,
            "primary_for_goal": True,
            "click_through_lookback_window_days": 30,
            "view_through_lookback_window_days": 1,
        },
    )
