"""Writes docs/conformance.md: every check, what it proves, and the defect that shows that it would tell."""

import sys
from itertools import groupby
from pathlib import Path

from tests.conformance.catalogue import CHECKS, MODULES
from tests.conformance.checks import Check

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
_HEAD = """# The conformance suite

*Generated from the checks in `tests/conformance` by `make generate`; do not edit.*

Every platform with an HTTP interface has to pass these {count} checks, from its manifest and fixtures alone and without
an account: `make conformance PLATFORM=stripe`, with `CHECK=status_401` for one check, or `make conformance` for all of
them, which `make test` and CI do as well, but for loading twice, which takes longest. The tap runs in this
process against a pretend vendor made from the manifest (`sandbox/fixtures`); time passes only where the tap waits.

What it proves and what not: the pretend vendor follows the manifest, so the suite shows that the tap's mechanics work
for it, and nothing about whether the manifest is true of the vendor. That is the contract suite's part
(`make contracts`), which holds the same requests and fields against the vendors' own descriptions.

`fixtures/requests.txt` of each platform holds the requests of a first and a second run, and of single records, as they
were last read by somebody; `make requests PLATFORM=stripe` writes it anew.

The suite is tried on itself (`tests/conformance/test_suite.py`): a small sound platform passes every check, and with
each of the defects below planted the check says so. After the checks, the staging models of all platforms are built on
what their taps read, once in DuckDB and once in Postgres.

What it costs: 55 platforms took 324 seconds of processor time (user and system, November 2026), 5.9 on average, from
1.2 to 18 by the number of streams and columns; a third to a half of it goes into loading both runs twice into both
warehouses. The staging models of 63 platforms took 190 seconds, both warehouses together. By that, 220 platforms would
take 33 minutes of processor time, 17 minutes on two cores.
"""


def text() -> str:
    """The page."""
    parts = [_HEAD.format(count=len(CHECKS))]
    titles = {module.__name__.rpartition(".checks_")[2]: (module.__doc__ or "").strip() for module in MODULES}
    for topic, checks in groupby(CHECKS.values(), key=lambda each: each.topic):
        parts.append(f"\n## {topic.capitalize()}\n\n{titles[topic]}\n")
        parts.append("\n| check | what it proves | planted defect |\n|---|---|---|\n")
        parts += [_line(each) for each in checks]
    return "".join(parts)


def _line(each: Check) -> str:
    return f"| `{each.name}` | {each.proves} | {each.defect} |\n"


def main() -> None:
    """Writes the page; with --check only says whether it is as it should be."""
    if "--check" in sys.argv[1:]:
        if PAGE.read_text(encoding="utf-8") != text():
            sys.stdout.write("docs/conformance.md\n")
            raise SystemExit(1)
        return
    PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
