"""The menu: a line per page, for whoever has its scope. A new subject adds its line here."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrate.api.access import Identity


@dataclass(frozen=True)
class Entry:
    """A line of the menu: its title, its path, and the scope without which it is not shown (None: for everybody)."""

    title: str
    path: str
    scope: str | None


MENU: dict[str, tuple[Entry, ...]] = {
    "Sources": (
        Entry("Connections", "/connections", "connections:read"),
        Entry("Runs", "/runs", "syncs:read"),
        Entry("Platforms", "/platforms", None),
        Entry("Webhooks", "/webhooks", "webhooks:read"),
    ),
    "Data": (
        Entry("Tables", "/data", "data:read"),
        Entry("Imports", "/imports", "reconciliation:read"),
        Entry("Customers", "/customers", "reconciliation:read"),
        Entry("Review", "/review", "reconciliation:read"),
        Entry("Decisions", "/decisions", "reconciliation:read"),
        Entry("Findings", "/findings", "reconciliation:read"),
        Entry("Quality", "/quality", "data:read"),
    ),
    "Workspace": (
        Entry("Monitoring", "/monitoring", "syncs:read"),
        Entry("Alerts", "/alerts", "webhooks:read"),
        Entry("People", "/people", "people:read"),
        Entry("API keys", "/keys", "keys:read"),
        Entry("Audit log", "/audit", "audit:read"),
    ),
}  # fmt: skip
"""Group -> its lines."""


def menu(identity: Identity | None) -> dict[str, list[Entry]]:
    """What this person's menu has."""
    allowed = {
        group: [each for each in lines if each.scope is None or (identity is not None and identity.may(each.scope))]
        for group, lines in MENU.items()
    }
    return {group: lines for group, lines in allowed.items() if lines}
