"""HubSpot's marketing: campaigns that share names with the advertising, and a newsletter every week."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

from sandbox.business.advertising import Campaign
from sandbox.business.chance import DAY, HOUR
from sandbox.business.crm import MarketingCampaign, MarketingEmail
from sandbox.business.relations import Relations
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline


def _campaign(rng: Random, source: Campaign) -> Timeline[MarketingCampaign]:
    first = MarketingCampaign(
        id=str(UUID(int=rng.getrandbits(128), version=4)),
        truth=source.truth,
        created=source.created,
        updated=source.created,
        name=source.name.replace(" | ", " - "),
        utm=source.utm,
        start=source.created,
        end=source.created + 60 * DAY if source.end_date else None,
        budget=source.budget_micros * 60 // 10_000,
        status="in_progress",
    )
    if first.end is None:
        return Timeline([first])
    return Timeline([first, replace(first, status="completed", updated=first.end)])


def _newsletter(rng: Random, number: int, at: int, campaign: MarketingCampaign | None) -> Timeline[MarketingEmail]:
    draft = MarketingEmail(
        id=str(130_000_000_000 + 911 * number),
        truth=f"email-{number:04d}",
        created=at,
        updated=at,
        name=f"Weekly {number}",
        subject=rng.choice(("New arrivals", "Our favourites", "Last chance", "For your kitchen")),
        campaign=campaign.id if campaign else None,
        published=None,
        state="DRAFT",
        sent=0,
        delivered=0,
        opened=0,
        clicked=0,
        bounced=0,
        unsubscribed=0,
    )
    sent, out = rng.randint(300, 900), at + 2 * HOUR
    bounced = sent // 60
    published = replace(
        draft, state="PUBLISHED", published=out, sent=sent, delivered=sent - bounced, bounced=bounced, updated=out
    )
    versions = [draft, published]
    for days, opened in ((1, 20), (3, 32), (7, 36)):
        counted = replace(
            published,
            opened=sent * opened // 100,
            clicked=sent * opened // 900,
            unsubscribed=sent * days // 1400,
            updated=out + days * DAY,
        )
        versions.append(counted)
    return Timeline(versions)


def make_marketing(rng: Random, made: Relations, campaigns: list[Timeline[Campaign]], span: Span) -> None:
    """Add a HubSpot campaign for half of the advertising campaigns, and weekly newsletters."""
    for source in sorted(campaigns, key=lambda t: t.versions[0].created):
        if rng.random() < 0.5:
            made.campaigns.append(_campaign(rng, source.versions[0]))
    for number, at in enumerate(range(span.start + 9 * HOUR, span.end, 7 * DAY), start=1):
        running = [c.versions[0] for c in made.campaigns if c.versions[0].created <= at]
        chosen = rng.choice(running) if running and rng.random() < 0.6 else None
        made.emails.append(_newsletter(rng, number, at, chosen))
