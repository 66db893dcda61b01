"""What HubSpot does that the manifest grammar cannot say: histories come as a map from a property to its values."""

from typing import Any

from taps.engine.hooks import HookError


def past_values(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Every value that a property ever had, a row each, newest first.

    The vendor names the property as the key of a map, below which its values lie:
    https://developers.hubspot.com/docs/api/crm/contacts
    """
    if not isinstance(answer.get("results"), list):
        msg = "the answer to a read of histories has no list of results"
        raise HookError(msg)
    return [
        {**value, "id": record["id"], "property": name}
        for record in answer["results"]
        for name, values in (record.get("propertiesWithHistory") or {}).items()
        for value in values
    ]
