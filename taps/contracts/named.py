"""Columns that a request asks for by name where the description lists the names: reports and their breakdowns."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from taps.contracts.recording import Recording, Sent
from taps.descriptions.schemas import Schemas


def named(recording: Recording, stream: str) -> frozenset[str]:
    """The listed names that the requests of a stream ask for; found once for each recording."""
    if stream not in recording.named:
        asked = (sent for sent in recording.of(stream) if sent.found and not sent.given)
        recording.named[stream] = frozenset(name for sent in asked for name in _of_request(sent))
    return recording.named[stream]


def _of_request(sent: Sent) -> Iterator[str]:
    if sent.found is None:
        return
    operation = sent.found.operation
    schemas = operation.description.schemas
    for name, value in sent.request.params:
        schema = operation.query(name)
        words = set(re.findall(r"[\w.]+", value))
        yield from words & _listed(schemas, schema) if schema is not None else ()
    schema = operation.body()
    if schema is not None and sent.request.body:
        try:
            yield from _in_body(schemas, schema, msgspec.json.decode(sent.request.body))
        except msgspec.DecodeError:
            for name, below in schemas.properties(schema).items():
                if name.encode() in sent.request.body:
                    yield from _listed(schemas, below) & set(re.findall(r"\w+", sent.request.body.decode()))


def _in_body(schemas: Schemas, schema: Any, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _in_body(schemas, schemas.item(schema), item)
    elif isinstance(value, dict):
        known = schemas.properties(schema)
        for name, below in value.items():
            if name in known:
                yield from _in_body(schemas, known[name], below)
    elif isinstance(value, str) and value in _listed(schemas, schema):
        yield value


def _listed(schemas: Schemas, schema: Any) -> set[str]:
    """The values that a schema, or that of its items, lists."""
    nodes = [schema, schemas.item(schema)]
    return {str(value) for node in nodes for each in schemas.variants(node) for value in each.get("enum") or ()}
