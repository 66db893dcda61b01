"""Canaries in every place a secret can stand; nothing a person may read shows one, whatever goes wrong."""

import base64
import logging
import traceback
from urllib.parse import quote

import pytest

from taps.engine.auth import Basic, Bearer, Keys, OAuth1, OAuth2, Session, SigV4
from taps.engine.errors import Errors, TapError
from taps.engine.http import Request
from taps.engine.http_scrub import Scrubber
from tests.engine.http.conftest import DOCS, as_json
from tests.engine.http.logins import login
from tests.engine.http.vendor import Vendor, body, cut_off, ok, reset_in_body, silent, status

CANARY = "canary/+ s3cret=&%"
ROW = "ada.lovelace@example.com"
ERRORS = Errors(docs=DOCS, at="error", message="message", code={"limit": "rate_limit"})
COMMON = {"docs": DOCS, "header": "X-Token"}
CONFIG = {"canary": CANARY, "client_id": "app", "client_secret": CANARY, "refresh_token": CANARY}

LOGINS = {
    "bearer": Bearer(kind="bearer", docs=DOCS, token="{config.canary}", header="X-Token"),
    "basic": Basic(kind="basic", docs=DOCS, username="ada", password="{config.canary}"),
    "header key": Keys(kind="keys", docs=DOCS, headers={"X-Key": "{config.canary}"}),
    "query key": Keys(kind="keys", docs=DOCS, params={"api_key": "{config.canary}"}),
    "path key": Keys(kind="keys", docs=DOCS, path={"key": "{config.canary}"}),
    "oauth2": OAuth2(kind="oauth2", docs=DOCS, authorize=DOCS, token=DOCS, client="query"),
    "session": Session(kind="session", docs=DOCS, path="/token", take="access_token", params={"pw": "{config.canary}"}),
    "oauth1": OAuth1(kind="oauth1", docs=DOCS, consumer_key="k", consumer_secret="{config.canary}"),
    "sigv4": SigV4(kind="sigv4", docs=DOCS, access_key="k", secret_key="{config.canary}", region="r", service="s"),
}

ECHO = status(400, {"error": "bad", "message": f"key {CANARY} ({quote(CANARY, safe='')}) is wrong"})
TROUBLES = {
    "echoing refusal": ECHO,
    "401": status(401, {"message": f"bad key {CANARY}"}),
    "403": status(403, {"message": f"bad key {CANARY}"}),
    "429": status(429, {"row": ROW}),
    "500": status(500, {"row": ROW}),
    "limit under 200": ok({"error": "limit", "message": CANARY}),
    "redirect": status(302, Location=f"http://127.0.0.2/?key={quote(CANARY)}"),
    "reset": reset_in_body,
    "cut off": cut_off,
    "half JSON": body(200, f'{{"email": "{ROW}", "key": "{CANARY}'.encode()),
    "web page": body(200, f"<html>{ROW} {CANARY}</html>".encode()),
    "garbage in a status line": lambda handler: handler.raw(f"HTTP/9 {CANARY}\r\n\r\n".encode()),
    "garbage in a header": lambda handler: handler.raw(f"HTTP/1.1 200 OK\r\n{CANARY}\r\nA\r\n\r\n{{".encode()),
    "silence": silent,
}


def forms(secret: str) -> list[str]:
    return [secret, quote(secret, safe=""), quote(secret), base64.b64encode(secret.encode()).decode().rstrip("=")]


def everything_shown(error: BaseException) -> str:
    """The exception, its whole chain whether suppressed or not, and its traceback."""
    shown, todo = [], [error]
    while todo:
        found = todo.pop()
        shown += [str(found), repr(found), repr(found.args), repr(vars(found)), *traceback.format_exception(found)]
        todo += [inner for inner in (found.__cause__, found.__context__) if inner is not None]
    return "\n".join(shown)


EVERYWHERE = {"echoing refusal", "401", "reset", "half JSON"}
CASES = [(kind, name) for kind in LOGINS for name in TROUBLES if name in EVERYWHERE or kind in {"query key", "oauth2"}]


@pytest.mark.parametrize(("kind", "trouble"), CASES)
def test_no_secret_and_no_row_is_ever_shown(vendor: Vendor, make_client, caplog, capfd, kind, trouble) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.answers("/token", ok({"access_token": f"{CANARY}-access", "expires_in": 3600}))
    made = login(LOGINS[kind], vendor.base, dict(CONFIG), auth_url=f"{vendor.base}/token")
    settings = {"request_timeout": 0.05, "retry_budget": 2, "limit_budget": 2}
    client = make_client(logins={"main": made}, default_login="main", settings=settings)
    vendor.answers("/things/" + quote(CANARY, safe=""), TROUBLES[trouble])
    url = vendor.answers("/things/{key}" if kind == "path key" else "/things", TROUBLES[trouble])
    request = Request(url, params=(("page", "1"),), stream="things")
    with pytest.raises(TapError) as caught:
        client.fetch(request, errors=ERRORS, read=as_json)
    printed = capfd.readouterr()
    shown = "\n".join([everything_shown(caught.value), caplog.text, printed.out, printed.err])
    shown += repr([client, made, request, made.apply(request, lambda _: None)])
    assert [form for form in (*forms(CANARY), ROW) if form in shown] == []
    assert "page=1" not in shown


def test_a_refused_refresh_shows_neither_token_nor_secret(vendor: Vendor, make_client, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.answers("/token", status(400, {"error": "invalid_grant", "error_description": f"{CANARY} was revoked"}))
    made = login(LOGINS["oauth2"], vendor.base, dict(CONFIG), auth_url=f"{vendor.base}/token")
    client = make_client(logins={"main": made}, default_login="main")
    with pytest.raises(TapError) as caught:
        client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    shown = everything_shown(caught.value) + caplog.text
    assert [form for form in forms(CANARY) if form in shown] == []


def test_a_token_with_a_line_break_is_a_setting_to_correct(vendor: Vendor, make_client) -> None:
    for token in ("canary\nX-Evil: 1", "canary\u201d"):
        made = login(LOGINS["bearer"], vendor.base, {"canary": token})
        client = make_client(logins={"main": made}, default_login="main")
        with pytest.raises(TapError, match="pasted whole") as caught:
            client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
        assert caught.type.__name__ == "BadSetting"
        assert "canary" not in everything_shown(caught.value)
    assert vendor.log == []


def test_the_path_of_a_signed_link_is_not_shown(vendor: Vendor, make_client) -> None:
    client = make_client()
    url = vendor.answers("/canary/file", body(404, b""))
    with pytest.raises(TapError) as caught:
        client.fetch(Request(url, login="none"), read=as_json)
    assert "canary" not in everything_shown(caught.value)
    assert vendor.base in str(caught.value)


def test_secrets_of_other_settings_are_scrubbed_too(vendor: Vendor, make_client) -> None:
    client = make_client(secrets=["developer-canary", "x"])
    url = vendor.answers("/things", status(400, {"error": "bad", "message": "extra developer-canary\x1b[31m"}))
    with pytest.raises(TapError, match=r"extra \[secret\]") as caught:
        client.fetch(Request(url), errors=ERRORS, read=as_json)
    assert "\x1b" not in str(caught.value)


def test_scrubbing_keeps_the_rest_and_cuts_long_texts() -> None:
    scrubber = Scrubber([lambda: ["secret-1", "secret-12", "abc"]])
    assert scrubber.scrub("a secret-12 b\nsecret-1, abc") == "a [secret] b [secret], abc"
    assert len(scrubber.scrub("x" * 5000, at_most=100)) == 100
