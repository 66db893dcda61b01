"""A delivery as it came over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from requests.structures import CaseInsensitiveDict


@dataclass(frozen=True)
class Delivery:
    """One request of a vendor: the body as it was received, to the byte, and the address that the vendor called."""

    method: str
    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, str] = field(repr=False, default_factory=dict)
    """The connection's: they tell what in it is of other accounts."""

    @property
    def fields(self) -> CaseInsensitiveDict[str]:
        """The headers, whatever their case."""
        return CaseInsensitiveDict(self.headers)
