"""Each kind of login: what it puts on a request, and how it gets new tokens."""

import base64
import json
import os
import stat
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pydantic import TypeAdapter

from taps.engine.auth import Auth, Basic, Bearer, Keys, OAuth2
from taps.engine.auth_store import ConfigFile, HandedBack
from taps.engine.errors import BadSetting, LoginRefused, Unreachable
from taps.engine.http import Client, Request, Settings
from tests.engine.http.conftest import DOCS, as_json
from tests.engine.http.logins import SETTINGS, client_of, login
from tests.engine.http.vendor import FakeClock, Handler, Vendor, ok, status


def oauth2(**words) -> OAuth2:
    return OAuth2(**{"kind": "oauth2", "docs": DOCS, "authorize": f"{DOCS}/a", "token": f"{DOCS}/t", **words})


class TokenEndpoint:
    """Gives access-1, access-2...; with `rotating` also new refresh tokens, and revokes all when one is used twice."""

    def __init__(self, vendor: Vendor, *, rotating: bool = False, lives: int = 3600) -> None:
        self.vendor, self.rotating, self.lives = vendor, rotating, lives
        self.refresh, self.given, self.revoked = "refresh-0", 0, False
        self.used: list[str] = []
        self.lock = threading.Lock()
        self.url = vendor.answers("/token", self.token)
        self.things = vendor.answers("/things", self.protected)

    def token(self, handler: Handler) -> None:
        with self.lock:
            asked = parse_qs(handler.seen.body.decode())
            used = asked["refresh_token"][0]
            self.used.append(used)
            if used != self.refresh or self.revoked:
                self.revoked = True
                answer = status(400, {"error": "invalid_grant", "error_description": f"token {used} is dead"})
            else:
                self.given += 1
                tokens = {"access_token": f"access-{self.given}", "expires_in": self.lives, "portal": 62515}
                if self.rotating:
                    self.refresh = tokens["refresh_token"] = f"refresh-{self.given}"
                answer = ok(tokens)
        answer(handler)

    def protected(self, handler: Handler) -> None:
        good = handler.seen.headers.get("authorization") == f"Bearer access-{self.given}" and self.given
        (ok({"data": [1]}) if good else status(401, {"error": "expired"}))(handler)


def basic_header(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("auth", "headers", "query"),
    [
        (Bearer(kind="bearer", docs=DOCS, token="{config.k}"), {"authorization": "Bearer s3cret"}, {}),
        (Bearer(kind="bearer", docs=DOCS, token="{config.k}", header="X-Token", scheme=""), {"x-token": "s3cret"}, {}),
        (Basic(kind="basic", docs=DOCS, username="{config.k}"), {"authorization": basic_header("s3cret:")}, {}),
        (
            Basic(kind="basic", docs=DOCS, username="{config.user}/token", password="{config.k}"),
            {"authorization": basic_header("ada/token:s3cret")},
            {},
        ),
        (
            Keys(
                kind="keys",
                docs=DOCS,
                headers={"X-Key": "{config.k}"},
                params={"u": "{config.user}", "n": "{config.no}"},
            ),
            {"x-key": "s3cret"},
            {"u": ["ada"]},
        ),
    ],
)
def test_fixed_credentials(vendor: Vendor, make_client, auth, headers, query) -> None:
    client = client_of(make_client, vendor, auth, {"k": "s3cret", "user": "ada"})
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    (seen,) = vendor.log
    assert headers.items() <= seen.headers.items()
    assert seen.query == query


def test_a_key_in_the_path_is_encoded(vendor: Vendor, make_client) -> None:
    auth = Keys(kind="keys", docs=DOCS, path={"token": "{config.k}"})
    client = client_of(make_client, vendor, auth, {"k": "12:a/b"})
    vendor.answers("/bot12%3Aa%2Fb/updates", ok())
    client.fetch(Request(vendor.base + "/bot{token}/updates"), read=as_json)
    assert len(vendor.asked("/bot12%3Aa%2Fb/updates")) == 1


