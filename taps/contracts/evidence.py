"""The evidence grade of a platform: computed from what was compared, and kept beside its manifest as `evidence.json`.

A: at least nine of ten streams, and of their columns, agree with the vendor's own machine-readable description.
B: at least half of both agree with a description, be it the community's.
C: anything less; the manifest rests on the vendor's documentation alone.
+L: the platform's tap or its sandbox was also run against a real server or the vendor's own published samples, by tests
marked `real("platform")`.

What counts is what was compared (`counted`). A stream: all its operations and the place of its records are described,
and the tap read the described answer. A column: it stands at that place with its type. A detail of a request that a
deviation excuses with its reason and page, such as a parameter that the description leaves out, takes nothing from
either; a request whose operation is not described takes the stream and leaves the columns. Columns carried from a
parent count with their parent; streams that are read for others' sake only do not count.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from taps.contracts import fields
from taps.contracts.comparison import Comparison, compare
from taps.contracts.deviations import Deviations
from taps.contracts.deviations import load as load_deviations
from taps.contracts.findings import Finding
from taps.contracts.kept import Evidence, Share, file_of
from taps.descriptions.index import described
from taps.descriptions.schemas import Undescribed
from taps.kinds import kind_of
from taps.kinds import load as load_manifest

TESTS = Path(__file__).parents[2] / "tests"
_MOST, _HALF = 0.9, 0.5


def compute(platform: str) -> Evidence:
    """The evidence by the descriptions at hand; raises `ManifestError` and `DeviationsError`."""
    deviations = load_deviations(platform)
    files = described(platform)
    real = real_tests().get(platform, [])
    if not files or kind_of(platform) != "api":
        streams, columns = Share(0, 0, _streams_of(platform)), Share(0, 0, 0)
        return Evidence(grade_of(streams, columns, real), streams, columns, [], len(deviations.deviations), real)
    streams, columns, used = _shares(compare(platform), deviations)
    sources = [
        {"file": entry.file, "source": entry.source, "version": entry.version, "official": entry.official}
        for entry, description in files
        if id(description) in used
    ]
    grade = grade_of(streams, columns, real)
    return Evidence(grade, streams, columns, sources, len(deviations.deviations), real)


def grade_of(streams: Share, columns: Share, real: list[str]) -> str:
    """A, B or C as the module says, with `+L` where there are tests against something real."""
    if streams.at_least(_MOST, official=True) and columns.at_least(_MOST, official=True):
        grade = "A"
    elif streams.at_least(_HALF, official=False) and columns.at_least(_HALF, official=False):
        grade = "B"
    else:
        grade = "C"
    return f"{grade}+L" if real else grade


def _streams_of(platform: str) -> int:
    return len(getattr(load_manifest(platform), "streams", {}))


def _shares(comparison: Comparison, deviations: Deviations) -> tuple[Share, Share, set[int]]:
    """Streams, columns, and the descriptions that were compared with, by identity."""
    agreeing: list[bool] = []
    columns: list[bool] = []
    total_columns = 0
    used = {id(sent.found.operation.description) for sent in comparison.recording.sent if sent.found is not None}
    offered = [name for name, stream in comparison.manifest.streams.items() if not stream.helper]
    for name in offered:
        stream = comparison.manifest.resolved(name)
        own = set(stream.columns_declared) - set(stream.parent.carry if stream.parent else ())
        total_columns += len(own)
        if any(entry.undescribed for entry in deviations.of(name)):
            continue
        try:
            entry = fields.place_of(comparison.manifest, name, comparison.recording).entry
        except Undescribed:
            continue
        findings = comparison.of(name)
        agrees, good = counted(own, findings, deviations.unexcused(findings), asked=_asked(comparison, name))
        columns += [entry.official] * len(good)
        agreeing += [entry.official] * agrees
    streams = Share(sum(agreeing), len(agreeing), len(offered))
    return streams, Share(sum(columns), len(columns), total_columns), used


def counted(
    own: set[str], findings: Sequence[Finding], unexcused: Sequence[Finding], *, asked: bool
) -> tuple[bool, set[str]]:
    """Whether a stream whose records are described counts, and which of its `own` columns do.

    `asked` says whether every operation that it asked for is described, `unexcused` which of the findings no deviation
    is about.
    """
    if any(each.kind in {"undescribed", "failure", "unshown"} for each in findings):
        return False, set()
    agrees = asked and not any(each.kind == "request" for each in unexcused)
    return agrees, own - {each.field for each in findings if each.kind in {"field", "open"}}


def _asked(comparison: Comparison, name: str) -> bool:
    return all(sent.found is not None or sent.given for sent in comparison.recording.of(name))


def real_tests() -> dict[str, list[str]]:
    """Platform -> the test files (below tests/) whose tests are marked `real("platform")`."""
    found: dict[str, list[str]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        text = file.read_text()
        if "mark.real(" in text:
            for platform in sorted(set(_marked(ast.parse(text)))):
                found.setdefault(platform, []).append(str(file.relative_to(TESTS)))
    return found


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "real":
            yield from (
                each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def write(platform: str) -> Evidence:
    """Computes the evidence and keeps it."""
    found = compute(platform)
    file_of(platform).write_text(found.text())
    return found
