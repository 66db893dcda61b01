"""What the checker says of mistakes: file, line, stream, key and the nearest known key."""

import json
from pathlib import Path

import pytest

from taps import reference
from taps.cli import SCHEMAS, schema_text
from taps.engine.load import PLATFORMS, ManifestError, load
from taps.kinds import platforms
from tests.engine.vendor import HEADER

STREAM = """
defaults:
  records: data
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    key: [id]
    deletes: never
    fields:
      id: string!
      at: epoch
"""


def findings(folder: Path, text: str) -> list[str]:
    (folder / "acme" / "fixtures").mkdir(parents=True, exist_ok=True)
    file = folder / "acme" / "manifest.yaml"
    file.write_text(text)
    with pytest.raises(ManifestError) as wrong:
        load("acme", file.parent)
    load.cache_clear()
    return wrong.value.findings


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("    path: /items", "    pth: /items", "stream items, pth: unknown key 'pth'; did you mean 'path'?"),
        ("    key: [id]", "    key: [idd]", "there is no field 'idd'; did you mean 'id'?"),
        ("    deletes: never", "    deletes: nevr", "'nevr' is not one of 'never'"),
        ("    deletes: never", "", "stream items: 'deletes' is missing"),
        ("      at: epoch", "      at: epok", "stream items, fields.at"),
        ("    path: /items", "    path: /items/{confg.x}", "there is no reference 'confg'; did you mean 'config'?"),
        ("    path: /items", "    path: /items/{config.start}", "no option 'start'; did you mean 'start_date'?"),
        ("    path: /items", "    path: /items\n    rate: acount", "there is no rate bucket 'acount'"),
        (
            "    deletes: never",
            "    pages: {kind: last_id, send: above, take: id, into: body}\n    deletes: {request: {path: /gone}}",
            "it is a GET, and its pages go on in the body: give it pages of its own",
        ),
        (
            "    path: /items",
            "    path: /items\n    parent: {stream: item}",
            "there is no other stream 'item'; did you",
        ),
        (
            "    path: /items",
            "    path: /items\n    cursor: {field: att, order: unknown}",
            "no field 'att'; did you mean",
        ),
        ("    path: /items", "    path: /items\n    cursor: {field: at, window: 1d, order: unknown}", "which ends"),
        ("    path: /items", "    path: /items\n    cursor: {field: at}", "'order' is missing"),
        ("    key: [id]", "    key: row", "key: row needs deletes: window, or compare: each_run"),
        ("    path: /items", "    path: /items\n    pages: {kind: tokn, send: a, take: b}", "did you mean 'token'?"),
        ("    path: /items", "    path: /items\n    pages: {kind: token, sned: a, take: b}", "did you mean 'send'?"),
        ("  records: data", "  recrods: data", "defaults.recrods: unknown key 'recrods'; did you mean 'records'?"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_nearest_known_word(tmp_path, right, wrong, said):
    text = HEADER + STREAM.replace(right, wrong)
    found = findings(tmp_path, text)
    assert any(said in finding for finding in found), found
    assert all("manifest.yaml:" in finding for finding in found)
    if wrong.strip():
        lines = {int(finding.split("manifest.yaml:")[1].split(":")[0]) for finding in found}
        first = line_of(text, wrong.splitlines()[0])
        assert any(first <= line <= first + wrong.count("\n") for line in lines), found


def test_a_duplicate_key_and_broken_yaml_are_refused_with_their_line(tmp_path):
    text = HEADER + STREAM.replace("    path: /items", "    path: /items\n    path: /other")
    (found,) = findings(tmp_path, text)
    assert f"manifest.yaml:{line_of(text, 'path: /other')}" in found
    assert "duplicate" in found
    (found,) = findings(tmp_path, HEADER + "streams: {a: [}")
    assert "manifest.yaml:" in found


def test_wildcards_in_event_types_are_refused(tmp_path):
    text = HEADER + STREAM.replace(
        "    path: /items", "    path: /items\n    changes: {by: events, types: ['charge.*']}"
    )
    assert any("name every event type" in finding for finding in findings(tmp_path, text))


def test_an_option_that_nothing_uses_is_a_finding(tmp_path):
    text = HEADER.replace("config:", "config:\n  shop: {type: string, title: Shop}", 1) + STREAM
    assert any("option 'shop' is used nowhere" in finding for finding in findings(tmp_path, text))


@pytest.mark.parametrize("platform", platforms("api"))
def test_every_platforms_manifest_is_sound(platform):
    assert load(platform).streams


def test_what_is_generated_from_the_grammar_is_fresh():
    assert {kind: file.read_text() for kind, file in SCHEMAS.items()} == {kind: schema_text(kind) for kind in SCHEMAS}
    assert reference.FILE.read_text() == reference.text()


def test_the_engine_names_no_platform():
    engine = PLATFORMS.parent / "engine"
    names = {name.replace("_", " ") for name in platforms()} | set(platforms())
    spoken = {
        f"{file.name}: {name}"
        for file in engine.glob("*.py")
        for name in names
        if f'"{name}"' in file.read_text() or f"'{name}'" in file.read_text()
    }
    assert spoken == set()


def test_the_schema_is_json_schema():
    schema = json.loads(schema_text("api"))
    assert schema["additionalProperties"] is False
    assert "streams" in schema["required"]


PARENT = (
    STREAM
    + """
  parts:
    docs: https://acme.example/docs/parts
    path: /items/{parent.id}/parts
    key: [number]
    parent: {stream: items}
    deletes: with_parent
    fields: {number: string!, item: string}
"""
)


@pytest.mark.parametrize(
    ("parent", "said"),
    [
        ("{stream: items}", "needs to know whose a row is: carry the parent's key (id)"),
        ("{stream: items, carry: {item: at}}", "needs to know whose a row is: carry the parent's key (id)"),
        ("{stream: items, owner: {itm: id}}", "there is no field 'itm'; did you mean 'item'?"),
        ("{stream: items, owner: {item: idd}}", "there is no field of items 'idd'; did you mean 'id'?"),
    ],
)
def test_children_that_go_with_their_parent_say_whose_they_are(tmp_path, parent, said):
    text = HEADER + PARENT.replace("{stream: items}", parent)
    assert any(said in finding for finding in findings(tmp_path, text))
