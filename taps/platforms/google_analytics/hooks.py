"""What Google Analytics does that the manifest grammar cannot say."""

from typing import Any

OWNERS = {"accounts": "account_id", "accountSummaries": "account_id", "properties": "property_id"}


def with_ids(record: dict[str, Any]) -> dict[str, Any]:
    """Adds the ids that stand inside the resource names.

    The Admin API names objects by paths (`properties/200000001`), while addresses and reports want the id alone.
    https://developers.google.com/analytics/devguides/config/admin/v1/rest/v1beta/properties#Property
    """
    ids = {}
    for name in (record.get("name"), record.get("account")):
        collection, _, id_ = str(name or "").partition("/")
        if collection in OWNERS and id_ and "/" not in id_:
            ids[OWNERS[collection]] = id_
    return {**record, **ids}
