"""How an object changed over time, and what of it is known at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    """Anything with an id and two moments."""

    @property
    def id(self) -> str: ...
    @property
    def created(self) -> int: ...
    @property
    def updated(self) -> int: ...


T = TypeVar("T", bound=Dated)


@dataclass(slots=True)
class Timeline(Generic[T]):
    """All versions of one object, oldest first, each valid from its `updated`; `deleted` is the moment it went away."""

    versions: list[T]
    deleted: int | None = None

    def at(self, now: int) -> T | None:
        """Return the version known at `now` (deletion aside), null before its creation."""
        found = None
        for version in self.versions:
            if version.updated > now:
                break
            found = version
        return found


@dataclass(frozen=True, slots=True)
class Collection(Generic[T]):
    """One kind of object at a moment, by id: what lives, and what was deleted (moment, last version)."""

    live: dict[str, T] = field(default_factory=dict)
    deleted: dict[str, tuple[int, T]] = field(default_factory=dict)


def collect(timelines: list[Timeline[T]], now: int) -> Collection[T]:
    """Return what of these timelines is known at `now`."""
    live: dict[str, T] = {}
    deleted: dict[str, tuple[int, T]] = {}
    for timeline in timelines:
        version = timeline.at(now)
        if version is None:
            continue
        if timeline.deleted is not None and timeline.deleted <= now:
            deleted[version.id] = (timeline.deleted, version)
        else:
            live[version.id] = version
    return Collection(live, deleted)
