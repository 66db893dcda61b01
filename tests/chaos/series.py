"""A series: a new warehouse, some runs killed while the shop goes on changing, then one that ends by itself."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from targets.loading.command import run
from targets.loading.kind import Kind
from tests.chaos.processes import Kill, Ran, in_child, pipeline
from tests.chaos.shop import DAYS, Shop
from tests.chaos.tap import shop_tap
from tests.targets.warehouse import PostgresWarehouse, Warehouse

Version = tuple[str, int]
ROWS, UPDATED, ADDED, TRIES = 800, 60, 100, 5
VICTIMS = (("tap",), ("target",), ("target",), ("tap", "target"))


class Mode(NamedTuple):
    """How rows are loaded, and in what order the tap is told that they come."""

    name: str
    load_method: str
    order: str


MODES = (Mode("keyed", "upsert", "unknown"), Mode("append-only", "append-only", "unknown"))


@dataclass
class Tally:
    """What a number of series came to."""

    series: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    redone: int = 0
    """Most rows that a run sent though they were in the table: of windows that were open, and of the last batch."""
    ahead: float = 0
    """Most rows that a killed run had committed though the STATE after them did not get out, in batches; those of one
    interval between two STATEs apart, in which no other could get out."""
    seconds: float = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Takes another tally in."""
        self.series += other.series
        self.kills += other.kills
        self.lost += other.lost
        self.doubled += other.doubled
        self.redone = max(self.redone, other.redone)
        self.ahead = max(self.ahead, other.ahead)
        self.seconds += other.seconds
        self.failures += other.failures


@dataclass
class Series:
    """One series in a folder of its own."""

    shop: Shop
    warehouse: Warehouse
    target: Kind
    mode: Mode
    seed: int
    folder: Path
    tally: Tally = field(default_factory=Tally)
    _sent: bytes = b""
    _before: Counter[Version] = field(default_factory=Counter)

    def run(self) -> Tally:
        """Runs the series; what differs from the shop in the end is lost or doubled."""
        began, chance = time.monotonic(), random.Random(self.seed)
        self._prepare(chance)
        length = ROWS * 220
        for number in range(TRIES):
            ran = self._once(self._kill(chance, length))
            self.tally.kills += ran.killed
            length = max(len(ran.sent), 10_000)
            self._change(self.seed * 1000 + number)
        ran = self._once(None)
        self.tally.series = 1
        if ran.tap or ran.target:
            self.tally.failures.append(f"{self}: the last run ended with {ran.tap} and {ran.target}")
        self._compare()
        self.tally.seconds = time.monotonic() - began
        return self.tally

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.mode.name}, {self.target.name}"

    def found(self) -> list[Version]:
        """Key and version of every row of the table."""
        return in_child(partial(_read, self.warehouse))

    def _prepare(self, chance: random.Random) -> None:
        if isinstance(self.warehouse, PostgresWarehouse):
            in_child(partial(_emptied, self.warehouse))
        self.shop.tell("reset", seed=self.seed, rows=ROWS)
        self.batch = chance.choice([60, 130, 300])
        self._tap = shop_tap(self.folder, self.mode.order)
        start = (datetime.now(UTC) - timedelta(days=DAYS)).date().isoformat()
        self._write("tap.json", {"api_key": "k", "api_url": self.shop.url, "start_date": start})
        more = {"batch_size_rows": self.batch, "load_method": self.mode.load_method}
        self._write("target.json", {**self.warehouse.config(), **more})

    def _write(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(json.dumps(value))

    def _change(self, seed: int) -> None:
        updated = UPDATED if self.mode.load_method == "upsert" else 0
        self.shop.tell("change", seed=seed, updated=updated, added=ADDED)

    def _kill(self, chance: random.Random, length: int) -> Kill:
        victims = chance.choice(VICTIMS)
        if chance.random() < 0.5:
            return Kill(victims, chance.randrange(length), None)
        return Kill(victims, None, chance.uniform(0.02, 0.6))

    def _once(self, kill: Kill | None) -> Ran:
        states = self.folder / "states"
        arguments = ["--config", str(self.folder / "tap.json")]
        if known := _last_state(states):
            (self.folder / "state.json").write_bytes(known)
            arguments += ["--state", str(self.folder / "state.json")]
        before = Counter(self.found())
        self._count_ahead(before, known)
        ran = pipeline(
            partial(self._tap.cli, args=arguments),
            partial(_load, self.target, self.folder / "target.json"),
            states, self.folder / "log", kill,
        )  # fmt: skip
        self.tally.redone = max(self.tally.redone, sum(1 for version in _records(ran.sent) if before[version]))
        self._sent, self._before = ran.sent, before
        return ran

    def _count_ahead(self, found: Counter[Version], known: bytes | None) -> None:
        """How many rows the killed run committed though the STATE that followed them did not get out."""
        after = self._sent.rpartition(b'{"type":"STATE","value":' + (known or b"-"))[2]
        *covered, _ = after.split(b'{"type":"STATE"')
        new = found - self._before
        ahead = [sum(1 for version in _records(part) if new[version]) for part in covered]
        self.tally.ahead = max(self.tally.ahead, (sum(ahead) - max(ahead, default=0)) / self.batch)

    def _compare(self) -> None:
        truth, found = Counter(self.shop.truth()), Counter(self.found())
        self.tally.lost, self.tally.doubled = (truth - found).total(), (found - truth).total()
        if truth != found:
            self.tally.failures.append(
                f"{self}: {self.tally.lost} lost ({sorted(truth - found)[:3]}), "
                f"{self.tally.doubled} doubled ({sorted(found - truth)[:3]})"
            )


def _load(target: Kind, config: Path) -> None:
    sys.exit(run(target, ["--config", str(config)]))


def _emptied(warehouse: PostgresWarehouse) -> None:
    warehouse.emptied()


def _read(warehouse: Warehouse) -> list[Version]:
    try:
        return [(key, version) for key, version in warehouse.query("SELECT id, version FROM acme.orders")]
    except Exception as error:  # no table yet
        if "refused" in str(error) or "exist" in str(error):
            return []
        raise


def _last_state(file: Path) -> bytes | None:
    lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    return lines[-1] if lines else None


def _records(data: bytes) -> list[Version]:
    """Key and version of each record that the target was sent."""
    records = [json.loads(line)["record"] for line in data.split(b"\n")[:-1] if b'"RECORD"' in line[:20]]
    return [(record["id"], record["version"]) for record in records]


def many(
    shop: Shop, target: Kind, warehouse: Callable[[Path], Warehouse], seeds: Iterable[int], mode: Mode,
    kind: type[Series] | None = None, kills: int | None = None,
) -> Tally:  # fmt: skip
    """Runs series one after the other, until there were so many kills if that is said."""
    tally = Tally()
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="chaos-") as name:
            tally.add((kind or Series)(shop, warehouse(Path(name)), target, mode, seed, Path(name)).run())
        if kills is not None and (tally.kills >= kills or len(tally.failures) > 20):
            break
    return tally
