"""Everything that is known of the business at one moment: what the vendors' servers answer from."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.business.advertising import Ad, AdGroup, AdsAccount, Campaign, DayOfCampaign, Keyword
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
from sandbox.business.model import (
    Account,
    Checkout,
    DiscountCode,
    ForeignProduct,
    InventoryLevel,
    Location,
    Order,
    Price,
    Product,
)
from sandbox.business.payments import (
    BalanceTransaction,
    Charge,
    Dispute,
    Invoice,
    PaymentIntent,
    Payout,
    StripeRefund,
    Subscription,
)
from sandbox.business.timeline import Collection


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state at `now`; each collection has `.live` {id: object} and `.deleted` {id: (moment, last version)}."""

    now: int
    # Shopify
    shopify_customers: Collection[Account]
    products: Collection[Product]
    locations: Collection[Location]
    inventory_levels: Collection[InventoryLevel]
    discount_codes: Collection[DiscountCode]
    orders: Collection[Order]
    checkouts: Collection[Checkout]
    # HubSpot
    contacts: Collection[Account]
    companies: Collection[Company]
    hubspot_products: Collection[ForeignProduct]
    deals: Collection[Deal]
    line_items: Collection[LineItem]
    tickets: Collection[Ticket]
    engagements: Collection[Engagement]
    owners: Collection[Owner]
    pipelines: Collection[Pipeline]
    marketing_campaigns: Collection[MarketingCampaign]
    marketing_emails: Collection[MarketingEmail]
    # Stripe
    stripe_customers: Collection[Account]
    stripe_products: Collection[ForeignProduct]
    prices: Collection[Price]
    payment_intents: Collection[PaymentIntent]
    charges: Collection[Charge]
    stripe_refunds: Collection[StripeRefund]
    disputes: Collection[Dispute]
    balance_transactions: Collection[BalanceTransaction]
    payouts: Collection[Payout]
    invoices: Collection[Invoice]
    subscriptions: Collection[Subscription]
    # Google Ads
    ads_accounts: tuple[AdsAccount, ...]
    campaigns: Collection[Campaign]
    ad_groups: Collection[AdGroup]
    ads: Collection[Ad]
    keywords: Collection[Keyword]
    campaign_days: tuple[DayOfCampaign, ...]
