"""What Marketo does that the manifest grammar cannot say."""

import json
from typing import Any


def attributes_read(record: dict[str, Any]) -> dict[str, Any]:
    """The file of exported activities holds their attributes as JSON inside a CSV cell.

    https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/bulk-extract/bulk-activity-extract
    """
    if isinstance(written := record.get("attributes"), str):
        record["attributes"] = json.loads(written)
    return record
