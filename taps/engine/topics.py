"""The topics under which a vendor tells of each stream, as its manifest says them."""

from collections.abc import Mapping

from taps.engine.deletes import ByCompare
from taps.engine.manifest import Manifest, Stream


def own_topics(stream: Stream) -> tuple[str, ...]:
    """The topics that the manifest gives a stream itself."""
    topics = list(stream.webhook.types) if stream.webhook else []
    if stream.changes is not None:  # the events that a tap reads are those that are delivered
        topics += stream.changes.types
    if isinstance(stream.deletes, ByCompare) and stream.deletes.webhook:
        topics.append(stream.deletes.webhook)
    return tuple(dict.fromkeys(topics))


def topics(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Stream -> the topics that its deliveries come under; streams without any are left out.

    What is read for each record of another stream changes with it, if it has no topics of its own.
    """
    streams = manifest.streams
    own = {name: topics for name, stream in streams.items() if (topics := own_topics(stream))}
    found = {name: own.get(name) or _topics_above(streams, own, name) for name in streams}
    return {name: topics for name, topics in found.items() if topics and not streams[name].helper}


def _topics_above(streams: Mapping[str, Stream], own: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    parent = streams[name].parent
    while parent is not None and parent.stream is not None:
        if parent.stream in own:
            return own[parent.stream]
        parent = streams[parent.stream].parent
    return ()
