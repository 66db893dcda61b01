"""Settings of target-postgres."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy.exc
from pydantic import Field, SecretStr, model_validator
from sqlalchemy.engine import make_url

from targets.loading.settings import LoadSettings


class SslMode(StrEnum):
    """libpq's sslmode."""

    DISABLE = "disable"
    ALLOW = "allow"
    PREFER = "prefer"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


class PostgresSettings(LoadSettings):
    """Where the database is and how to log in."""

    host: str | None = Field(None, description="Host name or folder of the server's socket.")
    port: int = Field(5432, ge=1, le=65535, description="Port.")
    user: str | None = Field(None, description="User; default: as libpq finds it.")
    password: SecretStr | None = Field(None, description="Password.")
    database: str | None = Field(None, description="Database.")
    sqlalchemy_url: SecretStr | None = Field(
        None, description="postgresql://user:password@host:port/database; instead of the settings above."
    )
    role: str | None = Field(
        None, min_length=1, description="Role to take on after login; it owns the tables it makes."
    )
    ssl_enable: bool = Field(False, description="Use TLS with ssl_mode; otherwise as libpq does by default.")
    ssl_mode: SslMode = Field(SslMode.VERIFY_FULL, description="libpq's sslmode, where ssl_enable is set.")
    ssl_certificate_authority: str | None = Field(None, description="File with the certificate authority.")
    ssl_client_certificate: str | None = Field(None, description="File with the client's certificate.")
    ssl_client_private_key: str | None = Field(None, description="File with the client's private key.")
    connect_timeout: int = Field(15, ge=1, description="Seconds to wait for a connection.")
    lock_timeout: float = Field(60, gt=0, description="Seconds to wait for another load into the same table.")

    @model_validator(mode="after")
    def _tls_is_meant(self) -> PostgresSettings:
        files = ("ssl_certificate_authority", "ssl_client_certificate", "ssl_client_private_key")
        given = [name for name in files if getattr(self, name) is not None]
        if not self.ssl_enable and self.ssl_mode is not SslMode.VERIFY_FULL:
            given.append("ssl_mode")
        if given and not self.ssl_enable:
            raise ValueError(f"{given[0]} has no effect without ssl_enable; set it to true")
        for name in files:
            path = getattr(self, name)
            if path is not None and path != "system" and not Path(path).is_file():
                raise ValueError(f"{name}: there is no file {path}")
        return self

    @model_validator(mode="after")
    def _says_where(self) -> PostgresSettings:
        if self.sqlalchemy_url is None:
            if not self.host or not self.database:
                raise ValueError("give host and database, or sqlalchemy_url")
            return self
        try:
            url = make_url(self.sqlalchemy_url.get_secret_value())
        except (sqlalchemy.exc.ArgumentError, ValueError):
            raise ValueError(
                "sqlalchemy_url is not of the form postgresql://user:password@host:port/database"
            ) from None
        if url.get_backend_name() != "postgresql":
            raise ValueError("sqlalchemy_url is not a postgresql URL")
        return self

    def connection_arguments(self) -> dict[str, Any]:
        """What libpq is given."""
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password.get_secret_value() if self.password else None,
            "dbname": self.database,
        }
        if self.sqlalchemy_url is not None:
            url = make_url(self.sqlalchemy_url.get_secret_value())
            arguments = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
            arguments |= {"dbname": url.database, **{k: v for k, v in url.query.items() if isinstance(v, str)}}
        if self.ssl_enable:
            arguments |= {
                "sslmode": str(self.ssl_mode),
                "sslrootcert": self.ssl_certificate_authority,
                "sslcert": self.ssl_client_certificate,
                "sslkey": self.ssl_client_private_key,
            }
        given = {name: value for name, value in arguments.items() if value is not None}
        return {"connect_timeout": self.connect_timeout, "application_name": "target-postgres", **given}
