"""A delivery as it came over the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from requests.structures import CaseInsensitiveDict


@dataclass(frozen=True)
class Delivery:
    """One request of a vendor: the body as it was received, to the byte, and the address that the vendor called."""

    method: str
    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @property
    def fields(self) -> CaseInsensitiveDict[str]:
        """The headers, whatever their case."""
        return CaseInsensitiveDict(self.headers)

    @cached_property
    def content(self) -> Any:
        """The body as JSON or as a form's fields; None for neither. Read once: several accounts look for their own."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            pass
        if "form-urlencoded" in self.fields.get("Content-Type", ""):
            return dict(parse_qsl(self.body.decode("utf-8", "replace")))
        return None
