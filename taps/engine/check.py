"""What a schema cannot say about a manifest: names that must exist, references that resolve, facts that agree."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from taps.engine.check_webhooks import registering, single_record
from taps.engine.cursor import Cursor
from taps.engine.deletes import ByCompare, ByEvent, ByField, ByRequest, ByStream
from taps.engine.fields import Type
from taps.engine.finding import OAUTH2, Finding, Keys, all_options, as_list, unknown
from taps.engine.graphql import placeholders
from taps.engine.hooks import load_hook
from taps.engine.load import Source
from taps.engine.manifest import Manifest, Stream
from taps.engine.options import Option, PickOption
from taps.engine.references import ROOTS, names

BUILT_IN = frozenset(
    "api_url auth_url api_urls start_date end_date user_agent request_timeout max_concurrency connection_id ca_bundle "
    "proxy allow_insecure auth_method token_store objects".split()
)
"""Settings every tap has without saying so."""
_BESIDES: dict[Keys, set[str]] = {
    ("webhooks",): {"time", "body", "url", "method", "id", "header", "event", "webhook"},
    ("auth",): {"time", "nonce", "method", "host", "path", "query", "url", "body", "body_sha256", "signature"},
    ("http", "ask"): {"column"},
}
"""What the texts below a word may refer to besides: parts of what is signed, the column that is asked for."""


def findings(manifest: Manifest, source: Source) -> list[str]:
    """Everything wrong with a manifest that the models let pass, as `file:line: stream, key: sentence`."""
    checks = (_options_used, _references, _top_level, _file_words, _streams, registering, _hooks)
    return [source.finding(*finding) for check in checks for finding in check(manifest, source)]


def _options_used(manifest: Manifest, source: Source) -> Iterator[Finding]:
    used = {name.split(".")[1] for name in names(source.tree) if name.startswith("config.")}
    used |= {name.split(".")[1] for name in _graphql_names(source.file.parent) if name.startswith("config.")}
    for stream in manifest.streams.values():
        used |= {word.option for word in (stream.parent, stream.each, stream.instead) if word and word.option}
    if manifest.webhooks and manifest.webhooks.registering and manifest.webhooks.registering.of:
        used |= {manifest.webhooks.registering.of.chosen or ""}
    for name, keys in all_options(manifest).items():
        if name not in used and name not in BUILT_IN:
            yield keys, f"option {name!r} is used nowhere"


def _graphql_names(folder: Path) -> list[str]:
    return [name for file in sorted(folder.glob("*.graphql")) for name in placeholders(file.read_text())]


def _references(manifest: Manifest, source: Source) -> Iterator[Finding]:
    options = set(all_options(manifest)) | BUILT_IN
    options |= OAUTH2 if any(auth.kind == "oauth2" for auth in manifest.auth.values()) else set()
    for keys, name in _places(source.tree, ()):
        root, _, rest = name.partition(".")
        if keys[0] == "streams" and keys[2:3] == ("webhook",) and root == "event":
            continue
        if any(root in known for above, known in _BESIDES.items() if keys[: len(above)] == above):
            continue
        if root not in ROOTS:
            yield keys, f"{{{name}}}: " + unknown("reference", root, sorted(ROOTS))
        elif root == "config" and rest.split(".")[0] not in options:
            yield keys, f"{{{name}}}: " + unknown("option", rest.split(".")[0], sorted(options))
        elif root == "account" and rest not in manifest.account:
            yield keys, f"{{{name}}}: " + unknown("account fact", rest, list(manifest.account))
        elif root == "checked" and rest != "api_version":
            yield keys, f"{{{name}}}: only {{checked.api_version}} can be referred to"


def _places(node: Any, keys: Keys) -> Iterator[tuple[Keys, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in {"pattern", "select", "help", "title", "example", "left_out", "groups"}:
                yield from _places(value, (*keys, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _places(value, (*keys, index))
    else:
        for name in names(node):
            yield keys, name


def _top_level(manifest: Manifest, source: Source) -> Iterator[Finding]:
    for name, host in manifest.http.hosts.items():
        if host.auth and host.auth not in manifest.auth:
            yield ("http", "hosts", name, "auth"), unknown("auth entry", host.auth, list(manifest.auth))
    for name in as_list(manifest.defaults.rate):
        if name not in manifest.rate:
            yield ("defaults", "rate"), unknown("rate bucket", name, list(manifest.rate))
    declared = set(get_args(Type)) | {"skip"}
    for keys, pick in _picks(manifest):
        stream = manifest.streams.get(pick.stream)
        if stream is None:
            yield (*keys, "stream"), unknown("stream", pick.stream, list(manifest.streams))
            continue
        for word, field in (("value", pick.value), ("label", pick.label)):
            if field is not None and field not in stream.columns_declared:
                yield (*keys, word), unknown(f"field of {pick.stream}", field, list(stream.columns_declared))
    yield from _column_types(manifest, declared)
    if not (source.file.parent / "fixtures").is_dir():
        yield ("streams",), "the platform has no fixtures/ folder"


def _column_types(manifest: Manifest, declared: set[str]) -> Iterator[Finding]:
    for name, columns in manifest.columns.items():
        for vendor, ours in (*columns.types.items(), ("other", columns.other)):
            if ours not in declared:
                yield ("columns", name, "types", vendor), unknown("type", ours, sorted(declared))
        for part, ours in columns.named.items():
            if ours not in declared:
                yield ("columns", name, "named", part), unknown("type", ours, sorted(declared))


def _file_words(manifest: Manifest, _source: Source) -> Iterator[Finding]:
    files = manifest.files
    if files is None:
        return
    if files.stream not in manifest.streams:
        yield ("files", "stream"), unknown("stream", files.stream, list(manifest.streams))
        return
    columns = list(manifest.streams[files.stream].columns_declared)
    for word in ("name", "id", "changed", "version"):
        field = getattr(files, word)
        if field is not None and field not in columns:
            yield ("files", word), unknown(f"field of {files.stream}", field, columns)
    for name in names([get.model_dump() for get in files.get]):
        root, _, field = name.partition(".")
        if root == "file" and field not in (*columns, "name"):
            yield ("files", "get"), unknown(f"field of {files.stream}", field, columns)


def _picks(manifest: Manifest) -> Iterator[tuple[Keys, PickOption]]:
    places: list[tuple[Keys, dict[str, Option]]] = [(("config",), manifest.config)]
    places += [(("auth", entry, "config"), auth.config) for entry, auth in manifest.auth.items()]
    for keys, found in places:
        yield from ((((*keys, name)), option) for name, option in found.items() if isinstance(option, PickOption))


def _streams(manifest: Manifest, source: Source) -> Iterator[Finding]:
    for name in manifest.streams:
        stream = manifest.resolved(name)
        for check in (_names_exist, _key_and_cursor, _parent, _deletes, _columns_named, _files, single_record):
            for keys, sentence in check(manifest, name, stream, source):
                yield ("streams", name, *keys), sentence


def _names_exist(manifest: Manifest, _name: str, stream: Stream, _source: Source) -> Iterator[Finding]:
    known: list[tuple[str, str, str | None, list[str]]] = [
        ("job", "job", stream.job, list(manifest.jobs)),
        ("host", "host", stream.host, list(manifest.http.hosts)),
        ("auth", "auth entry", stream.auth, [*manifest.auth, "none"]),
        ("columns", "columns entry", stream.columns, list(manifest.columns)),
        ("changes", "feed", stream.changes.by if stream.changes else None, list(manifest.feeds)),
        ("first", "job", stream.first.job if stream.first else None, list(manifest.jobs)),
        ("each", "stream", stream.each.stream if stream.each else None, list(manifest.streams)),
        ("each", "option", stream.each.option if stream.each else None, list(all_options(manifest))),
        ("instead", "option", stream.instead.option if stream.instead else None, list(all_options(manifest))),
    ]
    for word, what, named, there in known:
        if named is not None and named not in there:
            yield (word,), unknown(what, named, there)
    for bucket in as_list(stream.rate):
        if bucket not in manifest.rate:
            yield ("rate",), unknown("rate bucket", bucket, list(manifest.rate))


def _key_and_cursor(_manifest: Manifest, _name: str, stream: Stream, _source: Source) -> Iterator[Finding]:
    columns = list(stream.columns_declared)
    if stream.key is None:
        yield ("key",), "'key' is missing: which fields tell records apart?"
    elif stream.key == "row":
        if stream.deletes != "window" and not _replaced_whole(stream):
            yield ("key",), "key: row needs deletes: window, or compare: each_run where everything is read at once"
    else:
        for field in stream.key:
            if field not in columns:
                yield ("key",), "the key must be among the fields: " + unknown("field", field, columns)
    if isinstance(stream.cursor, Cursor) and stream.cursor.field and stream.cursor.field not in columns:
        yield ("cursor",), unknown("field", stream.cursor.field, columns)
    if stream.deletes == "window" and not (isinstance(stream.cursor, Cursor) and stream.cursor.field):
        yield ("deletes",), "deletes: window needs a cursor with a field"
    if stream.changes and not (isinstance(stream.cursor, Cursor) or stream.cursor == "none"):
        yield ("changes",), "a stream with a change feed reads everything first: its cursor cannot be a token"


def _replaced_whole(stream: Stream) -> bool:
    """Whether every run reads all its rows in one reading, so that their numbers are those of the newest run."""
    deletes = stream.deletes
    compared = isinstance(deletes, ByCompare) and deletes.compare == "each_run"
    return compared and stream.parent is None and stream.cursor in ("none", None)


def _parent(manifest: Manifest, name: str, stream: Stream, _source: Source) -> Iterator[Finding]:
    if stream.parent is None:
        if stream.deletes == "with_parent":
            yield ("deletes",), "deletes: with_parent needs a parent"
        return
    if stream.parent.option is not None:
        if stream.parent.option not in all_options(manifest):
            yield ("parent", "option"), unknown("option", stream.parent.option, list(all_options(manifest)))
        return
    if stream.parent.stream == name or stream.parent.stream not in manifest.streams:
        yield ("parent", "stream"), unknown("other stream", str(stream.parent.stream), list(manifest.streams))
        return
    columns = list(manifest.streams[stream.parent.stream].columns_declared)
    changed = stream.parent.changed
    if changed is not None and (changed not in columns or stream.cursor == "none"):
        yield ("parent", "changed"), "needs a field of the parent, and a cursor of the child's own"
    if stream.parent.beside is not None and stream.parent.carry:
        yield ("parent", "carry"), "children beside their parents carry nothing: nobody says whose they are"
    for column, field in stream.parent.carry.items():
        if column not in stream.fields:
            yield ("parent", "carry", column), f"the carried column {column!r} is not among the fields"
        if field.split(".")[0] not in columns:
            yield ("parent", "carry", column), unknown(f"field of {stream.parent.stream}", field, columns)
    yield from _owner(manifest, stream, manifest.resolved(stream.parent.stream))


def _owner(manifest: Manifest, stream: Stream, parent: Stream) -> Iterator[Finding]:
    """Children that go with their parent must say whose they are, unless every run compares all of them."""
    assert stream.parent is not None
    for column, field in stream.parent.owner.items():
        if column not in stream.columns_declared:
            yield ("parent", "owner", column), unknown("field", column, list(stream.columns_declared))
        if field not in (known := list(parent.columns_declared)):
            yield ("parent", "owner", column), unknown(f"field of {stream.parent.stream}", field, known)
    told = stream.parent.owner_by(parent.key) or stream.parent.beside or _compared_each_run(manifest, parent)
    if stream.deletes == "with_parent" and not told:
        keys = ", ".join(parent.key) if isinstance(parent.key, list) else "no key"
        yield (
            ("parent",),
            f"deletes: with_parent needs to know whose a row is: carry the parent's key ({keys}), or name with owner "
            "the columns that say it",
        )


def _compared_each_run(manifest: Manifest, stream: Stream) -> bool:
    if isinstance(stream.deletes, ByCompare):
        return stream.deletes.compare == "each_run"
    above = stream.parent.stream if stream.parent is not None else None
    return (
        stream.deletes == "with_parent" and above is not None and _compared_each_run(manifest, manifest.resolved(above))
    )


def _deletes(manifest: Manifest, _name: str, stream: Stream, _source: Source) -> Iterator[Finding]:
    match stream.deletes:
        case ByEvent(event=event):
            types = stream.changes.types if stream.changes else []
            for each in as_list(event):
                if each not in types:
                    yield ("deletes", "event"), f"{each!r} is not among the types of changes"
        case ByField(field=field):
            if field not in stream.columns_declared:
                yield ("deletes", "field"), unknown("field", field, list(stream.columns_declared))
        case ByRequest():
            if stream.parent is not None:
                yield ("deletes", "request"), "a child's deleted records cannot be listed by a request"
            if stream.deleted_pages is not None and stream.deleted_pages.into in ("body", "form", "variables"):
                place = stream.deleted_pages.into
                yield (
                    ("deletes", "request"),
                    f"it is a GET, and its pages go on in the {place}: give it pages of its own",
                )
        case ByStream(listed_in=other):
            if other not in manifest.streams:
                yield ("deletes", "listed_in"), unknown("stream", other, list(manifest.streams))


def _columns_named(_manifest: Manifest, _name: str, stream: Stream, _source: Source) -> Iterator[Finding]:
    columns = stream.columns_declared
    for word, listed in (("pii", stream.pii), ("select", list(stream.select)), ("only", list(stream.only))):
        for field in listed:
            if field not in columns:
                yield (word,), unknown("field", field, list(columns))
    for field in columns:
        if field.startswith(("_sdc_", "_extra", "_connection")):
            yield ("fields", field), "names that begin with _sdc_, _extra or _connection are the collection's own"


def _files(_manifest: Manifest, _name: str, stream: Stream, source: Source) -> Iterator[Finding]:
    named = [stream.graphql, stream.first.graphql if stream.first else None]
    for file in filter(None, named):
        if not (source.file.parent / file).is_file():
            yield ("graphql",), f"there is no file {file} beside the manifest"


def _hooks(manifest: Manifest, source: Source) -> Iterator[Finding]:
    places: list[tuple[Keys, str | None, str]] = [
        (("jobs", name, "duplicate"), job.duplicate, "duplicate") for name, job in manifest.jobs.items()
    ]
    for name, stream in manifest.streams.items():
        places += [(("streams", name, "hooks", point), hook, point) for point, hook in stream.hooks.items()]
    if manifest.webhooks and manifest.webhooks.verify.hook:
        places.append((("webhooks", "verify", "hook"), manifest.webhooks.verify.hook, "webhook.verify"))
    for keys, hook, point in places:
        if hook is None:
            continue
        try:
            load_hook(source.file.parent, hook, point)
        except (LookupError, TypeError, SyntaxError) as wrong:
            yield keys, str(wrong)
