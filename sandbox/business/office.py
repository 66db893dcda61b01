"""The retailer's office: who owns what in HubSpot, which companies, tickets and engagements there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from random import Random

from sandbox.business.accounts import Accounts
from sandbox.business.advertising import Campaign
from sandbox.business.chance import DAY, HOUR, pick, stream
from sandbox.business.crm import (
    Company,
    Engagement,
    Owner,
    Pipeline,
    Stage,
    Ticket,
)
from sandbox.business.dealing import make_deals
from sandbox.business.marketing import make_marketing
from sandbox.business.model import Account, ForeignProduct, Order, Person
from sandbox.business.orders import Orders
from sandbox.business.relations import Relations
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

STEMS = ("Harbor", "Summit", "Blue Pine", "Granite", "Vector", "Luma", "Orchard", "Keystone", "Meridian", "Tidal")
KINDS = (("Hotels", "HOSPITALITY"), ("Consulting", "MANAGEMENT_CONSULTING"), ("Foods", "FOOD_PRODUCTION"))
DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", 20),
    ("qualifiedtobuy", "Qualified To Buy", 40),
    ("presentationscheduled", "Presentation Scheduled", 60),
    ("contractsent", "Contract Sent", 90),
    ("closedwon", "Closed Won", 100),
    ("closedlost", "Closed Lost", 0),
)
TICKET_STAGES = (("1", "New"), ("2", "Waiting on contact"), ("3", "Waiting on us"), ("4", "Closed"))
SUBJECTS = ("Where is my order?", "Wrong item delivered", "Refund not received", "Question about a product")
CATEGORIES = ("PRODUCT_ISSUE", "BILLING_ISSUE", "FEATURE_REQUEST", "GENERAL_INQUIRY")
TITLES = {
    "calls": ("Follow-up call", "Intro call"),
    "emails": ("Re: your question", "Your offer"),
    "meetings": ("Showroom visit", "Contract talk"),
    "notes": ("Note", "Preference noted"),
    "tasks": ("Send samples", "Call back"),
}


def _numbers(start: int, step: int) -> Iterator[str]:
    return (str(start + step * n) for n in count(1))


def _owners(span: Span) -> list[Timeline[Owner]]:
    names = (("Ada", "Quist"), ("Ben", "Osei"), ("Chiara", "Neri"), ("Dana", "Fox"), ("Emil", "Holm"))
    born = span.start - 300 * DAY
    return [
        Timeline(
            [
                Owner(
                    str(60_000_000 + 977 * n),
                    f"owner-{n}",
                    born,
                    born,
                    str(9_000_000 + n),
                    first,
                    last,
                    f"{first}.{last}@engarde.example".lower(),
                )
            ]
        )
        for n, (first, last) in enumerate(names, start=1)
    ]


def _pipelines(span: Span) -> list[Timeline[Pipeline]]:
    born = span.start - 300 * DAY
    sales = tuple(
        Stage(made, label, order, made.startswith("closed"), probability)
        for order, (made, label, probability) in enumerate(DEAL_STAGES)
    )
    support = tuple(
        Stage(made, label, order, label == "Closed", 0) for order, (made, label) in enumerate(TICKET_STAGES)
    )
    return [
        Timeline([Pipeline("default", "pipeline-deals", "deals", born, born, "Sales Pipeline", sales)]),
        Timeline([Pipeline("0", "pipeline-tickets", "tickets", born, born, "Support Pipeline", support)]),
    ]


class _Office:
    def __init__(self, rng: Random, accounts: Accounts, span: Span) -> None:
        self.rng = rng
        self.span = span
        self.contacts = accounts.by_platform["hubspot"]
        self.made = Relations(owners=_owners(span), pipelines=_pipelines(span))

    def owner(self) -> str | None:
        return self.rng.choice(self.made.owners).versions[0].id if self.rng.random() < 0.7 else None

    def companies(self, amount: int) -> None:
        rng = self.rng
        born = sorted(rng.randint(self.span.start, self.span.epoch + 30 * DAY) for _ in range(amount))
        for number, at in enumerate(born, start=1):
            kind, industry = rng.choice(KINDS)
            name = f"{rng.choice(STEMS)} {kind} {number}"
            domain = f"{name.lower().replace(' ', '')}.example"
            first = Company(
                id=str(8_000_000_000 + 1_021 * number),
                truth=f"company-{number:04d}",
                created=at,
                updated=at,
                name=name,
                domain=domain if rng.random() < 0.9 else None,
                industry=industry,
                city=rng.choice(("Chicago", "London", "Berlin", "Austin")),
                country=rng.choice(("United States", "United Kingdom", "Germany")),
                phone=None,
                employees=rng.choice((5, 12, 40, 150, 900)),
                owner=self.owner(),
            )
            versions = [first]
            if rng.random() < 0.5:
                versions.append(replace(first, employees=first.employees + 7, updated=rng.randint(at, self.span.end)))
            self.made.companies.append(Timeline(versions))

    def employ(self, people: dict[str, Person]) -> None:
        """Give contacts of employed people their company, owner and, sometimes, the company's name."""
        for timeline in self.contacts:
            person, owner = people[timeline.versions[0].truth], self.owner()
            company = None
            if person.company is not None and self.made.companies:
                company = self.made.companies[person.company % len(self.made.companies)].versions[0]
                if company.created > timeline.versions[0].created:
                    company = None
            written = company.name if company and self.rng.random() < 0.6 else None
            timeline.versions = [
                replace(v, owner=owner, company=company.id if company else None, company_name=written)
                for v in timeline.versions
            ]

    def remember_clicks(self, orders: list[Timeline[Order]]) -> None:
        """Let contacts keep the click behind the first order of their person, from that order on."""
        first = {
            o.person: o for o in (t.versions[0] for t in reversed(orders)) if o.visit and o.visit.source == "google"
        }
        for timeline in self.contacts:
            order = first.get(timeline.versions[0].truth)
            if order is None or order.visit is None or self.rng.random() < 0.3:
                continue
            at, visit = max(order.created + 60, timeline.versions[0].created), order.visit
            before = [version for version in timeline.versions if version.updated < at]
            later = [version for version in timeline.versions if version.updated >= at]
            if before:
                later.insert(0, replace(before[-1], updated=at))
            timeline.versions = before + [
                replace(v, gclid=visit.gclid, utm_source=visit.source, utm_campaign=visit.utm_campaign) for v in later
            ]

    def contact(self, at: int) -> Account | None:
        for _ in range(5):
            known = self.rng.choice(self.contacts).at(at) if self.contacts else None
            if known is not None:
                return known
        return None

    def tickets(self, amount: int) -> None:
        rng, ids = self.rng, _numbers(1_800_000_000, 337)
        for number, at in enumerate(sorted(self.moment() for _ in range(amount)), start=1):
            contact = self.contact(at)
            first = Ticket(
                id=next(ids),
                truth=f"ticket-{number:05d}",
                created=at,
                updated=at,
                subject=rng.choice(SUBJECTS),
                content="Please help.",
                pipeline="0",
                stage="1",
                priority=rng.choice(("LOW", "MEDIUM", "HIGH")),
                category=rng.choice((*CATEGORIES, None)),
                contact=contact.id if contact else None,
                company=contact.company if contact else None,
                owner=self.owner(),
            )
            waiting = replace(first, stage="3", updated=at + rng.randint(HOUR, DAY))
            closed = waiting.updated + rng.randint(HOUR, 6 * DAY)
            versions = [first, waiting, replace(waiting, stage="4", closed=closed, updated=closed)]
            self.made.tickets.append(Timeline(versions))

    def moment(self) -> int:
        return self.rng.randint(self.span.start, self.span.end)

    def engagements(self, amount: int) -> None:
        rng = self.rng
        ids = {kind: _numbers(20_000_000_000 * n, 613) for n, kind in enumerate(TITLES, start=1)}
        for number, at in enumerate(sorted(self.moment() for _ in range(amount)), start=1):
            kind = pick(rng, {"calls": 20, "emails": 35, "meetings": 10, "notes": 20, "tasks": 15})
            self.made.engagements.append(self._engagement(kind, next(ids[kind]), number, at))

    def _engagement(self, kind: str, made: str, number: int, at: int) -> Timeline[Engagement]:
        rng, contact = self.rng, self.contact(at)
        start = {"calls": "COMPLETED", "emails": "SENT", "meetings": "SCHEDULED", "tasks": "NOT_STARTED"}.get(kind, "")
        first = Engagement(
            id=made,
            truth=f"engagement-{number:06d}",
            kind=kind,
            created=at,
            updated=at,
            at=at + (2 * DAY if kind in ("meetings", "tasks") else 0),
            title=rng.choice(TITLES[kind]),
            body="<p>Discussed the order and next steps.</p>",
            status=start,
            direction=rng.choice(("INBOUND", "OUTBOUND")) if kind == "calls" else "EMAIL" if kind == "emails" else None,
            duration_ms=rng.randint(30, 1800) * 1000 if kind == "calls" else None,
            contact=contact.id if contact else None,
            company=contact.company if contact else None,
            deal=rng.choice(self.made.deals).versions[0].id if self.made.deals and rng.random() < 0.1 else None,
            owner=self.owner(),
        )
        if kind not in ("meetings", "tasks"):
            return Timeline([first])
        return Timeline([first, replace(first, status="COMPLETED", updated=at + rng.randint(DAY, 5 * DAY))])


def make_relations(
    seed: int,
    people: list[Person],
    accounts: Accounts,
    orders: Orders,
    products: list[Timeline[ForeignProduct]],
    campaigns: list[Timeline[Campaign]],
    span: Span,
) -> Relations:
    """Return the CRM: about one company for 25 people, deals for a part of the orders, tickets and engagements."""
    rng = stream(seed, "relations")
    office = _Office(rng, accounts, span)
    office.companies(max(3, len(people) // 25))
    office.employ({person.id: person for person in people})
    office.remember_clicks(orders.orders)
    make_deals(rng, office.made, accounts, orders.orders, products, span)
    office.tickets(len(people) // 8)
    office.engagements(len(people))
    make_marketing(rng, office.made, campaigns, span)
    return office.made
