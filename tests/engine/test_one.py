"""Records named by their ids: read alone, beside the bookmarks, and deleted where the vendor has them no more."""

from typing import Any

import pytest

from taps.engine.errors import BadSetting
from taps.engine.load import ManifestError
from tests.engine.vendor import Asked, listing, platform, run, vendor

ORDERS = """
defaults: {errors: {docs: https://acme.example/docs/errors, status: {"404": missing, "403": permission}}}
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /orders
    params: {since: "{window.start}"}
    records: data
    key: [id]
    cursor: {field: updated, format: datetime, start: "{config.start_date}", includes: from, order: oldest_first}
    one: {path: "/orders/{record.id}", records: order, gone: {field: status, is: trash}}
    deletes: {compare: weekly}
    fields: {id: string!, status: string, updated: datetime}
  order_lines:
    docs: https://acme.example/docs/orders
    parent: {stream: orders, carry: {order_id: id}, inside: lines}
    key: [order_id, id]
    deletes: with_parent
    fields: {order_id: string!, id: string!}
  receipts:
    docs: https://acme.example/docs/receipts
    path: /receipts
    records: data
    key: [id]
    one: /receipts/{record.id}
    deletes: never
    fields: {id: integer!}
"""


def answer(asked: Asked) -> Any:
    kind, _, identity = asked.path.removeprefix("/").partition("/")
    if kind == "receipts" and identity == "403":
        return 403, {}
    if identity in {"gone", "404"}:
        return 404, {}
    if kind == "receipts":
        return {"id": int(identity)}
    status = "trash" if identity == "a%2Ftrash" else "paid"
    return {
        "order": {
            "id": identity.replace("%2F", "/"),
            "status": status,
            "updated": "2026-03-01T00:00:00Z",
            "lines": [{"id": "1"}],
        }
    }


def test_named_records_are_read_with_what_hangs_below_them_and_no_bookmark_moves(tmp_path):
    tap = platform(tmp_path / "acme", ORDERS)
    with vendor(answer) as found:
        told = run(tap, found.url, objects={"orders": ["7", "7", "gone", "a/trash"], "receipts": ["5", "404"]})
    assert sorted(found.paths()) == ["/orders/7", "/orders/a%2Ftrash", "/orders/gone", "/receipts/404", "/receipts/5"]
    rows = {row["id"]: row for row in told.records("orders")}
    assert (rows["7"]["status"], "_sdc_deleted_at" in rows["7"]) == ("paid", False)
    assert {each for each, row in rows.items() if row.get("_sdc_deleted_at")} == {"gone", "a/trash"}
    assert [(row["order_id"], row["id"]) for row in told.records("order_lines")] == [("7", "1")]
    replaced = [message["replaces"]["where"]["order_id"] for message in told.of("SCHEMA") if "replaces" in message]
    assert ["7"] in replaced, "lines that the order has no more are gone"
    assert told.ids("receipts") == [5], "a stream without deletes keeps what the vendor does not show"
    assert told.of("STATE") == []
    assert not any(message["tells_end"] for message in told.of("SCHEMA") if "replaces" not in message)


def test_a_record_that_the_login_may_not_read_makes_the_run_partial_and_the_others_arrive(tmp_path):
    tap = platform(tmp_path / "acme", ORDERS)
    with vendor(answer) as found:
        told = run(tap, found.url, objects='{"orders": ["1"], "receipts": ["403"]}')
    assert told.code == 3
    assert told.ids("orders") == ["1"]


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        ("{", "must be a JSON object"),
        ({"orders": "1"}, "must be a JSON object"),
        ({"order_lines": ["1"]}, "'order_lines'"),
    ],
)
def test_what_cannot_be_read_alone_is_refused_before_any_request(tmp_path, objects, said):
    tap = platform(tmp_path / "acme", ORDERS)
    with vendor(answer) as found, pytest.raises(BadSetting, match=said):
        run(tap, found.url, objects=objects)
    assert found.paths() == []


@pytest.mark.parametrize(
    ("one", "said"),
    [
        ("/orders/latest", "nowhere says which record is meant"),
        ("{params: {id: '{record.id}'}}", "needs a path or a graphql file"),
        ("{graphql: none.graphql, variables: {id: '{record.id}'}}", "no file none.graphql"),
        ("{path: '/receipts/{record.id}', rate: often}", "no rate bucket 'often'"),
    ],
)
def test_a_request_for_one_that_cannot_work_is_found_by_the_check(tmp_path, one, said):
    with pytest.raises(ManifestError, match=said):
        platform(tmp_path / "acme", ORDERS.replace("/receipts/{record.id}", one))


def test_a_record_of_a_compound_key_has_no_id_to_ask_by(tmp_path):
    with pytest.raises(ManifestError, match="needs a key of one column"):
        platform(
            tmp_path / "acme", ORDERS.replace("key: [order_id, id]", "key: [order_id, id]\n    one: /lines/{record.id}")
        )


BRANCHES = (
    """
defaults: {errors: {docs: https://acme.example/docs/errors, status: {"404": missing}}}
streams:
"""
    + listing("repositories", "full_name")
    + """\
  pulls:
    docs: https://acme.example/docs/pulls
    parent: {stream: repositories, owner: {repository: full_name}, carry: {repository: full_name}}
    path: "/repos/{parent.full_name:path}/pulls"
    records: data
    key: [repository, number]
    one: {path: "/repos/{record.repository:path}/pulls/{record.number}", by: [repository, number]}
    deletes: with_parent
    fields: {repository: string!, number: integer!, title: string}
  checks:
    docs: https://acme.example/docs/checks
    parent: {stream: pulls, owner: &above {repository: repository, pull: number}, carry: *above}
    path: "/repos/{parent.repository:path}/checks/{parent.number}"
    records: data
    key: [repository, pull, id]
    deletes: with_parent
    fields: {repository: string!, pull: integer!, id: string!}
  tags:
    docs: https://acme.example/docs/tags
    parent: {stream: repositories, owner: {repository: full_name}, carry: {repository: full_name}}
    path: "/repos/{parent.full_name:path}/tags"
    records: data
    key: [id]
    one: {path: "/repos/{record.repository:path}/tags/{record.name}", by: [repository, name]}
    deletes: with_parent
    fields: {repository: string!, id: string!, name: string!}
"""
)


