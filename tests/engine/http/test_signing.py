"""Signatures against published examples: AWS's test suite and S3 documentation, and OAuth Core 1.0."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from taps.engine.auth import Bearer, Hmac, OAuth1, SigV4
from taps.engine.http_request import Request
from taps.engine.signing_hmac import sign_hmac
from taps.engine.signing_oauth1 import Keys as OAuth1Keys
from taps.engine.signing_oauth1 import sign_oauth1, signature
from taps.engine.signing_sigv4 import Keys, sign_sigv4
from tests.engine.http.conftest import DOCS, as_json
from tests.engine.http.logins import client_of, login
from tests.engine.http.vendor import Vendor, ok, status

SUITE = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
IAM = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "iam")
S3 = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3")
IN_2015 = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
IN_2013 = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "https://example.amazonaws.com"
BUCKET = "https://examplebucket.s3.amazonaws.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FORM_UTF8 = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.mark.parametrize(
    ("request_", "keys", "now", "signature"),
    [
        pytest.param(
            Request(f"{HOST}/"),
            SUITE,
            IN_2015,
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            id="get-vanilla",
        ),
        pytest.param(
            Request(f"{HOST}/", params=(("Param2", "value2"), ("Param1", "value1"))),
            SUITE,
            IN_2015,
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            id="get-vanilla-query-order-key-case",
        ),
        pytest.param(
            Request(f"{HOST}/", params=(("ሴ", "bar"),)),
            SUITE,
            IN_2015,
            "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
            id="get-vanilla-utf8-query",
        ),
        pytest.param(
            Request(f"{HOST}/ሴ"),
            SUITE,
            IN_2015,
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
            id="get-utf8",
        ),
        pytest.param(
            Request(f"{HOST}/example1/example2/../.."),
            SUITE,
            IN_2015,
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            id="get-relative-relative",
        ),
        pytest.param(
            Request(f"{HOST}/", "POST"),
            SUITE,
            IN_2015,
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            id="post-vanilla",
        ),
        pytest.param(
            Request(f"{HOST}/", "POST", headers=FORM, body=b"Param1=value1"),
            SUITE,
            IN_2015,
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            id="post-x-www-form-urlencoded",
        ),
        pytest.param(
            Request(
                "https://iam.amazonaws.com/",
                params=(("Action", "ListUsers"), ("Version", "2010-05-08")),
                headers=FORM_UTF8,
            ),
            IAM,
            IN_2015,
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            id="IAM ListUsers",
        ),
        pytest.param(
            Request(f"{BUCKET}/test.txt", headers={"Range": "bytes=0-9"}),
            S3,
            IN_2013,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            id="S3 GET Object",
        ),
        pytest.param(
            Request(f"{BUCKET}/", params=(("lifecycle", ""),)),
            S3,
            IN_2013,
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
            id="S3 GET Bucket Lifecycle",
        ),
        pytest.param(
            Request(f"{BUCKET}/", params=(("max-keys", "2"), ("prefix", "J"))),
            S3,
            IN_2013,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
            id="S3 List Objects",
        ),
    ],
)
def test_aws_published_signatures(request_: Request, keys: Keys, now: datetime, signature: str) -> None:
    assert sign_sigv4(request_, keys, now).headers["Authorization"].endswith(f"Signature={signature}")


def test_a_session_token_is_signed_and_the_query_sent_as_signed(vendor: Vendor, make_client) -> None:
    words = {"kind": "sigv4", "docs": DOCS, "region": "eu-west-1", "service": "execute-api"}
    auth = SigV4(**words, access_key="{config.a}", secret_key="{config.s}", session_token="{config.t}")
    made = login(auth, vendor.base, {"a": "AK", "s": "SK-canary", "t": "session-token"})
    client = make_client(logins={"main": made}, default_login="main")
    params = (("b", "1 2+3"), ("a", "x/y"))
    client.fetch(Request(vendor.answers("/things", ok()), params=params), read=as_json)
    (seen,) = vendor.log
    assert "x-amz-security-token" in seen.headers["authorization"]
    assert seen.headers["x-amz-security-token"] == "session-token"
    assert seen.query == {"b": ["1 2+3"], "a": ["x/y"]}


BASE_STRING = (
    "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03"
    "%26oauth_nonce%3Dkllo9940pd9333jh%26oauth_signature_method%3D{method}%26oauth_timestamp%3D1191242096"
    "%26oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal"
)


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_oauth_core_appendix_a(method) -> None:
    secrets = {"consumer_secret": "kd94hf93k423kf44", "token_secret": "pfkkdhi9sl3r4s00"}
    keys = OAuth1Keys("dpf43f3p2l4k3l03", token="nnch734d00sl2jdk", realm="1234567", method=method, **secrets)
    request = Request("http://photos.example.net/photos", params=(("size", "original"), ("file", "vacation.jpg")))
    signed = sign_oauth1(request, keys, nonce="kllo9940pd9333jh", timestamp=1191242096)
    digest = hashlib.sha1 if method == "HMAC-SHA1" else hashlib.sha256
    text = BASE_STRING.format(method=method).encode()
    by_hand = base64.b64encode(hmac.new(b"kd94hf93k423kf44&pfkkdhi9sl3r4s00", text, digest).digest()).decode()
    header = signed.headers["Authorization"]
    parts = dict(part.strip().split("=", 1) for part in header.removeprefix("OAuth ").split(","))
    assert unquote(parts["oauth_signature"].strip('"')) == by_hand
    assert parts["realm"] == '"1234567"'
    if method == "HMAC-SHA1":
        assert by_hand == "tR3+Ty81lMeYAr/Fid0kMTYa/WM="


def test_oauth1_signs_form_fields_and_repeated_parameters_as_rfc_5849_does() -> None:
    """The request of section 3.4.1.1, whose base string the RFC prints."""
    params = (("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"))
    request = Request("http://example.com/request", "POST", params=params, headers=FORM, body=b"c2&a3=2+q")
    oauth = {
        "oauth_consumer_key": "9djdj82h48djs9d2",
        "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131201",
        "oauth_nonce": "7d8f3e4a",
    }
    text = (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540"
        "%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3D"
        "HMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )
    expected = base64.b64encode(hmac.new(b"s%2B1&t", text.encode(), hashlib.sha1).digest()).decode()
    assert (
        signature(request, OAuth1Keys("9djdj82h48djs9d2", "s+1", token_secret="t", method="HMAC-SHA1"), oauth)
        == expected
    )


def test_an_oauth1_login_signs_every_try_anew(vendor: Vendor, make_client) -> None:
    words = {"kind": "oauth1", "docs": DOCS, "consumer_key": "{config.k}", "consumer_secret": "{config.s}"}
    made = login(OAuth1(**words), vendor.base, {"k": "key", "s": "canary-secret"})
    client = make_client(logins={"main": made}, default_login="main")
    client.fetch(Request(vendor.answers("/things", status(500), ok()), params=(("a", "b c"),)), read=as_json)
    first, second = (seen.headers["authorization"] for seen in vendor.log)
    assert first.startswith("OAuth oauth_nonce=")
    assert first != second
    assert "canary" not in first


def test_a_vendors_own_signature_is_over_the_parts_it_names() -> None:
    """The digest of RFC 4231, test case 2; the order and the words are the manifest's."""
    headers = {"X-Key": "{config.k}", "X-Sign": "v1={signature}"}
    auth = Hmac(kind="hmac", docs=DOCS, key="{config.s}", signed="{body}", headers=headers)
    scope = {"config": {"s": "Jefe", "k": "public"}}
    request = Request(f"{HOST}/a", "POST", params=(("q", "1 2"),), body=b"what do ya want for nothing?")
    signed = sign_hmac(request, auth, scope, IN_2015)
    assert signed.headers["X-Sign"] == "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert signed.headers["X-Key"] == "public"
    assert (signed.url, signed.params) == (f"{HOST}/a?q=1%202", ())


