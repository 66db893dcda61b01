"""The traffic of every account by day, prepared once for each moment: queries come by the thousand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sandbox.business.advertising import Campaign
from sandbox.business.snapshot import Snapshot
from sandbox.google_ads.dates import date_segments, today_in
from sandbox.google_ads.entities import Row
from sandbox.google_ads.measures import Measures, of_day

NETWORKS = {"SEARCH": "SEARCH", "SHOPPING": "SEARCH", "DISPLAY": "CONTENT", "PERFORMANCE_MAX": "MIXED"}
# Nobody clicks anywhere else in this world.
EVERYWHERE = {"segments.device": "MOBILE", "segments.click_type": "URL_CLICKS", "segments.slot": "SEARCH_TOP"}


@dataclass(frozen=True, slots=True)
class Click:
    """A click that led to an order."""

    gclid: str
    day: str
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Traffic:
    """By account: (segments, campaign, sums) of each day, and (segments, click) of each click that led to an order."""

    now: Snapshot
    days: dict[str, list[tuple[Row, str, Measures]]]
    clicks: dict[str, list[tuple[Row, Click]]]


def _segments(day: str, campaign: Campaign) -> Row:
    return date_segments(day) | EVERYWHERE | {"segments.ad_network_type": NETWORKS[campaign.channel]}


def traffic(now: Snapshot) -> Traffic:
    """Return the traffic as it is known now."""
    made = Traffic(now, defaultdict(list), defaultdict(list))
    campaigns = now.campaigns.live
    for day in now.campaign_days:
        made.days[day.account].append((_segments(day.date, campaigns[day.campaign]), day.campaign, of_day(day)))
    zones, seen = {account.id: account.time_zone for account in now.ads_accounts}, set[str]()
    for order in now.orders.live.values():
        visit = order.visit
        campaign = campaigns.get(visit.campaign or "") if visit else None
        if visit is None or campaign is None or not visit.gclid or visit.gclid in seen:
            continue
        seen.add(visit.gclid)
        date = today_in(zones[campaign.account], visit.at).isoformat()
        made.clicks[campaign.account].append((_segments(date, campaign), Click(visit.gclid, date, campaign)))
    return made
