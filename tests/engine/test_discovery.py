"""Streams and columns that only the account knows."""

from typing import Any

import pytest

from tests.engine.vendor import AUTH, Asked, platform, run, vendor

CRM = """
columns:
  described:
    docs: https://acme.example/docs/describe
    path: /describe/{stream.object}
    params: {all: "true"}
    records: fields
    name: name
    type: kind.id
    types: {currency: decimal, blob: skip}
    other: string
    only: {readable: [true]}
    complete: true
    pages: {kind: token, send: page, take: next}
streams:
  accounts:
    docs: https://acme.example/docs/accounts
    object: Account
    path: /query
    params: {q: "SELECT {fields} FROM {stream.object}"}
    records: data
    key: [id]
    deletes: never
    columns: described
    fields:
      id: {type: string!, from: Id}
      name: {type: string, from: Name}
      salary: {type: decimal, from: Salary}
      owner: {type: string, from: Owner.Name}
  objects:
    docs: https://acme.example/docs/objects
    path: /objects
    records: data
    pages: {kind: token, send: page, take: next}
    key: [api_name]
    deletes: never
    helper: true
    only: {custom: [true]}
    fields: {api_name: {type: string!, from: apiName}, label: string, custom: boolean}
  custom_objects:
    docs: https://acme.example/docs/query
    each: {stream: objects, id: "{each.api_name}", name: "{each.label}"}
    object: "{each.api_name}"
    path: /query
    params: {q: "SELECT {fields} FROM {stream.object}"}
    records: data
    key: [id]
    deletes: never
    columns: described
    fields: {id: {type: string!, from: Id}}
"""
OBJECTS = [
    {"apiName": "Account", "label": "Account", "custom": True},
    {"apiName": "Boat__c", "label": "My Boats", "custom": True},
    {"apiName": "Ship__c", "label": "My boats!", "custom": True},
    {"apiName": "Task", "label": "Task", "custom": False},
]


def described(name: str, kind: str, readable: bool = True) -> dict[str, Any]:
    return {"name": name, "kind": {"id": kind}, "readable": readable}


def crm(asked: Asked) -> Any:
    if asked.path == "/objects":
        at = int(asked.params.get("page", 0))
        return {"data": OBJECTS[at : at + 2], "next": str(at + 2) if at == 0 else ""}
    if asked.path.startswith("/describe/"):
        assert asked.params["all"] == "true"
        first = [described("Id", "id"), described("Name", "text"), described("Photo", "blob")]
        second = [described("Budget__c", "currency"), described("Hidden__c", "text", readable=False)]
        return {
            "fields": second if asked.params.get("page") else first,
            "next": "" if asked.params.get("page") else "2",
        }
    return {"data": [{"Id": "1", "Name": "A", "Budget__c": 12.5, "Owner": {"Name": "B"}}]}


def test_columns_are_asked_for_per_object_and_what_a_login_may_not_see_is_not_asked_for(tmp_path):
    tap = platform(tmp_path / "acme", CRM)
    with vendor(crm) as found:
        told = run(tap, found.url)
    assert told.code == 0
    queries = {asked.params["q"] for asked in found.asked if asked.path == "/query"}
    assert queries == {
        "SELECT Budget__c,Id,Name,Owner.Name FROM Account",
        "SELECT Name,Budget__c,Id FROM Boat__c",
        "SELECT Name,Budget__c,Id FROM Ship__c",
    }
    (row,) = told.records("accounts")
    assert (row["id"], row["Budget__c"], row["salary"], row["owner"], row["_extra"]) == ("1", "12.5", None, "B", None)


QUERIED = """
columns:
  custom:
    docs: https://acme.example/docs/describe
    method: POST
    path: /query
    body: {q: "SELECT name FROM columns OF {stream.object}"}
    records: data
    type: kind
    types: {Day: date}
    other: string
streams:
  sales:
    docs: https://acme.example/docs/query
    object: sale
    path: /query
    body: {q: "SELECT {fields} FROM {stream.object}"}
    records: data
    key: [id]
    deletes: never
    columns: custom
    fields: {id: string!, sold: date, paid: boolean}
"""
ASKED = """
  ask:
    date: TO_CHAR({column}, 'YYYY-MM-DD') AS {column}
    boolean: CASE {column} WHEN 'T' THEN 'true' WHEN 'F' THEN 'false' END AS {column}
"""


