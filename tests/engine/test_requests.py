"""What a stream's words become as requests: addresses, logins, parameters, bodies, references."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from taps.engine.errors import BadSetting
from tests.engine.vendor import AUTH, Asked, Vendor, platform, run, vendor

STREAM = """
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, name: {type: string, from: full.name}}
"""


def empty(_: Asked) -> Any:
    return {"data": []}


def only(found: Vendor) -> Asked:
    (asked,) = found.asked
    return asked


@pytest.mark.parametrize(
    ("lists", "params"),
    [
        ("repeat", {"ids": ["1", "2"], "all": "true", "where": '{"a":[1]}'}),
        ("comma", {"ids": "1,2", "all": "true", "where": '{"a":[1]}'}),
        ("json", {"ids": '["1","2"]', "all": "true", "where": '{"a":[1]}'}),
    ],
)
def test_lists_and_maps_in_parameters_are_written_as_the_vendor_reads_them(tmp_path, lists, params):
    auth = AUTH.replace("acme.example}", "acme.example, lists: " + lists + "}")
    more = '    params: {ids: "{config.ids}", all: true, where: {a: [1]}, none: "{config.start_date}"}\n'
    tap = platform(tmp_path / "acme", STREAM + more, auth=auth, options="ids: {type: list, title: Ids, optional: true}")
    with vendor(empty) as found:
        run(tap, found.url, ids="1, 2")
        assert only(found).params == params


def test_each_map_of_a_repeated_parameter_is_written_as_json(tmp_path):
    more = '    params: {e: [{event: "{config.first}"}, {event: "bought"}]}\n'
    tap = platform(tmp_path / "acme", STREAM + more, options="first: {type: string, title: First}")
    with vendor(empty) as found:
        run(tap, found.url, first='"quoted" & more')
        pairs = parse_qsl(only(found).query)
    assert pairs == [("e", '{"event":"\\"quoted\\" & more"}'), ("e", '{"event":"bought"}')]


def test_fields_are_a_list_as_a_whole_value_and_joined_inside_a_text(tmp_path):
    more = """\
    method: POST
    body: {columns: "{fields}", query: "SELECT {fields} FROM items", literal: "{{x}}", each: [{name: "{fields}"}]}
"""
    tap = platform(tmp_path / "acme", STREAM + more)
    with vendor(empty) as found:
        run(tap, found.url)
        assert only(found).body == {
            "columns": ["id", "full.name"],
            "query": "SELECT id,full.name FROM items",
            "literal": "{x}",
            "each": [{"name": "id"}, {"name": "full.name"}],
        }


def test_dimensions_and_metrics_are_asked_for_apart(tmp_path):
    manifest = """
    streams:
      report:
        docs: https://acme.example/docs/report
        path: /report
        method: POST
        body: {by: "{dimensions}", what: [{name: "{metrics}"}]}
        records: rows
        key: [day]
        deletes: never
        fields: {}
        dimensions: {day: {type: date!, format: "%Y%m%d"}}
        metrics: {clicks: integer, cost: {type: decimal, from: totalCost}}
    """
    tap = platform(tmp_path / "acme", manifest)
    with vendor(lambda _: {"rows": [{"day": "20260105", "clicks": "3", "totalCost": "1.20"}]}) as found:
        told = run(tap, found.url)
        assert only(found).body == {"by": ["day"], "what": [{"name": "clicks"}, {"name": "totalCost"}]}
    (row,) = told.records("report")
    assert (row["day"], row["clicks"], row["cost"]) == ("2026-01-05", 3, "1.20")


def test_a_form_is_sent_as_a_form(tmp_path):
    tap = platform(tmp_path / "acme", STREAM + '    form: {q: "a&b", ids: [1, 2], since: "{config.start_date}"}\n')
    with vendor(empty) as found:
        run(tap, found.url)
        assert only(found).headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert parse_qsl(only(found).body) == [("q", "a&b"), ("ids", "1"), ("ids", "2")]


REGIONS = """
auth:
  token:
    kind: bearer
    docs: https://acme.example/docs/auth
    config: {api_key: {type: secret, title: Key}}
    token: "{config.api_key}"
  site:
    kind: basic
    docs: https://acme.example/docs/auth
    base: "{config.where.site}"
    config: {user: {type: string, title: User}, password: {type: secret, title: Password}}
    username: "{config.user}"
    password: "{config.password}"
  reports:
    kind: keys
    docs: https://acme.example/docs/auth
    config: {report_key: {type: secret, title: Report key, optional: true}}
    params: {key: "{config.report_key}"}
http:
  base: "{config.where.api}"
  hosts:
    export: {base: "{config.where.export}", auth: reports}
    same: {base: "{config.where.api}/v2"}
