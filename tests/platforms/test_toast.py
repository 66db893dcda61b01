"""Toast: the signature of a delivery (the body and the timestamp within it), and restaurants that are named."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

from sandbox.fixtures.asked import Asked
from taps.engine.hooks import load_hook
from tests.conformance.bench import bench

FOLDER = Path(__file__).parents[2] / "taps" / "platforms" / "toast"
SECRET = "invented-secret"
RESTAURANT = "9d07104d-d76b-546f-b90b-7503ccfa55be"
TIMESTAMP = "2026-03-01T18:02:11.000Z"
BODY = json.dumps({"timestamp": TIMESTAMP, "eventType": "order_updated", "guid": "5d1"}).encode()


def signature(signed: bytes) -> str:
    return base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()


def accepted(body: bytes, given: str, header: str = "Toast-Signature") -> bool:
    verify = load_hook(FOLDER, "hooks.py:verify_message", "webhook.verify")
    return bool(verify(body, {header: given}, SECRET))


def test_a_signed_body_is_accepted_whatever_the_header_looks_like() -> None:
    assert accepted(BODY, signature(BODY + TIMESTAMP.encode()))
    assert accepted(BODY, signature(BODY + TIMESTAMP.encode()), header="toast-signature")


def test_the_timestamp_is_part_of_what_is_signed() -> None:
    assert not accepted(BODY, signature(BODY))


def test_a_changed_body_is_refused() -> None:
    assert not accepted(BODY.replace(b"order_updated", b"order_deleted"), signature(BODY + TIMESTAMP.encode()))


def test_what_cannot_be_read_is_refused() -> None:
    assert not accepted(b"no json", signature(b"no json"))
    assert not accepted(b"{}", signature(b"{}"))
    assert not accepted(BODY, "")
    assert not accepted(BODY, "no base64!")


def test_who_cannot_list_his_restaurants_names_them() -> None:
    asked_for: list[tuple[str, str | None]] = []

    def seen(asked: Asked, _number: int) -> None:
        asked_for.append((asked.path, asked.headers.get("toast-restaurant-external-id")))

    with bench("toast") as here:
        ran = here.run(only=["jobs"], fault=seen, restaurants=[RESTAURANT])
    assert ran.code == 0
    assert asked_for == [
        ("/authentication/v1/authentication/login", None),
        (f"/restaurants/v1/restaurants/{RESTAURANT}", RESTAURANT),
        ("/labor/v1/jobs", RESTAURANT),
    ]
