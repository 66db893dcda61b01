"""`deviations.yaml` beside a manifest: where a description differs from the vendor's documentation, which wins.

Each entry names the streams it is about, what differs, why, and the page that says so. An entry that excuses nothing is
an error: the description agrees after all, or never said otherwise.
"""

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML

from taps.contracts.findings import NO_ERRORS, Finding
from taps.engine.load import PLATFORMS
from taps.engine.words import Docs, Word


class Deviation(Word):
    """One difference. Exactly one of `undescribed`, `request`, `fields` and `failure` says which."""

    streams: list[str] = Field(min_length=1)
    """Streams, or what else the comparison names: `account x`, `columns x`, `login x`."""
    undescribed: bool = False
    """No description worth comparing with has these streams: nothing is compared, and none counts as described."""
    request: str | None = None
    """A part of what is said against the requests."""
    fields: list[str] = []
    """Columns that are absent from the description, or of another type there."""
    failure: str | None = None
    """A part of why the tap cannot read a described answer."""
    reason: str = Field(min_length=10)
    docs: Docs

    @model_validator(mode="after")
    def _one_kind(self) -> "Deviation":
        if sum([self.undescribed, bool(self.fields), *(part is not None for part in self._parts.values())]) != 1:
            msg = "says exactly one of undescribed, request, fields and failure"
            raise ValueError(msg)
        return self

    @property
    def _parts(self) -> dict[str, str | None]:
        """Kind of finding -> the part of its sentence."""
        return {"request": self.request, "failure": self.failure}

    def excuses(self, finding: Finding) -> bool:
        """Whether the finding is what this entry is about."""
        if finding.stream not in self.streams or finding.kind in NO_ERRORS:
            return False
        if self.undescribed:
            return finding.kind in {"undescribed", "request", "failure", "field"}
        if self.fields:
            return finding.kind == "field" and finding.field in self.fields
        part = self._parts.get(finding.kind)
        return part is not None and part in finding.sentence


class Deviations(Word):
    """The file as a whole."""

    deviations: list[Deviation]

    def unexcused(self, findings: list[Finding]) -> list[Finding]:
        """The errors that no entry is about."""
        errors = [each for each in findings if each.kind not in NO_ERRORS]
        return [each for each in errors if not any(entry.excuses(each) for entry in self.deviations)]

    def needless(self, findings: list[Finding]) -> list[str]:
        """A sentence for each stream or column that an entry names and that needs no excuse."""
        return [sentence for entry in self.deviations for sentence in _needless(entry, findings)]

    def of(self, stream: str) -> list[Deviation]:
        """The entries about a stream."""
        return [entry for entry in self.deviations if stream in entry.streams]


def _needless(entry: Deviation, findings: list[Finding]) -> list[str]:
    sentences = []
    for stream in entry.streams:
        excused = [each for each in findings if each.stream == stream and entry.excuses(each)]
        about = {each.field for each in excused}
        if entry.fields:
            idle = [name for name in entry.fields if name not in about]
        else:
            idle = [] if excused else ["the whole entry"]
        if idle:
            sentences.append(f"{stream}: {', '.join(idle)}: the description says nothing else; take it out")
    return sentences


class DeviationsError(Exception):
    """The file is not as it should be; one line for each finding."""


def load(platform: str, folder: Path | None = None) -> Deviations:
    """A platform's deviations, none where there is no file; raises `DeviationsError`."""
    file = (folder or PLATFORMS / platform) / "deviations.yaml"
    if not file.is_file():
        return Deviations(deviations=[])
    given: Any = YAML(typ="safe").load(file)
    try:
        return Deviations.model_validate(given)
    except ValidationError as wrong:
        lines = [f"{file}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors()]
        raise DeviationsError("\n".join(lines)) from None
