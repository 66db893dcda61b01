"""Warehouses as the targets' tests have them."""

from tests.targets.conftest import duckdb_file, postgres, postgres_15, postgres_18, warehouse

__all__ = ["duckdb_file", "postgres", "postgres_15", "postgres_18", "warehouse"]
