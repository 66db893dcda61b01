"""Addresses for which a vendor has one place: an app's, of which its accounts are told then."""

import json
from typing import Any

import pytest

from taps.engine import registering
from taps.engine.errors import BadSetting
from taps.engine.load import ManifestError, load
from taps.engine.settings import connect
from tests.engine.vendor import Asked, platform, vendor

ADDRESS = "https://e.example/hooks/token"
OPTIONS = "app_id: {type: string, title: App, optional: true}\napp_key: {type: secret, title: Key, optional: true}"
HOOKS = """
defaults: {errors: {docs: https://acme.example/docs/errors, status: {"404": missing, "403": permission}}}
webhooks:
  docs: https://acme.example/docs/hooks
  by_hand: A person sets it on the page of the app.
  verify: {kind: token, header: X-Token}
  delivery: {id: id, type: type}
  register:
    docs: https://acme.example/docs/hooks
    settings: [app_id, app_key]
    first:
      docs: https://acme.example/docs/apps
      single: true
      create: {path: "/apps/{config.app_id}/hook", method: POST, params: {key: "{config.app_key}"},
               body: {url: "{webhook.address}", token: "{webhook.token}"}}
      list: {path: "/apps/{config.app_id}/hooks", params: {key: "{config.app_key}"}, records: data,
             when: {field: object, is: page}}
      address: url
      delete: {path: "/apps/{config.app_id}/hook", method: DELETE, params: {key: "{config.app_key}"}}
    each: true
    create: {path: /subscriptions, body: {topic: "{webhook.topic}"}}
    id: id
    list: {path: /subscriptions, records: data}
    delete: {path: "/subscriptions/{webhook.id}", method: DELETE}
streams:
  pages:
    docs: https://acme.example/docs/pages
    path: /pages
    records: data
    key: [id]
    deletes: never
    webhook: {types: [page.new, page.gone], reread: no delivery holds a page}
    fields: {id: string!}
"""
WHOLE = """
  register:
    docs: https://acme.example/docs/app
    single: true
    create: {path: /app, method: POST, body: {app: "{webhook.merged}"},
             merge: {events: {url: "{webhook.address}", kinds: "{webhook.topics}"}}}
    list: {path: /app, records: app}
    address: events.url
    delete: {path: /app, method: POST, body: {app: "{webhook.merged}"}, merge: {events: null}}
"""


class Acme:
    """A vendor with an address for the objects of other kinds too, and subscriptions by topic."""

    def __init__(self) -> None:
        self.hooks: list[dict[str, Any]] = [{"object": "user", "url": "https://others.example/"}]
        self.topics: dict[str, str] = {}

    def __call__(self, asked: Asked) -> Any:
        if asked.path.startswith("/apps/7/"):
            assert asked.params == {"key": "k7"}
            if asked.method != "GET":
                self.hooks = [each for each in self.hooks if each["object"] != "page"]
            if asked.method == "POST":
                assert asked.body["token"] == "token"
                self.hooks.append({"object": "page", "url": asked.body["url"]})
            return {"data": self.hooks} if asked.method == "GET" else {}
        if asked.method == "POST":
            assert self.hooks[1:], "subscribed before the app has an address"
            self.topics[str(len(self.topics))] = asked.body["topic"]
            return {"id": len(self.topics) - 1}
        if asked.method == "DELETE":
            return {} if self.topics.pop(asked.path.rpartition("/")[2], None) else (404, {})
        return {"data": [{"id": each} for each in self.topics]}


def test_what_comes_first_is_there_before_and_taken_back_by_its_own_id(tmp_path):
    acme, folder = Acme(), tmp_path / "acme"
    platform(folder, HOOKS, options=OPTIONS)
    with vendor(acme) as found:
        manifest = load("acme", folder)
        settings = {"api_url": found.url, "api_key": "k", "allow_insecure": True, "app_id": "7", "app_key": "k7"}
        connection, words = connect(manifest, folder, settings), manifest.webhooks.registering
        assert list(registering.listed_first(connection, words)) == []
        [first] = registering.create_first(connection, words, ADDRESS, ["page.new", "page.gone"])
        made = [registering.create(connection, words, ADDRESS, [each], None) for each in ("page.new", "page.gone")]
        [listed] = registering.listed_first(connection, words)
        assert (listed.id, listed.address) == (first.id, ADDRESS)
        assert [registering.is_first(each.id) for each in (first, *made)] == [True, False, False]
        assert acme.topics == {"0": "page.new", "1": "page.gone"}
        for each in (*made, first):
            registering.remove(connection, words, each.id)
        assert (acme.topics, [each["object"] for each in acme.hooks]) == ({}, ["user"])
        connection.client.close()


def test_a_setting_that_is_missing_is_named_with_what_a_person_does_instead(tmp_path):
    platform(tmp_path / "acme", HOOKS, options=OPTIONS)
    manifest = load("acme", tmp_path / "acme")
    connection = connect(manifest, tmp_path / "acme", {"api_key": "k", "app_id": "7"})
    with pytest.raises(BadSetting) as refused:
        registering.check_settings(connection, manifest.webhooks.registering, manifest.webhooks.by_hand)
    assert "'app_key'" in str(refused.value) and "'app_id'" not in str(refused.value)
    assert "A person sets it on the page of the app." in str(refused.value)


def test_a_vendor_that_wants_the_whole_gets_it_with_what_was_there(tmp_path):
    app: dict[str, Any] = {"name": "Acme", "events": {"retries": 3}}

    def acme(asked: Asked) -> Any:
        if asked.method == "POST":
            app.clear()
            app.update(json.loads(asked.body["app"]))
        return {"app": app}

    head, _, rest = HOOKS.partition("  register:\n")
    streams = "streams:" + rest.partition("streams:")[2]
    by_hand = "  by_hand: A person sets it on the page of the app.\n"
    platform(tmp_path / "acme", head.replace(by_hand, "") + WHOLE.lstrip("\n") + streams)
    with vendor(acme) as found:
        manifest = load("acme", tmp_path / "acme")
        settings = {"api_url": found.url, "api_key": "k", "allow_insecure": True}
        connection, words = connect(manifest, tmp_path / "acme", settings), manifest.webhooks.registering
        assert list(registering.listed(connection, words)) == [], "a place without an address is free"
        made = registering.create(connection, words, ADDRESS, ["page.new"], None)
        assert app == {"name": "Acme", "events": {"retries": 3, "url": ADDRESS, "kinds": ["page.new"]}}
        assert [(each.id, each.address) for each in registering.listed(connection, words)] == [(made.id, ADDRESS)]
        registering.remove(connection, words, made.id)
        assert app == {"name": "Acme"}
        connection.client.close()


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("    id: id\n", "", "either an answer names the registration"),
        ("    settings: [app_id, app_key]\n", "", "either `register` says"),
        ("    settings: [app_id, app_key]\n", "    settings: [app_id, app_kex]\n", "did you mean 'app_key'"),
        ("      address: url\n", "      address: url\n      secret: key\n", "what comes first"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, was, becomes, says):
    with pytest.raises(ManifestError) as refused:
        platform(tmp_path / "acme", HOOKS.replace(was, becomes), options=OPTIONS)
        load("acme", tmp_path / "acme")
    assert says in str(refused.value)