def test_columns_may_be_queried_and_are_asked_for_as_their_types_need(tmp_path):
    auth = AUTH.replace("http: {base: https://api.acme.example}\n", "http:\n  base: https://api.acme.example" + ASKED)
    tap = platform(tmp_path / "acme", QUERIED, auth=auth)

    def query(asked: Asked) -> Any:
        if "FROM columns" in asked.body["q"]:
            assert asked.method == "POST"
            return {"data": [{"name": "shipped", "kind": "Day"}, {"name": "note", "kind": "Text"}]}
        return {"data": [{"id": "1", "sold": "2026-03-01", "paid": "true", "shipped": "2026-03-02", "note": "x"}]}

    with vendor(query) as found:
        told = run(tap, found.url)
    assert [asked.body["q"] for asked in found.asked] == [
        "SELECT name FROM columns OF sale",
        "SELECT TO_CHAR(shipped, 'YYYY-MM-DD') AS shipped,note,id,TO_CHAR(sold, 'YYYY-MM-DD') AS sold,"
        "CASE paid WHEN 'T' THEN 'true' WHEN 'F' THEN 'false' END AS paid FROM sale",
    ]
    (row,) = told.records("sales")
    assert (row["sold"], row["paid"], row["shipped"], row["note"]) == ("2026-03-01", True, "2026-03-02", "x")


def test_each_custom_object_is_a_stream_and_a_declared_one_needs_no_second(tmp_path):
    tap = platform(tmp_path / "acme", CRM)
    with vendor(crm) as found:
        told = run(tap, found.url)
        assert [path for path in found.paths() if path.startswith("/describe")].count("/describe/Account") == 2
    assert {m["stream"] for m in told.of("SCHEMA")} == {"accounts", "my_boats", "my_boats_ship_c"}
    assert told.records("my_boats")[0]["Name"] == "A"