def test_a_refused_fixed_key_is_final(vendor: Vendor, make_client) -> None:
    auth = Bearer(kind="bearer", docs=DOCS, token="{config.k}")
    client = client_of(make_client, vendor, auth, {"k": "s3cret"})
    with pytest.raises(LoginRefused, match=r"the login is refused \(401 Unauthorized\).*connect again"):
        client.fetch(Request(vendor.answers("/things", status(401))), read=as_json)
    assert len(vendor.log) == 1


@pytest.mark.parametrize("kind", ["body", "basic", "json", "query"])
def test_where_the_client_secret_goes(vendor: Vendor, make_client, kind) -> None:
    vendor.answers("/token", ok({"access_token": "a"}))
    auth = oauth2(client=kind, names={"client_id": "app_id"}, params={"extra": "1"}, headers={"X-V": "2"})
    client = client_of(make_client, vendor, auth, auth_url=f"{vendor.base}/token")
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    (seen,) = vendor.asked("/token")
    fields = {name: values[0] for name, values in {**parse_qs(seen.body.decode()), **seen.query}.items()}
    if kind == "json":
        fields = json.loads(seen.body)
    expected = {"grant_type": "refresh_token", "refresh_token": "refresh-0", "extra": "1"}
    if kind == "basic":
        assert seen.headers["authorization"] == basic_header("app:app-secret")
    else:
        expected |= {"app_id": "app", "client_secret": "app-secret"}
    assert fields == expected
    assert seen.headers["x-v"] == "2"


def test_client_credentials_ask_for_their_scopes(vendor: Vendor, make_client) -> None:
    vendor.answers("/token", ok({"access_token": "a", "expires_in": "3600"}))
    auth = oauth2(grant="client_credentials", scopes=("x", "y"), separator=",")
    config = {"client_id": "app", "client_secret": "app-secret"}
    client = client_of(make_client, vendor, auth, config, auth_url=f"{vendor.base}/token")
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    fields = parse_qs(vendor.asked("/token")[0].body.decode())
    assert (fields["grant_type"], fields["scope"]) == (["client_credentials"], ["x,y"])


def test_tokens_may_stand_elsewhere_and_go_into_another_header(vendor: Vendor, make_client) -> None:
    vendor.answers("/token", ok({"data": {"token": "abc", "ttl": 60}}))
    auth = oauth2(take={"access_token": "data.token", "expires_in": "data.ttl"}, header="X-Shop-Token")
    client = client_of(make_client, vendor, auth, auth_url=f"{vendor.base}/token")
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    assert vendor.asked("/things")[0].headers["x-shop-token"] == "abc"


def test_facts_of_the_token_answer_are_kept_without_its_tokens(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor, rotating=True)
    made = login(oauth2(), vendor.base, dict(SETTINGS), auth_url=endpoint.url)
    client = make_client(logins={"main": made}, default_login="main")
    client.fetch(Request(endpoint.things), read=as_json)
    assert client.token_facts(made) == {"expires_in": 3600, "portal": 62515}


def test_a_token_refused_mid_run_is_renewed_once_and_the_request_repeated(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor)
    client = client_of(make_client, vendor, oauth2(), auth_url=endpoint.url)
    client.fetch(Request(endpoint.things), read=as_json)
    endpoint.given += 1  # the vendor forgets the token it gave
    assert client.fetch(Request(endpoint.things), read=as_json) == {"data": [1]}
    assert len(endpoint.used) == 2
    assert len(vendor.asked("/things")) == 3


def test_tokens_are_renewed_at_the_address_that_the_vendor_has_for_it(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor)
    client = client_of(make_client, vendor, oauth2(token=vendor.answers("/codes", status(404)), renew=endpoint.url))
    assert client.fetch(Request(endpoint.things), read=as_json) == {"data": [1]}
    assert not vendor.asked("/codes")


def test_a_fresh_token_that_is_refused_too_is_final(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor)
    client = client_of(make_client, vendor, oauth2(), auth_url=endpoint.url)
    with pytest.raises(LoginRefused, match="connect again"):
        client.fetch(Request(vendor.answers("/secret", status(401))), read=as_json)
    assert len(vendor.asked("/secret")) == 2


