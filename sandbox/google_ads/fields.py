"""The fields this Google Ads knows, by resource, and what can be selected together.

Names and types (fields.tsv) as in https://developers.google.com/google-ads/api/fields/v25/overview.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its type (int32, int64, double, string, boolean, date, enum, list) and an enum's constants."""

    kind: str
    constants: tuple[str, ...] = ()


CORE_DATES = ("date", "week", "month", "quarter", "year")
_STATUS = ("ENABLED", "PAUSED", "REMOVED")
# The enums whose constants are checked in conditions; of others any constant is taken.
CONSTANTS = {
    "customer.status": ("ENABLED", "CANCELED", "SUSPENDED", "CLOSED"),
    "customer_client.status": ("ENABLED", "CANCELED", "SUSPENDED", "CLOSED"),
    "campaign.status": _STATUS,
    "campaign_budget.status": ("ENABLED", "REMOVED"),
    "ad_group.status": _STATUS,
    "ad_group_ad.status": _STATUS,
    "ad_group_criterion.status": _STATUS,
    "ad_group_criterion.keyword.match_type": ("EXACT", "PHRASE", "BROAD"),
    "segments.ad_network_type": ("SEARCH", "SEARCH_PARTNERS", "CONTENT", "MIXED", "YOUTUBE"),
    "segments.day_of_week": ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"),
}


def _read() -> dict[str, dict[str, Field]]:
    made: dict[str, dict[str, Field]] = {}
    for line in Path(__file__).with_name("fields.tsv").read_text().splitlines():
        owner, kind, names = line.split("\t")
        for name in names.split():
            dated = owner == "segments" and name in CORE_DATES and kind == "string"
            made.setdefault(owner, {})[name] = Field("date" if dated else kind, CONSTANTS.get(f"{owner}.{name}", ()))
    return made


RESOURCES = _read()
SEGMENTS, METRICS = RESOURCES.pop("segments"), RESOURCES.pop("metrics")
_IN_GROUP = ("ad_group", "campaign", "customer")
# What can be selected beside the resource in FROM, which stands first.
SELECTABLE = {
    "customer": ("customer",),
    "customer_client": ("customer_client", "customer"),
    "campaign": ("campaign", "campaign_budget", "bidding_strategy", "customer"),
    "campaign_budget": ("campaign_budget", "customer"),
    "bidding_strategy": ("bidding_strategy", "customer"),
    "ad_group": ("ad_group", "campaign", "bidding_strategy", "customer"),
    "ad_group_ad": ("ad_group_ad", *_IN_GROUP),
    "ad_group_criterion": ("ad_group_criterion", *_IN_GROUP),
    "campaign_criterion": ("campaign_criterion", "campaign", "customer"),
    "audience": ("audience", "customer"),
    "conversion_action": ("conversion_action", "customer"),
    "label": ("label", "customer"),
    "customer_label": ("customer_label", "label", "customer"),
    "campaign_label": ("campaign_label", "label", "campaign", "customer"),
    "ad_group_label": ("ad_group_label", "label", *_IN_GROUP),
    "ad_group_ad_label": ("ad_group_ad_label", "label", "ad_group_ad", *_IN_GROUP),
    "ad_group_criterion_label": ("ad_group_criterion_label", "label", "ad_group_criterion", *_IN_GROUP),
    "keyword_view": ("keyword_view", "ad_group_criterion", *_IN_GROUP),
    "search_term_view": ("search_term_view", "ad_group_ad", *_IN_GROUP),
    "geographic_view": ("geographic_view", *_IN_GROUP),
    "user_location_view": ("user_location_view", *_IN_GROUP),
    "shopping_performance_view": ("shopping_performance_view", *_IN_GROUP),
    "topic_view": ("topic_view", "ad_group_criterion", "bidding_strategy", *_IN_GROUP),
    "display_keyword_view": ("display_keyword_view", "ad_group_criterion", "bidding_strategy", *_IN_GROUP),
    "click_view": ("click_view", *_IN_GROUP),
}
WITH_METRICS = (
    "customer",
    "campaign",
    "ad_group",
    "ad_group_ad",
    "keyword_view",
    "search_term_view",
    "geographic_view",
    "user_location_view",
    "shopping_performance_view",
    "topic_view",
    "display_keyword_view",
    "click_view",
)
# Resources of which this business has nothing.
WITHOUT_ROWS = (
    "bidding_strategy",
    "campaign_criterion",
    "audience",
    "label",
    "customer_label",
    "campaign_label",
    "ad_group_label",
    "ad_group_ad_label",
    "ad_group_criterion_label",
    "search_term_view",
    "geographic_view",
    "user_location_view",
    "shopping_performance_view",
    "topic_view",
    "display_keyword_view",
)


def find_field(name: str) -> Field | None:
    """Return the field of this dotted name, null where there is none."""
    resource, _, rest = name.partition(".")
    if resource == "metrics":
        return METRICS.get(rest)
    return SEGMENTS.get(rest) if resource == "segments" else RESOURCES.get(resource, {}).get(rest)
