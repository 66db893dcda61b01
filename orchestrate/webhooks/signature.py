"""What a header says of a signature: the time it was made and the signatures, of which several may stand there."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from orchestrate.webhooks.delivery import Delivery
from taps.engine.webhooks import Verify

_MILLISECONDS = 100_000_000_000


@dataclass(frozen=True)
class Claim:
    """The time as it is written (it is signed that way), and every signature that is given, decoded."""

    time: str
    signatures: tuple[bytes, ...]


def claim_of(words: Verify, delivery: Delivery) -> Claim:
    """What the delivery claims; without a readable signature none of `signatures`."""
    fields = delivery.fields
    given = fields.get(words.header or "", "")
    time = fields.get(words.time, "") if words.time else ""
    texts: list[str] = [given, *given.split(" ")]
    if words.parts:
        pairs = [pair.strip().partition("=")[::2] for pair in given.split(",")]
        time = next((value for name, value in pairs if name == words.parts.get("time")), time)
        texts = [value for name, value in pairs if name == words.parts.get("signature")]
    return Claim(time, tuple(_decoded(words, texts)))


def _decoded(words: Verify, texts: list[str]) -> Iterator[bytes]:
    prefix = words.prefix or ""
    for text in dict.fromkeys(texts):
        if not text.startswith(prefix) or text == prefix:
            continue
        bare = text.removeprefix(prefix)
        try:
            yield bytes.fromhex(bare) if words.encoding == "hex" else base64.b64decode(bare, validate=True)
        except (ValueError, binascii.Error):
            continue


def moment_of(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO 8601; None where it is neither."""
    try:
        if text.isascii() and text.isdigit():
            number = int(text)
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
