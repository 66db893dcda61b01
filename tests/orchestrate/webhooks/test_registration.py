"""Registering at vendors by their APIs, on both stores: the secret proves deliveries, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.webhooks.cli import app as command_line
from orchestrate.webhooks.endpoints import NoWebhookError, WebhookRefusedError
from orchestrate.webhooks.events import Events
from orchestrate.webhooks.following import Following
from orchestrate.webhooks.registration import Registrations
from sandbox.fixtures.app import sandbox_settings
from sandbox.running import Box, running
from taps.engine.errors import LoginRefused, Missing, NoPermission
from tests.engine.vendor import Asked, vendor
from tests.orchestrate.webhooks.deliveries import event, path_of, signed

KEY = {"Authorization": "Bearer rk_test_engarde"}


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=7, people=5) as box:
        yield box


@pytest.fixture
def money(connections: Connections, box: Box) -> str:
    """A connection to the pretend Stripe, which knows no address as yet."""
    connections.add("stripe", "money", {"api_url": f"{box.url('stripe')}/v1", "api_key": "rk_test_engarde"})
    for each in at_stripe(box):
        requests.delete(f"{box.url('stripe')}/v1/webhook_endpoints/{each['id']}", headers=KEY, timeout=10)
    return "money"


def at_stripe(box: Box) -> list[dict[str, Any]]:
    answer = requests.get(f"{box.url('stripe')}/v1/webhook_endpoints", headers=KEY, timeout=10)
    listed: list[dict[str, Any]] = answer.json()["data"]
    return listed


def test_the_vendors_secret_is_kept_sealed_and_proves_what_it_delivers(
    registrations: Registrations, connections: Connections, box: Box, money: str
) -> None:
    shown = registrations.connect(money)
    [told] = at_stripe(box)
    assert (shown.registered, shown.secrets, told["url"]) == (True, 1, shown.address)
    assert "charge.updated" in told["enabled_events"] and "customer.deleted" in told["enabled_events"]
    assert registrations.standing(shown.id).state == "active"
    secret = f"whsec_sandbox{told['id'].removeprefix('we_sandbox')}"
    client = TestClient(create_app(connections.store, connections.vault))
    assert client.post(path_of(shown), content=event(), headers=signed(event(), secret)).status_code == 200
    assert client.post(path_of(shown), content=event(2), headers=signed(event(2), "whsec_other")).status_code == 401
    [kept] = Events(connections.store, connections.vault, connections.tenant_id, "user test").part(5)
    assert kept.types == ("charge.updated",)
    with connections.store.transaction(connections.tenant_id) as session:
        dump = str(session.connection().exec_driver_sql("SELECT * FROM platform_webhook_secrets").all())
    assert secret not in dump


def test_registering_again_replaces_what_the_vendor_had_and_undoing_leaves_nothing(
    registrations: Registrations, box: Box, money: str
) -> None:
    shown = registrations.connect(money)
    [first] = at_stripe(box)
    registrations.register(shown.id)
    [second] = at_stripe(box)
    assert first["id"] != second["id"]
    with pytest.raises(WebhookRefusedError, match="unregister it there first"):
        registrations.remove(shown.id)
    assert not registrations.unregister(shown.id).registered
    assert at_stripe(box) == [] and registrations.standing(shown.id).state == "none"
    registrations.remove(shown.id)


def test_what_the_vendor_forgot_or_switched_off_is_said(registrations: Registrations, box: Box, money: str) -> None:
    shown = registrations.connect(money)
    [told] = at_stripe(box)
    requests.delete(f"{box.url('stripe')}/v1/webhook_endpoints/{told['id']}", headers=KEY, timeout=10)
    assert registrations.standing(shown.id).state == "gone"
    assert registrations.register(shown.id).registered and registrations.standing(shown.id).state == "active"


def test_streams_that_are_not_loaded_are_not_asked_for(
    registrations: Registrations, connections: Connections, box: Box, money: str
) -> None:
    from orchestrate.syncs.service import Syncs

    Syncs(connections.store, connections.tenant_id, "user test").sources.choose(money, ["customers"])
    registrations.connect(money)
    [told] = at_stripe(box)
    assert told["enabled_events"] == ["customer.created", "customer.deleted", "customer.updated"]


def test_the_vendor_is_told_of_other_streams_and_of_the_connections_end(
    registrations: Registrations, connections: Connections, box: Box, money: str
) -> None:
    registrations.connect(money)
    client = TestClient(create_app(connections.store, connections.vault))
    key = ApiKeys(connections.store, connections.tenant_id, "user test").add("all", SCOPES)
    client.headers["Authorization"] = f"Bearer {key}"
    chosen = client.put(f"/api/v1/connections/{money}/streams", json={"streams": ["customers"]}).json()
    assert chosen["webhooks"] == [] and {each["stream"] for each in chosen["items"] if each["chosen"]} == {"customers"}
    [told] = at_stripe(box)
    assert told["enabled_events"] == ["customer.created", "customer.deleted", "customer.updated"]
    client.put(f"/api/v1/connections/{money}/streams", json={"streams": ["customers"]})
    assert at_stripe(box) == [told], "nothing has changed, and the vendor is not asked"
    assert client.delete(f"/api/v1/connections/{money}").status_code == 204
    assert at_stripe(box) == []


def test_a_vendor_that_refuses_to_be_told_holds_nobody_up(
    registrations: Registrations, connections: Connections, box: Box, money: str
) -> None:
    address = registrations.connect(money).address
    connections.change(money, {"api_key": "rk_test_wrong"})
    following = Following(connections.store, connections.vault, connections.tenant_id, "user test")
    found, [said] = following.choose(money, ["customers"])
    assert {each.stream for each in found if each.chosen} == {"customers"}
    assert said.startswith(f"{address}: the vendor still tells of the streams that were chosen before. stripe: ")
    [said] = following.remove(money).untold
    assert said.startswith(f"{address}: the vendor goes on delivering; take it away there. stripe: ")
    assert "rk_test_wrong" not in said and connections.all() == []
    assert len(at_stripe(box)) == 1


def test_each_topic_on_its_own_with_a_secret_made_here(
    registrations: Registrations, connections: Connections, box: Box
) -> None:
    connections.add("woocommerce", "shop", sandbox_settings("woocommerce", box.url("")[:-1]))
    shown = registrations.connect("shop")
    standing = registrations.standing(shown.id)
    assert (standing.state, shown.secrets) == ("active", 1)
    assert standing.registrations == 14, "order, product, customer and coupon: created, updated, deleted; two restored"
    registrations.unregister(shown.id)
    assert registrations.standing(shown.id).registrations == 0


def test_without_a_public_address_no_vendor_is_told(registrations: Registrations, connections: Connections) -> None:
    connections.add("stripe", "real", {"api_key": "rk_live_canary"})
    with pytest.raises(WebhookRefusedError, match="set ENGARDE_URL to this service's public https address"):
        registrations.connect("real")
    connections.add("razorpay", "money", {"key_id": "rzp_live_canary", "key_secret": "canary"})
    with pytest.raises(WebhookRefusedError, match=r"its API: tell it .* Account & Settings, Webhooks"):
        registrations.connect("money")
    assert registrations.part(10) == [], "what could not be registered is not kept"


def test_what_the_vendor_refuses_says_what_to_do(
    registrations: Registrations, connections: Connections, money: str
) -> None:
    connections.change(money, {"api_key": "rk_test_wrong"})
    with pytest.raises(LoginRefused, match="Check "):
        registrations.connect(money)

    def forbidden(asked: Asked) -> Any:
        return (200, {"data": []}) if asked.method == "GET" else (403, {"error": {"message": "no rights"}})

    with vendor(forbidden) as found:
        connections.change(money, {"api_url": found.url})
        with pytest.raises(NoPermission, match="registering needs a restricted key that may write Webhook Endpoints"):
            registrations.connect(money)
    assert registrations.part(10) == []


def test_where_the_vendor_hides_what_a_login_may_not_have_the_refusal_says_what_it_needs(
    registrations: Registrations, connections: Connections
) -> None:
    with vendor(lambda _: (404, {"message": "Not Found"})) as found:
        settings = {"token": "ghp_canary", "repositories": ["acme/shop"], "allow_insecure": True}
        connections.add("github", "code", {**settings, "api_url": found.url})
        with pytest.raises(Missing, match="of acme/shop: .* registering needs admin access to each repository"):
            registrations.connect("code")
    assert registrations.part(10) == []


def test_topics_that_were_registered_before_one_is_refused_are_taken_back(
    registrations: Registrations, connections: Connections
) -> None:
    known: dict[str, dict[str, Any]] = {}

    def shop(asked: Asked) -> Any:
        if asked.method == "GET":
            return list(known.values()) if asked.params.get("page", "1") == "1" else []
        if asked.method == "DELETE":
            return known.pop(asked.path.rpartition("/")[2])
        if len(known) == 3:
            return 400, {"code": "woocommerce_rest_webhook_invalid_topic", "message": "no such topic"}
        made = {"id": len(known) + 1, "delivery_url": asked.body["delivery_url"], "status": "active"}
        known[str(made["id"])] = made
        return 201, made

    with vendor(shop) as found:
        settings = {"site_url": "https://shop.example", "consumer_key": "ck_1", "consumer_secret": "cs_1"}
        connections.add("woocommerce", "shop", {**settings, "api_url": found.url, "allow_insecure": True})
        with pytest.raises(Exception, match="refused the request"):
            registrations.connect("shop")
    assert known == {} and [each.method for each in found.asked].count("POST") == 4
    assert registrations.part(10) == []


def test_by_rest_and_by_the_command_line(
    registrations: Registrations, connections: Connections, box: Box, money: str
) -> None:
    key = ApiKeys(connections.store, connections.tenant_id, "user test").add("all", SCOPES)
    app = create_app(connections.store, connections.vault)
    client = TestClient(app, headers={"Authorization": f"Bearer {key}"})
    made = client.post("/api/v1/webhooks/endpoints", json={"connection": money, "register": True})
    assert (made.status_code, made.json()["registered"]) == (201, True)
    path = f"/api/v1/webhooks/endpoints/{made.json()['id']}"
    assert client.get(f"{path}/registration").json()["state"] == "active"
    assert client.delete(path).status_code == 422
    assert client.delete(f"{path}/registration").json()["registered"] is False
    assert client.post(f"{path}/registration").json()["registered"] is True
    assert client.delete(path, params={"anyway": True}).status_code == 204
    both = client.post("/api/v1/webhooks/endpoints", json={"connection": money, "register": True, "secret": "x"})
    assert "brings its own secret" in both.json()["detail"]

    def engarde(*words: str) -> str:
        return CliRunner().invoke(command_line, [*words, "--tenant", "acme"]).output

    said = engarde("register", money)
    assert "registered at stripe: http://127.0.0.1:8080/api/v1/webhooks/stripe/" in said
    assert "active: The vendor delivers." in engarde("registration", said.split()[0])
    assert ", registered " in engarde("list") and "unregister it there first" in engarde("remove", said.split()[0])
    assert "has forgotten" in engarde("unregister", said.split()[0])


def test_another_tenants_endpoint_is_as_unknown_as_none(registrations: Registrations, box: Box, money: str) -> None:
    mine = registrations.connect(money)
    other = Registrations(registrations.store, registrations.vault, registrations.store.tenant("stranger"), "user test")
    for ask in (other.register, other.unregister, other.standing):
        for webhook in (mine.id, "0" * 32):
            with pytest.raises(NoWebhookError):
                ask(webhook)
    assert len(at_stripe(box)) == 1
