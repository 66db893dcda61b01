"""One complete answer: its body is whole, decompressed and within the size limit."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
from requests.structures import CaseInsensitiveDict

from taps.engine.answers import Tree
from taps.engine.errors import BadBody
from taps.engine.paths import Path, take
from taps.engine.xml import as_json, looks_like_xml

_EXACT_AS_FLOAT = 16


def _number(text: str) -> float | Decimal:
    """Fifteen digits survive a float unchanged; longer numbers and exponents stay decimal so that none is lost."""
    if len(text) <= _EXACT_AS_FLOAT and "e" not in text and "E" not in text:
        return float(text)
    return Decimal(text)


_DECODER = msgspec.json.Decoder(float_hook=_number)


def _replace_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_replace_surrogates(key): _replace_surrogates(item) for key, item in value.items()}
    return value


def decode_json(body: bytes, charset: str = "utf-8") -> Any:
    """The JSON in `body`; lone surrogates become U+FFFD, NaN becomes null; raises `BadBody` for anything else."""
    broken = None
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        text = body.decode("utf-8-sig" if charset.lower() in {"utf-8", "utf8"} else charset)
        decoded = json.loads(text, strict=False, parse_float=_number, parse_constant=lambda _: None)
        return _replace_surrogates(decoded)
    except json.JSONDecodeError as fault:
        broken = f"malformed or cut-off JSON (at character {fault.pos} of {len(fault.doc)})"
    except (UnicodeDecodeError, LookupError):
        broken = f"text that is not {charset}"
    except RecursionError:
        broken = "JSON nested too deeply"
    raise BadBody(broken)


@dataclass(slots=True)
class Answer:
    """A complete answer; `url` is without query, `received_at` in UTC. Its repr shows no header and no body.

    It began `began_after` seconds from when its request went out, connecting included.
    """

    status: int
    headers: CaseInsensitiveDict[str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str
    received_at: datetime
    began_after: float = 0.0
    _decoded: list[Any] = field(default_factory=list, repr=False)

    def json(self) -> Any:
        """The decoded body, decoded once: integers of any size, long numbers as Decimal; raises `BadBody`."""
        if not self._decoded:
            kind = self.headers.get("Content-Type", "")
            if not self.body.strip():
                msg = "an empty body"
                raise BadBody(msg)
            if self.body.lstrip()[:1] == b"<":
                msg = "a web page or XML instead of JSON"
                raise BadBody(msg)
            decoded = decode_json(self.body, _charset(kind))
            if decoded is None:
                msg = "null instead of data"
                raise BadBody(msg)
            self._decoded.append(decoded)
        return self._decoded[0]

    @property
    def text(self) -> str:
        """The body as text in the charset that the answer names, else UTF-8; unreadable bytes become U+FFFD."""
        charset = _charset(self.headers.get("Content-Type", ""))
        try:
            return self.body.decode("utf-8-sig" if charset.lower() in {"utf-8", "utf8"} else charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    @property
    def tree(self) -> Tree:
        """The body, opened as far as it is asked for; raises `BadBody` where it is neither JSON nor XML."""
        return Tree.of_answer(self.body, self.headers.get("Content-Type", ""))

    @property
    def date(self) -> datetime | None:
        """The server's own clock (its Date header) in UTC, or None."""
        return http_date(self.headers.get("Date", ""))

    def find(self, path: Path) -> Any:
        """The value at a path or at `header:Name`; None where it is absent."""
        if isinstance(path, str) and path.startswith("header:"):
            return self.headers.get(path.removeprefix("header:").strip().rstrip("?"))
        decoded = self.json_or_none()
        return None if decoded is None else take(decoded, path)

    def json_or_none(self) -> Any:
        """The decoded body, XML as the JSON it stands for; None where it is neither."""
        if looks_like_xml(self.body, self.headers.get("Content-Type", "")):
            return self._xml_or_none()
        if self.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return None
        try:
            return self.json()
        except BadBody:
            return None

    def _xml_or_none(self) -> Any:
        if not self._decoded:
            try:
                self._decoded.append(decode_json(as_json(self.body)))
            except BadBody:
                return None
        return self._decoded[0]


def _charset(content_type: str) -> str:
    message = Message()
    message["Content-Type"] = content_type or "application/json"
    return message.get_content_charset() or "utf-8"


def http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110, 5.6.7) in UTC, or None."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
