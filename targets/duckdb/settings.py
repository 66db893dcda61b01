"""Settings of target-duckdb."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr, model_validator

from targets.loading.settings import LoadSettings


class DuckDBSettings(LoadSettings):
    """Where the DuckDB file is."""

    path: str = Field(
        ..., min_length=1, description="The DuckDB file, made where there is none, or md:database at MotherDuck."
    )
    filepath: str | None = Field(None, description="The same as path, as other targets name it.")
    token: SecretStr | None = Field(
        None, description="MotherDuck's access token. Default: the one in motherduck_token."
    )
    lock_timeout: float = Field(60, ge=0, description="Seconds to wait for another process that writes to the file.")
    memory_limit: str | None = Field(
        None, description="DuckDB's memory limit, such as 150MB. Default: 128MB, lifted where a statement needs more."
    )

    @model_validator(mode="before")
    @classmethod
    def _one_path(cls, values: Any) -> Any:
        if isinstance(values, dict) and "filepath" in values:
            if "path" in values and values["path"] != values["filepath"]:
                raise ValueError("path and filepath differ; give one of them")
            return {**values, "path": values["filepath"]}
        return values

    @model_validator(mode="after")
    def _token_apart(self) -> DuckDBSettings:
        if self.is_remote and "?" in self.path:
            raise ValueError("path holds parameters; give the database alone, and the token in the setting token")
        if self.token is not None and not self.is_remote:
            raise ValueError("token is for MotherDuck, but path is a file; remove it or write path as md:database")
        return self

    @property
    def is_remote(self) -> bool:
        """Whether the database lies at MotherDuck."""
        return self.path.startswith(("md:", "motherduck:"))
