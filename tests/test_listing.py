"""The table of platforms, as a person and as a program read it."""

import os
import pty
import subprocess
import sys

from taps import comparison_page, webhooks_page
from taps.engine.manifest import Manifest
from taps.engine.topics import own_topics
from taps.kinds import load, platforms
from taps.listing import COLUMNS, rows
from taps.listing_page import text


def test_every_platform_has_a_row() -> None:
    found = rows()
    assert [row[0] for row in found] == platforms()
    assert {len(row) for row in found} == {len(COLUMNS)}


def test_a_row_says_what_the_manifest_says() -> None:
    (row,) = rows(["stripe"])
    said = dict(zip(COLUMNS, row, strict=True))
    assert (said["category"], said["logins"]) == ("payments", "api_key")
    assert said["evidence"] in {"A+L", "B+L", "C+L"}
    assert "payments" in said["unified entities"].split(", ")


def test_a_pipe_gets_plain_text() -> None:
    command = [sys.executable, "-m", "taps.start", "list", "stripe"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split("\t") for line in lines] == [list(COLUMNS), list(rows(["stripe"])[0])]


def test_a_terminal_gets_a_table() -> None:
    leader, follower = pty.openpty()
    subprocess.run([sys.executable, "-m", "taps.start", "list", "stripe"], stdout=follower, check=True)
    os.close(follower)
    assert "┃" in os.read(leader, 20_000).decode(errors="replace")


def test_the_page_has_a_line_for_every_platform_below_its_category() -> None:
    lines = text().splitlines()
    taps = {line.split("`")[1] for line in lines if line.startswith("| [")}
    assert taps == {f"tap-{name.replace('_', '-')}" for name in platforms()}
    before = lines[: next(at for at, line in enumerate(lines) if "`tap-stripe`" in line)]
    assert [line for line in before if line.startswith("## ")][-1] == "## payments"


def test_every_reason_for_leaving_something_out_stands_under_its_platform() -> None:
    sections = comparison_page.text().split("\n## ")[1:]
    assert len(sections) == len(platforms())
    for platform, section in zip(platforms(), sections, strict=True):
        manifest = load(platform)
        assert section.startswith(f"{manifest.title}\n")
        assert section.count("\n- **") == len(manifest.left_out)


def test_every_stream_that_a_vendor_tells_of_stands_under_its_platform() -> None:
    sections = {each.partition("\n")[0]: each for each in webhooks_page.text().split("\n## ")[1:]}
    pushing = [each for name in platforms("api") if isinstance(each := load(name), Manifest) and each.webhooks]
    assert list(sections) == [manifest.title for manifest in pushing]
    for manifest in pushing:
        told = {name for name, stream in manifest.streams.items() if own_topics(stream) and not stream.helper}
        lines = sections[manifest.title].splitlines()
        single = next((line for line in lines if line.startswith("- **Single records**: ")), ": ").partition(": ")[2]
        again = [line.split(": ")[1].partition(".")[0] for line in lines if "**Read again**" in line]
        assert {*filter(None, single.split(", ")), *(again if told else [])} == told
