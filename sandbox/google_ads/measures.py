"""Google Ads' metrics: sums of days, shared out below the campaign, and what is derived from them."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.business.advertising import DayOfCampaign
from sandbox.google_ads.entities import Row


@dataclass(slots=True)
class Measures:
    """Sums; conversions and their value in hundredths."""

    impressions: int = 0
    clicks: int = 0
    cost_micros: int = 0
    conversions: int = 0
    conversions_value: int = 0

    def add(self, other: Measures) -> None:
        """Add another sum to this one."""
        self.impressions += other.impressions
        self.clicks += other.clicks
        self.cost_micros += other.cost_micros
        self.conversions += other.conversions
        self.conversions_value += other.conversions_value

    def part(self, index: int, parts: int) -> Measures:
        """Return one of `parts` shares; all shares together are the whole, to the unit."""

        def cut(amount: int) -> int:
            return amount * (index + 1) // parts - amount * index // parts

        return Measures(
            cut(self.impressions),
            cut(self.clicks),
            cut(self.cost_micros),
            cut(self.conversions),
            cut(self.conversions_value),
        )

    def row(self) -> Row:
        """Return the metrics as fields."""
        conversions, value = self.conversions / 100, self.conversions_value / 100
        made: Row = {
            "impressions": self.impressions,
            "clicks": self.clicks,
            "cost_micros": self.cost_micros,
            "interactions": self.clicks,
            "view_through_conversions": 0,
            "conversions": conversions,
            "conversions_value": value,
            "all_conversions": conversions,
            "all_conversions_value": value,
        }
        if self.impressions:
            made["ctr"] = made["interaction_rate"] = self.clicks / self.impressions
            made["average_cpm"] = self.cost_micros * 1000 / self.impressions
        if self.clicks:
            made["average_cpc"] = made["average_cost"] = self.cost_micros / self.clicks
            made["conversions_from_interactions_rate"] = conversions / self.clicks
        if self.conversions:
            made["cost_per_conversion"] = self.cost_micros / conversions
            made["value_per_conversion"] = value / conversions
        return {f"metrics.{name}": value for name, value in made.items()}


def of_day(day: DayOfCampaign) -> Measures:
    """Return the sums of one day of a campaign."""
    return Measures(day.impressions, day.clicks, day.cost_micros, day.conversions, day.conversions_value)
