"""Everything the retailer has in HubSpot beside contacts and products."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.business.crm import (
    Company,
    Deal,
    Engagement,
    LineItem,
    MarketingCampaign,
    MarketingEmail,
    Owner,
    Pipeline,
    Ticket,
)
from sandbox.business.timeline import Timeline


@dataclass(slots=True)
class Relations:
    """HubSpot's objects, each with its history."""

    owners: list[Timeline[Owner]] = field(default_factory=list)
    pipelines: list[Timeline[Pipeline]] = field(default_factory=list)
    companies: list[Timeline[Company]] = field(default_factory=list)
    deals: list[Timeline[Deal]] = field(default_factory=list)
    line_items: list[Timeline[LineItem]] = field(default_factory=list)
    tickets: list[Timeline[Ticket]] = field(default_factory=list)
    engagements: list[Timeline[Engagement]] = field(default_factory=list)
    campaigns: list[Timeline[MarketingCampaign]] = field(default_factory=list)
    emails: list[Timeline[MarketingEmail]] = field(default_factory=list)
