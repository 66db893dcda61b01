"""What came out, for the terminal."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from demo.figures import Figures


def show(console: Console, figures: Figures) -> None:
    """Prints rows per stream, unified tables, people, matches and spend."""
    console.print()
    for platform, tables in figures.tables.items():
        console.print(
            f"[bold]{platform}[/] {sum(rows for _name, rows in tables):,} rows: {_streams(figures, platform)}"
        )
    if figures.run.again:
        console.print("[green]+n[/]: written by this run")
    unified = [f"{name} {rows:,}" for name, rows in figures.unified]
    console.print(f"[bold]unified[/] {', '.join(unified)}\n")
    console.print(_matches("orders matched to payments", figures.orders))
    console.print(_spend(figures))
    people, score = figures.people, figures.score
    accounts = ", ".join(f"{count:,} {platform}" for platform, count in people.accounts.items())
    console.print(
        f"\n[bold]{people.customers:,} customers[/] behind {sum(people.accounts.values()):,} accounts ({accounts}). "
        f"Against the truth: {_share(score.pairs_right, score.pairs_made)} of the pairs of accounts that were joined "
        f"are right, {_share(score.pairs_right, score.pairs_true)} of the true pairs were joined; "
        f"{_share(score.payments_right, score.payments_matched)} of matched payments belong to their order."
    )


def _streams(figures: Figures, platform: str) -> str:
    said = []
    for stream, rows in figures.tables[platform]:
        loaded = figures.run.loaded.get(f"{platform}.{stream}")
        written = loaded.rows + loaded.deleted if loaded and figures.run.again else 0
        said.append(f"{stream} {rows:,}" + (f" [green]+{written:,}[/]" if written else ""))
    return ", ".join(said)


def _matches(title: str, matches: list[tuple[str, str, int]]) -> Table:
    table = _table(title, "")
    for kind, why, count in matches:
        colour = "green" if kind == "matched" else "yellow"
        table.add_row(f"[{colour}]{why}[/]", f"{count:,}")
    return table


def _spend(figures: Figures) -> Table:
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for day in figures.channels:
        values = day.values
        found = sums[day.series, day.currency]
        sums[day.series, day.currency] = [
            found[0] + values["spend"], found[1] + values["conversions"], found[2] + values["orders"],
        ]  # fmt: skip
    table = _table("spend per channel", "spend", "conversions", "our orders")
    for (channel, currency), (spend, conversions, orders) in sorted(sums.items(), key=lambda each: -each[1][0]):
        table.add_row(channel, f"{spend:,.0f} {currency}", f"{conversions:,.0f}", f"{orders:,}")
    return table


def _table(title: str, *numbers: str) -> Table:
    table = Table(title_justify="left", header_style="bold", box=None, pad_edge=False)
    table.add_column(title)
    for number in numbers:
        table.add_column(number, justify="right")
    return table


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
