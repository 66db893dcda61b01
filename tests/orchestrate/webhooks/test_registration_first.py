"""What has to be registered before: Twilio's sink, which it deletes only when no subscription needs it any more."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from orchestrate.connections.service import Connections
from orchestrate.syncs.sources import Sources
from orchestrate.webhooks.endpoints import WebhookRefusedError
from orchestrate.webhooks.registration import Registrations
from taps.engine.errors import TapError
from tests.engine.vendor import Asked, vendor

ACCOUNT = "AC00000000000000000000000000000001"
OTHERS = {"sid": "DG0", "status": "active", "sink_configuration": {"arn": "arn:aws:kinesis:us-east-1:1:stream/x"}}


class Twilio:
    """Event Streams of an account that has a sink of its own already."""

    def __init__(self) -> None:
        self.sinks: dict[str, dict[str, Any]] = {"DG0": OTHERS}
        self.subscriptions: dict[str, dict[str, Any]] = {"DF0": {"sid": "DF0", "sink_sid": "DG0"}}
        self.refuses = ""

    def __call__(self, asked: Asked) -> Any:
        kind, _, sid = asked.path.removeprefix("/v1/").partition("/")
        there = self.sinks if kind == "Sinks" else self.subscriptions
        if asked.method == "GET":
            return {kind.lower(): list(there.values()), "meta": {"next_page_url": None}}
        if asked.method == "DELETE":
            if kind == "Sinks" and any(each["sink_sid"] == sid for each in self.subscriptions.values()):
                return 409, {"code": 91007, "message": "Sink still in use"}
            return (204, {}, b"") if there.pop(sid, None) else (404, {"code": 20404})
        if kind == self.refuses:
            return 400, {"code": 20001, "message": "Type not found in the system"}
        form = parse_qs(asked.body)
        made: dict[str, Any] = {"sid": f"{'DG' if kind == 'Sinks' else 'DF'}{len(there)}"}
        if kind == "Sinks":
            made |= {"status": "active", "sink_configuration": json.loads(form["SinkConfiguration"][0])}
        else:
            made |= {"sink_sid": form["SinkSid"][0], "types": form["Types"]}
        there[made["sid"]] = made
        return 201, made


def connected(connections: Connections, url: str) -> str:
    settings = {"account_sid": ACCOUNT, "auth_token": "canary", "api_url": url, "api_urls": {"events": url}}
    connections.add("twilio", "calls", {**settings, "allow_insecure": True})
    return "calls"


def test_a_subscription_goes_to_the_sink_made_before_and_is_taken_back_before_it(
    registrations: Registrations, connections: Connections
) -> None:
    twilio = Twilio()
    with vendor(twilio) as found:
        shown = registrations.connect(connected(connections, found.url))
        assert twilio.sinks["DG1"]["sink_configuration"] == {
            "destination": shown.address, "method": "POST", "batch_events": True,
        }  # fmt: skip
        assert twilio.subscriptions["DF1"]["sink_sid"] == "DG1"
        assert '{"type":"com.twilio.messaging.message.delivered"}' in twilio.subscriptions["DF1"]["types"]
        assert (shown.secrets, registrations.standing(shown.id).state) == (1, "active")
        registrations.register(shown.id)
        assert set(twilio.sinks) == {"DG0", "DG1"} and twilio.subscriptions["DF1"]["sink_sid"] == "DG1"
        registrations.unregister(shown.id)
        assert set(twilio.sinks) == {"DG0"} and set(twilio.subscriptions) == {"DF0"}


def test_a_sink_whose_subscription_is_refused_is_taken_back(
    registrations: Registrations, connections: Connections
) -> None:
    twilio = Twilio()
    twilio.refuses = "Subscriptions"
    with vendor(twilio) as found, pytest.raises(TapError, match="Type not found"):
        registrations.connect(connected(connections, found.url))
    assert set(twilio.sinks) == {"DG0"} and registrations.part(10) == []


def test_streams_that_no_subscription_tells_of_are_not_registered(
    connections: Connections, registrations: Registrations
) -> None:
    acme = Twilio()
    with vendor(acme) as found:
        name = connected(connections, found.url)
        Sources(connections.store, connections.tenant_id, "user test").choose(name, ["recordings"])
        with pytest.raises(WebhookRefusedError, match="tells nothing of the streams that are loaded"):
            registrations.connect("calls")
    assert set(acme.sinks) == {"DG0"}
