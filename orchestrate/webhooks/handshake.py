"""First requests by which a vendor checks an address before it delivers there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from orchestrate.store.database import Store
from orchestrate.vault.service import Vault
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.endpoints import Webhooks
from taps.engine.paths import take
from taps.engine.webhooks import Challenge
from taps.engine.webhooks import Webhooks as Words

if TYPE_CHECKING:
    from orchestrate.webhooks.receiver import Endpoint

_LONGEST = 1000
_CODE = re.compile(r"[\w.-]{1,100}")
_LARGEST_QUESTION = 16_384
"""Bytes: a question is read before anything is proved, and no vendor's is longer than a few hundred."""


@dataclass(frozen=True)
class Answer:
    """What a vendor is answered, always with 200: a JSON object, a text, headers, or nothing."""

    json: Mapping[str, str] | None = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def handshake(store: Store, vault: Vault, words: Words, endpoint: Endpoint | None, delivery: Delivery) -> Answer | None:
    """The answer to a first request; None for what is none, and is a delivery like any other.

    A question in the body is answered to everybody who asks, at known and unknown addresses alike: it tells nothing.
    """
    challenge = words.challenge
    if challenge is None:
        return None
    if challenge.secret is not None:
        return _secret_told(store, vault, challenge.secret, endpoint, delivery)
    in_query = delivery.method == "GET"
    if not in_query and len(delivery.body) > _LARGEST_QUESTION:
        return None
    asked = dict(parse_qsl(delivery.url.partition("?")[2])) if in_query else delivery.content
    if not _fits(challenge, asked, in_query):
        return None
    if challenge.token is not None and (endpoint is None or asked.get(challenge.token) != endpoint.id):
        return None
    if challenge.code is not None:
        return _code_shown(store, vault, challenge, endpoint, asked)
    value = _value(asked, challenge.answer or "", in_query)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    return Answer(text=value) if in_query else Answer(json={(challenge.answer or "").rpartition(".")[2]: value})


def _code_shown(
    store: Store, vault: Vault, challenge: Challenge, endpoint: Endpoint | None, asked: Mapping[str, Any]
) -> Answer | None:  # fmt: skip
    """The vendor sends a code for a person to type into its page; unknown addresses are answered alike."""
    code = _value(asked, challenge.code or "", False)
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return None
    if endpoint is not None:
        webhooks = Webhooks(store, vault, endpoint.tenant_id, f"platform {endpoint.verifier.platform}")
        webhooks.take_code(endpoint.id, code, signs=challenge.signs)
    return Answer()


def _secret_told(
    store: Store, vault: Vault, header: str, endpoint: Endpoint | None, delivery: Delivery
) -> Answer | None:
    """The vendor makes the secret and tells it once, at an address that has none yet; it wants to hear it again."""
    secret = delivery.fields.get(header, "")
    if not secret or len(secret) > _LONGEST or endpoint is None:
        return None
    webhooks = Webhooks(store, vault, endpoint.tenant_id, f"platform {endpoint.verifier.platform}")
    if not webhooks.take_secret(endpoint.id, secret):
        return None
    return Answer(headers={header: secret})


def _fits(challenge: Challenge, asked: Any, in_query: bool) -> bool:
    if not isinstance(asked, dict) or not challenge.when:
        return False
    values = {name: _value(asked, name, in_query) for name in challenge.when}
    return all(
        values[name] is not None and wanted in {"*", str(values[name])} for name, wanted in challenge.when.items()
    )


def _value(asked: Mapping[str, Any], name: str, in_query: bool) -> Any:
    """Names in a query may hold dots of their own."""
    return asked.get(name) if in_query else take(asked, name)
