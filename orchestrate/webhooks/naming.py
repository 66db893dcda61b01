"""Which single records deliveries name, and what else of a platform has to be read again for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.reading import Whose, fits, items_of, streams_of, type_of
from taps.engine.load import load
from taps.engine.one import identity_of
from taps.engine.references import ReferenceUnset, fill
from taps.engine.topics import own_topics
from taps.engine.webhooks import Delivery as Words
from taps.engine.webhooks import Named

MOST = 100
"""Records of a stream beyond so many are read by its increment, which costs less than asking for each."""
_LONGEST = 255


@dataclass(frozen=True)
class Concerned:
    """What deliveries are about: streams (None: all there are) and, beside them, single records of others."""

    streams: tuple[str, ...] | None
    objects: Mapping[str, Sequence[str]]

    @property
    def nothing(self) -> bool:
        """Whether nothing has to be read."""
        return self.streams == () and not self.objects


def named(platform: str, words: Words, delivery: Delivery, whose: Whose) -> dict[str, list[str]]:
    """Stream -> the ids that a delivery names to a connection; a stream is left out if an item about it names none."""
    found: dict[str, dict[str, None]] = {}
    unnamed: set[str] = set()
    body, items = items_of(words, delivery, whose)
    for item in items:
        for stream, text in _told_of(platform, type_of(words, delivery, item, body)):
            identity = _identity(text, item)
            if identity is None:
                unnamed.add(stream)
            else:
                found.setdefault(stream, {})[identity] = None
    return {stream: list(ids) for stream, ids in found.items() if stream not in unnamed}


@lru_cache(maxsize=10_000)
def _told_of(platform: str, topic: str) -> tuple[tuple[str, Named | None], ...]:
    """The streams that a topic tells of, each with the texts of the record's id."""
    return tuple(
        (stream, next((text for pattern, text in texts.items() if fits([topic], [pattern])), None))
        for stream, (patterns, texts) in _streams(platform).items()
        if fits([topic], patterns)
    )


@cache
def _streams(platform: str) -> dict[str, tuple[tuple[str, ...], Mapping[str, Named]]]:
    """The streams of which a single record can be read: their topics, and topic -> the texts of the id."""
    manifest = load(platform)
    common = manifest.webhooks.delivery.object if manifest.webhooks else None
    found: dict[str, tuple[tuple[str, ...], Mapping[str, Named]]] = {}
    for name, stream in manifest.streams.items():
        own = stream.webhook.object if stream.webhook else None
        texts = own if isinstance(own, dict) else {"*": own or common or ""}
        if stream.one is not None and any(texts.values()):
            found[name] = (own_topics(stream), texts)
    return found


def _identity(texts: Named | None, item: object) -> str | None:
    if not texts or not isinstance(item, dict):
        return None
    values = []
    for text in texts if isinstance(texts, list) else [texts]:
        try:
            value = fill(text, {"event": item})
        except ReferenceUnset:
            return None
        if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
            return None
        values.append(value)
    identity = identity_of(values)
    return identity if len(identity) <= _LONGEST else None


def concerned(platform: str, told: Iterable[tuple[Sequence[str], Mapping[str, Sequence[str]]]]) -> Concerned:
    """What deliveries are about together; of each its topics and the records that it names."""
    streams: set[str] = set()
    objects: dict[str, dict[str, None]] = {}
    for types, names in told:
        found = streams_of(platform, types)
        if found is None:
            return Concerned(None, {})
        single = {stream for stream in names if stream in found}
        streams.update(stream for stream in found if stream not in single and not _follows(platform, stream, single))
        for stream in single:
            objects.setdefault(stream, {}).update(dict.fromkeys(names[stream]))
    streams.update(stream for stream, ids in objects.items() if len(ids) > MOST)
    return Concerned(
        tuple(sorted(streams)), {stream: list(ids) for stream, ids in objects.items() if stream not in streams}
    )


def _follows(platform: str, stream: str, single: set[str]) -> bool:
    """Whether it is read for each record of one of these, because it has no topics of its own."""
    streams = load(platform).streams
    while not own_topics(streams[stream]):
        parent = streams[stream].parent
        if parent is None or parent.stream is None:
            return False
        stream = parent.stream
        if stream in single:
            return True
    return False
