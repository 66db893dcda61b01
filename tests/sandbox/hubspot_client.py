"""Reads the pretend HubSpot account in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from sandbox.running import Box, running

LOGIN = {"Authorization": "Bearer pat-na1-engarde"}
START = 1_780_000_000  # a fixed past moment: the business, and with it every test, is the same at any time


@contextmanager
def unlimited(seed: int, people: int) -> Iterator[Box]:
    """A sandbox whose HubSpot account has limits that no test reaches."""
    with running(seed=seed, people=people, start=START) as found:
        limits = {"requests_per_ten_seconds": 10_000, "searches_per_second": 10_000}
        requests.post(found.url("hubspot") + "/_settings", json=limits, timeout=10)
        yield found


def get(box: Box, path: str, **params: Any) -> dict[str, Any]:
    answer = requests.get(box.url("hubspot") + path, params=params, headers=LOGIN, timeout=10)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def search(box: Box, name: str, **asked: Any) -> dict[str, Any]:
    body = {"filterGroups": [], "sorts": [], "properties": [], "limit": 200, "after": "0"} | asked
    answer = requests.post(box.url("hubspot") + f"/crm/v3/objects/{name}/search", json=body, headers=LOGIN, timeout=10)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def walk(box: Box, name: str, limit: int, **params: Any) -> list[dict[str, Any]]:
    """Every record of a list, page by page, along the links that the pages give."""
    address = f"{box.url('hubspot')}/crm/v3/objects/{name}"
    asked: dict[str, Any] = {"limit": limit, **params}
    found: list[dict[str, Any]] = []
    while True:
        page = requests.get(address, params=asked, headers=LOGIN, timeout=10).json()
        found += page["results"]
        if "paging" not in page:
            return found
        address, asked = page["paging"]["next"]["link"], {}
        assert f"after={page['paging']['next']['after']}" in address
