"""Addresses that are registered for each of several places, and secrets that are told by a second request."""

import re
from typing import Any

import pytest

from taps.engine import registering
from taps.engine.errors import BadAnswer, BadSetting, NoPermission
from taps.engine.load import ManifestError, load
from taps.engine.settings import connect
from tests.engine.vendor import Asked, listing, platform, vendor

SETTINGS = {"api_key": "k", "allow_insecure": True}
OPTIONS = "repositories: {type: pick, title: Repositories, optional: true, stream: repositories, value: full_name}"
HOOKS = """
defaults: {errors: {docs: https://acme.example/docs/errors, status: {"404": missing, "403": permission}}}
webhooks:
  docs: https://acme.example/docs/hooks
  verify: {kind: token, header: X-Token}
  delivery: {id: id, type: type}
  register:
    docs: https://acme.example/docs/hooks
    of: {chosen: repositories, stream: repositories, value: full_name}
    create: {path: "/repos/{webhook.of:path}/hooks", body: {url: "{webhook.address}", events: "{webhook.topics}"}}
    then: {path: "/repos/{webhook.of:path}/hooks/{webhook.id}/secret", method: PATCH, body: {signed: true}}
    id: id
    secret: secret
    list: {path: "/repos/{webhook.of:path}/hooks"}
    address: url
    delete: {path: "/repos/{webhook.of:path}/hooks/{webhook.id}", method: DELETE}
streams:
"""
HOOKS += listing("repositories", "full_name", "webhook: {types: [push], reread: no delivery holds a repository}")


SEVERAL = "{stream: repositories, value: [full_name, owner]}"


class Acme:
    """A vendor with two repositories; the second one's secrets are for its owner alone."""

    def __init__(self) -> None:
        self.hooks: dict[str, dict[str, Any]] = {}

    def __call__(self, asked: Asked) -> Any:
        if asked.path == "/repositories":
            return {"data": [{"full_name": "octo/hello"}, {"full_name": "octo/private"}]}
        repository, _, rest = asked.path.removeprefix("/repos/").partition("/hooks")
        place = f"{repository}{rest.removesuffix('/secret')}"
        if asked.method == "POST":
            self.hooks[f"{repository}/7"] = {"id": 7, "url": asked.body["url"]}
            return {"id": 7}
        if asked.method == "DELETE":
            return {} if self.hooks.pop(place, None) else (404, {})
        if (asked.method, asked.body) == ("PATCH", {"signed": True}):
            return (403, {}) if "private" in place else {"secret": f"of {repository}"}
        return [hook for name, hook in self.hooks.items() if name.startswith(f"{repository}/")]


def test_each_place_has_a_registration_of_its_own_and_is_taken_back(tmp_path):
    acme, folder = Acme(), tmp_path / "acme"
    platform(folder, HOOKS, options=OPTIONS)
    with vendor(acme) as found:
        manifest = load("acme", folder)
        connection = connect(
            manifest,
            folder,
            {"api_url": found.url, "api_key": "k", "allow_insecure": True, "repositories": ["octo/hello"]},
        )
        words = manifest.webhooks.registering
        assert registering.places(connection, folder, words) == ["octo/hello"]
        made = registering.create(connection, words, "https://e.example/h", ["push"], None, "octo/hello")
        assert (made.id, made.secret) == ('["octo/hello","7"]', "of octo/hello")
        [listed] = registering.listed(connection, words, "octo/hello")
        assert (listed.id, listed.address) == (made.id, "https://e.example/h")
        assert list(registering.listed(connection, words, "octo/other")) == []
        registering.remove(connection, words, made.id)
        registering.remove(connection, words, made.id)
        assert acme.hooks == {}
        connection.client.close()


def test_where_no_setting_names_any_all_there_are_count_and_a_secret_that_is_not_told_undoes(tmp_path):
    acme, folder = Acme(), tmp_path / "acme"
    platform(folder, HOOKS, options=OPTIONS)
    with vendor(acme) as found:
        manifest = load("acme", folder)
        connection = connect(manifest, folder, {**SETTINGS, "api_url": found.url})
        words = manifest.webhooks.registering
        assert registering.places(connection, folder, words) == ["octo/hello", "octo/private"]
        with pytest.raises(NoPermission):
            registering.create(connection, words, "https://e.example/h", ["push"], None, "octo/private")
        assert acme.hooks == {}
        connection.client.close()