def test_many_threads_renew_once(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor, rotating=True)
    client = client_of(make_client, vendor, oauth2(refresh="rotating"), auth_url=endpoint.url)
    client.fetch(Request(endpoint.things), read=as_json)
    with endpoint.lock:
        endpoint.given += 1
    results: list[object] = []
    work = lambda: results.append(client.fetch(Request(endpoint.things), read=as_json))  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [{"data": [1]}] * 12
    assert endpoint.used == ["refresh-0", "refresh-1"]
    assert not endpoint.revoked


def test_tokens_are_renewed_at_half_their_life(vendor: Vendor, make_client) -> None:
    endpoint, clock = TokenEndpoint(vendor), FakeClock()
    client = client_of(make_client, vendor, oauth2(), clock=clock, auth_url=endpoint.url)
    for passed, given in [(0, 1), (1700, 1), (1900, 2), (3600, 2), (3800, 3)]:
        clock.passed = passed
        client.fetch(Request(endpoint.things), read=as_json)
        assert endpoint.given == given
    assert all(seen.headers["authorization"] != "Bearer access-0" for seen in vendor.asked("/things"))


def test_a_token_endpoint_that_is_down_matters_only_when_the_token_ends(vendor: Vendor, make_client) -> None:
    endpoint, clock = TokenEndpoint(vendor), FakeClock()
    client = client_of(make_client, vendor, oauth2(), clock=clock, auth_url=endpoint.url)
    client.fetch(Request(endpoint.things), read=as_json)
    vendor.answers("/token", status(503))
    clock.passed = 1900
    assert client.fetch(Request(endpoint.things), read=as_json) == {"data": [1]}
    clock.passed = 3590
    with pytest.raises(Unreachable, match="503"):
        client.fetch(Request(endpoint.things), read=as_json)


def test_a_revoked_refresh_token_is_final_for_every_thread(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor)
    endpoint.revoked = True
    client = client_of(make_client, vendor, oauth2(), auth_url=endpoint.url)
    for _ in range(5):
        with pytest.raises(LoginRefused, match="refresh token is revoked or expired: connect again") as caught:
            client.fetch(Request(endpoint.things), read=as_json)
        assert "refresh-0" not in str(caught.value)
    assert len(endpoint.used) == 1
    assert vendor.asked("/things") == []


def test_a_wrong_client_secret_is_told_from_a_revoked_token(vendor: Vendor, make_client) -> None:
    vendor.answers("/token", status(401, {"error": "invalid_client"}))
    client = client_of(make_client, vendor, oauth2(), auth_url=f"{vendor.base}/token")
    with pytest.raises(LoginRefused, match="client_id or client_secret is wrong"):
        client.fetch(Request(vendor.answers("/things", ok())), read=as_json)


def test_an_access_token_alone_works_until_it_is_refused(vendor: Vendor, make_client) -> None:
    client = client_of(make_client, vendor, oauth2(), {"access_token": "given"})
    url = vendor.answers("/things", ok(), status(401))
    client.fetch(Request(url), read=as_json)
    assert vendor.log[0].headers["authorization"] == "Bearer given"
    with pytest.raises(LoginRefused):
        client.fetch(Request(url), read=as_json)
    assert len(vendor.log) == 2


def test_a_rotated_token_is_stored_before_the_new_access_token_is_used(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor, rotating=True)
    handed: list[tuple[dict[str, str], int]] = []
    store = HandedBack(lambda settings: handed.append((dict(settings), len(vendor.asked("/things")))))
    client = client_of(make_client, vendor, oauth2(refresh="rotating"), auth_url=endpoint.url, store=store)
    client.fetch(Request(endpoint.things), read=as_json)
    ((settings, asked_before),) = handed
    assert settings["refresh_token"] == "refresh-1"
    assert asked_before == 0


