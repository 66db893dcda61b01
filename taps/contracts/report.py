"""The comparison of a platform as lines for whoever writes its manifest."""

from collections.abc import Iterator

from taps.contracts.comparison import Comparison, compare
from taps.contracts.findings import NO_ERRORS, Finding
from taps.descriptions.index import at_hand, described, folder
from taps.engine.load import ManifestError

_HINTS = 40


def told(platform: str, *, hints: bool = True) -> tuple[list[str], bool]:
    """The lines about a platform, and whether nothing in them is an error."""
    if not at_hand():
        return [f"{platform}: no descriptions at {folder()}; ENGARDE_SPECS names the folder that holds them"], True
    if not described(platform):
        return [f"{platform}: there is no description that can be read; its grade is C"], True
    try:
        comparison = compare(platform)
    except ManifestError as wrong:
        return wrong.findings, False
    errors = [each for each in comparison.findings if each.kind not in NO_ERRORS]
    lines = [line for name in _subjects(comparison) for line in _of_stream(name, comparison.of(name), hints)]
    sent = len(comparison.recording.sent)
    return [
        *lines,
        f"{platform}: {len(comparison.manifest.streams)} streams, {sent} requests, {len(errors)} differences",
    ], (not errors)


def _subjects(comparison: Comparison) -> list[str]:
    others = {each.stream for each in comparison.findings} - set(comparison.manifest.streams)
    return [*comparison.manifest.streams, *sorted(others)]


def _of_stream(name: str, findings: list[Finding], hints: bool) -> Iterator[str]:
    hinted = [each.field for each in findings if each.kind == "hint"]
    shown = [each for each in findings if each.kind not in NO_ERRORS]
    left_open = sum(each.kind == "open" for each in findings)
    if shown or (hints and (hinted or left_open)):
        yield name
    for each in shown:
        yield f"  {each.kind:<12}{f'{each.field}: ' if each.field else ''}{each.sentence}"
    if hints and left_open:
        yield f"  {'open':<12}{left_open} columns stand in a map whose values are not described one by one"
    if hints and hinted:
        more = f" and {len(hinted) - _HINTS} more" if len(hinted) > _HINTS else ""
        yield f"  {'hint':<12}described and not declared: {', '.join(hinted[:_HINTS])}{more}"
