"""Where a reading starts: a bookmark, the setting start_date, or the manifest's own beginning."""

from datetime import datetime
from typing import Any

from taps.engine.cursor import Cursor
from taps.engine.errors import BadAnswer
from taps.engine.run import Run
from taps.engine.windows import parse


def moment(run: Run, text: Any, what: str) -> datetime:
    """A moment from a state or a setting, or a clear error."""
    try:
        return parse(text)
    except ValueError:
        said = f"{what} is {str(text)[:40]!r}, which is no date; correct it, or remove it to read from the start"
        raise BadAnswer(said, platform=run.connection.platform) from None


def beginning(run: Run, cursor: Cursor) -> datetime | None:
    """Where a first run begins: the start_date that the user set, else the manifest's."""
    text = run.connection.config.get("start_date") if cursor.start else None
    if cursor.start and not cursor.start.startswith("{"):
        text = text or cursor.start
    return moment(run, text, "setting start_date") if text else None
