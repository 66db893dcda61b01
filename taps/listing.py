"""The table of all platforms: what each offers, and how well it is known to be right."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from taps.contracts.kept import known
from taps.kinds import platforms
from taps.registry import Capabilities, get_adapter_registry

COLUMNS = ("platform", "category", "streams", "evidence", "logins", "incremental", "deletes", "unified entities")
_LONG = {"logins", "unified entities"}
_UNKNOWN_DELETES = {"not_reported"}


def rows(names: Sequence[str] | None = None) -> list[tuple[str, ...]]:
    """One row for each platform, in the order of `COLUMNS`; raises `UnknownPlatformError` for a name that is none."""
    registry = get_adapter_registry()
    return [_row(registry.get_platform_capabilities(name)) for name in names or platforms()]


def _row(platform: Capabilities) -> tuple[str, ...]:
    evidence = known(platform.platform)
    streams = platform.streams
    incremental = sum(each.incremental for each in streams)
    deletes = sum(each.deletes not in _UNKNOWN_DELETES for each in streams)
    return (
        platform.platform,
        platform.category,
        str(len(streams)) if streams else "tables",
        evidence.grade if evidence is not None else "-",
        ", ".join(login.partition(" ")[0] for login in platform.logins),
        f"{incremental} of {len(streams)}" if streams else "-",
        f"{deletes} of {len(streams)}" if streams else "-",
        ", ".join(platform.entities) or "-",
    )


def show(found: list[tuple[str, ...]]) -> None:
    """A table on a terminal; columns parted by tabs where the output goes into a file or another program."""
    if not sys.stdout.isatty():
        for row in (COLUMNS, *found):
            sys.stdout.write("\t".join(row) + "\n")
        return
    table = Table(title=f"{len(found)} platforms", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, no_wrap=column not in _LONG, overflow="fold")
    for row in found:
        table.add_row(*row)
    Console().print(table)
