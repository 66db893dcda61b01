"""What Zoho CRM does that the manifest grammar cannot say."""

from typing import Any


def one_name_for_ids(record: dict[str, Any]) -> dict[str, Any]:
    """Bulk Read's files may call a record's id `Id`, where everything else in the API calls it `id`.

    Unverified: the page shows no file. https://www.zoho.com/crm/developer/docs/api/v8/bulk-read/download-result.html
    """
    if "Id" in record:
        record["id"] = record.pop("Id")
    return record
