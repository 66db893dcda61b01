"""What Amazon Ads does that the manifest grammar cannot say.

A report asked for while the same one is being made, as after a run that was stopped, is refused with the status 425.
The running report's id stands only in the sentence: "The
Request is a duplicate of : 4ee811a0-0000-4000-8000-000000000001".
https://advertising.amazon.com/API/docs/en-us/guides/reporting/v3/get-started
"""

import re
from typing import Any

_ID = re.compile(r"duplicate of\s*:?\s*([0-9A-Za-z][\w-]+)")


def running_report_id(answer: Any) -> str | None:
    """The id of the report that is being made already."""
    found = _ID.search(str(answer.json().get("detail") or ""))
    return found[1] if found else None
