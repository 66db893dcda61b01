"""What exists in the pretend retailer's HubSpot beside contacts and products. Ids are digits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """A HubSpot user who owns records."""

    id: str
    truth: str
    created: int
    updated: int
    user_id: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Company:
    """A company people work for or buy for."""

    id: str
    truth: str  # company-0001
    created: int
    updated: int
    name: str
    domain: str | None
    industry: str
    city: str
    country: str
    phone: str | None
    employees: int
    owner: str | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a pipeline; `probability` in whole percents for deals."""

    id: str
    label: str
    order: int
    closed: bool
    probability: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline of deals or tickets."""

    id: str
    truth: str
    object_type: str  # deals | tickets
    created: int
    updated: int
    label: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal: of an order (carries its number), or of a larger sale that never reached the shop."""

    id: str
    truth: str  # order-000001 or deal-000001
    created: int
    updated: int
    name: str
    amount: int  # minor units of `currency`
    currency: str
    pipeline: str
    stage: str
    order_number: str | None
    close_date: int | None
    contact: str | None
    company: str | None
    owner: str | None
    line_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineItem:
    """A HubSpot line item of a deal; `price` in minor units of the deal's currency."""

    id: str
    truth: str  # the product's truth
    created: int
    updated: int
    deal: str
    product: str | None  # ForeignProduct.id of HubSpot
    name: str
    sku: str | None
    quantity: int
    price: int
    discount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A support ticket."""

    id: str
    truth: str
    created: int
    updated: int
    subject: str
    content: str
    pipeline: str
    stage: str
    priority: str  # LOW | MEDIUM | HIGH
    category: str | None
    contact: str | None
    company: str | None
    owner: str | None
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """A call, e-mail, meeting, note or task on a contact."""

    id: str
    truth: str
    kind: str  # calls | emails | meetings | notes | tasks
    created: int
    updated: int
    at: int
    title: str
    body: str
    status: str  # calls COMPLETED, emails SENT, meetings COMPLETED/SCHEDULED, tasks NOT_STARTED/COMPLETED
    direction: str | None
    duration_ms: int | None
    contact: str | None
    company: str | None
    deal: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class MarketingCampaign:
    """A marketing campaign; `utm` ties it to visits and Google Ads campaigns."""

    id: str  # a GUID
    truth: str  # campaign-...
    created: int
    updated: int
    name: str
    utm: str
    start: int
    end: int | None
    budget: int  # cents of USD
    status: str  # planned | in_progress | completed


@dataclass(frozen=True, slots=True)
class MarketingEmail:
    """A marketing e-mail with its counters."""

    id: str
    truth: str
    created: int
    updated: int
    name: str
    subject: str
    campaign: str | None  # MarketingCampaign.id
    published: int | None
    state: str  # DRAFT | PUBLISHED
    sent: int
    delivered: int
    opened: int
    clicked: int
    bounced: int
    unsubscribed: int
