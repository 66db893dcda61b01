"""Makes an address known to the vendor by its API, says what it knows of it, and takes it back: `webhooks.register`."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taps.engine import pages as paging
from taps.engine.answers import Tree
from taps.engine.build import build
from taps.engine.collecting import collect
from taps.engine.connection import Connection
from taps.engine.errors import BadAnswer, BadBody, BadSetting, Missing, TapError, VendorRefused
from taps.engine.http_answer import Answer
from taps.engine.jobs import Step
from taps.engine.one import identity_of, values_of
from taps.engine.paths import PathError, is_true, take
from taps.engine.references import UNSET, ReferenceUnset, fill_text, fill_value, look_up, names
from taps.engine.webhooks import Change, Listing, Register

TAKEN = "taken"
"""Stands for the address of a place that is somebody's and has none."""
ABOUT = "webhooks"
"""What these requests are for, where errors and figures name a stream."""
_FIRST = "first:"
"""Begins the ids of what is registered by `first`."""
_SINGLE = "single"
"""The id of a registration that is the only one there can be."""


@dataclass(frozen=True)
class Registration:
    """One registration as the vendor lists it; its id holds what it is for, where that is one of several."""

    id: str
    address: str
    active: bool


@dataclass(frozen=True)
class Made:
    """A new registration, and the secret that the vendor made for it, if it did."""

    id: str
    secret: str | None = field(default=None, repr=False)


def check_settings(connection: Connection, words: Register, by_hand: str | None) -> None:
    """Raises `BadSetting` where one is missing that registering takes; it says what a person can do instead."""
    scope = connection.scope()
    wanted = [name for layer in words.layers for name in layer.settings]
    missing = [name for name in dict.fromkeys(wanted) if look_up(f"config.{name}", scope) is UNSET]
    if missing:
        what = f"registering by API needs the setting {' and '.join(map(repr, missing))} ({words.docs})"
        raise BadSetting(f"{what}. {by_hand or ''}".rstrip(), platform=connection.platform)


def places(connection: Connection, folder: Path, words: Register) -> list[str | None]:
    """What the address is registered for one by one (`of`); None alone where it is for the account as a whole."""
    of = words.of
    if of is None:
        return [None]
    chosen = look_up(f"config.{of.chosen}", connection.scope()) if of.chosen else UNSET
    found = [] if chosen is UNSET else _listed(chosen)
    if not found and of.stream is not None:
        rows = collect(connection, build(connection.manifest, folder, connection, "default", {}), of.stream)
        columns = [of.value] if isinstance(of.value, str) else of.value
        found = [identity_of([row[column] for column in columns]) for row in rows]
    if not found:
        where = f"the setting {of.chosen!r} names none" if of.chosen else f"there are no {of.stream}"
        raise BadSetting(f"there is nothing to register the address for: {where}", platform=connection.platform)
    return list(dict.fromkeys(map(str, found)))


def place_of(words: Register, identity: str) -> str | None:
    """What a registration is for, by its id."""
    return _of_and_id(words, identity)["of"]


def is_first(identity: str) -> bool:
    """Whether an id is one of `create_first`."""
    return identity.startswith(_FIRST)


def gives_secret(words: Register) -> bool:
    """Whether the request tells the vendor the secret, instead of the vendor telling it."""
    return "webhook.secret" in names([words.create.body, words.create.form, words.create.variables])


def known_secret(connection: Connection, words: Register) -> str | None:
    """The secret that stands among the settings already; None where none does."""
    try:
        return fill_text(words.known, connection.scope()) if words.known else None
    except ReferenceUnset:
        return None


def spelt(words: Register, topics: Sequence[str]) -> list[str]:
    """The topics as the request names them, each once."""
    if words.topics == "enum":
        return [topic.replace("/", "_").replace(".", "_").upper() for topic in topics]
    if isinstance(words.topics, dict):
        found = [each for topic in topics for each in _listed(words.topics.get(topic, topic))]
        return list(dict.fromkeys(map(str, found)))
    return list(topics)