def test_only_what_the_catalog_selects_is_asked_about(tmp_path):
    tap = platform(tmp_path / "acme", CRM)
    with vendor(crm) as found:
        catalog = tap(config={"api_key": "k", "api_url": found.url}).catalog_dict
        for entry in catalog["streams"]:
            chosen = entry["tap_stream_id"] == "my_boats"
            entry["metadata"] = [{"breadcrumb": [], "metadata": {"selected": chosen, "inclusion": "available"}}]
        found.asked.clear()
        told = run(tap, found.url, catalog=catalog)
        assert set(found.paths()) == {"/objects", "/describe/Boat__c", "/query"}
    assert told.ids("my_boats") == ["1"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_refused_description_leaves_the_declared_columns(tmp_path, status, caplog):
    errors = 'defaults: {errors: {docs: https://acme.example/d, status: {"403": permission, "404": missing}}}\n'
    tap = platform(tmp_path / "acme", errors + CRM[: CRM.index("  objects:")])
    with vendor(lambda asked: (status, {}) if asked.path.startswith("/describe") else crm(asked)) as found:
        told = run(tap, found.url)
    assert told.ids("accounts") == ["1"]
    assert "accounts: custom columns are left out" in caplog.text


@pytest.mark.parametrize("status", [403, 404])
def test_what_lists_the_account_s_own_streams_may_be_refused_and_the_others_are_read(tmp_path, status, caplog):
    errors = 'defaults: {errors: {docs: https://acme.example/d, status: {"403": permission, "404": missing}}}\n'
    tap = platform(tmp_path / "acme", errors + CRM)
    with vendor(crm) as found:
        catalog = tap(config={"api_key": "k", "api_url": found.url}).catalog_dict
    for entry in catalog["streams"]:
        chosen = entry["tap_stream_id"] == "accounts"
        entry["metadata"] = [{"breadcrumb": [], "metadata": {"selected": chosen, "inclusion": "available"}}]
    with vendor(lambda asked: (status, {}) if asked.path.startswith("/objects") else crm(asked)) as found:
        told = run(tap, found.url, catalog=catalog)
    assert told.ids("accounts") == ["1"]
    assert "objects: streams that only the account knows are left out" in caplog.text


def test_columns_seen_in_a_page_have_the_types_they_came_with(tmp_path):
    manifest = """
    columns:
      seen: {docs: https://acme.example/docs/rows, first_page: true}
    streams:
      rows: {docs: https://acme.example/docs/rows, path: /rows, records: data, columns: seen, key: [id],
             deletes: never, fields: {id: string!}}
    """
    rows = [{"id": "1", "a": None, "b": 1, "c": True, "d": "x", "e": [1], "f": 1}, {"id": "2", "a": None, "f": 1.5}]
    tap = platform(tmp_path / "acme", manifest)
    with vendor(lambda _: {"data": rows}) as found:
        told = run(tap, found.url)
    properties = told.of("SCHEMA", "rows")[0]["schema"]["properties"]
    kinds = {name: [kind for kind in properties[name]["type"] if kind != "null"] for name in "abcd"}
    assert kinds == {"a": ["string"], "b": ["integer"], "c": ["boolean"], "d": ["string"]}
    assert properties["f"]["format"] == "x-singer.decimal"
    assert told.records("rows")[0]["e"] == [1]


TABLES_OF_BASES = """
columns:
  of_table: {docs: https://acme.example/docs/fields, of: fields, name: name, type: type,
             types: {checkbox: boolean, number: decimal}, other: string}
streams:
  bases: {docs: https://acme.example/docs/bases, path: /bases, records: data, key: [id], deletes: never,
          fields: {id: string!, name: string}}
  tables:
    docs: https://acme.example/docs/tables
    path: /bases/{parent.id}/tables
    parent: {stream: bases, carry: {base: id, base_name: name}}
    records: data
    key: [base, id]
    deletes: never
    fields: {base: string!, base_name: string, id: string!, name: string, fields: json}
  rows:
    docs: https://acme.example/docs/rows
    each: {stream: tables, id: "{each.id}", name: "{each.base_name}__{each.name}"}
    path: /{each.base}/{each.id}
    records: data
    unwrap: [fields]
    key: [id]
    deletes: never
    columns: of_table
    fields: {id: string!}
"""


def test_columns_may_stand_in_the_record_that_a_stream_is_made_for(tmp_path):
    tap = platform(tmp_path / "acme", TABLES_OF_BASES)
    fields = [{"name": "Paid?", "type": "checkbox"}, {"name": "Sum. total", "type": "number"}]

    def answer(asked: Asked) -> Any:
        if asked.path == "/bases":
            return {"data": [{"id": "b1", "name": "Sales"}]}
        if asked.path == "/bases/b1/tables":
            return {"data": [{"id": "t1", "name": "Open Deals", "fields": fields}]}
        assert asked.path == "/b1/t1"
        return {"data": [{"id": "r1", "fields": {"Paid?": True, "Sum. total": 1.50}}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
    (row,) = told.records("sales_open_deals")
    assert (row["Paid?"], row["Sum. total"], row["_extra"]) == (True, "1.5", None)


def test_what_may_not_be_listed_leaves_the_run_partial_and_the_others_are_read(tmp_path, caplog):
    errors = 'defaults: {errors: {docs: https://acme.example/d, status: {"403": permission}}}\n'
    tap = platform(tmp_path / "acme", errors + CRM)
    with vendor(crm) as found:
        catalog = tap(config={"api_key": "k", "api_url": found.url}).catalog_dict
    with vendor(lambda asked: (403, {}) if asked.path == "/objects" else crm(asked)) as found:
        told = run(tap, found.url, catalog=catalog)
    assert told.code == 3
    assert told.ids("accounts") == ["1"]
    assert "the catalog names a stream 'my_boats' that there is not" in caplog.text


def test_a_refused_helper_leaves_the_run_partial(tmp_path):
    manifest = """
    defaults:
      records: data
      key: [id]
      errors: {docs: https://acme.example/docs/errors, status: {"403": permission}}
    streams:
      shops: {docs: https://acme.example/docs/shops, path: /shops, helper: true, deletes: never, fields: {id: string!}}
      sales:
        docs: https://acme.example/docs/sales
        path: /shops/{parent.id}/sales
        parent: {stream: shops, carry: {shop: id}}
        deletes: never
        fields: {shop: string!, id: string!}
    """
    tap = platform(tmp_path / "acme", manifest)
    with vendor(lambda _: (403, {})) as found:
        assert run(tap, found.url).code == 3
