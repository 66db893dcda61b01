"""The CRM at one moment: records by type, and their associations."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sandbox.business.snapshot import Snapshot
from sandbox.hubspot.associations import Associations
from sandbox.hubspot.object_types import OBJECT_TYPES, ObjectType
from sandbox.hubspot.records import Record, moment, records

PORTAL = 90210
Node = dict[str, Any]


class Crm:
    """Records and associations of one snapshot, each built when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._records: dict[str, list[Record]] = {}
        self._by_id: dict[str, dict[str, Record]] = {}

    def records(self, kind: ObjectType) -> list[Record]:
        """Return all records of a type, living and archived, by ascending id."""
        if kind.name not in self._records:
            self._records[kind.name] = records(kind, self.snapshot)
        return self._records[kind.name]

    def by_id(self, kind: ObjectType) -> dict[str, Record]:
        """Return the records of a type by id."""
        if kind.name not in self._by_id:
            self._by_id[kind.name] = {record.id: record for record in self.records(kind)}
        return self._by_id[kind.name]

    @cached_property
    def associations(self) -> Associations:
        """All associations between living records."""
        return Associations(self.snapshot)

    def property_names(self, kind: ObjectType) -> set[str]:
        """Return the names of the properties that records of a type have."""
        names = {name for record in self.records(kind)[:1] for name in record.values}
        return names | set(kind.defaults) | set(kind.always)

    def shown(self, kind: ObjectType, record: Record, properties: list[str], associations: list[str] | None) -> Node:
        """Return a record as the API shows it: the properties asked for (or the type's usual ones)."""
        wanted = [*(properties or kind.defaults), *kind.always]
        node: Node = {
            "id": record.id,
            "properties": {name: record.values[name] for name in sorted(set(wanted)) if name in record.values},
            "createdAt": moment(record.created),
            "updatedAt": moment(record.updated),
            "archived": record.archived is not None,
            "url": f"https://app.hubspot.com/contacts/{PORTAL}/record/{kind.type_id}/{record.id}",
        }
        if record.archived is not None:
            node["archivedAt"] = moment(record.archived)
        if associations:
            found = self._associated(kind, record, associations)
            if found:
                node["associations"] = found
        return node

    def _associated(self, kind: ObjectType, record: Record, targets: list[str]) -> Node:
        types = {alias: found for found in OBJECT_TYPES for alias in (found.name, found.singular, found.type_id)}
        found: Node = {}
        for target in targets:
            other = types.get(target)
            if other is None:
                continue
            results = [
                {"id": end.id, "type": _type_name(kind, other, label)}
                for end in self.associations.of(kind.name, record.id, other.name)
                for _, label in end.types
            ]
            if results:
                found[other.name] = {"results": results}
        return found


def _type_name(kind: ObjectType, other: ObjectType, label: str | None) -> str:
    # The primary company has the plain name, the unlabeled association beside it says so.
    unlabeled = label is None and other.name == "companies"
    return f"{kind.singular}_to_{other.singular}" + ("_unlabeled" if unlabeled else "")
