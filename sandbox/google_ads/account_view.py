"""What one account has now: rows of every resource, with and without metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.business.advertising import AdGroup, AdsAccount
from sandbox.business.snapshot import Snapshot
from sandbox.google_ads import entities
from sandbox.google_ads.entities import Row
from sandbox.google_ads.fields import WITHOUT_ROWS
from sandbox.google_ads.measures import Measures
from sandbox.google_ads.traffic import Traffic


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account at one moment."""

    now: Snapshot
    account: AdsAccount
    traffic: Traffic

    def rows(self, resource: str) -> list[Row]:
        """Return the rows of a resource, each with the fields of what it belongs to."""
        if resource in WITHOUT_ROWS or resource == "click_view":
            return []
        made: list[Row] = getattr(self, f"_{resource}")()
        owner = entities.customer(self.account)
        return [row | owner for row in made]

    def days(
        self, resource: str, rows: list[Row], allows: Callable[[Row], bool]
    ) -> Iterator[tuple[Row, Row, Measures]]:
        """Yield (row, its segments, sums) for every day that `allows` its segments and on which the row had traffic."""
        if resource == "click_view":
            yield from self._clicks(allows)
            return
        by_campaign: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_campaign[str(row.get("campaign.id", "all"))].append(row)
        for segments, campaign, whole in self.traffic.days.get(self.account.id, []):
            if not allows(segments):
                continue
            known = by_campaign.get("all") or by_campaign.get(campaign, [])
            for index, row in enumerate(known):
                measures = whole.part(index, len(known))
                if measures.impressions:
                    yield row, segments, measures

    def _clicks(self, allows: Callable[[Row], bool]) -> Iterator[tuple[Row, Row, Measures]]:
        """Yield the clicks that led to orders; those that led nowhere are not told one by one."""
        groups: dict[str, AdGroup] = {}
        for group in self.now.ad_groups.live.values():
            groups.setdefault(group.campaign, group)
        owner = entities.customer(self.account)
        for segments, click in self.traffic.clicks.get(self.account.id, []):
            if not allows(segments):
                continue
            within = groups.get(click.campaign.id)
            row = entities.click(self.account, click.gclid, click.day) | entities.campaign(click.campaign) | owner
            row |= entities.ad_group(within) if within else {}
            yield row, segments, Measures(clicks=1)

    def _conversion_action(self) -> list[Row]:
        return [] if self.account.manager else [entities.conversion_action(self.account)]

    def _customer(self) -> list[Row]:
        return [{}]

    def _customer_client(self) -> list[Row]:
        seen = self.now.ads_accounts if self.account.manager else (self.account,)
        return [entities.customer_client(self.account, account) for account in seen]

    def _campaign(self) -> list[Row]:
        known = self.now.campaigns.live.values()
        return [entities.campaign(c) | entities.campaign_budget(c) for c in known if c.account == self.account.id]

    def _campaign_budget(self) -> list[Row]:
        known = self.now.campaigns.live.values()
        return [entities.campaign_budget(c) for c in known if c.account == self.account.id]

    def _with_campaign(self, group: AdGroup) -> Row:
        return entities.ad_group(group) | entities.campaign(self.now.campaigns.live[group.campaign])

    def _ad_group(self) -> list[Row]:
        known = self.now.ad_groups.live.values()
        return [self._with_campaign(group) for group in known if group.account == self.account.id]

    def _ad_group_ad(self) -> list[Row]:
        groups, known = self.now.ad_groups.live, self.now.ads.live.values()
        return [
            entities.ad_group_ad(ad) | self._with_campaign(groups[ad.ad_group])
            for ad in known
            if ad.account == self.account.id
        ]

    def _ad_group_criterion(self) -> list[Row]:
        groups, known = self.now.ad_groups.live, self.now.keywords.live.values()
        return [
            entities.ad_group_criterion(word) | self._with_campaign(groups[word.ad_group])
            for word in known
            if word.account == self.account.id
        ]

    def _keyword_view(self) -> list[Row]:
        groups, known = self.now.ad_groups.live, self.now.keywords.live.values()
        return [
            entities.keyword_view(word) | entities.ad_group_criterion(word) | self._with_campaign(groups[word.ad_group])
            for word in known
            if word.account == self.account.id and not word.negative
        ]
