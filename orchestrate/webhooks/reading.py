"""What a delivery tells of, by its platform's manifest; asked only once it is proved to be the vendor's."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any

from orchestrate.webhooks.delivery import Delivery
from taps.engine.load import load
from taps.engine.paths import Path, take
from taps.engine.references import UNSET, ReferenceUnset, as_text, fill, names
from taps.engine.topics import topics
from taps.engine.webhooks import Delivery as Words
from taps.engine.webhooks import Webhooks
from taps.kinds import platforms

_HEADER = "header:"
Whose = Mapping[str, Mapping[str, Any]]
"""What tells which account is a connection's own: `config` of its settings, `account` of what its vendor said of it."""


@dataclass(frozen=True)
class Told:
    """The vendor's id of a delivery (empty where it has none) and the topics of what is in it."""

    delivery: str
    types: tuple[str, ...]

    def key(self, webhook_id: str, body: bytes) -> str:
        """The same for the same delivery to the same endpoint; without an id it is known by its body.

        The topics count too: some vendors give everything that one act caused the same id.
        """
        what = [self.delivery, *self.types] if self.delivery else [hashlib.sha256(body).hexdigest()]
        return hashlib.sha256(json.dumps([webhook_id, *what]).encode()).hexdigest()[:32]


def words_of(platform: str) -> Webhooks | None:
    """The platform's words on webhooks; None for one that sends none, and for a name that is no platform's."""
    return _words(platform) if platform in _names() else None


@cache
def _words(platform: str) -> Webhooks | None:
    """Kept, for a manifest is large."""
    return load(platform).webhooks


@cache
def _names() -> frozenset[str]:
    return frozenset(platforms("api"))


def told(words: Words, delivery: Delivery, whose: Whose) -> Told:
    """What a delivery tells a connection; nothing of it where its body is not what the manifest says."""
    body, items = items_of(words, delivery, whose)
    ids = [_text(delivery, item, body, path) for item in items for path in _paths(words.id)]
    types = [type_of(words, delivery, item, body) for item in items]
    known = bool(ids) and all(ids)
    return Told("/".join(ids) if known else "", tuple(sorted({each for each in types if each})))


def is_empty(words: Words, delivery: Delivery, whose: Whose) -> bool:
    """Whether it tells a connection of nothing: a list of nothing, with which Asana tries whether the address still
    answers, or of other accounts alone.
    """
    if words.items is None and not words.only:
        return False
    found = _found(words, delivery, whose)
    elsewhere = found is None and bool(names(words.items))
    return found == [] or elsewhere or (bool(_listed(found)) and not items_of(words, delivery, whose)[1])


def type_of(words: Words, delivery: Delivery, item: Any, body: Any) -> str:
    """An item's topic, empty where it has none."""
    return _text(delivery, item, body, words.type) if words.type is not None else ""


def items_of(words: Words, delivery: Delivery, whose: Whose) -> tuple[Any, list[Any]]:
    """The whole delivery, and what it tells a connection of, one by one."""
    body = delivery.content
    items = [body] if words.items is None else _listed(_found(words, delivery, whose))
    items = [_grouped(words, item) for item in items] if words.groups else items
    return body, [item for item in items if _is_ours(words, whose, item)] if words.only else items


def _found(words: Words, delivery: Delivery, whose: Whose) -> Any:
    """What stands at `items`; nothing where the connection has no such setting."""
    try:
        path = fill(words.items, whose) if words.items is not None else "."
    except ReferenceUnset:
        return None
    if words.accounts is None:
        return take(delivery.content, path)
    accounts = take(delivery.content, words.accounts)
    return None if accounts is None else [
        each | {"account": account}
        for account in _listed(accounts)
        for each in _listed(take(account, path))
        if isinstance(each, dict)
    ]  # fmt: skip


def _is_ours(words: Words, whose: Whose, item: Any) -> bool:
    """Whether an item is of one of the connection's accounts, as far as both say which."""
    for path, text in words.only.items():
        told, mine = take(item, path), fill(text, whose)
        accounts = {each.strip() for each in as_text(mine).split(",")} if mine is not UNSET else {""}
        if told is not None and accounts != {""} and str(told) not in accounts:
            return False
    return True


def _grouped(words: Words, item: Any) -> Any:
    """The item with what its texts say besides (`groups`); one in which they say something else stays as it is."""
    if not isinstance(item, dict):
        return item
    said = [re.search(pattern, str(take(item, path) or "")) for path, pattern in words.groups.items()]
    return item | {name: value for match in said if match for name, value in match.groupdict().items()}


def streams_of(platform: str, types: Sequence[str]) -> list[str] | None:
    """The streams that these topics belong to; None where the manifest does not say, and all may be concerned."""
    found = _streams_of(platform, tuple(types))
    return None if found is None else list(found)


@lru_cache(maxsize=10_000)
def _streams_of(platform: str, types: tuple[str, ...]) -> tuple[str, ...] | None:
    """Kept: vendors have few topics, and matching them took a sixth of a service that does nothing but receive."""
    topics = topics_of(platform)
    if not topics or not types:
        return None
    return tuple(stream for stream, patterns in topics.items() if fits(types, patterns))


def fits(types: Iterable[str], patterns: Sequence[str]) -> bool:
    """Whether one of these topics is meant by one of the patterns."""
    return any(fnmatchcase(each, pattern) for each in types for pattern in patterns)


@cache
def topics_of(platform: str) -> dict[str, tuple[str, ...]]:
    """Stream -> the topics that its deliveries come under; streams without any are left out."""
    return topics(load(platform))


def _paths(path: Path | list[Path] | None) -> list[Path]:
    """One path, or several whose values together are the id: a list of texts is the latter, see `Delivery.id`."""
    if path is None:
        return []
    return list(path) if isinstance(path, list) else [path]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [each for item in value for each in (item if isinstance(item, list) else [item])]
    return [] if value is None else [value]


def _text(delivery: Delivery, item: Any, body: Any, path: Path) -> str:
    if isinstance(path, str) and path.startswith(_HEADER):
        return delivery.fields.get(path.removeprefix(_HEADER), "")
    return ",".join(str(each) for each in _values(item, body, path))


def _values(item: Any, body: Any, path: Path) -> Iterator[Any]:
    """Within the item, else in the whole delivery: manifests write both."""
    found = take(item, path)
    yield from _listed(take(body, path) if found is None else found)
