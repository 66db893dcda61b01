from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from taps.engine.errors import BadBody
from taps.engine.http_answer import Answer
from taps.engine.http_waits import retry_after, seconds_until, seconds_until_clock

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def answer(body: bytes = b"{}", headers: dict[str, str] | None = None, status: int = 200) -> Answer:
    return Answer(status, CaseInsensitiveDict(headers or {}), body, "https://api.example.com/x", NOW)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
        (b'{"a": 1.25}', {"a": 1.25}),
        (b'{"a": 12345678901234.567890123456789}', {"a": Decimal("12345678901234.567890123456789")}),
        (b'{"a": 1e400}', {"a": Decimal("1e400")}),
        (b'{"a": NaN}', {"a": None}),
        (b'{"a": "\\ud800x"}', {"a": "\ufffdx"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": "\t"}', {"a": "\t"}),
        (b"[]", []),
        (b"0", 0),
    ],
)
def test_json_loses_nothing(body: bytes, value: object) -> None:
    decoded = answer(body).json()
    assert decoded == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**30), max_value=10**30))
def test_every_decimal_survives(value: Decimal) -> None:
    found = answer(f'{{"a": {value:f}}}'.encode()).json()["a"]
    assert Decimal(str(found)) == value


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"null", b"<html>", b'{"a": [1', b'{"a"', b"\xff\xfe", b'"', b"[" * 100_000, b"{} trailing"]
)
def test_anything_else_is_a_bad_body_that_quotes_nothing(body: bytes) -> None:
    with pytest.raises(BadBody) as caught:
        answer(body).json()
    assert "trailing" not in str(caught.value)
    assert len(str(caught.value)) < 100


def test_latin_1_is_read_as_announced() -> None:
    found = answer('{"a": "é"}'.encode("latin-1"), {"Content-Type": "application/json; charset=iso-8859-1"})
    assert found.json() == {"a": "é"}
    assert found.text == '{"a": "é"}'


def test_values_come_from_headers_and_body() -> None:
    found = answer(b'{"a": {"b": 3}}', {"X-Left": "7"})
    assert found.find("header:x-left") == "7"
    assert found.find("a.b") == 3
    assert found.find("a.c") is None
    assert answer(b"a,b\n1,2").find("a") is None


def test_its_repr_shows_no_content() -> None:
    shown = repr(answer(b'{"email": "ada@example.com"}', {"Set-Cookie": "canary"}))
    assert "ada" not in shown
    assert "canary" not in shown


@given(st.floats(0, 1e8, allow_nan=False))
def test_seconds_in_any_notation(seconds: float) -> None:
    assert retry_after(answer(headers={"Retry-After": repr(seconds)})) == pytest.approx(seconds)
    assert retry_after(answer(headers={"retry-after-ms": repr(seconds)})) == pytest.approx(seconds / 1000)


@given(wait=st.integers(-1000, 100_000), skew=st.integers(-86_400, 86_400))
def test_dates_are_measured_by_the_vendors_own_clock(wait: int, skew: int) -> None:
    theirs = NOW + timedelta(seconds=skew)
    headers = {"Date": format_datetime(theirs, usegmt=True)}
    headers["Retry-After"] = format_datetime(theirs + timedelta(seconds=wait), usegmt=True)
    assert retry_after(answer(headers=headers)) == max(0, wait)


@given(st.text(max_size=40))
def test_nonsense_is_never_a_crash_nor_a_negative_wait(text: str) -> None:
    found = retry_after(answer(headers={"Retry-After": text}))
    assert found is None or found >= 0


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-inf", "Tomorrow", "99 bottles"])
def test_what_cannot_be_read_says_nothing(text: str) -> None:
    assert retry_after(answer(headers={"Retry-After": text})) is None


def test_an_epoch_is_a_moment() -> None:
    assert retry_after(answer(headers={"Retry-After": str(int(NOW.timestamp()) + 30)})) == 30


@pytest.mark.parametrize(
    ("value", "form", "seconds"),
    [
        ("1772366460", "epoch", 60),
        (1772366460000, "epoch_ms", 60),
        ("60", "seconds", 60),
        ("1500", "ms", 1.5),
        ("2026-03-01T12:01:00Z", "datetime", 60),
        ("2026-03-01T13:01:00+01:00", "datetime", 60),
        ("2026-03-01T11:00:00Z", "datetime", 0),
        ("whenever", "datetime", None),
        (None, "epoch", None),
    ],
)
def test_moments_at_which_limits_start_anew(value, form, seconds) -> None:
    assert seconds_until(value, form, NOW) == seconds


def test_a_time_of_day_knows_summer_time() -> None:
    before_change = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30 in Berlin on the 29th, clocks go forward at 2
    assert seconds_until_clock("04:00", "Europe/Berlin", before_change) == 2.5 * 3600
    assert seconds_until_clock("00:30", "Europe/Berlin", before_change) == 23 * 3600
