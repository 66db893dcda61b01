"""What a schema cannot say about how an address is registered and single records are read."""

from collections.abc import Iterator

from taps.engine.finding import OAUTH2, Finding, all_options, as_list, unknown
from taps.engine.load import Source
from taps.engine.manifest import Manifest, Stream
from taps.engine.one import One, columns_of
from taps.engine.references import names
from taps.engine.webhooks import Of, Register


def single_record(manifest: Manifest, _name: str, stream: Stream, source: Source) -> Iterator[Finding]:
    """What is wrong with how a stream's single record is asked for."""
    one, webhook = stream.one, stream.webhook
    if webhook is not None and webhook.types and (one is None) == (webhook.reread is None):
        yield ("webhook",), "either `one` says how the record is read that a delivery names, or `reread` why none is"
    if one is None:
        if webhook is not None and webhook.object is not None:
            yield ("webhook", "object"), "nothing reads a single record: `one` is missing"
        return
    yield from _named(manifest, stream, one)
    if not (one.path or one.graphql or (one.body and stream.path)):
        yield ("one",), "needs a path or a graphql file"
    if stream.format != "json" or stream.cells or "page" in stream.hooks:
        yield ("one",), "what reads the stream's lists (format, cells, a hook of pages) does not read a single record"
    if one.graphql and not (source.file.parent / one.graphql).is_file():
        yield ("one", "graphql"), f"there is no file {one.graphql} beside the manifest"
    for bucket in as_list(one.rate):
        if bucket not in manifest.rate:
            yield ("one", "rate"), unknown("rate bucket", bucket, list(manifest.rate))


def _named(manifest: Manifest, stream: Stream, one: One) -> Iterator[Finding]:
    """Whether the request says which record is meant, and what its lists carry is known all the same."""
    columns = columns_of(one, stream.key) if isinstance(stream.key, list) else []
    carried = set(stream.parent.carry) if stream.parent else set()
    if (not one.by and len(columns) != 1) or not columns:
        yield ("one",), "needs a key of one column, or `by` to name the columns that say which record is meant"
    for column in one.by:
        if column not in stream.columns_declared:
            yield ("one", "by"), unknown("field", column, list(stream.columns_declared))
    if left := carried - {*one.own, *columns}:
        yield ("one",), f"what is carried from a parent has to be named by `own` or `by`: {', '.join(sorted(left))}"
    said = names([one.path, one.params, one.body, one.variables])
    if not any(name.startswith("record.") and name.removeprefix("record.") in columns for name in said):
        yield ("one",), f"nowhere says which record is meant: {' '.join(f'{{record.{each}}}' for each in columns)}"
    common = manifest.webhooks.delivery.object if manifest.webhooks else None
    own = (stream.webhook.object or common) if stream.webhook else common
    for each in own.values() if isinstance(own, dict) else [own]:
        number = len(each) if isinstance(each, list) else 1
        if each and number != len(columns):
            yield ("one", "by"), f"`object` says {number} of what names a record: {', '.join(columns)}"


def registering(manifest: Manifest, source: Source) -> Iterator[Finding]:
    """What is wrong with how an address is registered."""
    if manifest.webhooks is None:
        return
    words, by_hand = manifest.webhooks.registering, manifest.webhooks.by_hand is not None
    if by_hand != (words is None or any(layer.settings for layer in words.layers)):
        yield ("webhooks",), "either `register` says how an address is registered by API, or `by_hand` why it is not"
    if words is None:
        return
    for layer in words.layers:
        yield from _layer(
            manifest, layer, source, ("webhooks", "register", *(["first"] if layer is words.first else []))
        )
    if words.shakes_hands and (manifest.webhooks.challenge is None or manifest.webhooks.challenge.secret is None):
        yield ("webhooks", "register", "secret"), "a handshake needs `challenge.secret`, the header that tells it"
    for name, stream in manifest.streams.items():
        if any("*" in topic for topic in (stream.webhook.types if stream.webhook else [])):
            yield ("streams", name, "webhook", "types"), "an address is registered for topics by their whole names"


def _layer(manifest: Manifest, words: Register, source: Source, keys: tuple[str, ...]) -> Iterator[Finding]:
    options = all_options(manifest)
    for step in (words.create, words.listing, words.delete, *filter(None, [words.then])):
        if step.graphql and not (source.file.parent / step.graphql).is_file():
            yield keys, f"there is no file {step.graphql} beside the manifest"
    if (words.id is None) != words.single:
        yield (*keys, "id"), "either an answer names the registration, or it is the `single` one"
    if keys[-1] == "first" and (words.of or words.then or words.secret or words.first):
        yield keys, "what comes first is one registration by itself, without of, then, secret and first"
    for name in words.settings:
        if name not in options and name not in OAUTH2:
            yield (*keys, "settings"), unknown("option", name, list(options))
    if words.of is not None:
        yield from _of(manifest, words.of, (*keys, "of"))


def _of(manifest: Manifest, of: Of, keys: tuple[str, ...]) -> Iterator[Finding]:
    options = all_options(manifest)
    if of.chosen is None and of.stream is None:
        yield keys, "needs a stream, or a setting that names what there is"
    if of.chosen is not None and of.chosen not in options:
        yield (*keys, "chosen"), unknown("option", of.chosen, list(options))
    stream = manifest.streams.get(of.stream or "")
    if of.stream is not None and stream is None:
        yield (*keys, "stream"), unknown("stream", of.stream, list(manifest.streams))
    declared = list(stream.columns_declared) if stream is not None else as_list(of.value)
    for column in as_list(of.value):
        if column not in declared:
            yield (*keys, "value"), unknown(f"field of {of.stream}", column, declared)
    if of.chosen is not None and not isinstance(of.value, str):
        yield (*keys, "value"), "the values of a setting have no parts: it has to be one column"