"""
WHERE = "where: {type: choice, title: Region, choices: {EU: {api: URL/eu, site: URL/site, export: URL/export}}}"
HOSTS = (
    STREAM
    + """\
  exports:
    docs: https://acme.example/docs/exports
    path: /files
    host: export
    records: data
    key: [id]
    deletes: never
    fields: {id: string!}
  newer:
    docs: https://acme.example/docs/newer
    path: /newer
    host: same
    records: data
    key: [id]
    deletes: never
    fields: {id: string!}
"""
)


@pytest.mark.parametrize(
    ("settings", "base", "login"),
    [
        ({"api_key": "k"}, "/eu", "Bearer k"),
        ({"api_key": "", "user": "u", "password": "p"}, "/site", "Basic dTpw"),
        ({"api_key": "k", "user": "u", "password": "p", "auth_method": "site"}, "/site", "Basic dTpw"),
    ],
)
def test_regions_set_several_addresses_and_each_login_and_host_has_its_own(tmp_path, settings, base, login):
    with vendor(empty) as found:
        tap = platform(tmp_path / "acme", HOSTS, auth=REGIONS, options=WHERE.replace("URL", found.url))
        run(tap, "", where="EU", report_key="r", **settings)
        asked = {each.path: each for each in found.asked}
    assert asked[f"{base}/items"].headers["Authorization"] == login
    assert asked["/export/files"].params == {"key": "r"}
    assert "Authorization" not in asked["/export/files"].headers
    assert asked["/eu/v2/newer"].headers["Authorization"] == login


def test_a_choice_that_is_none_is_refused_by_name(tmp_path):
    tap = platform(tmp_path / "acme", HOSTS, auth=REGIONS, options=WHERE.replace("URL", "https://acme.example"))
    with pytest.raises(BadSetting, match="'where': 'US' is none of EU"):
        run(tap, "", where="US")


def test_facts_of_the_account_are_read_once_and_refer_to_where_they_stand(tmp_path):
    auth = """
auth:
  app:
    kind: oauth2
    docs: https://acme.example/docs/oauth
    token: https://acme.example/token
    grant: client_credentials
