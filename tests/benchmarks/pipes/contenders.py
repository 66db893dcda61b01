"""Who runs: the floors, ours and the peers, each as the commands of its pipe."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE.parents[2] / ".bench"
OURS = Path(sys.executable).parent
Commands = list[list[str | Path]]


@dataclass(frozen=True)
class Place:
    """Where one contender works: the pages' address, the lines, a folder of its own, and a database in Postgres."""

    address: str
    lines: Path
    folder: Path
    socket: str
    database: str

    @property
    def duckdb(self) -> Path:
        """Its DuckDB file."""
        return self.folder / "warehouse.duckdb"

    def config(self, name: str, **settings: object) -> Path:
        """Writes a settings file."""
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        return file


def _our_tap(place: Place, **settings: object) -> list[str | Path]:
    config = place.config("tap", api_url=place.address, api_key="bench", **settings)
    return [sys.executable, HERE / "tap.py", "--config", config]


def _their_tap(place: Place) -> list[str | Path]:
    config = place.config("tap", api_url=place.address)
    return [PEERS / "singer-sdk/bin/python", HERE / "peers/singer_tap.py", "--config", config]


def _our_duckdb(place: Place) -> list[str | Path]:
    return [
        OURS / "target-duckdb",
        "--config",
        place.config("target", path=str(place.duckdb), batch_root=str(place.folder)),
    ]


def _batches(place: Place) -> dict[str, object]:
    return {"encoding": {"format": "jsonl", "compression": "none"}, "storage": {"root": str(place.folder)}}


def _their_duckdb(place: Place) -> list[str | Path]:
    config = place.config("target", filepath=str(place.duckdb), default_target_schema="acme")
    return [PEERS / "target-duckdb/bin/target-duckdb", "--config", config]


def _our_postgres(place: Place) -> list[str | Path]:
    config = place.config("target", host=place.socket, user="postgres", database=place.database)
    return [OURS / "target-postgres", "--config", config]


_FASTEST = {
    "use_copy": True, "validate_records": False, "add_record_metadata": False, "activate_version": False,
    "batch_size_rows": 50_000,
}  # fmt: skip


def _their_postgres(place: Place, **settings: object) -> list[str | Path]:
    url = f"postgresql://postgres@/{place.database}?host={place.socket}"
    config = place.config("target", sqlalchemy_url=url, default_target_schema="acme", **settings)
    return [PEERS / "target-postgres/bin/target-postgres", "--config", config]


CONTENDERS: dict[str, Callable[[Place], Commands]] = {
    "floor: DuckDB read_json from a file": lambda p: [
        [sys.executable, "-m", "tests.benchmarks.pipes.floor_duckdb", p.lines, p.duckdb]
    ],
    "ours: tap alone": lambda p: [_our_tap(p)],
    "ours: tap | target-duckdb": lambda p: [_our_tap(p), _our_duckdb(p)],
    "ours: tap | target-duckdb, BATCH": lambda p: [_our_tap(p, batch_config=_batches(p)), _our_duckdb(p)],
    "singer-sdk: tap alone": lambda p: [_their_tap(p)],
    "singer-sdk: tap | PyPI target-duckdb": lambda p: [_their_tap(p), _their_duckdb(p)],
    "dlt: rest_api to DuckDB": lambda p: [
        [PEERS / "dlt/bin/python", HERE / "peers/dlt_orders.py", p.address, p.duckdb, p.folder / "dlt"]
    ],
    "floor: fetch and COPY to Postgres": lambda p: [
        [sys.executable, "-m", "tests.benchmarks.pipes.floor_postgres", p.address, p.socket, p.database]
    ],
    "ours: tap | target-postgres": lambda p: [_our_tap(p), _our_postgres(p)],
    "our tap | meltanolabs-target-postgres": lambda p: [_our_tap(p), _their_postgres(p)],
    "our tap | meltanolabs-target-postgres, fastest": lambda p: [_our_tap(p), _their_postgres(p, **_FASTEST)],
}
"""Name -> commands. The names are what ONLY= looks into."""

RATIOS = (
    ("ours: tap alone", "singer-sdk: tap alone", 1 / 6),
    ("ours: tap | target-duckdb", "floor: DuckDB read_json from a file", 3),
    ("ours: tap | target-duckdb", "singer-sdk: tap | PyPI target-duckdb", 1 / 12),
    ("ours: tap | target-duckdb", "dlt: rest_api to DuckDB", 1 / 8),
    ("ours: tap | target-duckdb, BATCH", "floor: DuckDB read_json from a file", 2),
    ("ours: tap | target-postgres", "floor: fetch and COPY to Postgres", 3),
    ("ours: tap | target-postgres", "our tap | meltanolabs-target-postgres", 1 / 25),
    ("ours: tap | target-postgres", "our tap | meltanolabs-target-postgres, fastest", 1 / 6),
)
"""What, against which, and the bar: at most so many times its processor time."""
