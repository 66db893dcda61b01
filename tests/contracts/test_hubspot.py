"""What is special about HubSpot: searches paged by id, associations in batches, and what stands inside its records."""

import re
from typing import Any

import pytest

from taps.engine.hooks import HookError
from taps.engine.load import load
from taps.engine.manifest import Stream
from taps.platforms.hubspot.hooks import past_values
from tests.contracts.fixtures import answer, passed

MANIFEST = load("hubspot")
STREAMS = list(MANIFEST.streams)
CRM = [name for name, stream in MANIFEST.streams.items() if stream.columns == "own"]
SEARCHED = [
    name for name, stream in MANIFEST.streams.items() if (stream.path or "").endswith("/search") and stream.columns
]
INSIDE = [name for name, stream in MANIFEST.streams.items() if stream.parent and stream.parent.inside]
ASSOCIATIONS = [
    name for name, stream in MANIFEST.streams.items() if (stream.path or "").startswith("/crm/v4/associations/")
]
"""Documented, not described at hand: https://developers.hubspot.com/docs/api-reference/legacy/crm/associations"""
BATCH = 1000
"""https://developers.hubspot.com/changelog/bug-fix-batch-read-limit-for-hubspot-associations-api"""
HISTORIES = [name for name, stream in MANIFEST.streams.items() if "page" in stream.hooks]


def stream(name: str) -> Stream:
    return MANIFEST.resolved(name)


@pytest.mark.parametrize("name", SEARCHED)
def test_search_pages_by_id(name: str) -> None:
    """Position ends at 10,000 results, and changes made meanwhile shift it; the last id does neither."""
    asked = stream(name)
    assert asked.pages is not None
    assert asked.pages.kind == "last_id"
    place: Any = asked.body
    *outer, last = asked.pages.send.split(".")
    for key in outer:
        place = place[int(key)] if isinstance(place, list) else place[key]
    assert place == {"propertyName": "hs_object_id", "operator": "GT", "value": "0"}
    assert last == "value"
    assert asked.body["sorts"] == ["hs_object_id"]
    modified = asked.body["filterGroups"][0]["filters"][0]["propertyName"]
    assert modified == asked.cursor.field == ("lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate")  # type: ignore[union-attr]


@pytest.mark.parametrize("name", CRM)
def test_what_tells_crm_records_apart_is_asked_for(name: str) -> None:
    fields = stream(name).fields
    assert {"id", "createdAt", "updatedAt", "archived", "archivedAt", "hs_object_id"} <= set(fields)
    assert stream(name).first.params["properties"] == stream(name).body["properties"] == "{fields}"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ASSOCIATIONS)
def test_associations_are_asked_for_in_whole_batches(name: str) -> None:
    asked = stream(name)
    assert re.fullmatch(r"/crm/v4/associations/[a-z_]+/[a-z_]+/batch/read", str(asked.path))
    assert asked.parent is not None
    assert str(asked.path).split("/")[4] == asked.parent.stream
    assert asked.parent.batch == BATCH


def test_associations_beyond_a_batchs_first_page_come_from_the_records_own_list() -> None:
    for name in ASSOCIATIONS:
        rest = stream(name.removesuffix("_found"))
        assert rest.parent is not None
        assert rest.parent.more == "paging.next.after"
        _, _, _, _, ours, theirs, *_ = str(stream(name).path).split("/")
        (key,) = rest.parent.carry
        assert rest.path == f"/crm/v4/objects/{ours}/{{parent.{key}}}/associations/{theirs}"


@pytest.mark.parametrize("name", HISTORIES)
def test_every_past_value_is_a_row(name: str) -> None:
    given = answer("hubspot", name)
    rows = past_values(given)
    (record,) = given["results"]
    ((changed, values),) = record["propertiesWithHistory"].items()
    assert [(row["id"], row["property"], row["value"]) for row in rows] == [
        (record["id"], changed, value["value"]) for value in values
    ]
    assert len({row["timestamp"] for row in rows}) == len(values) > 1


def test_an_answer_that_is_no_read_of_histories_is_refused() -> None:
    with pytest.raises(HookError, match="no list of results"):
        past_values({"status": "error"})


@pytest.mark.parametrize("name", INSIDE)
def test_what_stands_inside_a_fixture_passes_too(name: str) -> None:
    asked = stream(name)
    assert asked.parent is not None
    path = f"{stream(str(asked.parent.stream)).records}.{asked.parent.inside}"
    manifest = MANIFEST.model_copy(
        update={"streams": {**MANIFEST.streams, name: asked.model_copy(update={"records": path})}}
    )
    found = passed(manifest, name, answer("hubspot", str(asked.parent.stream)))
    assert found.rows
    assert (found.drifted, found.undeclared) == ({}, {})
