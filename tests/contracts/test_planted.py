"""The comparison itself: a small platform that agrees with its description, and for each kind of defect one planted."""

import json
import logging
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taps.contracts import comparison, deviations
from taps.contracts.findings import NO_ERRORS, Finding
from taps.descriptions import documents, index
from taps.engine.fields import NULL
from taps.engine.records import Shaper
from tests.engine.vendor import HEADER

MANIFEST = """
defaults:
  records: data
  pages: {kind: token, send: after, take: next, size: {limit: 50}}
jobs:
  export:
    docs: https://acme.example/docs/exports
    create: {method: POST, path: /v1/exports, body: {kind: refunds}, id: id}
    poll: {path: "/v1/exports/{job.id}", status: state, every: 1s, give_up: 1h, wait: [running], done: [ready]}
    fetch: {path: "/v1/exports/{job.id}/rows", records: rows}
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /v1/orders
    params: {since: "{window.start}", state: open}
    key: [id]
    cursor: {field: updated_at, start: "{config.start_date}", includes: from, order: oldest_first}
    deletes: never
    fields: {id: string!, updated_at: datetime!, total: decimal, note: string, paid: boolean, tags: json}
  order_lines:
    docs: https://acme.example/docs/lines
    path: "/v1/orders/{parent.id}/lines"
    key: [order_id, id]
    deletes: with_parent
    parent: {stream: orders, carry: {order_id: id}}
    fields: {order_id: string!, id: string!, price_amount: {type: integer, from: price.amount}}
  refunds:
    docs: https://acme.example/docs/refunds
    job: export
    key: [id]
    deletes: never
    fields: {id: string!, amount: integer}
"""
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
ORDER = {
    "type": "object",
    "required": ["id", "updated_at"],
    "properties": {
        "id": TEXT,
        "updated_at": {"type": "string", "format": "date-time"},
        "total": TEXT,
        "note": {"type": "string", "nullable": True},
        "paid": {"type": "boolean"},
        "tags": {"type": "array", "items": TEXT},
    },
}
LINE = {"properties": {"id": TEXT, "price": {"type": "object", "properties": {"amount": WHOLE}}}}
STATES = {"properties": {"id": TEXT, "state": {"type": "string", "enum": ["running", "ready", "broken"]}}}


def answer(schema: Any) -> dict[str, Any]:
    return {"200": {"content": {"application/json": {"schema": schema}}}}


def listed(item: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"data": {"type": "array", "items": item}, "next": TEXT}}


