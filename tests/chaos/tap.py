"""The tap of the shop: a manifest of the tests' own in the engine, with a state after each finished window."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from taps.engine.api import ManifestTap
from taps.engine.writer import Writer
from tests.engine.vendor import platform

MANIFEST = """
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /orders
    params: {{since: "{{window.start}}", until: "{{window.end}}"}}
    records: data
    key: [id]
    pages: {{kind: token, send: first, take: next}}
    deletes: never
    cursor: {{field: at, format: epoch_ms, start: "{{config.start_date}}", window: 1d, includes: from, order: {order}}}
    fields: {{id: string!, version: integer!, at: epoch_ms!, note: string}}
"""


def shop_tap(folder: Path, order: str) -> type[ManifestTap]:
    """The tap's class; its manifest is written into the folder."""
    made = platform(folder / "acme", MANIFEST.format(order=order))

    class Eager(made):  # type: ignore[misc, valid-type]
        """Five seconds between two states are longer than a whole run here."""

        def _writer(self, *arguments: Any, **named: Any) -> Writer:
            writer: Writer = super()._writer(*arguments, **named)
            writer._state_every = 0.0
            return writer

    Eager.name = made.name
    return Eager


def main() -> None:
    """The tap as an executable for Meltano: its folder and the order of its records stand in the environment."""
    tap = shop_tap(Path(os.environ["CHAOS_FOLDER"]), os.environ["CHAOS_ORDER"])
    tap.cli(args=sys.argv[1:])


if __name__ == "__main__":
    main()
