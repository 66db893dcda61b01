"""Settings of target-duckdb."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from targets.loading.settings import LoadSettings


class DuckDBSettings(LoadSettings):
    """Where the DuckDB file is."""

    path: str = Field(..., min_length=1, description="The DuckDB file; created if it does not exist.")
    filepath: str | None = Field(None, description="The same as path, as other targets name it.")
    lock_timeout: float = Field(60, ge=0, description="Seconds to wait for another process that writes to the file.")
    memory_limit: str | None = Field(None, description="DuckDB's memory limit, such as 1GB.")

    @model_validator(mode="before")
    @classmethod
    def _one_path(cls, values: Any) -> Any:
        if isinstance(values, dict) and "filepath" in values:
            if "path" in values and values["path"] != values["filepath"]:
                raise ValueError("path and filepath differ; give one of them")
            return {**values, "path": values["filepath"]}
        return values
