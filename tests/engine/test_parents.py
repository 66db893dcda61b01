"""Which parents a child is read for, and what it has of them."""

import pytest

from taps.engine.errors import BadSetting
from taps.engine.load import ManifestError
from taps.engine.picking import Choice, choices
from taps.engine.settings import connect
from tests.engine.vendor import platform, run, vendor

CARRYING = """
streams:
  accounts:
    docs: https://acme.example/docs/accounts
    path: /accounts
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, currency: string, handle: string, active: boolean}
  spend:
    docs: https://acme.example/docs/spend
    path: /spend/{parent.handle}
    records: data
    key: [account, day]
    parent: {stream: accounts, carry: {account: id, currency: currency}, where: {active: [true]}}
    deletes: never
    fields: {account: string!, currency: string, day: string!}
"""


@pytest.mark.parametrize("accounts", [{"selected": False}, {"selected": True}])
def test_children_have_what_they_need_of_parents_of_which_the_user_wants_less(tmp_path, accounts):
    tap = platform(tmp_path / "acme", CARRYING)
    rows = [{"id": "1", "currency": "EUR", "handle": "a", "active": True}, {"id": "2", "handle": "b", "active": False}]
    with vendor(lambda asked: {"data": rows if asked.path == "/accounts" else [{"day": asked.path}]}) as found:
        catalog = tap(config={"api_key": "k", "api_url": found.url}).catalog_dict
        for entry in catalog["streams"]:
            if entry["tap_stream_id"] == "accounts":
                no = {"selected": False, "inclusion": "available"}
                names = ("currency", "handle", "active")
                unwanted = [{"breadcrumb": ["properties", name], "metadata": no} for name in names]
                entry["metadata"] = [{"breadcrumb": [], "metadata": {**accounts, "inclusion": "available"}}, *unwanted]
        told = run(tap, found.url, catalog=catalog)
    assert told.code == 0
    assert [(row["account"], row["currency"], row["day"]) for row in told.records("spend")] == [
        ("1", "EUR", "/spend/a")
    ]
    wanted = [{"_connection_id", "id", "_extra"}] * 2 if accounts["selected"] else []
    assert [set(row) for row in told.records("accounts")] == wanted


def test_a_reference_without_a_value_fails_its_stream_in_words_and_not_the_run(tmp_path, caplog):
    tap = platform(tmp_path / "acme", CARRYING)
    with vendor(lambda asked: {"data": [{"id": "1", "active": True}]}) as found:
        told = run(tap, found.url)
    assert told.code == 1
    assert told.ids("accounts") == ["1"]
    assert "acme: spend: {parent.handle} has no value here" in caplog.text


CHOSEN = """
streams:
  accounts:
    docs: https://acme.example/docs/accounts
    path: /accounts
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, ads: integer}
  ads:
    docs: https://acme.example/docs/ads
    path: /ads
    headers: {X-Account: "{parent.id}"}
    records: data
    key: [account, id]
    parent: {stream: accounts, carry: {account: id}, only: "{config.accounts}", has: ads}
    deletes: never
    fields: {account: string!, id: string!}
"""
PICK = "accounts: {type: pick, title: Accounts, stream: accounts, value: id, optional: true}"


def test_children_are_read_for_the_parents_that_the_user_picked_and_that_have_any(tmp_path):
    tap = platform(tmp_path / "acme", CHOSEN, options=PICK)
    accounts = [{"id": "1", "ads": 3}, {"id": "2", "ads": 0}, {"id": "3", "ads": 1}, {"id": "4"}]
    with vendor(lambda asked: {"data": accounts if asked.path == "/accounts" else [{"id": "x"}]}) as found:
        everything = run(tap, found.url)
        assert sorted(asked.headers["X-Account"] for asked in found.asked if asked.path == "/ads") == ["1", "3"]
        picked = run(tap, found.url, accounts="2,3")
    assert sorted(row["account"] for row in everything.records("ads")) == ["1", "3"]
    assert [row["account"] for row in picked.records("ads")] == ["3"]
    assert len(picked.records("accounts")) == 4


def test_parents_of_one_batch_have_in_common_what_is_carried(tmp_path):
    manifest = CHOSEN.replace("    path: /ads\n", '    path: /ads\n    params: {ids: "{parent.id}"}\n').replace(
        '    headers: {X-Account: "{parent.id}"}\n', ""
    )
    manifest = manifest.replace(
        'carry: {account: id}, only: "{config.accounts}", has: ads', "carry: {account: ads}, batch: 2"
    )
    tap = platform(tmp_path / "acme", manifest)
    accounts = [{"id": str(n), "ads": 1 if n == 3 else 2} for n in range(1, 6)]
    with vendor(lambda asked: {"data": accounts if asked.path == "/accounts" else [{"id": "x"}]}) as found:
        told = run(tap, found.url)
        asked = [asked.params["ids"] for asked in found.asked if asked.path == "/ads"]
    assert sorted(asked, key=str) == sorted([["1", "2"], ["4", "5"], "3"], key=str)
    assert sorted(row["account"] for row in told.records("ads")) == ["1", "2", "2"]


def test_what_there_is_to_pick_is_read_from_the_account(tmp_path):
    words = CHOSEN.replace("{id: string!, ads: integer}", "{id: string!, ads: integer, name: string}")
    tap = platform(tmp_path / "acme", words, options=PICK.replace("value: id", "value: id, label: name"))
    with vendor(lambda _: {"data": [{"id": "1", "name": "North"}, {"id": "2"}]}) as found:
        connection = connect(tap.manifest, tap.folder, {"api_key": "k", "api_url": found.url})
        assert choices(connection, tap.folder, "accounts") == [Choice("1", "North"), Choice("2", "2")]
        assert found.paths() == ["/accounts"]
    with pytest.raises(BadSetting, match="'api_key' is not chosen among"):
        choices(connection, tap.folder, "api_key")


def test_a_pick_among_what_there_is_not_is_a_finding(tmp_path):
    with pytest.raises(ManifestError, match="there is no field of accounts 'idd'; did you mean 'id'"):
        platform(tmp_path / "acme", CHOSEN, options=PICK.replace("value: id", "value: idd"))
