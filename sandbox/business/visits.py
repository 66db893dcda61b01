"""Where buyers come from: paid clicks with their click ids, newsletters, social networks, or nowhere in particular."""

from __future__ import annotations

from random import Random

from sandbox.business.advertising import Campaign
from sandbox.business.chance import HOUR, token
from sandbox.business.model import Visit
from sandbox.business.timeline import Timeline

SHOP = "https://engarde.example"


def _running(campaigns: list[Timeline[Campaign]], at: int) -> list[Campaign]:
    known = [timeline.at(at) for timeline in campaigns]
    return [campaign for campaign in known if campaign is not None and campaign.status == "ENABLED"]


def make_visit(rng: Random, campaigns: list[Timeline[Campaign]], ordered: int, currency: str) -> Visit | None:
    """Return the visit that led to an order at `ordered`, null where the shop knows none."""
    at = ordered - rng.randint(5 * 60, 40 * HOUR)
    chance = rng.random()
    if chance < 0.34:
        running = _running(campaigns, at)
        home = [c for c in running if (c.account == "2000000002") == (currency in ("EUR", "GBP"))] or running
        return _paid(rng, rng.choice(home), at) if home else None
    if chance < 0.48:
        url = f"{SHOP}/?utm_source=newsletter&utm_medium=email&utm_campaign=weekly"
        return Visit(at, "newsletter", "email", "weekly", None, None, None, None, url, None)
    if chance < 0.58:
        url = f"{SHOP}/?utm_source=instagram&utm_medium=social"
        return Visit(at, "instagram", "social", None, None, None, None, None, url, "https://www.instagram.com/")
    if chance < 0.8:
        return Visit(at, "direct", None, None, None, None, None, None, f"{SHOP}/", None)
    return None


def _paid(rng: Random, campaign: Campaign, at: int) -> Visit:
    utm: str | None = campaign.utm
    spelling = rng.random()
    if spelling < 0.08:
        utm = campaign.utm.replace("_", " ").title()
    elif spelling < 0.18:
        utm = None
    gclid = f"Cj0KCQ{token(rng, 50)}" if rng.random() < 0.85 or utm is None else None
    term = rng.choice(("kettle", "chef knife", "backpack")) if campaign.channel == "SEARCH" else None
    query = "&".join(
        part
        for part in (
            f"utm_source=google&utm_medium=cpc&utm_campaign={utm.replace(' ', '%20')}" if utm else "",
            f"gclid={gclid}" if gclid else "",
        )
        if part
    )
    return Visit(
        at=at,
        source="google",
        medium="cpc" if utm else None,
        utm_campaign=utm,
        utm_term=term,
        utm_content=None,
        gclid=gclid,
        campaign=campaign.id,
        landing_page=f"{SHOP}/?{query}",
        referrer="https://www.google.com/",
    )
