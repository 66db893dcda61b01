"""The comparison of a platform as lines for whoever writes its manifest."""

from collections.abc import Iterator

from taps.contracts.comparison import Comparison, compare
from taps.contracts.deviations import DeviationsError, load
from taps.contracts.findings import NO_ERRORS, UNDECLARED, Finding
from taps.descriptions.index import at_hand, described, folder
from taps.engine.load import ManifestError
from taps.kinds import kind_of

_HINTS = 40


def told(platform: str, *, hints: bool = True) -> tuple[list[str], bool]:
    """The lines about a platform, and whether nothing in them is an error."""
    if not at_hand():
        return [f"{platform}: no descriptions at {folder()}; ENGARDE_SPECS names the folder that holds them"], True
    if kind_of(platform) != "api" or not described(platform):
        return [f"{platform}: there is no description that can be read; its grade is C"], True
    try:
        deviations, comparison = load(platform), compare(platform)
    except (ManifestError, DeviationsError) as wrong:
        return str(wrong).splitlines(), False
    errors = deviations.unexcused(comparison.findings)
    shown = [*errors, *(each for each in comparison.findings if each.kind in NO_ERRORS)]
    lines = [line for name in _subjects(comparison) for line in _of_stream(name, shown, hints)]
    lines += (needless := [f"deviations.yaml: {each}" for each in deviations.needless(comparison.findings)])
    counts = f"{len(comparison.manifest.streams)} streams, {len(comparison.recording.sent)} requests"
    excused = f"{len(deviations.deviations)} deviations"
    lines.append(f"{platform}: {counts}, {len(errors)} differences, {excused}, {len(needless)} of them needless")
    return lines, not errors and not needless


def _subjects(comparison: Comparison) -> list[str]:
    others = {each.stream for each in comparison.findings} - set(comparison.manifest.streams)
    return [*comparison.manifest.streams, *sorted(others)]


def _of_stream(name: str, findings: list[Finding], hints: bool) -> Iterator[str]:
    own = [each for each in findings if each.stream == name]
    shown = [each for each in own if each.kind not in NO_ERRORS]
    remarks = list(_remarks(own)) if hints else []
    if shown or remarks:
        yield name
    for each in shown:
        yield f"  {each.kind:<12}{f'{each.field}: ' if each.field else ''}{each.sentence}"
    yield from remarks


def _remarks(findings: list[Finding]) -> Iterator[str]:
    fixture = [each.sentence for each in findings if each.kind == "fixture"]
    if fixture:
        yield f"  {'fixture':<12}{len(fixture)} values are of other types than described: {'; '.join(fixture[:3])}"
    yield from (f"  {each.kind:<12}{each.sentence}" for each in findings if each.kind in {"unshown", "old"})
    left_open = sum(each.kind == "open" for each in findings)
    if left_open:
        yield f"  {'open':<12}{left_open} columns of which nothing is said: values of maps, numbers as text, unshown"
    hints = [each for each in findings if each.kind == "hint"]
    yield from (f"  {'hint':<12}{each.field}: {each.sentence}" for each in hints if each.sentence != UNDECLARED)
    hinted = [each.field for each in hints if each.sentence == UNDECLARED]
    more = f" and {len(hinted) - _HINTS} more" if len(hinted) > _HINTS else ""
    if hinted:
        yield f"  {'hint':<12}described and not declared: {', '.join(hinted[:_HINTS])}{more}"
