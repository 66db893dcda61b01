"""What the comparison found: one line each, and what kind of deviation excuses it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["undescribed", "request", "field", "failure", "fixture", "open", "unshown", "hint", "old"]
UNDECLARED = "is described and not declared"
NO_ERRORS = frozenset({"open", "unshown", "hint", "fixture", "old"})


@dataclass(frozen=True, order=True)
class Finding:
    """One difference between a tap and a description. `field` names the column it is about.

    `open` is a column of which the description says nothing, such as one value of a map; `hint` a property that is
    described and not declared; `fixture` a value that a fixture has of another type; `unshown` a request that no
    example shows, where there are only examples; `old` a request that the vendor means to give up: none of them is an
    error.
    """

    stream: str
    kind: Kind
    sentence: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.stream}: {self.kind}: {f'{self.field}: ' if self.field else ''}{self.sentence}"
