"""What LinkedIn names only inside its URNs, and requests want apart."""

from typing import Any


def with_organization_id(record: dict[str, Any]) -> dict[str, Any]:
    """Tells the page's number, which its address wants, from its URN.

    https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/urns
    """
    return {**record, "organization_id": record["organization"].rpartition(":")[2]}


def with_urn_parts(record: dict[str, Any]) -> dict[str, Any]:
    """Tells kind (`share`, `ugcPost`) and number of a post, and the kind of what is attached to it.

    Figures of shares and of UGC posts are asked for under different names, and videos have figures of their own.
    https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api
    """
    kind, _, number = record["id"].removeprefix("urn:li:").partition(":")
    media = (record.get("content") or {}).get("media") or {}
    attached = media.get("id", "").removeprefix("urn:li:").partition(":")[0]
    return {**record, "urn_kind": kind, "urn_number": number, "media_kind": attached or None}
