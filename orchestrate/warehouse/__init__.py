"""A tenant's warehouse as the control plane reads and writes it: a DuckDB file, or schemas of a Postgres database."""
