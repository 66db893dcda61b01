"""Logins that exchange something for a token: service accounts and sessions."""

import json
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from taps.engine.auth import Jwt, Session
from taps.engine.errors import BadSetting, LoginRefused
from taps.engine.http import Request
from tests.engine.http.conftest import DOCS, as_json
from tests.engine.http.logins import client_of
from tests.engine.http.vendor import Vendor, ok, status


def test_a_service_account_signs_what_rfc_7523_asks_for(vendor: Vendor, make_client) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, none = serialization.Encoding.PEM, serialization.NoEncryption()
    pem = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, none).decode()
    vendor.answers("/token", ok({"access_token": "from-jwt", "expires_in": 3600}))
    words = {"kind": "jwt", "docs": DOCS, "token": f"{vendor.base}/token", "key": "{config.key}", "key_id": "k1"}
    auth = Jwt(**words, issuer="robot@acme", subject="{config.who}", scopes=("a", "b"))
    client = client_of(make_client, vendor, auth, {"key": pem.replace("\n", "\\n"), "who": "ada"})
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    fields = parse_qs(vendor.asked("/token")[0].body.decode())
    assert fields["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    public = key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    token = jwt.decode(fields["assertion"][0], RSAKey.import_key(public), algorithms=["RS256"])
    said = token.claims
    assert (said["iss"], said["sub"], said["scope"], said["aud"]) == (
        "robot@acme",
        "ada",
        "a b",
        f"{vendor.base}/token",
    )
    assert said["exp"] - said["iat"] == 3600
    assert token.header["kid"] == "k1"
    assert vendor.asked("/things")[0].headers["authorization"] == "Bearer from-jwt"


def test_an_assertion_can_prove_who_the_client_is(vendor: Vendor, make_client) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    encoding, none = serialization.Encoding.PEM, serialization.NoEncryption()
    pem = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, none).decode()
    vendor.answers("/token", ok({"access_token": "from-jwt", "expires_in": 3600}))
    words = {"kind": "jwt", "docs": DOCS, "token": f"{vendor.base}/token", "key": "{config.key}", "proves": "client"}
    client = client_of(make_client, vendor, Jwt(**words, issuer="app", algorithm="ES256"), {"key": pem})
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    fields = parse_qs(vendor.asked("/token")[0].body.decode())
    assert set(fields) == {"grant_type", "client_assertion_type", "client_assertion"}
    assert fields["grant_type"] == ["client_credentials"]
    assert fields["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    public = key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    token = jwt.decode(fields["client_assertion"][0], ECKey.import_key(public), algorithms=["ES256"])
    assert (token.claims["iss"], token.claims["aud"]) == ("app", f"{vendor.base}/token")
    assert vendor.asked("/things")[0].headers["authorization"] == "Bearer from-jwt"


def test_a_key_that_cannot_sign_is_a_setting_to_correct(vendor: Vendor, make_client) -> None:
    auth = Jwt(kind="jwt", docs=DOCS, token=f"{vendor.base}/token", key="{config.key}", issuer="robot")
    client = client_of(make_client, vendor, auth, {"key": "canary-not-a-key"})
    with pytest.raises(BadSetting, match="cannot sign") as caught:
        client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    assert "canary" not in str(caught.value)


def test_a_session_logs_in_again_when_it_has_ended(vendor: Vendor, make_client) -> None:
    words = {"kind": "session", "docs": DOCS, "path": "/login", "take": "id", "header": "X-Session", "expires": "1h"}
    auth = Session(**words, body={"username": "{config.user}", "password": "{config.password}"})
    vendor.answers("/login", ok({"id": "s1"}), ok({"id": "s2"}))
    client = client_of(make_client, vendor, auth, {"user": "ada", "password": "pw-canary"})
    url = vendor.answers("/things", ok(), status(401), ok())
    for _ in range(2):
        client.fetch(Request(url), read=as_json)
    assert [json.loads(seen.body) for seen in vendor.asked("/login")] == [
        {"username": "ada", "password": "pw-canary"}
    ] * 2
    assert [seen.headers["x-session"] for seen in vendor.asked("/things")] == ["s1", "s1", "s2"]


def test_a_refused_session_is_final(vendor: Vendor, make_client) -> None:
    auth = Session(kind="session", docs=DOCS, path="/login", take="id", body={})
    vendor.answers("/login", status(401))
    client = client_of(make_client, vendor, auth, {})
    for _ in range(3):
        with pytest.raises(LoginRefused, match="log-in is refused: connect again"):
            client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    assert len(vendor.asked("/login")) == 1


def test_a_session_whose_answer_is_the_bare_token(vendor: Vendor, make_client) -> None:
    vendor.answers("/login", ok("s1"))
    auth = Session(kind="session", docs=DOCS, path="/login", take=".", body={}, scheme="Bearer")
    client = client_of(make_client, vendor, auth, {})
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    assert vendor.asked("/things")[0].headers["authorization"] == "Bearer s1"