def test_a_signature_in_the_query_covers_what_else_stands_there() -> None:
    words = {"kind": "hmac", "docs": DOCS, "key": "{config.s}", "key_format": "base64", "encoding": "base64"}
    signed = "{method}|{host}|{path}|{query}|{time}|{nonce}|{body_sha256}"
    auth = Hmac(
        **words, algorithm="sha512", time="epoch_ms", signed=signed, params={"t": "{time}", "sig": "{signature}"}
    )
    made = sign_hmac(Request(f"{HOST}/a", params=(("q", "1"),)), auth, {"config": {"s": "SmVmZQ=="}}, IN_2015, "n")
    text = f"GET|example.amazonaws.com|/a|q=1&t=1440938160000|1440938160000|n|{hashlib.sha256().hexdigest()}"
    expected = base64.b64encode(hmac.new(b"Jefe", text.encode(), "sha512").digest()).decode()
    assert unquote(made.url) == f"{HOST}/a?q=1&t=1440938160000&sig={expected}"


@pytest.mark.parametrize("secret", ["app-secret", ""])
def test_a_token_is_proven_where_the_apps_secret_is_known(vendor: Vendor, make_client, secret: str) -> None:
    auth = Bearer(kind="bearer", docs=DOCS, token="{config.t}", proof={"send": "appsecret_proof", "key": "{config.s}"})
    client = client_of(make_client, vendor, auth, {"t": "token", "s": secret})
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    proof = hmac.new(b"app-secret", b"token", "sha256").hexdigest()
    assert vendor.log[0].query.get("appsecret_proof") == ([proof] if secret else None)
