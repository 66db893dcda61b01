"""The main job on a pretend business: four platforms, Meltano, DuckDB, dbt, and a report on what came out."""
