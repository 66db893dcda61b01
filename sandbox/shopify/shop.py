"""The shop itself. Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Shop"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.business.money import DIGITS, SHOP_CURRENCY
from sandbox.shopify.addresses import COUNTRIES
from sandbox.shopify.extras import NO_METAFIELDS
from sandbox.shopify.nodes import Node, moment
from sandbox.shopify.search import SHOP_ZONE

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView

SHOP_NAME = "engarde"


# What the owner has set once.
_SETTINGS: Node = {
    "checkoutApiSupported": True,
    "contactEmail": "hello@engarde.example",
    "customerAccounts": "OPTIONAL",
    "description": None,
    "email": "owner@engarde.example",
    "marketingSmsConsentEnabledAtCheckout": False,
    "metafields": NO_METAFIELDS,
    "name": "EnGarde Outfitters",
    "orderNumberFormatPrefix": "#",
    "orderNumberFormatSuffix": "",
    "plan": {"partnerDevelopment": False, "publicDisplayName": "Grow", "shopifyPlus": False},
    "setupRequired": False,
    "shopOwnerName": "Pat Garde",
    "taxShipping": False,
    "taxesIncluded": False,
    "transactionalSmsDisabled": True,
    "unitSystem": "IMPERIAL_SYSTEM",
    "weightUnit": "GRAMS",
}


def shop(view: ShopView) -> Node:
    """Return the Shop."""
    local = datetime.fromtimestamp(view.snapshot.now, SHOP_ZONE)
    offset = local.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    first = next(iter(view.locations.held.values()), None)
    domain = f"{SHOP_NAME}.myshopify.com"
    template = "${{amount}}"
    return {
        **_SETTINGS,
        "__typename": "Shop",
        "id": "gid://shopify/Shop/90210001",
        "createdAt": moment(first.created if first else view.snapshot.now),
        "currencyCode": SHOP_CURRENCY,
        "currencyFormats": {
            "moneyFormat": template,
            "moneyInEmailsFormat": template,
            "moneyWithCurrencyFormat": f"{template} {SHOP_CURRENCY}",
            "moneyWithCurrencyInEmailsFormat": f"{template} {SHOP_CURRENCY}",
        },
        "enabledPresentmentCurrencies": list(DIGITS),
        "ianaTimezone": SHOP_ZONE.key,
        "myshopifyDomain": domain,
        "primaryDomain": {
            "id": "gid://shopify/Domain/90210001",
            "host": domain,
            "sslEnabled": True,
            "url": f"https://{domain}",
        },
        "shipsToCountries": list(COUNTRIES),
        "shopAddress": _address(view),
        "timezoneAbbreviation": local.strftime("%Z"),
        "timezoneOffset": local.strftime("%z"),
        "timezoneOffsetMinutes": minutes,
        "updatedAt": moment(first.updated if first else view.snapshot.now),
        "url": f"https://{domain}",
    }


def _address(view: ShopView) -> Node:
    first = next(iter(view.locations.held.values()), None)
    address = first.address if first else None
    country = COUNTRIES.get(address.country, address.country) if address else None
    return {
        "id": "gid://shopify/ShopAddress/90210001",
        "address1": address.line1 if address else None,
        "address2": address.line2 if address else None,
        "city": address.city if address else None,
        "company": "EnGarde Outfitters",
        "coordinatesValidated": False,
        "country": country,
        "countryCodeV2": address.country if address else None,
        "formatted": [line for line in (address.line1, address.city, country) if line] if address else [],
        "formattedArea": f"{address.city}, {country}" if address else None,
        "latitude": None,
        "longitude": None,
        "phone": address.phone if address else None,
        "province": address.region if address else None,
        "provinceCode": address.region if address else None,
        "zip": address.postcode if address else None,
    }
