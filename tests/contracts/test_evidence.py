"""The grade follows from what was compared, and from nothing else."""

from pathlib import Path

import pytest

from taps.contracts import evidence, kept
from taps.contracts.findings import Finding
from taps.contracts.kept import Evidence, Share
from taps.kinds import platforms


@pytest.mark.parametrize(
    ("streams", "fields", "grade"),
    [
        (Share(9, 9, 10), Share(90, 90, 100), "A"),
        (Share(8, 10, 10), Share(100, 100, 100), "B"),
        (Share(10, 10, 10), Share(89, 100, 100), "B"),
        (Share(0, 10, 10), Share(0, 100, 100), "B"),
        (Share(10, 10, 10), Share(49, 49, 100), "C"),
        (Share(4, 4, 10), Share(100, 100, 100), "C"),
        (Share(0, 0, 0), Share(0, 0, 0), "C"),
    ],
)
def test_the_grade_follows_from_the_shares(streams: Share, fields: Share, grade: str) -> None:
    assert evidence.grade_of(streams, fields, real=[]) == grade
    assert evidence.grade_of(streams, fields, real=["real/test_x.py"]) == f"{grade}+L"


_EXCUSED = Finding("orders", "request", "there is no query parameter 'limit' at GET /orders")


@pytest.mark.parametrize(
    ("findings", "unexcused", "asked", "agrees", "columns"),
    [
        ([], [], True, True, {"id", "total", "note"}),
        ([_EXCUSED], [], True, True, {"id", "total", "note"}),
        ([_EXCUSED], [_EXCUSED], True, False, {"id", "total", "note"}),
        ([], [], False, False, {"id", "total", "note"}),
        ([Finding("orders", "field", "not described", "note")], [], True, True, {"id", "total"}),
        ([Finding("orders", "open", "is left open", "note")], [], True, True, {"id", "total"}),
        ([Finding("orders", "hint", "is described and not declared", "tip")], [], True, True, {"id", "total", "note"}),
        ([Finding("orders", "failure", "the tap cannot read the described answer")], [], True, False, set()),
        ([Finding("orders", "undescribed", "no answer is described")], [], True, False, set()),
        ([Finding("orders", "unshown", "no example shows it")], [], True, False, set()),
    ],
)
def test_what_was_compared_counts_and_nothing_else(
    findings: list[Finding], unexcused: list[Finding], asked: bool, agrees: bool, columns: set[str]
) -> None:
    assert evidence.counted({"id", "total", "note"}, findings, unexcused, asked=asked) == (agrees, columns)


def test_real_tests_are_found_by_their_mark_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_a.py").write_text("import pytest\npytestmark = pytest.mark.real('acme')\n")
    (tmp_path / "test_b.py").write_text("import pytest\n@pytest.mark.real('beta')\ndef test_x(): ...\n")
    (tmp_path / "test_c.py").write_text("# pytest.mark.real('gamma') only spoken of: mark.real(\n")
    monkeypatch.setattr(evidence, "TESTS", tmp_path)
    assert evidence.real_tests() == {"acme": ["test_a.py"], "beta": ["test_b.py"]}


def test_what_is_kept_is_read_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Evidence("B+L", Share(1, 2, 3), Share(4, 5, 6), [{"file": "a.json"}], 1, ["real/test_x.py"])
    monkeypatch.setattr(kept, "PLATFORMS", tmp_path)
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "evidence.json").write_text(found.text())
    assert kept.known("acme") == found
    assert kept.known("beta") is None


def test_every_platform_has_its_evidence() -> None:
    lacking = [name for name in platforms() if kept.known(name) is None]
    assert lacking == [], f"run: engarde contracts --no-hints --keep {' '.join(lacking)}"