def asked_for(words: Register, topics: Sequence[str]) -> list[list[str]]:
    """The topics of each registration, as `create` takes them."""
    return [[topic] for topic in spelt(words, topics)] if words.each else [list(topics)]


def create(
    connection: Connection, words: Register, address: str, topics: Sequence[str], secret: str | None,
    of: str | None = None, first: str | None = None,
) -> Made:  # fmt: skip
    """Registers an address for topics: one of them where `each` says so. Raises the vendor's `TapError`.

    `first` is the id that `create_first` gave, where something had to be there before.
    """
    asked = spelt(words, topics)
    webhook = {
        "address": address, "topics": asked, "topic": asked[0] if asked else None, "secret": secret,
        "token": address.rpartition("/")[2], "first": first and first.removeprefix(_FIRST), **_parts(asked),
        **_place(words, of),
    }  # fmt: skip
    answer = _change(connection, words, words.create, webhook)
    told = _SINGLE if words.single else None
    if words.id is not None or words.refused or words.secret is not None:
        tree = _tree(connection, answer)
        _check(connection, words, tree)
        told = told or (tree.take(words.id) if words.id is not None else None)
    if told is None:
        raise BadAnswer("the vendor's answer names no registration", platform=connection.platform, stream=ABOUT)
    identity = identity_of([told] if of is None else [of, told])
    if words.then is not None:
        try:
            tree = _tree(connection, _ask(connection, words.then, webhook | {"id": told}))
        except TapError:
            with contextlib.suppress(TapError):
                remove(connection, words, identity)
            raise
    made = tree.take(words.secret) if words.secret is not None and not words.shakes_hands else None
    return Made(identity, str(made) if made else None)


def create_first(connection: Connection, words: Register, address: str, topics: Sequence[str]) -> list[Made]:
    """What has to be registered before: nothing where no `first` says so."""
    first = words.first
    if first is None:
        return []
    made = [create(connection, first, address, each, None) for each in asked_for(first, topics)]
    return [Made(_FIRST + each.id) for each in made]


def listed_first(connection: Connection, words: Register) -> Iterator[Registration]:
    """The registrations of `first`, by the ids that `create_first` gave them."""
    if words.first is not None:
        for each in listed(connection, words.first):
            yield Registration(_FIRST + each.id, each.address, each.active)


def listed(connection: Connection, words: Register, of: str | None = None) -> Iterator[Registration]:
    """All registrations that the login can see; none for what the vendor has no more."""
    for told, each in _rows(connection, words, of):
        registration = Registration(identity_of([told] if of is None else [of, told]), _address(words, each),
                                    _active(words, each))  # fmt: skip
        if registration.address or not words.single or words.address is None:
            yield registration


def _rows(connection: Connection, words: Register, of: str | None) -> Iterator[tuple[str, Any]]:
    """Id and record of what is listed."""
    turning = words.listing.pages or paging.NoPages(kind="none")
    at: paging.Position | None = paging.first(turning)
    seen: set[str] = set()
    while at is not None:
        try:
            answer = _ask(connection, words.listing, _place(words, of), turning, at)
        except Missing:
            if of is None and not words.single:
                raise
            return
        tree = _tree(connection, answer)
        try:
            rows = tree.rows(words.listing.records)
        except PathError as absent:
            what = f"the vendor does not list registrations where they are expected: {absent}"
            raise BadAnswer(what, platform=connection.platform, stream=ABOUT) from None
        found = [Tree(row).take(".") for row in rows]
        counting = [each for each in found if _counts(connection, words.listing, each)]
        by_id = {_SINGLE if words.single else str(take(each, words.key)): each for each in counting}
        fresh = {told: each for told, each in by_id.items() if told not in seen}
        if not fresh:  # the end, or a vendor that repeats itself
            return
        yield from fresh.items()
        seen |= fresh.keys()
        at = paging.following(turning, at, paging.Got(answer, tree, len(rows), rows[-1] if rows else None))


