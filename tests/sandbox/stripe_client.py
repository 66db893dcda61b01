"""Asks the pretend Stripe as any client would."""

from __future__ import annotations

from typing import Any

import requests

import sandbox

KEY = {"Authorization": "Bearer rk_test_engarde"}


def get(box: sandbox.Box, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{box.url('stripe')}/v1/{path}", headers=headers or KEY, timeout=10)


def everything(box: sandbox.Box, path: str) -> list[dict[str, Any]]:
    """Walk a list to its end by starting_after."""
    found: list[dict[str, Any]] = []
    joint = "&" if "?" in path else "?"
    while True:
        after = f"&starting_after={found[-1]['id']}" if found else ""
        page = get(box, f"{path}{joint}limit=100{after}").json()
        found.extend(page["data"])
        if not page["has_more"]:
            return found
