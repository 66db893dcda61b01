"""What every advertising campaign brought on every day, as it is known at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sandbox.business.advertising import Campaign, DayOfCampaign
from sandbox.business.campaigns import Advertising
from sandbox.business.chance import DAY
from sandbox.business.model import Order
from sandbox.business.money import convert
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

LATE_DAYS = 14


@dataclass(slots=True)
class Day:
    """A whole day's numbers; `conversions` are (moment it became known, hundredths, hundredths of a currency unit)."""

    account: str
    campaign: str
    date: str
    begins: int
    ends: int
    impressions: int
    clicks: int
    cost_micros: int
    conversions: list[tuple[int, int, int]] = field(default_factory=list)

    def known_at(self, now: int) -> DayOfCampaign:
        """Return the day so far: traffic grows over the day, conversions for two weeks more."""
        passed, length = min(now, self.ends) - self.begins, self.ends - self.begins
        known = [entry for entry in self.conversions if entry[0] <= now]
        return DayOfCampaign(
            account=self.account,
            campaign=self.campaign,
            date=self.date,
            impressions=self.impressions * passed // length,
            clicks=self.clicks * passed // length,
            cost_micros=self.cost_micros * passed // length // 10_000 * 10_000,
            conversions=sum(entry[1] for entry in known),
            conversions_value=sum(entry[2] for entry in known),
        )


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time.min, zone).timestamp())


def _day(rng: Random, campaign: Campaign, currency: str, day: date, zone: ZoneInfo) -> Day:
    budget = campaign.budget_micros * rng.randint(70, 100) // 100
    click_price = rng.randint(45, 130) * 10_000
    clicks = max(1, budget // click_price)
    begins = _midnight(day, zone)
    made = Day(
        account=campaign.account,
        campaign=campaign.id,
        date=day.isoformat(),
        begins=begins,
        ends=_midnight(day + timedelta(days=1), zone),
        impressions=clicks * rng.randint(12, 40),
        clicks=clicks,
        cost_micros=clicks * click_price,
    )
    # Conversions Google models or sees elsewhere: they have no order in this shop.
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        known = begins + rng.randint(DAY // 2, LATE_DAYS * DAY)
        made.conversions.append((known, rng.choice((33, 50, 100)), convert(rng.randint(2000, 15000), "USD", currency)))
    return made


def _attribute(
    rng: Random,
    days: dict[tuple[str, str], Day],
    accounts: dict[str, tuple[str, ZoneInfo]],
    homes: dict[str, str],
    orders: list[Timeline[Order]],
) -> None:
    for timeline in orders:
        order = timeline.versions[0]
        visit = order.visit
        if visit is None or visit.campaign is None or visit.gclid is None:
            continue
        currency, zone = accounts[homes[visit.campaign]]
        clicked = datetime.fromtimestamp(visit.at, UTC).astimezone(zone).date().isoformat()
        day = days.get((visit.campaign, clicked))
        if day is not None:
            late = rng.randint(600, 3 * 3600) if rng.random() < 0.7 else rng.randint(DAY, LATE_DAYS * DAY)
            known = min(order.created + late, day.ends + (LATE_DAYS - 1) * DAY)
            day.conversions.append((max(known, order.created), 100, convert(order.total, order.currency, currency)))


def make_days(rng: Random, made: Advertising, orders: list[Timeline[Order]], span: Span) -> list[Day]:
    """Return every day of every campaign that ran, with the conversions that orders caused and when they are known."""
    accounts = {account.id: (account.currency, ZoneInfo(account.time_zone)) for account in made.accounts}
    days: dict[tuple[str, str], Day] = {}
    for timeline in made.campaigns:
        currency, zone = accounts[timeline.versions[0].account]
        for at in range(max(span.start, timeline.versions[0].created), span.end, DAY):
            campaign = timeline.at(at)
            if campaign is not None and campaign.status == "ENABLED":
                day = datetime.fromtimestamp(at, UTC).astimezone(zone).date()
                days[campaign.id, day.isoformat()] = _day(rng, campaign, currency, day, zone)
    homes = {timeline.versions[0].id: timeline.versions[0].account for timeline in made.campaigns}
    _attribute(rng, days, accounts, homes, orders)
    return sorted(days.values(), key=lambda day: (day.date, day.campaign))