def query(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


def description() -> dict[str, Any]:
    paging = [query("limit", {"type": "integer", "maximum": 100}), query("after", TEXT)]
    export = {
        "content": {
            "application/json": {"schema": {"required": ["kind"], "properties": {"kind": {"enum": ["refunds"]}}}}
        }
    }
    since = query("since", {"type": "string", "format": "date-time"})
    state = query("state", {"type": "string", "enum": ["open", "closed"]})
    return {
        "openapi": "3.0.3",
        "servers": [{"url": "https://api.acme.example"}],
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": {"Order": ORDER}},
        "paths": {
            "/v1/orders": {"get": {"parameters": [*paging, since, state],
                                   "responses": answer(listed({"$ref": "#/components/schemas/Order"}))}},
            "/v1/orders/{order}/lines": {"get": {"parameters": paging, "responses": answer(listed(LINE))}},
            "/v1/exports": {"post": {"requestBody": export, "responses": answer(STATES)}},
            "/v1/exports/{id}": {"get": {"responses": answer(STATES)}},
            "/v1/exports/{id}/rows": {"get": {"responses": answer(
                {"properties": {"rows": {"type": "array", "items": {"properties": {"id": TEXT, "amount": WHOLE}}}}})}},
        },
    }  # fmt: skip


Compared = Callable[..., list[Finding]]


@pytest.fixture
def compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compared:
    """The findings about the platform, its manifest and description changed as told."""
    monkeypatch.setenv("ENGARDE_SPECS", str(tmp_path / "specs"))
    head = "platform file format official source_repo_or_package commit_or_version path_in_source licence note".split()
    row = ["acme", "acme/api.json", "openapi3", "yes", "acme/api", "1", "api.json", "MIT", ""]
    (tmp_path / "specs" / "acme").mkdir(parents=True)
    (tmp_path / "specs" / "INDEX.tsv").write_text("\n".join("\t".join(each) for each in (head, row)) + "\n")

    def compare(
        *replaced: tuple[str, str], change: Callable[[Any], None] | None = None, remarks: bool = False
    ) -> list[Finding]:
        described = description()
        if change is not None:
            change(described)
        (tmp_path / "specs" / "acme" / "api.json").write_text(json.dumps(described))
        manifest = MANIFEST
        for old, new in replaced:
            assert old in manifest
            manifest = manifest.replace(old, new)
        folder = tmp_path / "acme"
        (folder / "fixtures").mkdir(parents=True, exist_ok=True)
        (folder / "manifest.yaml").write_text(HEADER + textwrap.dedent(manifest))
        index.open_description.cache_clear()
        documents.parsed.cache_clear()
        found = comparison.compare("acme", folder).findings
        return [each for each in found if remarks or each.kind not in NO_ERRORS]

    return compare


def test_what_agrees_gives_no_finding(compared: Compared) -> None:
    assert compared() == []


def test_the_tap_may_be_heard_again_afterwards(compared: Compared) -> None:
    log = logging.getLogger("tap-acme")
    log.setLevel(logging.INFO)
    try:
        compared()
        assert log.level == logging.INFO
    finally:
        log.setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("old", "new", "stream", "said"),
    [
        ("path: /v1/orders\n", "path: /v2/orders\n", "orders", "GET /v2/orders is not described"),
        ("state: open", "status: open", "orders", "no query parameter 'status'"),
        ("state: open", "state: opened", "orders", "'opened' is not one of"),
        ("limit: 50", "limit: 500", "orders", "500 is greater than the maximum of 100"),
        ("send: after", "send: page", "order_lines", "no query parameter 'page'"),
        ("take: next", "take: next_page", "orders", "pages.take takes 'next_page'"),
        ("body: {kind: refunds}", "body: {kind: payments}", "refunds", "'payments' is not one of"),
        ("body: {kind: refunds}", "body: {kind: refunds, since: x}", "refunds", "'since' is not described"),
        ("body: {kind: refunds}", "body: {}", "refunds", "'kind' is needed"),
        ("create: {method: POST", "create: {method: PUT", "refunds", "the path is described for POST"),
        ("done: [ready]", "done: [ready, finished]", "refunds", "'finished' is none of the described statuses"),
        ("status: state", "status: phase", "refunds", "job.poll.status takes 'phase'"),
    ],
)
def test_a_request_that_is_not_described(compared: Compared, old: str, new: str, stream: str, said: str) -> None:
    found = [str(each) for each in compared((old, new)) if each.kind == "request" and each.stream == stream]
    assert [text for text in found if said in text], found


def test_an_undescribed_fact_of_the_account_hides_no_stream(compared: Compared) -> None:
    fact = "account:\n  shop: {path: /v1/me, take: data.shop}\nstreams:\n"
    found = compared(("streams:\n", fact), ("state: open", 'status: "{account.shop}"'))
    assert any(each.stream == "account shop" and "/v1/me is not described" in str(each) for each in found)
    assert any(each.stream == "orders" and "no query parameter 'status'" in str(each) for each in found)


@pytest.mark.parametrize(
    ("old", "new", "stream", "column", "said"),
    [
        ("note: string", "notes: string", "orders", "notes", "not described; near it: note"),
        ("paid: boolean", "paid: json", "orders", "paid", "json is declared, boolean described"),
        ("tags: json", "tags: string", "orders", "tags", "string is declared, array described"),
        ("note: string", "note: string!", "orders", "note", "may be null"),
        ("from: price.amount", "from: price.value", "order_lines", "price_amount", "stops before 'value'"),
        ("amount: integer}", "amount: boolean}", "refunds", "amount", "boolean is declared, integer described"),
    ],
)
def test_a_column_that_is_not_described(
    compared: Compared, old: str, new: str, stream: str, column: str, said: str
) -> None:
    found = [each for each in compared((old, new)) if (each.kind, each.stream, each.field) == ("field", stream, column)]
    assert [each for each in found if said in each.sentence], found


def test_records_that_stand_elsewhere(compared: Compared) -> None:
    found = compared(("records: data", "records: items"))
    assert ("orders", "undescribed") in {(each.stream, each.kind) for each in found}


