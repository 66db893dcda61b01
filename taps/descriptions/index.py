"""Which descriptions there are: `INDEX.tsv` of the folder that ENGARDE_SPECS names, or of `../shared/specs`."""

import contextlib
import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from taps.descriptions.description import Description
from taps.descriptions.discovery import Discovery
from taps.descriptions.documents import parsed
from taps.descriptions.fields_tables import open_fields
from taps.descriptions.graphql_sdl import GraphQl
from taps.descriptions.intuit_xsd import IntuitSchemas
from taps.descriptions.openapi3 import OpenApi3
from taps.descriptions.samples import Samples
from taps.descriptions.schemas import Schemas
from taps.descriptions.shown import ShownRequests, readable
from taps.descriptions.swagger2 import Swagger2

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Entry:
    """One file of the index."""

    platform: str
    file: str
    format: str
    official: bool
    source: str
    version: str
    note: str

    @property
    def path(self) -> Path:
        """Where the file is."""
        return folder() / self.file


def folder() -> Path:
    """The folder of the descriptions; it need not be there."""
    return Path(os.environ.get("ENGARDE_SPECS") or REPOSITORY.parent / "shared" / "specs")


def at_hand() -> bool:
    """Whether there are descriptions to read."""
    return (folder() / "INDEX.tsv").is_file()


@lru_cache(maxsize=1)
def _entries(index: Path) -> tuple[Entry, ...]:
    with index.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        Entry(row["platform"], row["file"], row["format"], row["official"] == "yes", row["source_repo_or_package"],
              row["commit_or_version"], row["note"] or "")
        for row in rows
    )  # fmt: skip


def entries(platform: str) -> list[Entry]:
    """The files of a platform, official ones first."""
    found = [each for each in _entries(folder() / "INDEX.tsv") if each.platform == platform]
    return sorted(found, key=lambda each: not each.official)


def _document(reader: Callable[[Schemas, str], Description]) -> Callable[[Path], Description]:
    return lambda path: reader(Schemas(parsed(path), path), path.name)


def _by_version(schemas: Schemas, name: str) -> Description:
    """OpenAPI 3 or Swagger 2, whichever the document itself says it is."""
    return (Swagger2 if "swagger" in schemas.document else OpenApi3)(schemas, name)


def _other(path: Path) -> Description:
    """Files of no format of their own: collections of shown requests can be read, and Intuit's XML Schemas."""
    if path.suffix == ".xsd":
        return IntuitSchemas(path)
    if path.suffix == ".json" and readable(parsed(path)):
        return ShownRequests(path)
    msg = f"{path.name}: there is no reader for what it holds"
    raise KeyError(msg)


READERS: dict[str, Callable[[Path], Description]] = {
    "openapi3": _document(_by_version),
    "swagger2": _document(_by_version),
    "discovery": _document(Discovery),
    "graphql": GraphQl,
    "fields": open_fields,
    "other": _other,
}


@lru_cache(maxsize=256)
def open_description(path: Path, form: str) -> Description:
    """The description in a file of one of the formats of `READERS`; raises `KeyError`, `OSError` or `ValueError`."""
    return READERS[form](path)


def described(platform: str) -> list[tuple[Entry, Description]]:
    """A platform's descriptions that can be read, official ones first."""
    found = []
    for each in entries(platform):
        if each.format in READERS and each.path.is_file():
            with contextlib.suppress(KeyError):  # lists of fields in a form of their own
                found.append((each, open_description(each.path, each.format)))
    return found


@lru_cache(maxsize=64)
def _samples_in(path: Path) -> Samples:
    return Samples(parsed(path))


def samples(platform: str) -> list[tuple[Entry, Samples]]:
    """A platform's files of sample objects."""
    named = [each for each in entries(platform) if each.format == "other" and "sample" in each.note]
    return [(each, _samples_in(each.path)) for each in named if each.path.suffix == ".json" and each.path.is_file()]
