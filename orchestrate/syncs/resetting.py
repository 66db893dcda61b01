"""Lets streams begin anew: what Meltano remembers of them goes, and where it was asked their rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrate.warehouse.base import Warehouse


class ResetError(Exception):
    """Meltano could not say or keep how far a stream is read."""


def forget_bookmarks(root: Path, state_id: str, streams: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Takes the streams' bookmarks out of Meltano's state; a state that is not there has none."""
    found = _state(root, environment, "get", state_id)
    state: dict[str, Any] = json.loads(found) if found.strip() else {}
    bookmarks = state.get("singer_state", {}).get("bookmarks", {})
    if bookmarks.keys() & streams.keys():
        state["singer_state"]["bookmarks"] = {key: each for key, each in bookmarks.items() if key not in streams}
        _state(root, environment, "set", "--force", state_id, json.dumps(state))


def forget_rows(warehouse: Warehouse, platform: str, connection: str, streams: Mapping[str, str]) -> None:
    """Deletes a connection's rows of those streams whose reset says `rows`."""
    wanted = [stream for stream, what in streams.items() if what == "rows"]
    if not wanted or not warehouse.exists():
        return
    with warehouse.writing() as writing:
        there = writing.names(platform)
        for stream in wanted:
            if stream in there:
                sql = f"DELETE FROM {writing.named(platform, stream)} WHERE _connection_id = ?"  # noqa: S608 # quoted
                writing.execute(sql, [connection])


def _state(root: Path, environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "meltano.cli", "--environment=dev", "state", *arguments]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ResetError(f"meltano state {arguments[0]}: {said[-1] if said else 'no reason given'}")
    return done.stdout