def test_of_answers_that_begin_alike_it_is_the_one_with_the_streams_records(compared: Compared) -> None:
    def either(described: Any) -> None:
        get = described["paths"]["/v1/orders"]["get"]
        get["parameters"].append(query("id", TEXT))
        kinds = {"customers": {"properties": {"id": TEXT}}, "orders": {"$ref": "#/components/schemas/Order"}}
        get["responses"] = answer({"anyOf": [
            {"properties": {"page": {"properties": {name: {"type": "array", "items": kind}}}, "next": TEXT}}
            for name, kind in kinds.items()
        ]})  # fmt: skip

    own = ("    path: /v1/orders\n", "    path: /v1/orders\n    records: page.orders\n    one: %s\n")
    one = '{path: /v1/orders, params: {id: "{record.id}"}, records: page.orders}'
    assert compared((own[0], own[1] % one), change=either) == []


def test_a_record_by_itself_may_be_described_as_one_that_is_gone(compared: Compared) -> None:
    def single(described: Any) -> None:
        described["paths"]["/v1/orders/{order}"] = {
            "get": {"responses": answer({"$ref": "#/components/schemas/Order"})}
        }

    gone = "one: {path: '/v1/orders/{record.id}', gone: {field: paid, is: 'true'}}\n"
    words = (
        "    deletes: never\n    fields: {id: string!, updated",
        f"    {gone}    deletes: {{field: paid, is: ['true']}}\n    fields: {{id: string!, updated",
    )
    assert compared(words, change=single) == []


def test_a_login_that_is_not_described(compared: Compared) -> None:
    def other(described: Any) -> None:
        described["components"]["securitySchemes"]["token"] = {"type": "apiKey", "in": "query", "name": "key"}

    found = [each.sentence for each in compared(change=other) if each.stream == "orders"]
    assert found == ["the login 'key' is not described; /v1/orders takes key in the query"]


def test_a_deprecated_request_is_told_and_no_error(compared: Compared) -> None:
    def given_up(described: Any) -> None:
        described["paths"]["/v1/orders"]["get"]["deprecated"] = True

    assert compared(change=given_up) == []
    found = [str(each) for each in compared(change=given_up, remarks=True) if each.kind == "old"]
    assert found == ["orders: old: the vendor has deprecated GET /v1/orders"]


def test_a_parameter_that_is_needed_and_not_sent(compared: Compared) -> None:
    def needing(described: Any) -> None:
        described["paths"]["/v1/orders"]["get"]["parameters"].append(query("shop", TEXT, required=True))

    assert "query parameter 'shop' is needed" in str([str(each) for each in compared(change=needing)])


def test_a_value_that_does_not_read_as_declared(compared: Compared) -> None:
    def written_otherwise(described: Any) -> None:
        described["components"]["schemas"]["Order"] = json.loads(json.dumps(ORDER))
        described["components"]["schemas"]["Order"]["properties"]["updated_at"] = {
            "type": "string",
            "example": "3 days ago",
        }

    found = [str(each) for each in compared(change=written_otherwise)]
    assert "orders: field: updated_at: a described value does not read as datetime" in found


def test_a_value_that_gets_lost(compared: Compared, monkeypatch: pytest.MonkeyPatch) -> None:
    shaped = Shaper.row
    monkeypatch.setattr(Shaper, "row", lambda self, *given: {**shaped(self, *given), "note": NULL})
    assert "orders: field: note: the described records have a value and none arrived" in map(str, compared())


def excusing(**entry: Any) -> deviations.Deviations:
    said = {"reason": "as the documentation has it", "docs": "https://acme.example/docs", **entry}
    return deviations.Deviations.model_validate({"deviations": [said]})


def test_a_deviation_excuses_what_it_names_and_nothing_else(compared: Compared) -> None:
    found = compared(("note: string", "notes: string"), ("paid: boolean", "paid: json"))
    excused = excusing(streams=["orders"], fields=["notes"])
    assert {each.field for each in excused.unexcused(found)} == {"paid"}
    assert excused.needless(found) == []


def test_a_deviation_that_is_no_longer_needed_is_told(compared: Compared) -> None:
    found = compared(("note: string", "notes: string"))
    told = excusing(streams=["orders"], fields=["notes", "paid"]).needless(found)
    assert told == ["orders: paid: the description says nothing else; take it out"]
    assert excusing(streams=["order_lines"], undescribed=True).needless(found)


def test_a_deviation_needs_a_reason_and_a_page(tmp_path: Path) -> None:
    (tmp_path / "deviations.yaml").write_text("deviations: [{streams: [orders], fields: [x], reason: no}]")
    with pytest.raises(deviations.DeviationsError, match=r"deviations\.0\.docs"):
        deviations.load("acme", tmp_path)
