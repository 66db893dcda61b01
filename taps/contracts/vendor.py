"""A platform's descriptions together: which of them means a request, and what it answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from taps.descriptions.description import Description, Operation
from taps.descriptions.index import Entry, described
from taps.descriptions.schemas import Undescribed


@dataclass(frozen=True)
class Found:
    """The operation that a request means, and the file that describes it."""

    operation: Operation
    entry: Entry


class Vendor:
    """What a vendor describes, in one or many files."""

    def __init__(self, descriptions: Iterable[tuple[Entry, Description]]) -> None:
        self.descriptions = list({id(each[1]): each for each in reversed(list(descriptions))}.values())[::-1]

    @classmethod
    def of(cls, platform: str) -> "Vendor":
        """The descriptions of a platform that are at hand."""
        return cls(described(platform))

    @property
    def whole(self) -> bool:
        """Whether any of the descriptions is more than a collection of examples."""
        return any(description.whole for _, description in self.descriptions)

    @property
    def official(self) -> bool:
        """Whether any of the descriptions is the vendor's own."""
        return any(entry.official for entry, _ in self.descriptions)

    def find(self, method: str, url: str, bases: Iterable[str] = (), body: bytes | None = None) -> Found:
        """The operation a request means; raises `Undescribed` saying what the nearest description has instead.

        Of several files that have the path, official ones come first, then those of the same host, then the more
        literal path.
        """
        parts = urlsplit(url)
        base = max((urlsplit(each).path for each in bases if url.startswith(each)), key=len, default="")
        fitting: list[tuple[tuple[bool, bool, int, int], Found]] = []
        refused: list[str] = []
        for entry, description in self.descriptions:
            operation = description.fitting(method, parts.path, base=base, body=body)
            if operation is not None:
                elsewhere = bool(description.hosts) and parts.hostname not in description.hosts
                rank = (not entry.official, elsewhere, operation.path.count("{"), -len(operation.parameters))
                fitting.append((rank, Found(operation, entry)))
            else:
                refused += _other_methods(description, method, parts.path, base)
        if fitting:
            return min(fitting, key=lambda each: each[0])[1]
        files = f"{len(self.descriptions)} files" if len(self.descriptions) > 1 else self._only_name()
        also = f"; {refused[0]}" if refused else ""
        msg = f"{method} {parts.path} is not described in {files}{also}"
        raise Undescribed(msg)

    def _only_name(self) -> str:
        return self.descriptions[0][1].name if self.descriptions else "any file"


def _other_methods(description: Description, method: str, path: str, base: str) -> list[str]:
    try:
        description.find(method, path, base=base)
    except Undescribed as refused:
        return [str(refused)] if "described for" in str(refused) else []
    return []
