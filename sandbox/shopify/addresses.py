"""Postal addresses as MailingAddress, and the names of countries."""

from __future__ import annotations

from sandbox.business.model import Address
from sandbox.shopify.nodes import Args, Ask, Node, made_up_id

COUNTRIES = {
    "US": "United States", "CA": "Canada", "GB": "United Kingdom", "IE": "Ireland", "DE": "Germany", "AT": "Austria",
    "CH": "Switzerland", "FR": "France", "IT": "Italy", "ES": "Spain", "PT": "Portugal", "NL": "Netherlands",
    "BE": "Belgium", "PL": "Poland", "SE": "Sweden", "DK": "Denmark", "NO": "Norway", "JP": "Japan", "KW": "Kuwait",
    "AU": "Australia", "NZ": "New Zealand", "MX": "Mexico", "BR": "Brazil", "IN": "India",
}  # fmt: skip


def mailing_address(address: Address | None, owner: str, first: str | None, last: str | None) -> Node | None:
    """Return an address as MailingAddress with the name on it; null for null. `owner` makes its id."""
    if address is None:
        return None
    name = " ".join(part for part in (first, last) if part) or None
    country = COUNTRIES.get(address.country, address.country)
    lines = [address.line1, address.line2, f"{address.city} {address.region or ''} {address.postcode}".strip(), country]
    written = [line for line in lines if line]

    def formatted(args: Args, _ask: Ask) -> list[str]:
        return [name, *written] if args.get("withName") and name else written

    return {
        "__typename": "MailingAddress",
        "id": made_up_id("MailingAddress", owner, address.line1, address.postcode) + "?model_name=Address",
        "address1": address.line1,
        "address2": address.line2,
        "city": address.city,
        "company": None,
        "coordinatesValidated": False,
        "country": country,
        "countryCodeV2": address.country,
        "firstName": first,
        "formatted": formatted,
        "formattedArea": ", ".join(part for part in (address.city, address.region, country) if part),
        "lastName": last,
        "latitude": None,
        "longitude": None,
        "name": name,
        "phone": address.phone,
        "province": address.region,
        "provinceCode": address.region,
        "timeZone": None,
        "validationResultSummary": "NO_ISSUES",
        "zip": address.postcode,
    }
