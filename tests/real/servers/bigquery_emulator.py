"""Starts bqemulator without DuckDB's extension for geography, which it would fetch from the network."""

import bqemulator.cli
from bqemulator.storage.engine import DuckDBEngine

DuckDBEngine._load_spatial = lambda _self: None
bqemulator.cli.main()
