"""Forms, and what is said of a login that a vendor refuses, as the manifests have it."""

from __future__ import annotations

import pytest

from orchestrate.connections.advice import advised
from orchestrate.connections.checking import LOGIN_KEEPS, checked
from orchestrate.connections.forms import Field, form
from taps.engine.auth_choice import EXPIRES_AT
from taps.engine.errors import LoginRefused
from taps.kinds import platforms

VALUES = {"integer": 1, "boolean": True, "date": "2025-01-01", "datetime": "2025-01-01T00:00:00Z"}


def login_fields(platform: str, login: str) -> dict[str, Field]:
    found = next(each for each in form(platform).logins if each.name == login)
    return {each.name: each for each in found.fields}


def test_a_form_says_what_the_manifest_says() -> None:
    shop = {each.name: each for each in form("shopify").fields}["shop"]
    assert (shop.kind, shop.required, shop.suffix) == ("string", True, ".myshopify.com")
    assert shop.pattern is not None
    token = login_fields("hubspot", "private_app")["access_token"]
    assert (token.kind, token.required, token.example) == ("secret", True, "pat-na1-...")
    assert "Private Apps" in str(token.help)
    assert login_fields("hubspot", "oauth") == {}
    assert {name: each.required for name, each in login_fields("shopify", "own_app").items()} == {
        "client_id": True,
        "client_secret": True,
    }
    picks = [each.name for each in form("xero").fields if each.kind == "pick"]
    assert picks == ["organisations"]


@pytest.mark.parametrize("platform", platforms())
def test_what_a_form_requires_is_what_a_tap_starts_with(platform: str) -> None:
    """For every login by hand whose fields have examples to fill them in with."""
    found = form(platform)
    for login in found.logins:
        asked = [each for each in (*found.fields, *login.fields) if each.required]
        examples = {each.name: value_for(each) for each in asked}
        if login.in_browser:
            examples |= {"access_token": "token", "client_id": "id"}
        if None not in examples.values():
            checked(platform, {**examples, **({"auth_method": login.name} if len(found.logins) > 1 else {})})


def value_for(field: Field) -> object:
    if field.kind in VALUES:
        return VALUES[field.kind]
    if field.choices:
        return field.choices[0]
    plain = field.kind == "secret" and field.pattern is None
    return field.example or ("secret" if plain else None)


def test_a_refused_login_is_told_with_where_its_values_are_found() -> None:
    refused = LoginRefused("the vendor refused the login", platform="hubspot")
    by_hand = str(advised(refused, "hubspot", {"access_token": "pat-canary"}))
    assert by_hand.startswith("hubspot: the vendor refused the login. Check Access token (HubSpot, Settings")
    assert "https://developers.hubspot.com/" in by_hand
    assert "pat-canary" not in by_hand
    agreed = {"access_token": "canary", "refresh_token": "canary", "client_id": "id", "client_secret": "canary"}
    in_browser = str(advised(refused, "hubspot", {**agreed, "auth_method": "oauth"}))
    assert "log in again" in in_browser
    assert "canary" not in in_browser


def test_a_browser_login_asks_for_no_token() -> None:
    asked = {
        each.name for name in platforms() for login in form(name).logins if login.in_browser for each in login.fields
    }
    assert not asked & (LOGIN_KEEPS | {EXPIRES_AT, "client_secret"})