def remove(connection: Connection, words: Register, identity: str) -> None:
    """Takes a registration back; one that is gone already is no error."""
    if words.first is not None and is_first(identity):
        words, identity = words.first, identity.removeprefix(_FIRST)
    with contextlib.suppress(Missing):
        _change(connection, words, words.delete, _of_and_id(words, identity))


def _of_and_id(words: Register, identity: str) -> dict[str, str | None]:
    if words.of is not None and (told := values_of(["of", "id"], identity)) is not None:
        return {**_place(words, told["of"]), "id": told["id"]}
    return {"of": None, "id": identity}


def _parts(asked: Sequence[str]) -> dict[str, str]:
    """What a single topic says one after the other, with spaces between."""
    return {f"topic.{number}": part for number, part in enumerate(asked[0].split())} if len(asked) == 1 else {}


def _place(words: Register, of: str | None) -> dict[str, str | None]:
    """What a registration is for, and its parts where a record tells several values."""
    columns = words.of.value if words.of is not None and isinstance(words.of.value, list) else []
    values = values_of(columns, of) if len(columns) > 1 and of is not None else None
    return {"of": of, **{f"of.{number}": value for number, value in enumerate((values or {}).values())}}


def _change(connection: Connection, words: Register, step: Change, webhook: dict[str, Any]) -> Answer:
    """Asks for a change, of the whole that is there where the vendor wants it so."""
    if step.merge:
        _, there = next(_rows(connection, words, webhook["of"]), (None, {}))
        patch = fill_value(step.merge, connection.scope(webhook=webhook))
        webhook = webhook | {"merged": json.dumps(_merged(there, patch))}
    return _ask(connection, step, webhook)


def _merged(there: Any, patch: Any) -> Any:
    """A JSON merge patch, RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    whole = dict(there) if isinstance(there, dict) else {}
    for key, value in patch.items():
        if value is None:
            whole.pop(key, None)
        else:
            whole[key] = _merged(whole.get(key), value)
    return whole


def _ask(
    connection: Connection, step: Step, webhook: Mapping[str, Any], turning: paging.PagesWord | None = None,
    at: paging.Position | None = None,
) -> Answer:  # fmt: skip
    scope = connection.scope(webhook=webhook, stream={"name": ABOUT})
    request = connection.asker.request(step, scope, stream=ABOUT, pages=turning, at=at)
    return connection.client.fetch(request, errors=connection.manifest.defaults.errors, read=lambda answer: answer)


def _tree(connection: Connection, answer: Answer) -> Tree:
    try:
        return answer.tree
    except BadBody as broken:
        raise BadAnswer(str(broken), platform=connection.platform, stream=ABOUT) from None


def _check(connection: Connection, words: Register, tree: Tree) -> None:
    """Vendors that answer 200 say in the answer why nothing came of it."""
    refused = [each for path in words.refused for each in _listed(tree.take(path)) if is_true(each)]
    if refused:
        said = connection.client.scrub("; ".join(map(str, refused)))
        raise VendorRefused(f"the vendor does not register the address: {said}", platform=connection.platform,
                            stream=ABOUT)  # fmt: skip


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _address(words: Register, found: Any) -> str:
    address = str(take(found, words.address) or "") if words.address is not None else ""
    is_taken = words.taken is not None and is_true(take(found, words.taken))
    return address or (TAKEN if is_taken else "")


def _counts(connection: Connection, words: Listing, found: Any) -> bool:
    wanted = [fill_text(each, connection.scope()) for each in words.when.is_] if words.when else []
    return words.when is None or _said(found, words.when.field) in wanted


def _active(words: Register, found: Any) -> bool:
    return words.active is None or _said(found, words.active.field) in words.active.is_


def _said(found: Any, field: str) -> str:
    value = take(found, field)
    return str(value).lower() if isinstance(value, bool) else str(value)
