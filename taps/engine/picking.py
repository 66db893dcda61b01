"""`type: pick`: what there is to choose from, read from the account before anything is loaded."""

from dataclasses import dataclass
from pathlib import Path

from taps.engine.build import build
from taps.engine.collecting import collect
from taps.engine.connection import Connection
from taps.engine.errors import BadSetting
from taps.engine.options import PickOption
from taps.engine.settings import options


@dataclass(frozen=True)
class Choice:
    """One value of the setting, and what a form shows for it."""

    value: str
    label: str


def choices(connection: Connection, folder: Path, option: str) -> list[Choice]:
    """The values a `pick` option can take, in the vendor's order; raises `TapError` where they cannot be read."""
    pick = options(connection.manifest).get(option)
    if not isinstance(pick, PickOption):
        msg = f"setting {option!r} is not chosen among what the account holds"
        raise BadSetting(msg, platform=connection.platform)
    rows = collect(connection, build(connection.manifest, folder, connection, "default", {}), pick.stream)
    found = {str(row[pick.value]): str(row.get(pick.label or pick.value) or row[pick.value]) for row in rows}
    return [Choice(value, label) for value, label in found.items()]
