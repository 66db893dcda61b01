"""Which CRM records belong together, and by what type of association.

Source: https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide (association type ids).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.business.snapshot import Snapshot

# (from, to): (type id there, type id back)
TYPE_IDS = {
    ("contacts", "companies"): (279, 280),
    ("deals", "contacts"): (3, 4),
    ("deals", "companies"): (341, 342),
    ("tickets", "contacts"): (16, 15),
    ("tickets", "companies"): (339, 340),
    ("line_items", "deals"): (20, 19),
    ("calls", "contacts"): (194, 193),
    ("calls", "companies"): (182, 181),
    ("calls", "deals"): (206, 205),
    ("emails", "contacts"): (198, 197),
    ("emails", "companies"): (186, 185),
    ("emails", "deals"): (210, 209),
    ("meetings", "contacts"): (200, 199),
    ("meetings", "companies"): (188, 187),
    ("meetings", "deals"): (212, 211),
    ("notes", "contacts"): (202, 201),
    ("notes", "companies"): (190, 189),
    ("notes", "deals"): (214, 213),
    ("tasks", "contacts"): (204, 203),
    ("tasks", "companies"): (192, 191),
    ("tasks", "deals"): (216, 215),
}
PRIMARY = {("contacts", "companies"): (1, 2), ("deals", "companies"): (5, 6), ("tickets", "companies"): (26, 25)}


@dataclass(frozen=True, slots=True)
class Associated:
    """The other end of an association; `types` are (type id, label)."""

    id: str
    types: tuple[tuple[int, str | None], ...]


class Associations:
    """All associations between living records, looked up from either end."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._found: dict[tuple[str, str, str], list[Associated]] = defaultdict(list)
        for source, source_id, target, target_id in _pairs(snapshot):
            there, back = TYPE_IDS[source, target]
            first, second = PRIMARY.get((source, target), (0, 0))
            self._add(source, source_id, target, target_id, there, first)
            self._add(target, target_id, source, source_id, back, second)

    def _add(self, source: str, source_id: str, target: str, target_id: str, type_id: int, primary: int) -> None:
        types: tuple[tuple[int, str | None], ...] = ((type_id, None),)
        if primary:
            types = ((primary, "Primary"), *types)
        self._found[source, source_id, target].append(Associated(target_id, types))

    def of(self, source: str, source_id: str, target: str) -> list[Associated]:
        """Return what of type `target` is associated with the record, by ascending id."""
        return sorted(self._found.get((source, source_id, target), ()), key=lambda found: int(found.id))


def _pairs(snapshot: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    living: dict[str, Mapping[str, object]] = {
        "contacts": snapshot.contacts.live,
        "companies": snapshot.companies.live,
        "deals": snapshot.deals.live,
    }

    def known(source: str, source_id: str, **others: str | None) -> Iterator[tuple[str, str, str, str]]:
        for target, target_id in others.items():
            if target_id is not None and target_id in living[target]:
                yield source, source_id, target, target_id

    for contact in snapshot.contacts.live.values():
        yield from known("contacts", contact.id, companies=contact.company)
    for deal in snapshot.deals.live.values():
        yield from known("deals", deal.id, contacts=deal.contact, companies=deal.company)
    for ticket in snapshot.tickets.live.values():
        yield from known("tickets", ticket.id, contacts=ticket.contact, companies=ticket.company)
    for item in snapshot.line_items.live.values():
        yield from known("line_items", item.id, deals=item.deal)
    for done in snapshot.engagements.live.values():
        yield from known(done.kind, done.id, contacts=done.contact, companies=done.company, deals=done.deal)