def of_repositories(asked: Asked) -> Any:
    if asked.path.endswith("/404"):
        return 404, {}
    if "/checks/" in asked.path:
        return {"data": [{"id": "c1"}]}
    return {"id": "t1", "name": "v1", "number": 5, "title": "a"}


def test_a_record_named_by_several_values_is_read_with_what_a_list_would_carry(tmp_path):
    tap = platform(tmp_path / "acme", BRANCHES)
    named = {"pulls": [["octo/hello", "5"], '["octo/hello","404"]'], "tags": [["octo/hello", "v1"], ["o/h", "404"]]}
    with vendor(of_repositories) as found:
        told = run(tap, found.url, objects=named)
    assert sorted(found.paths()) == [
        "/repos/o/h/tags/404", "/repos/octo/hello/checks/5", "/repos/octo/hello/pulls/404",
        "/repos/octo/hello/pulls/5", "/repos/octo/hello/tags/v1",
    ]  # fmt: skip
    rows = {row["number"]: row for row in told.records("pulls")}
    assert (rows[5]["repository"], rows[5]["title"]) == ("octo/hello", "a")
    assert (rows[404]["repository"], bool(rows[404]["_sdc_deleted_at"])) == ("octo/hello", True)
    assert [(row["repository"], row["pull"], row["id"]) for row in told.records("checks")] == [("octo/hello", 5, "c1")]
    assert [(row["repository"], row["id"], row.get("_sdc_deleted_at")) for row in told.records("tags")] == [
        ("octo/hello", "t1", None)
    ], "a tag that is gone cannot be marked: its key is not among what names it"


@pytest.mark.parametrize("name", ["5", '["octo/hello"]', '{"repository": "octo/hello"}'])
def test_a_name_that_says_too_little_is_refused(tmp_path, name):
    tap = platform(tmp_path / "acme", BRANCHES)
    with vendor(of_repositories) as found, pytest.raises(BadSetting, match="named by repository, number, not by"):
        run(tap, found.url, objects={"pulls": [name]})
    assert found.paths() == []


def test_a_value_never_climbs_out_of_its_path(tmp_path):
    tap = platform(tmp_path / "acme", BRANCHES)
    with vendor(of_repositories) as found:
        told = run(tap, found.url, objects={"pulls": [["../admin", "5"]]})
    assert found.paths() == [] and told.code != 0


TENANTS = (
    """
streams:
"""
    + listing("tenants", "id")
    + """\
  contacts:
    docs: https://acme.example/docs/contacts
    parent: {stream: tenants, only: "{config.tenants}", carry: {tenant: id}}
    path: /contacts
    headers: {Tenant: "{parent.id}"}
    records: data
    key: [id]
    one: {path: "/contacts/{record.id}", by: [tenant, id]}
    deletes: never
    fields: {tenant: string!, id: string!}
"""
)


def of_tenants(asked: Asked) -> Any:
    return {"id": asked.path.rpartition("/")[2]}


OWNED = TENANTS.replace(
    'one: {path: "/contacts/{record.id}", by: [tenant, id]}', 'one: {path: "/contacts/{record.id}", own: [tenant]}'
)


def test_a_record_that_says_itself_whose_it_is_is_left_alone_where_that_is_not_chosen(tmp_path):
    tap = platform(tmp_path / "acme", OWNED, options="tenants: {type: list, title: Tenants, optional: true}")

    def owned(asked: Asked) -> Any:
        identity = asked.path.rpartition("/")[2]
        return {"id": identity, "tenant": f"t{int(identity) - 4}"}

    with vendor(owned) as found:
        told = run(tap, found.url, objects={"contacts": ["5", "6"]}, tenants=["t1"])
    assert [(each["tenant"], each["id"]) for each in told.records("contacts")] == [("t1", "5")] and told.code == 0


TYPED = TENANTS.replace(' only: "{config.tenants}",', "").replace(
    "    deletes: never\n    fields: {id: string!}\n",
    "    deletes: never\n    instead: {option: tenants, path: '/tenants/{parent.value}'}\n    fields: {id: string!}\n",
)


@pytest.mark.parametrize("manifest", [TENANTS, TYPED], ids=["only", "instead"])
@pytest.mark.parametrize(("chosen", "expected"), [({}, ["5", "6"]), ({"tenants": ["t1"]}, ["5"])])
def test_a_record_is_asked_for_as_one_of_its_parent_and_only_where_that_is_chosen(tmp_path, manifest, chosen, expected):
    tap = platform(tmp_path / "acme", manifest, options="tenants: {type: list, title: Tenants, optional: true}")
    with vendor(of_tenants) as found:
        told = run(tap, found.url, objects={"contacts": [["t1", "5"], ["t2", "6"]]}, **chosen)
    asked = {each.path: each.headers.get("Tenant") for each in found.asked}
    assert asked == {f"/contacts/{each}": f"t{int(each) - 4}" for each in expected}
    assert sorted(told.ids("contacts")) == expected and told.code == 0
