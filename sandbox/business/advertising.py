"""What exists in the pretend retailer's Google Ads. Ids are digits; money is in millionths (micros)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdsAccount:
    """A Google Ads customer; the manager account has clients and no campaigns."""

    id: str
    truth: str
    created: int
    name: str
    currency: str
    time_zone: str
    manager: bool


@dataclass(frozen=True, slots=True)
class Campaign:
    """A Google Ads campaign; its budget is a daily amount."""

    id: str
    truth: str  # campaign-0001
    created: int
    updated: int
    account: str
    name: str
    status: str  # ENABLED | PAUSED | REMOVED
    channel: str  # SEARCH | SHOPPING | DISPLAY | PERFORMANCE_MAX
    bidding: str
    budget: str
    budget_micros: int
    utm: str
    start_date: str
    end_date: str | None


@dataclass(frozen=True, slots=True)
class AdGroup:
    """An ad group of a campaign."""

    id: str
    truth: str
    created: int
    updated: int
    account: str
    campaign: str
    name: str
    status: str
    kind: str  # SEARCH_STANDARD | SHOPPING_PRODUCT_ADS | DISPLAY_STANDARD
    cpc_bid_micros: int


@dataclass(frozen=True, slots=True)
class Ad:
    """An ad of an ad group."""

    id: str
    truth: str
    created: int
    updated: int
    account: str
    ad_group: str
    status: str
    kind: str
    headlines: tuple[str, ...]
    descriptions: tuple[str, ...]
    final_url: str


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword criterion of an ad group."""

    id: str
    truth: str
    created: int
    updated: int
    account: str
    ad_group: str
    text: str
    match_type: str  # EXACT | PHRASE | BROAD
    status: str
    negative: bool
    cpc_bid_micros: int


@dataclass(frozen=True, slots=True)
class DayOfCampaign:
    """A campaign's day in the account's time zone as known at a moment: conversions still grow for 14 days."""

    account: str
    campaign: str
    date: str
    impressions: int
    clicks: int
    cost_micros: int
    conversions: int  # hundredths of a conversion
    conversions_value: int  # hundredths of the account's currency unit
