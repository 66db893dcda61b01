"""Fields, constants and answers of the pretend Google Ads against the official description of v25."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

import sandbox
from sandbox.google_ads.evaluation import camel
from sandbox.google_ads.fields import METRICS, RESOURCES, SEGMENTS, SELECTABLE, WITH_METRICS, WITHOUT_ROWS, Field
from tests.sandbox.test_google_ads import EUROPE, headers, post

PREFIX = "GoogleAdsGoogleadsV25"
CHUNK = f"{PREFIX}Services__SearchGoogleAdsStreamResponse"
ROW = f"{PREFIX}Services__GoogleAdsRow"


@pytest.fixture(scope="module")
def schemas(spec_folder: Path) -> dict[str, Any]:
    path = spec_folder / "google_ads" / "google-ads-api-v25-openapi.yml"
    if not path.exists():
        pytest.skip(f"no description of Google Ads in {path}")
    text = path.read_text()
    # A long name stands as an explicit key: a question mark before it, its value after a colon on the next line.
    text = re.sub(
        r"^    \? (\w+)\n    : +", r"    \1:\n      ", text[text.index("\n  schemas:\n") :], flags=re.MULTILINE
    )
    parts = re.split(r"^    (\w+):\n", text, flags=re.MULTILINE)
    blocks = dict(zip(parts[1::2], parts[2::2], strict=True))
    # Reading the whole file takes ten seconds: only what is checked here and what that refers to.
    wanted = [_schema_of(resource) for resource in RESOURCES]
    wanted += [f"{PREFIX}Common__Segments", f"{PREFIX}Common__Metrics", CHUNK]
    chosen: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if name in blocks and name not in chosen:
            chosen[name] = blocks[name]
            if name != CHUNK:
                wanted += re.findall(r"#/components/schemas/(\w+)", blocks[name])
    chosen[ROW] = blocks[ROW]
    found: dict[str, Any] = YAML(typ="safe").load("".join(f"{name}:\n{chosen[name]}" for name in sorted(chosen)))
    return found


def _schema_of(resource: str) -> str:
    return f"{PREFIX}Resources__{''.join(word.title() for word in resource.split('_'))}"


def clicked(box: sandbox.Box) -> str:
    """Return a condition for a day on which somebody clicked on an advertisement of the European account."""
    now = box.world.snapshot()
    european = {made for made, campaign in now.campaigns.live.items() if campaign.account == EUROPE}
    visits = [o.visit for o in now.orders.live.values() if o.visit and o.visit.gclid and o.visit.campaign in european]
    day = datetime.fromtimestamp(visits[-1].at, UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    return f" WHERE segments.date = '{day}'"


def _property(schemas: dict[str, Any], schema: str, path: list[str]) -> dict[str, Any]:
    step, rest = path[0], path[1:]
    found: dict[str, Any] = schemas[schema]["properties"][step]
    return _property(schemas, found["$ref"].rpartition("/")[2], rest) if rest else found


def _agrees(field: Field, official: dict[str, Any]) -> bool:
    kind = official.get("format") or official.get("type")
    if field.kind == "enum":
        return set(field.constants) <= set(official["enum"])
    kind = {"google-datetime": "string", "float": "double"}.get(str(kind), kind)
    return bool(kind == {"list": "array", "date": "string"}.get(field.kind, field.kind))


@pytest.mark.parametrize("resource", RESOURCES)
def test_fields_of_resources_are_official(schemas: dict[str, Any], resource: str) -> None:
    schema = _schema_of(resource)
    for name, field in RESOURCES[resource].items():
        assert _agrees(field, _property(schemas, schema, camel(name).split("."))), f"{resource}.{name}"


def test_segments_and_metrics_are_official(schemas: dict[str, Any]) -> None:
    for group, known in (("Segments", SEGMENTS), ("Metrics", METRICS)):
        for name, field in known.items():
            assert _agrees(field, _property(schemas, f"{PREFIX}Common__{group}", camel(name).split("."))), name


def test_field_names_are_those_of_the_protos(spec_folder: Path) -> None:
    for resource in ("customer", "customer_client", "campaign", "ad_group", "ad_group_ad", "click_view"):
        text = (spec_folder / "google_ads" / f"v25_{resource}.proto").read_text()
        declared = set(re.findall(r"\s(\w+)\s*=\s*\d+\s*[\[;]", text))
        assert {name.partition(".")[0] for name in RESOURCES[resource]} <= declared, resource


@pytest.mark.parametrize("resource", SELECTABLE)
def test_answers_follow_the_description(small_box: sandbox.Box, schemas: dict[str, Any], resource: str) -> None:
    names = [f"{owner}.{name}" for owner in SELECTABLE[resource] for name in RESOURCES[owner]]
    where = ""
    if resource in WITH_METRICS:
        names += [f"metrics.{name}" for name in METRICS] + [f"segments.{name}" for name in SEGMENTS]
        where = " WHERE segments.date DURING LAST_14_DAYS" if resource != "click_view" else clicked(small_box)
    answer = post(small_box, EUROPE, f"SELECT {', '.join(names)} FROM {resource}{where}", headers=headers(small_box))
    chunks = answer.json()
    assert answer.status_code == 200, answer.text
    if resource in WITHOUT_ROWS:
        assert chunks == [{"fieldMask": chunks[0]["fieldMask"], "requestId": chunks[0]["requestId"]}]
        return
    assert chunks[0]["results"]
    parts = schemas[ROW]["properties"]
    for row in chunks[0]["results"][:20]:
        for name, part in row.items():
            validator = Draft202012Validator({"components": {"schemas": schemas}, "$ref": parts[name]["$ref"]})
            assert [error.message for error in validator.iter_errors(part)] == []
    chunk_names = set(schemas[CHUNK]["properties"])
    assert set(chunks[0]) <= chunk_names
    assert chunks[0]["fieldMask"] == ",".join(camel(name) for name in names)
