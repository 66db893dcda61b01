"""target-duckdb."""
