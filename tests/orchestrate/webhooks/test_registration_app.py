"""The one address of an app: Meta subscribes pages and ad accounts to the app, HubSpot kinds of events."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pytest
import requests
from fastapi.testclient import TestClient

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.syncs.service import Syncs
from orchestrate.webhooks.endpoints import WebhookRefusedError
from orchestrate.webhooks.registration import Registrations
from sandbox.fixtures.app import sandbox_settings
from sandbox.running import Box
from taps.engine.errors import BadSetting
from tests.engine.vendor import Asked, vendor
from tests.orchestrate.webhooks.deliveries import path_of

APP = {"Authorization": "Bearer engarde-app-id|engarde-app-secret"}


def connected(connections: Connections, box: Box, platform: str, **settings: object) -> str:
    connections.add(platform, "main", {**sandbox_settings(platform, box.url("")[:-1]), **settings})
    return "main"


def of_app(box: Box, platform: str) -> str:
    return f"{sandbox_settings(platform, box.url('')[:-1])['api_url']}/engarde-app-id/subscriptions"


@pytest.mark.parametrize(("platform", "registered"), [("facebook", 2), ("meta_ads", 3)])
def test_the_app_and_each_account_are_told_and_the_apps_secret_proves_deliveries(
    connections: Connections, registrations: Registrations, box: Box, platform: str, registered: int
) -> None:
    accounts = {"account_ids": ["1001", "1002"]} if platform == "meta_ads" else {}
    shown = registrations.connect(connected(connections, box, platform, **accounts))
    [app] = requests.get(of_app(box, platform), headers=APP, timeout=10).json()["data"]
    standing = registrations.standing(shown.id)
    assert (app["callback_url"], standing.state, standing.registrations) == (shown.address, "active", registered)
    body = json.dumps({"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {}}]}]}).encode()
    client = TestClient(create_app(connections.store, connections.vault))
    for secret, status in (("engarde-app-secret", 200), ("another", 401)):
        proof = f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"
        assert client.post(path_of(shown), content=body, headers={"X-Hub-Signature-256": proof}).status_code == status
    registrations.unregister(shown.id)
    assert requests.get(of_app(box, platform), headers=APP, timeout=10).json()["data"] == []
    assert registrations.standing(shown.id).state == "none"


def test_an_address_that_the_app_has_already_stays(
    connections: Connections, registrations: Registrations, box: Box
) -> None:
    told = {
        "object": "page", "callback_url": "https://others.example/hooks/secret", "verify_token": "secret",
        "include_values": "true", "fields": "feed",
    }  # fmt: skip
    name = connected(connections, box, "facebook")
    assert requests.post(of_app(box, "facebook"), data=told, headers=APP, timeout=10).ok
    with pytest.raises(WebhookRefusedError, match=r"others\.example already: take it away there first") as refused:
        registrations.connect(name)
    assert "hooks/secret" not in str(refused.value)
    [app] = requests.get(of_app(box, "facebook"), headers=APP, timeout=10).json()["data"]
    assert app["callback_url"] == told["callback_url"]


def test_a_login_without_an_app_is_told_how_a_person_sets_the_address(
    connections: Connections, registrations: Registrations, box: Box
) -> None:
    name = connected(connections, box, "facebook", app_id=None)
    with pytest.raises(BadSetting, match=r"needs the setting 'app_id' .*App Dashboard under Webhooks"):
        registrations.connect(name)


class HubSpot:
    """The webhooks of an app, which has no address as yet, by its developer account's key."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] | None = None
        self.subscriptions: dict[str, dict[str, Any]] = {}

    def __call__(self, asked: Asked) -> Any:
        if not asked.path.startswith("/webhooks/v3/7/") or asked.params != {"hapikey": "canary"}:
            return 401, {"message": "the key is not of the app's account"}
        kind, _, sid = asked.path.removeprefix("/webhooks/v3/7/").partition("/")
        if kind == "settings":
            self.settings = {"PUT": asked.body, "DELETE": None}.get(asked.method, self.settings)
            return self.settings or (404, {"message": "no settings"})
        if asked.method == "GET":
            return {"results": list(self.subscriptions.values())}
        if asked.method == "DELETE":
            return (204, {}, b"") if self.subscriptions.pop(sid, None) else (404, {})
        assert self.settings is not None, "subscribed before there is an address"
        sid = str(len(self.subscriptions) + 1)
        self.subscriptions[sid] = {"id": sid, **asked.body}
        return 201, self.subscriptions[sid]


def test_hubspot_is_subscribed_to_by_property_once_its_app_has_the_address(
    connections: Connections, registrations: Registrations
) -> None:
    hubspot = HubSpot()
    with vendor(hubspot) as found:
        app = {"app_id": "7", "developer_key": "canary", "client_secret": "c", "access_token": "a"}
        connections.add("hubspot", "crm", {**app, "api_url": found.url, "allow_insecure": True, "paced": False})
        Syncs(connections.store, connections.tenant_id, "user test").sources.choose("crm", ["deals"])
        shown = registrations.connect("crm")
        assert hubspot.settings == {"targetUrl": shown.address, "throttling": {"maxConcurrentRequests": 10}}
        told = [(each["eventType"], each.get("propertyName")) for each in hubspot.subscriptions.values()]
        assert {("deal.merge", None), ("deal.propertyChange", "dealstage")} <= set(told)
        assert len(told) == len(set(told)) and {kind.partition(".")[0] for kind, _ in told} == {"deal"}
        assert all((kind.endswith("propertyChange")) == (name is not None) for kind, name in told)
        standing = registrations.standing(shown.id)
        assert (standing.state, standing.registrations) == ("active", 1 + len(told))
        registrations.register(shown.id)
        assert len(hubspot.subscriptions) == len(told), "what was registered before is taken back"
        registrations.unregister(shown.id)
        assert (hubspot.settings, hubspot.subscriptions) == (None, {})