def test_a_place_may_be_told_by_several_values(tmp_path):
    asked: list[tuple[str, Any]] = []

    def acme(request: Asked) -> Any:
        if request.path == "/repositories":
            return {"data": [{"full_name": "hello", "owner": "octo"}]}
        asked.append((request.path, request.body))
        return {"id": 7} if request.method == "POST" else [{"id": 7, "url": "https://e.example/h"}]

    words = HOOKS.replace("{chosen: repositories, stream: repositories, value: full_name}", SEVERAL)
    words = words.replace("{webhook.of:path}", "{webhook.of.1}/{webhook.of.0}")
    words = words.replace("{full_name: string!}", "{full_name: string!, owner: string!}")
    words = "\n".join(line for line in words.splitlines() if "then:" not in line and "secret: secret" not in line)
    platform(tmp_path / "acme", words)
    with vendor(acme) as found:
        manifest = load("acme", tmp_path / "acme")
        connection = connect(manifest, tmp_path / "acme", {**SETTINGS, "api_url": found.url})
        register = manifest.webhooks.registering
        [place] = registering.places(connection, tmp_path / "acme", register)
        made = registering.create(connection, register, "https://e.example/h", ["push"], None, place)
        assert [each.id for each in registering.listed(connection, register, place)] == [made.id]
        assert registering.place_of(register, made.id) == place
        registering.remove(connection, register, made.id)
        assert [path for path, _ in asked] == [
            "/repos/octo/hello/hooks", "/repos/octo/hello/hooks", "/repos/octo/hello/hooks/7",
        ]  # fmt: skip
        connection.client.close()


def test_a_list_that_holds_no_registrations_where_they_should_be_is_a_bad_answer(tmp_path):
    words = HOOKS.replace('list: {path: "/repos/{webhook.of:path}/hooks"}', "list: {path: /hooks, records: data}")
    platform(tmp_path / "acme", words, options=OPTIONS)
    with vendor(lambda _asked: {"error": "none"}) as found:
        manifest = load("acme", tmp_path / "acme")
        connection = connect(manifest, tmp_path / "acme", {**SETTINGS, "api_url": found.url})
        with pytest.raises(BadAnswer, match="does not list registrations where they are expected.*'data'"):
            list(registering.listed(connection, manifest.webhooks.registering, "octo/hello"))
        connection.client.close()


def test_a_topic_may_say_several_things_and_need_not(tmp_path):
    asked: list[Any] = []

    def acme(request: Asked) -> Any:
        asked.append(request.body)
        return {"id": len(asked)}

    words = HOOKS.replace(
        'body: {url: "{webhook.address}", events: "{webhook.topics}"}',
        'body: {kind: "{webhook.topic.0}", property: "{webhook.topic.1}"}',
    )
    several = "    each: true\n    topics: {push: [push branch, push tag]}\n    id: id\n"
    words = words.replace("    id: id\n", several, 1)
    words = "\n".join(line for line in words.splitlines() if "then:" not in line and "secret: secret" not in line)
    platform(tmp_path / "acme", words, options=OPTIONS)
    with vendor(acme) as found:
        manifest = load("acme", tmp_path / "acme")
        connection = connect(manifest, tmp_path / "acme", {**SETTINGS, "api_url": found.url})
        register = manifest.webhooks.registering
        for each in registering.asked_for(register, ["push", "star"]):
            registering.create(connection, register, "https://e.example/h", each, None, "octo/hello")
        assert asked == [
            {"kind": "push", "property": "branch"}, {"kind": "push", "property": "tag"}, {"kind": "star"},
        ]  # fmt: skip
        connection.client.close()


def test_the_values_of_a_setting_are_one_column(tmp_path):
    several = "{chosen: repositories, stream: repositories, value: [full_name, owners]}"
    words = HOOKS.replace("{chosen: repositories, stream: repositories, value: full_name}", several)
    with pytest.raises(ManifestError) as refused:
        platform(tmp_path / "acme", words, options=OPTIONS)
    assert "the values of a setting have no parts" in str(refused.value)
    assert "owners" in str(refused.value)


def test_nothing_to_register_for_is_said(tmp_path):
    folder = tmp_path / "acme"
    platform(folder, HOOKS, options=OPTIONS)
    with vendor(lambda _: {"data": []}) as found:
        manifest = load("acme", folder)
        connection = connect(manifest, folder, {**SETTINGS, "api_url": found.url})
        with pytest.raises(BadSetting, match="the setting 'repositories' names none"):
            registering.places(connection, folder, manifest.webhooks.registering)
        connection.client.close()


REGISTER = HOOKS[HOOKS.index("  register:") : HOOKS.index("streams:")]


@pytest.mark.parametrize(
    ("words", "instead", "says"),
    [
        (REGISTER, "", "either `register` says how an address is registered by API, or `by_hand` why it is not"),
        (REGISTER, f"{REGISTER}  by_hand: Nobody knows.\n", "either `register` says how an address is registered"),
        (", reread: no delivery holds a repository", "", "either `one` says how the record is read"),
        ("chosen: repositories, ", "chosen: repos, ", "there is no option 'repos'"),
        (
            "stream: repositories, value: full_name}\n    create",
            "stream: repos}\n    create",
            "there is no stream 'repos'",
        ),
        ("secret: secret\n", "secret: handshake\n", "a handshake needs `challenge.secret`"),
    ],
)
def test_what_a_manifest_leaves_open_or_gets_wrong_is_found(tmp_path, words, instead, says):
    assert words in HOOKS
    with pytest.raises(ManifestError, match=re.escape(says)):
        platform(tmp_path / "acme", HOOKS.replace(words, instead), options=OPTIONS)
