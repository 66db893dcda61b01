"""Globs, and how far a table made of files is read, without any server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taps.engine.writer import stamp
from taps.files.listing import Listed
from taps.files.progress import LOOKBACK, MOST_KNOWN, Progress
from taps.files.tables import FileTable

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("glob", "fitting", "other", "beginning"),
    [
        ("in/*.csv", ["in/a.csv", "in/.csv"], ["in/b/a.csv", "in/acsv", "x/in/a.csv"], "in/"),
        ("in/**/*.csv", ["in/a.csv", "in/b/c/a.csv"], ["in/b/a.txt"], "in/"),
        ("**.gz", ["a.gz", "b/a.gz"], ["a.gzip"], ""),
        ("a?c{1}+", ["abc{1}+"], ["a/c{1}+", "abc1"], "a"),
    ],
)
def test_globs_fit_as_in_a_shell(glob: str, fitting: list[str], other: list[str], beginning: str) -> None:
    table = FileTable(name="t", glob=glob)
    assert [name for name in fitting if not table.pattern.fullmatch(name)] == []
    assert [name for name in other if table.pattern.fullmatch(name)] == []
    assert table.beginning == beginning


def file(name: str, after: timedelta, version: str = "1") -> Listed:
    return Listed(name, name, stamp(BEGIN + after), version, {})


def run(progress: Progress, files: list[Listed]) -> list[str]:
    """The names read in a run over these files."""
    read = []
    for each in sorted(files, key=lambda found: (found.changed, found.name)):
        if progress.wants(each):
            read.append(each.name)
            progress.read(each, failed=False)
            progress.bookmark(each)
        else:
            progress.passed(each)
    return read


def test_a_file_that_shows_up_late_is_read_within_the_lookback() -> None:
    first = Progress({})
    files = [file("a", timedelta(0)), file("b", timedelta(hours=10))]
    assert run(first, files) == ["a", "b"]
    late = [*files, file("late", timedelta(hours=5)), file("b", timedelta(hours=11), version="2")]
    second = Progress(first.at_the_end())
    assert run(second, late) == ["late", "b"]
    assert run(Progress(second.at_the_end()), late) == []


def test_a_run_that_is_killed_goes_on_behind_its_last_file() -> None:
    files = [file(str(at), timedelta(hours=at)) for at in range(60)]
    progress = Progress({})
    for each in files[:30]:
        progress.read(each, failed=False)
        bookmark = progress.bookmark(each)
    assert run(Progress(bookmark), files) == [each.name for each in files[30:]]


def test_more_files_than_a_state_holds_shorten_the_lookback_and_none_is_read_twice() -> None:
    files = [file(f"{at:05}", timedelta(seconds=at)) for at in range(3 * MOST_KNOWN)]
    progress = Progress({})
    assert len(run(progress, files)) == len(files)
    bookmark = progress.at_the_end()
    assert bookmark["since"] > files[0].changed
    assert run(Progress(bookmark), files) == []
    assert timedelta(seconds=3 * MOST_KNOWN) < LOOKBACK
