"""Platforms without a vendor of their own are served from manifest and fixtures, over HTTP as everybody sees them."""

import io
import re
from typing import Any

import pytest
import requests

import sandbox
from sandbox.faults import Fault
from sandbox.fixtures.app import sandbox_settings
from sandbox.fixtures.patterns import fitting
from sandbox.fixtures.places import items, put
from taps.engine.errors import LoginRefused
from taps.kinds import tap_class
from tests.engine.vendor import Told


def read(box: sandbox.Box, platform: str, **settings: Any) -> Told:
    given = sandbox_settings(platform, box.url(platform).removesuffix(f"/{platform}"))
    tap = tap_class(platform)(config={**given, "start_date": "2026-10-01", **settings})
    output = io.BytesIO()
    tap.read_into(output)
    return Told(output.getvalue(), 0)


def test_a_platform_can_be_read_without_an_account(small_box: sandbox.Box) -> None:
    told = read(small_box, "asana")
    assert len(told.records("workspaces")) == 3, "a page for each"
    assert told.records("projects")


def test_a_wrong_key_is_refused(small_box: sandbox.Box) -> None:
    with pytest.raises(LoginRefused):
        read(small_box, "asana", access_token="somebody-else's")


def test_a_fault_is_worded_as_the_manifest_says_the_vendor_words_it(small_box: sandbox.Box) -> None:
    small_box.faults("mollie", "404")
    answer = requests.get(f"{small_box.url('mollie')}/api/payments", timeout=10)
    assert answer.status_code == 404
    small_box.sandbox.faults.add(Fault("mollie", "429", seconds=3, retry_after="date"))
    assert "GMT" in requests.get(f"{small_box.url('mollie')}/api/payments", timeout=10).headers["Retry-After"]


def test_nobody_answers_for_what_is_no_platform(small_box: sandbox.Box) -> None:
    assert requests.get(f"{small_box.url('acme')}/api", timeout=10).status_code == 404


@pytest.mark.parametrize(
    "pattern",
    [r"^(rk|sk)_", r"^https://[^/]+\.example\.com$", r"^\d{10}$", r"^[0-9a-f]{8}-[0-9a-f]{4}$", r"-us\d+$", r"^a|b$"],
)
def test_a_text_is_found_for_a_pattern(pattern: str) -> None:
    assert re.search(pattern, fitting(pattern))


def test_a_list_below_what_may_be_absent_is_found_all_the_same() -> None:
    path = "data.account?.page.nodes?"
    assert [each.record for each in items({"data": {"account": {"page": {"nodes": [1, 2]}}}}, path)] == [1, 2]
    assert put({}, path, [3]) == {"data": {"account": {"page": {"nodes": [3]}}}}