def test_a_crash_while_storing_uses_no_token(vendor: Vendor, make_client) -> None:
    endpoint = TokenEndpoint(vendor, rotating=True)

    def crash(settings) -> None:
        raise KeyboardInterrupt

    client = client_of(make_client, vendor, oauth2(refresh="rotating"), auth_url=endpoint.url, store=HandedBack(crash))
    with pytest.raises(KeyboardInterrupt):
        client.fetch(Request(endpoint.things), read=as_json)
    assert vendor.asked("/things") == []


def test_the_config_file_takes_the_new_token_whole_and_private(vendor: Vendor, make_client, tmp_path: Path) -> None:
    endpoint = TokenEndpoint(vendor, rotating=True)
    file = tmp_path / "config.json"
    file.write_text(json.dumps({**SETTINGS, "start_date": "2026-01-01", "ids": [1]}))
    auth = oauth2(refresh="rotating")
    client = client_of(make_client, vendor, auth, auth_url=endpoint.url, store=ConfigFile(file))
    client.fetch(Request(endpoint.things), read=as_json)
    kept = json.loads(file.read_text())
    assert kept["refresh_token"] == "refresh-1"
    assert (kept["start_date"], kept["ids"], kept["client_secret"]) == ("2026-01-01", [1], "app-secret")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = client_of(make_client, vendor, auth, kept, auth_url=endpoint.url, store=ConfigFile(file))
    assert again.fetch(Request(endpoint.things), read=as_json) == {"data": [1]}
    assert endpoint.used == ["refresh-0"]


def test_a_token_that_cannot_be_kept_is_said_once_and_not_shown(vendor: Vendor, make_client, caplog) -> None:
    endpoint, clock = TokenEndpoint(vendor, rotating=True), FakeClock()
    client = client_of(make_client, vendor, oauth2(refresh="rotating"), clock=clock, auth_url=endpoint.url)
    for passed in (0, 3600, 7200):
        clock.passed = passed
        client.fetch(Request(endpoint.things), read=as_json)
    said = [record.getMessage() for record in caplog.records if "could not be kept" in record.getMessage()]
    assert len(said) == 1
    assert "refresh-" not in caplog.text


def test_processes_that_share_a_config_file_renew_once(vendor: Vendor, tmp_path: Path) -> None:
    """Twenty processes start with one expired login; the vendor revokes everything if a refresh token comes twice."""
    endpoint = TokenEndpoint(vendor, rotating=True)
    file = tmp_path / "config.json"
    file.write_text(json.dumps(SETTINGS))

    def run() -> int:
        around = {"auth_url": endpoint.url, "store": ConfigFile(file)}
        made = login(oauth2(refresh="rotating"), vendor.base, dict(SETTINGS), **around)
        settings = Settings(request_timeout=10)
        client = Client(platform="acme", logins={"m": made}, default_login="m", buckets={}, settings=settings)
        return 0 if client.fetch(Request(endpoint.things), read=as_json) == {"data": [1]} else 1

    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = run()
            finally:
                os._exit(code)
        children.append(child)
    ends = Counter(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
    assert ends == {0: 20}
    assert endpoint.used == ["refresh-0"]


def test_an_unsafe_auth_url_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(BadSetting, match="'auth_url' is not https"):
        login(oauth2(), "https://api.example.com", dict(SETTINGS), auth_url="http://evil.example.com/token")


def test_a_stored_access_token_is_used_while_it_lives(vendor: Vendor, make_client) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    config = {**SETTINGS, "access_token": "stored", "access_token_expires_at": soon}
    client = client_of(make_client, vendor, oauth2(refresh="rotating"), config)
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    assert vendor.log[0].headers["authorization"] == "Bearer stored"


@pytest.mark.parametrize("kind", ["bearer", "basic", "keys", "oauth2", "jwt", "session", "oauth1", "sigv4"])
def test_a_wrong_word_is_named_for_its_own_kind(kind: str) -> None:
    with pytest.raises(ValueError, match=f"{kind}.tokne"):
        TypeAdapter(Auth).validate_python({"kind": kind, "docs": DOCS, "tokne": "x"})
