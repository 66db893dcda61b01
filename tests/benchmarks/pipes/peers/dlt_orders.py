"""dlt's rest_api source at its fastest: Parquet files, nested values kept as JSON, columns declared, upsert by key."""

import sys
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_source

sys.path.insert(0, str(Path(__file__).parents[1]))
from orders import COLUMNS

TYPES = {
    "VARCHAR": "text", "BIGINT": "bigint", "TIMESTAMPTZ": "timestamp", "DECIMAL(38,9)": "decimal",
    "DOUBLE": "double", "BOOLEAN": "bool", "JSON": "json",
}  # fmt: skip

address, database, folder = sys.argv[1:]
source = rest_api_source(
    {
        "client": {
            "base_url": address,
            "paginator": {"type": "cursor", "cursor_path": "next", "cursor_param": "page"},
        },
        "resources": [
            {
                "name": "orders",
                "primary_key": "id",
                "write_disposition": "merge",
                "max_table_nesting": 0,
                "columns": {name: {"data_type": TYPES[kind]} for name, kind in COLUMNS.items()},
                "endpoint": {"path": "orders", "params": {"limit": 250}, "data_selector": "data"},
            }
        ],
    }
)
pipeline = dlt.pipeline(
    "acme", pipelines_dir=folder, destination=dlt.destinations.duckdb(database), dataset_name="acme"
)
pipeline.run(source, loader_file_format="parquet")
