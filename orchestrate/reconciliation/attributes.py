"""The attributes of a customer for which somebody may choose a value."""

from __future__ import annotations

from datetime import date

from orchestrate.reconciliation.errors import DecisionRefusedError

ATTRIBUTES = (
    "full_name", "first_name", "last_name", "birth_date", "email", "phone_e164", "address_line1", "city", "region",
    "postcode", "country_code", "company", "consent_email", "consent_sms",
)  # fmt: skip
_LONGEST = 500


def read_value(attribute: str, value: str) -> str:
    """The value as the models take it; raises `DecisionRefusedError` for one that the attribute cannot have."""
    if attribute not in ATTRIBUTES:
        raise DecisionRefusedError(f"a customer has no attribute {attribute!r}; there are {', '.join(ATTRIBUTES)}")
    value = value.strip()
    if not value or len(value) > _LONGEST:
        raise DecisionRefusedError(f"{attribute}: a value has 1 to {_LONGEST} characters")
    if attribute == "birth_date":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise DecisionRefusedError("birth_date: give a day as 1980-12-31") from None
    if attribute.startswith("consent_") and value not in {"true", "false"}:
        raise DecisionRefusedError(f"{attribute}: true or false")
    return value