http: {base: https://api.acme.example}
account:
  shop: {from: token, take: shop.id}
  zone: {path: /me, take: user.zone}
"""
    more = '    params: {shop: "{account.shop}", zone: "{account.zone}"}\n    pages: {kind: number, send: page}\n'
    tap = platform(tmp_path / "acme", STREAM + more, auth=auth)

    def answer(asked: Asked) -> Any:
        if asked.path == "/token":
            return {"access_token": "t", "expires_in": 3600, "shop": {"id": 7}}
        if asked.path == "/me":
            return {"user": {"zone": "Europe/Berlin"}}
        assert asked.params["shop"] == "7"
        assert asked.params["zone"] == "Europe/Berlin"
        return {"data": {"1": [{"id": "1"}, {"id": "2"}], "2": [{"id": "3"}]}.get(asked.params["page"], [])}

    with vendor(answer) as found:
        settings = {"client_id": "c", "client_secret": "s", "auth_url": f"{found.url}/token"}
        told = run(tap, found.url, api_key=None, **settings)
        assert sorted(found.paths()) == ["/items", "/items", "/items", "/me", "/token"]
    assert told.ids("items") == ["1", "2", "3"]


def test_a_position_may_have_two_parts(tmp_path):
    pages = "{kind: token, send: key, take: next.key, also: {version: next.version}}"
    tap = platform(tmp_path / "acme", STREAM + f"    pages: {pages}\n")
    answers = {
        (None, None): {"data": [{"id": "1"}], "next": {"key": "a", "version": "v1"}},
        ("a", "v1"): {"data": [{"id": "2"}], "next": {"key": "b"}},
        ("b", None): {"data": [{"id": "3"}], "next": {"key": None}},
    }
    with vendor(lambda asked: answers[asked.params.get("key"), asked.params.get("version")]) as found:
        assert run(tap, found.url).ids("items") == ["1", "2", "3"]


@pytest.mark.parametrize("total", ["", ", total: {pages: pages}"])
def test_what_the_first_answer_gave_is_sent_back_with_every_later_page(tmp_path, total):
    pages = "{kind: number, send: page, first: 0, into: form, echo: {session: session.id}" + total + "}"
    tap = platform(tmp_path / "acme", STREAM + '    form: {q: "1"}\n    pages: ' + pages + "\n")

    def answer(asked: Asked) -> Any:
        form = dict(parse_qsl(asked.body))
        page = int(form["page"])
        assert form == {"q": "1", "page": str(page), **({"session": "s0"} if page else {})}
        return {"data": [{"id": str(page)}] if page < 3 else [], "session": {"id": f"s{page}"}, "pages": 3}

    with vendor(answer) as found:
        assert run(tap, found.url).ids("items") == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("pages", "first", "second"),
    [
        ("{kind: token, send: page.after, take: next, into: body, size: {page.limit: 2}}",
         {"body": {"q": "x", "page": {"limit": 2}}}, {"body": {"q": "x", "page": {"limit": 2, "after": "b"}}}),
        ("{kind: token, send: X-Next, take: next, into: header}", {"X-Next": None}, {"X-Next": "b"}),
        ("{kind: token, send: after, take: next, resend: [v]}",
         {"params": {"v": "1", "once": "1"}}, {"params": {"v": "1", "after": "b"}}),
    ],
)  # fmt: skip
def test_a_pages_position_goes_where_the_vendor_reads_it(tmp_path, pages, first, second):
    more = f"""\
    method: POST
    params: {{v: "1", once: "1"}}
    body: {{q: x}}
    pages: {pages}
"""
    tap = platform(tmp_path / "acme", STREAM + more)

    def answer(asked: Asked) -> Any:
        said = json.dumps([asked.params, asked.body, asked.headers.get("X-Next")])
        later = '"b"' in said
        return {"data": [{"id": "2" if later else "1"}], "next": None if later else "b"}

    with vendor(answer) as found:
        told = run(tap, found.url)
        asked = found.asked
    assert told.ids("items") == ["1", "2"]
    for each, expected in zip(asked, (first, second), strict=True):
        for part, value in expected.items():
            assert (getattr(each, part) if part in ("body", "params") else each.headers.get(part)) == value


def test_positions_in_a_querys_text_count_on(tmp_path):
    more = '    params: {q: "SELECT * LIMIT {page.size} OFFSET {page.offset}"}\n'
    more += "    pages: {kind: offset, send: offset, into: text, size: {limit: 2}, step: size}\n"
    tap = platform(tmp_path / "acme", STREAM + more)

    def answer(asked: Asked) -> Any:
        assert set(asked.params) == {"q"}
        offset = int(asked.params["q"].rpartition(" ")[2])
        return {"data": [{"id": str(offset)}] if offset < 4 else []}

    with vendor(answer) as found:
        assert run(tap, found.url).ids("items") == ["0", "2"]


def test_references_in_a_path_are_encoded_and_an_unset_one_drops_its_whole_entry(tmp_path):
    more = '    headers: {X-Account: "{config.account}", X-Fixed: "1"}\n'
    manifest = (STREAM + more).replace("path: /items", 'path: "/of/{config.name}/items"')
    options = (
        "name: {type: string, title: Name}\naccount: {type: string, title: Account, optional: true, suffix: .acme.com}"
    )
    tap = platform(tmp_path / "acme", manifest, options=options)
    with vendor(empty) as found:
        run(tap, found.url, name="a/b c")
        run(tap, found.url, name="x", account="shop.acme.com")
    assert found.paths() == ["/of/a%2Fb%20c/items", "/of/x/items"]
    assert "X-Account" not in found.asked[0].headers
    assert found.asked[1].headers["X-Account"] == "shop"


SLOW = """
rate:
  items: {docs: https://acme.example/docs/limits, requests: 1, per: 1h, concurrent: 1}
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    records: data
    pages: {kind: number, send: page}
    rate: items
    key: [id]
    deletes: never
    fields: {id: string!}
"""


def three_pages(asked: Asked) -> Any:
    page = int(asked.params["page"])
    return {"data": [{"id": str(page)}] if page < 3 else []}


def test_a_pretend_vendor_on_this_machine_may_be_asked_at_once(tmp_path):
    with vendor(three_pages) as found:
        assert run(platform(tmp_path / "acme", SLOW), found.url, paced=False).ids("items") == ["1", "2"]


def test_a_vendor_elsewhere_may_not(tmp_path):
    with pytest.raises(BadSetting, match=r"'paced' may be false only .*, which https://api.acme.example is not"):
        run(platform(tmp_path / "acme", SLOW), "https://api.acme.example", paced=False)


@pytest.mark.parametrize(
    ("safe", "query"),
    [("", "accounts=List%28urn%253Aa%253A1%2Curn%253Aa%253A2%29"), ("():,%", "accounts=List(urn%3Aa%3A1,urn%3Aa%3A2)")],
)
def test_characters_that_a_vendor_wants_as_they_are_are_not_encoded(tmp_path, safe, query):
    words = STREAM + '    params: {accounts: "List(urn%3Aa%3A1,urn%3Aa%3A2)"}\n'
    tap = platform(tmp_path / "acme", words, auth=AUTH.replace("acme.example}", f'acme.example, safe: "{safe}"}}'))
    with vendor(lambda _: {"data": []}) as found:
        assert run(tap, found.url).code == 0
    assert [asked.query for asked in found.asked] == [query]
