"""Slack's apps, which are told of an address by their whole manifest, and ask the address first."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from fastapi.testclient import TestClient

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.webhooks.endpoints import WebhookRefusedError
from orchestrate.webhooks.registration import Registrations
from taps.engine.errors import BadSetting, LoginRefused
from tests.engine.vendor import Asked, vendor
from tests.orchestrate.webhooks.deliveries import path_of

BARE = {"display_information": {"name": "Acme"}, "settings": {"token_rotation_enabled": False}}
SETTINGS = {"token": "xoxb-canary", "allow_insecure": True}
APP = {"app_id": "A0123456789", "app_configuration_token": "xoxe.xoxp-canary"}


class Slack:
    """An app whose manifest is told and replaced; a new address has to answer its question."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.manifest: dict[str, Any] = BARE
        self.answers: list[Any] = []

    def __call__(self, asked: Asked) -> Any:
        form = {name: value for name, (value,) in parse_qs(asked.body).items()}
        if asked.headers["Authorization"] != "Bearer xoxe.xoxp-canary":
            return {"ok": False, "error": "invalid_auth"}
        assert form["app_id"] == "A0123456789"
        if asked.path == "/apps.manifest.export":
            return {"ok": True, "manifest": self.manifest}
        self.manifest = json.loads(form["manifest"])
        address = self.manifest["settings"].get("event_subscriptions", {}).get("request_url")
        if address is not None:
            question = {"type": "url_verification", "token": "t", "challenge": "c4711"}
            self.answers.append(self.client.post("/api/" + address.partition("/api/")[2], json=question).json())
        return {"ok": True, "app_id": "A0123456789", "permissions_updated": False}


SOCKET = {"socket_mode_enabled": True, "event_subscriptions": {"bot_events": ["app_mention"]}}
TAKEN = {"event_subscriptions": {"request_url": "https://others.example/key", "bot_events": ["app_mention"]}}


@pytest.fixture
def slack(connections: Connections) -> Slack:
    return Slack(TestClient(create_app(connections.store, connections.vault)))


def test_the_rest_of_an_apps_manifest_stays_and_its_question_is_answered(
    registrations: Registrations, connections: Connections, slack: Slack
) -> None:
    with vendor(slack) as found:
        connections.add("slack", "talk", {**SETTINGS, **APP, "api_url": found.url})
        made = registrations.add("talk", "the-apps-signing-secret")
        shown = registrations.register(made.id)
        told = slack.manifest["settings"]["event_subscriptions"]
        assert told["request_url"] == shown.address and path_of(shown) in shown.address
        assert {"message.channels", "message.groups", "user_change", "file_deleted"} < set(told["bot_events"])
        assert "message" not in told["bot_events"]
        assert slack.manifest["display_information"] == BARE["display_information"]
        assert slack.answers == [{"challenge": "c4711"}]
        assert (shown.secrets, registrations.standing(shown.id).state) == (1, "active")
        registrations.unregister(shown.id)
        assert slack.manifest == BARE


@pytest.mark.parametrize(("taken", "whose"), [(TAKEN, "others.example"), (SOCKET, "something else")])
def test_what_another_service_has_of_the_app_is_left_alone(
    registrations: Registrations, connections: Connections, slack: Slack, taken: dict[str, Any], whose: str
) -> None:
    slack.manifest = {**BARE, "settings": taken}
    with vendor(slack) as found:
        connections.add("slack", "talk", {**SETTINGS, **APP, "api_url": found.url})
        with pytest.raises(WebhookRefusedError, match=f"one place for an address.* {whose} "):
            registrations.connect("talk")
    assert slack.manifest["settings"] == taken


def test_what_registering_takes_is_said(registrations: Registrations, connections: Connections, slack: Slack) -> None:
    with vendor(slack) as found:
        connections.add("slack", "talk", {**SETTINGS, "api_url": found.url})
        with pytest.raises(BadSetting, match=r"'app_id' and 'app_configuration_token'.*under Event Subscriptions"):
            registrations.connect("talk")
        connections.change("talk", {**APP, "app_configuration_token": "xoxe.xoxp-old"})
        with pytest.raises(LoginRefused, match="an app configuration token, which lives twelve hours") as refused:
            registrations.connect("talk")
        assert "xoxe" not in str(refused.value) and registrations.part(10) == []
