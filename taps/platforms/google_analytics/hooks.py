"""What Google Analytics does that the manifest grammar cannot say.

The Admin API names objects by paths (`properties/200000001`), while addresses and reports want the id alone.
https://developers.google.com/analytics/devguides/config/admin/v1/rest/v1beta/properties#Property
"""

from typing import Any


def with_account_id(record: dict[str, Any]) -> dict[str, Any]:
    """Adds the account's id, which the vendor tells only as the end of a path."""
    return {**record, "account_id": _last(record.get("account") or record.get("name"))}


def with_property_id(record: dict[str, Any]) -> dict[str, Any]:
    """Adds the property's and its account's ids, which the vendor tells only as the ends of paths."""
    return {**with_account_id(record), "property_id": _last(record.get("name"))}


def _last(path: Any) -> str | None:
    return str(path).rpartition("/")[2] if path else None
