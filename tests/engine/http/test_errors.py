import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taps.engine.errors import (
    RAISES,
    Errors,
    NoPermission,
    Restart,
    TapError,
    VendorRefused,
    judge,
    judge_record,
)
from taps.engine.http import Client, Request
from tests.engine.http.conftest import DOCS, as_json
from tests.engine.http.vendor import Vendor, status

WORDS = Errors(
    docs=DOCS,
    at="error.code",
    fine=["0", "OK"],
    message="error.message",
    status={"403": "permission", "404": "missing", "5xx": "fail", "204": "empty"},
    code={"190": "login", 17: "rate_limit", "expired_cursor": "restart"},
)
GRAPHQL = Errors(docs=DOCS, at="errors.extensions.code", code={"ACCESS_DENIED": "permission"})


@pytest.mark.parametrize(
    ("code", "decoded", "meaning"),
    [
        (200, {"data": []}, None),
        (200, {"error": {"code": 0}}, None),
        (200, {"error": {"code": "OK"}}, None),
        (200, {"error": {"code": None}}, None),
        (200, {"error": {"code": ""}}, None),
        (200, {"error": {"code": 99}}, "fail"),
        (200, {"error": {"code": 17}}, "rate_limit"),
        (400, {"error": {"code": "190"}}, "login"),
        (403, {"error": {"code": 17}}, "rate_limit"),
        (403, {"error": {"code": 99}}, "permission"),
        (403, None, "permission"),
        (404, {}, "missing"),
        (400, {}, "fail"),
        (401, {}, "login"),
        (429, {}, "rate_limit"),
        (408, {}, "retry"),
        (500, {}, "fail"),
        (302, {}, "fail"),
        (204, None, "empty"),
        (200, [], None),
        (200, "text", None),
    ],
)
def test_what_an_answer_means(code: int, decoded: object, meaning: str | None) -> None:
    verdict = judge(code, decoded, WORDS)
    assert (verdict.meaning if verdict else None) == meaning


@pytest.mark.parametrize(
    ("errors", "meaning"),
    [
        (None, None),
        ([], None),
        ([{"message": "no code"}], "fail"),
        ([{"extensions": {"code": "OTHER"}}], "fail"),
        ([{"extensions": {"code": "OTHER"}}, {"extensions": {"code": "ACCESS_DENIED"}}], "permission"),
        ([{"message": "x"}, {"extensions": {"code": "ACCESS_DENIED"}}], "permission"),
    ],
)
def test_any_code_of_a_list_counts_and_one_without_is_a_failure(errors: object, meaning: str | None) -> None:
    verdict = judge(200, {"data": None, "errors": errors}, GRAPHQL)
    assert (verdict.meaning if verdict else None) == meaning


@given(
    st.integers(200, 599),
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["error", "code", "errors", "extensions"]), inner)
        ),
    ),
)
def test_no_answer_of_any_shape_breaks_the_judgement(code: int, decoded: object) -> None:
    for words in (WORDS, GRAPHQL, None):
        verdict = judge(code, decoded, words)
        assert verdict is None or verdict.meaning in RAISES
        if code >= 300:
            assert verdict is not None


def test_without_words_the_standard_meanings_hold() -> None:
    found = {code: judge(code, None, None) for code in (200, 401, 403, 429, 503)}
    assert {code: verdict and verdict.meaning for code, verdict in found.items()} == {
        200: None,
        401: "login",
        403: "fail",
        429: "rate_limit",
        503: "retry",
    }


def test_a_code_inside_one_record() -> None:
    words = Errors(docs=DOCS, record="error.code", fine="0", code={"TRACKING.NOTFOUND": "skip_record"})
    assert judge_record(None, words) is None
    assert judge_record(0, words) is None
    assert judge_record("TRACKING.NOTFOUND", words) == "skip_record"
    assert judge_record("OTHER", words) == "fail"


@pytest.mark.parametrize("meaning", sorted(set(RAISES) - {"retry", "rate_limit"}))
def test_every_meaning_becomes_its_exception_at_once(vendor: Vendor, client: Client, meaning) -> None:
    words = Errors(docs=DOCS, at="code", message="message", code={"X1": meaning})
    url = vendor.answers("/things", status(400, {"code": "X1", "message": "Sorry\nabout that"}))
    with pytest.raises(RAISES[meaning]) as caught:
        client.fetch(Request(url, stream="things"), errors=words, read=as_json)
    error = caught.value
    assert (error.meaning, error.platform, error.stream, error.code) == (meaning, "acme", "things", "X1")
    assert "400 Bad Request, X1: Sorry about that" in str(error)
    assert "\n" not in str(error)
    assert len(vendor.log) == 1


def test_an_error_under_200_is_never_the_end_of_the_data(vendor: Vendor, client: Client) -> None:
    url = vendor.answers("/things", status(200, {"error": {"code": "expired_cursor"}, "data": []}))
    with pytest.raises(Restart):
        client.fetch(Request(url), errors=WORDS, read=as_json)


def test_the_clients_own_errors_hold_where_a_request_brings_none(vendor: Vendor, make_client) -> None:
    client = make_client(errors=Errors(docs=DOCS, status={"403": "permission"}))
    url = vendor.answers("/things", status(403))
    with pytest.raises(NoPermission, match="grant the missing permission"):
        client.fetch(Request(url), read=as_json)


def test_a_vendors_sentence_is_cut(vendor: Vendor, client: Client) -> None:
    words = Errors(docs=DOCS, message="message")
    url = vendor.answers("/things", status(400, {"message": "x" * 5000}))
    with pytest.raises(VendorRefused) as caught:
        client.fetch(Request(url), errors=words, read=as_json)
    assert str(caught.value).count("x") < 320


@pytest.mark.parametrize(
    "words",
    [
        {"status": {"403": "forbidden"}},
        {"status": {"40": "fail"}},
        {"status": {"invalid_auth": "login"}},
        {"statuses": {}},
        {"docs": "http://example.com"},
    ],
)
def test_misspelt_words_are_refused(words: dict) -> None:
    with pytest.raises(ValidationError):
        Errors.model_validate({"docs": DOCS, **words})


def test_one_line_with_platform_and_stream() -> None:
    assert str(TapError("went wrong", platform="stripe", stream="invoices")) == "stripe: invoices: went wrong"
