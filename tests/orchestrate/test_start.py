"""What a service that is started again has to load before it takes deliveries."""

import subprocess
import sys

from orchestrate.store.database import open_store
from tests.orchestrate.stores import sqlite_address

LATER = ("alembic", "duckdb", "psycopg", "graphql", "dagster", "dbt", "meltano", "boto3", "phonenumbers")
_START = f"""
import sys
from pathlib import Path
import taps.cli
from orchestrate.api.app import create_app
from orchestrate.connections.opening import open_connections
connections = open_connections()
create_app(connections.store, connections.vault)
print([name for name in {LATER} if name in sys.modules])
"""


def test_what_only_loads_and_migrations_need_is_not_loaded_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setenv("ENGARDE_STORE", sqlite_address(tmp_path))
    open_store(tmp_path).close()
    started = subprocess.run([sys.executable, "-c", _START], capture_output=True, text=True, check=True)
    assert started.stdout.strip() == "[]"
