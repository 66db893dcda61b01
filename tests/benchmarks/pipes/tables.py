"""The benchmark's two tables: what each costs, and how ours stands against a floor or a peer."""

from collections.abc import Mapping

from rich import box
from rich.table import Table

from tests.benchmarks.pipes.contenders import RATIOS
from tests.benchmarks.pipes.measure import Cost

Costs = Mapping[tuple[str, str], Cost]


def costs(medians: Costs, records: int) -> Table:
    """A row for each contender and load."""
    table = Table("pipe", "load", "wall s", "CPU s", "of these", "records/CPU s", "RSS MB", box=box.MARKDOWN)
    for (name, load), cost in medians.items():
        parts = " + ".join(f"{part:.2f}" for part in cost.parts) if len(cost.parts) > 1 else ""
        speed = f"{records / cost.cpu:,.0f}"
        table.add_row(name, load, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", parts, speed, f"{cost.memory:.0f}")
    return table


def ratios(medians: Costs) -> Table:
    """A row for each comparison whose two sides were run; less than the bar is better."""
    table = Table("ours", "against", "load", "CPU ratio", "bar", "wall ratio", box=box.MARKDOWN)
    for ours, other, bar in RATIOS:
        for load in ("first", "second"):
            mine, theirs = medians.get((ours, load)), medians.get((other, load))
            if mine and theirs:
                row = (_times(mine.cpu / theirs.cpu), _times(bar), _times(mine.wall / theirs.wall))
                table.add_row(ours, other, load, *row)
    return table


def _times(ratio: float) -> str:
    return f"{ratio:.2f} x" if ratio >= 0.5 else f"1 / {1 / ratio:.1f}"
