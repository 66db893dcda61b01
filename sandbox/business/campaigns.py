"""The retailer's Google Ads accounts, campaigns, ad groups, ads and keywords."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random

from sandbox.business.advertising import Ad, AdGroup, AdsAccount, Campaign, Keyword
from sandbox.business.chance import DAY, stream
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

MANAGER = "1000000000"
CLIENTS = (
    ("2000000001", "EnGarde Outfitters US", "USD", "America/New_York"),
    ("2000000002", "EnGarde Outfitters Europe", "EUR", "Europe/Berlin"),
    ("2000000003", "EnGarde Outfitters West", "USD", "America/Los_Angeles"),
)
# Name, channel, whether it always runs, daily budget in whole units.
THEMES = (
    ("Brand", "SEARCH", True, 60),
    ("Kitchen Search", "SEARCH", True, 120),
    ("Shopping All", "SHOPPING", True, 150),
    ("Summer Sale", "DISPLAY", False, 80),
    ("Holiday Gifts", "PERFORMANCE_MAX", False, 200),
)
GROUP_KINDS = {"SEARCH": "SEARCH_STANDARD", "SHOPPING": "SHOPPING_PRODUCT_ADS", "DISPLAY": "DISPLAY_STANDARD"}
TOPICS = ("Kettles", "Knives", "Backpacks", "Bottles", "Blankets", "Jackets")
MATCHES = ("EXACT", "PHRASE", "BROAD")


@dataclass(slots=True)
class Advertising:
    """Accounts and everything in them, with history."""

    accounts: list[AdsAccount] = field(default_factory=list)
    campaigns: list[Timeline[Campaign]] = field(default_factory=list)
    ad_groups: list[Timeline[AdGroup]] = field(default_factory=list)
    ads: list[Timeline[Ad]] = field(default_factory=list)
    keywords: list[Timeline[Keyword]] = field(default_factory=list)


def _date(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _campaign(rng: Random, account: AdsAccount, theme: tuple[str, str, bool, int], number: int, span: Span) -> Campaign:
    name, channel, always, budget = theme
    created = span.start - rng.randint(20, 60) * DAY if always else span.start + rng.randint(30, 640) * DAY
    market = account.name.rsplit(" ", 1)[1]
    return Campaign(
        id=str(21_000_000_000 + 104_729 * number),
        truth=f"campaign-{number:04d}",
        created=created,
        updated=created,
        account=account.id,
        name=f"{market} | {name}",
        status="ENABLED",
        channel=channel,
        bidding="MAXIMIZE_CONVERSIONS" if channel in ("PERFORMANCE_MAX", "SHOPPING") else "MANUAL_CPC",
        budget=str(13_000_000_000 + 7_919 * number),
        budget_micros=budget * 1_000_000,
        utm=f"{market}_{name}".lower().replace(" ", "_"),
        start_date=_date(created),
        end_date=None if always else _date(created + 60 * DAY),
    )


def _campaign_history(rng: Random, campaign: Campaign, span: Span) -> Timeline[Campaign]:
    versions = [campaign]
    for at in sorted(rng.randint(max(campaign.created, span.start) + 1, span.end) for _ in range(3)):
        raised = campaign.budget_micros * rng.choice((9, 11, 12)) // 10
        versions.append(replace(versions[-1], budget_micros=raised, updated=at))
    if campaign.end_date is not None and campaign.created + 61 * DAY < span.end:
        versions = [v for v in versions if v.updated < campaign.created + 61 * DAY]
        versions.append(replace(versions[-1], status="PAUSED", updated=campaign.created + 61 * DAY))
    return Timeline(versions)


def _ad_group(rng: Random, campaign: Campaign, number: int, topic: str) -> AdGroup:
    return AdGroup(
        id=str(150_000_000_000 + 15_485 * number),
        truth=f"ad-group-{number:04d}",
        created=campaign.created,
        updated=campaign.created,
        account=campaign.account,
        campaign=campaign.id,
        name=topic,
        status="ENABLED" if rng.random() < 0.9 else "PAUSED",
        kind=GROUP_KINDS.get(campaign.channel, "UNSPECIFIED"),
        cpc_bid_micros=rng.randint(40, 220) * 10_000,
    )


def _ad(rng: Random, group: AdGroup, number: int) -> Ad:
    topic = group.name
    return Ad(
        id=str(700_000_000_000 + 32_452 * number),
        truth=f"ad-{number:04d}",
        created=group.created,
        updated=group.created,
        account=group.account,
        ad_group=group.id,
        status="ENABLED",
        kind="RESPONSIVE_SEARCH_AD",
        headlines=(f"{topic} that last", f"Shop {topic.lower()}", rng.choice(("Free returns", "New season"))),
        descriptions=(f"Find your {topic.lower()} today.", "Delivered in two days."),
        final_url=f"https://engarde.example/collections/{topic.lower()}",
    )


def _keyword(rng: Random, group: AdGroup, number: int) -> Keyword:
    word = rng.choice(("buy", "best", "cheap", "online", "sale", "review"))
    return Keyword(
        id=str(300_000_000_000 + 49_979 * number),
        truth=f"keyword-{number:04d}",
        created=group.created,
        updated=group.created,
        account=group.account,
        ad_group=group.id,
        text=f"{word} {group.name.lower()}",
        match_type=rng.choice(MATCHES),
        status="ENABLED" if rng.random() < 0.9 else "PAUSED",
        negative=word == "cheap" and rng.random() < 0.5,
        cpc_bid_micros=group.cpc_bid_micros,
    )


def make_advertising(seed: int, span: Span) -> Advertising:
    """Return a manager account with three clients and their campaigns, down to keywords."""
    rng = stream(seed, "advertising")
    made = Advertising()
    born = span.start - 100 * DAY
    made.accounts.append(AdsAccount(MANAGER, "ads-account-0", born, "EnGarde Manager", "USD", "America/New_York", True))
    for index, (number, name, currency, zone) in enumerate(CLIENTS, start=1):
        account = AdsAccount(number, f"ads-account-{index}", born, name, currency, zone, False)
        made.accounts.append(account)
        for theme in THEMES:
            first = _campaign(rng, account, theme, len(made.campaigns) + 1, span)
            made.campaigns.append(_campaign_history(rng, first, span))
            if first.channel != "PERFORMANCE_MAX":
                _fill(rng, made, first)
    return made


def _fill(rng: Random, made: Advertising, campaign: Campaign) -> None:
    for topic in rng.sample(TOPICS, 3):
        group = _ad_group(rng, campaign, len(made.ad_groups) + 1, topic)
        made.ad_groups.append(Timeline([group]))
        if campaign.channel != "SEARCH":
            continue
        made.ads.extend(Timeline([_ad(rng, group, len(made.ads) + 1)]) for _ in range(2))
        made.keywords.extend(Timeline([_keyword(rng, group, len(made.keywords) + 1)]) for _ in range(4))
