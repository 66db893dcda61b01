"""A throw-away WordPress for tests: Debian's package on PHP's own web server and a MariaDB of its own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest

from tests.mariadb import mariadb_server
from tests.servers import free_port

PACKAGE = Path("/usr/share/wordpress")
_PATIENCE = 60.0
_CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%(socket)s'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '%(url)s'); define('WP_SITEURL', '%(url)s'); define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
"""
_INSTALL = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Example', 'editor', 'editor@example.com', true, '', 'made-up-password');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Europe/Berlin');
echo WP_Application_Passwords::create_new_application_password(1, ['name' => 'engarde'])[0];
"""
_ROUTER = """<?php
$file = __DIR__ . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_file($file)) { return false; }
require __DIR__ . '/index.php';
"""


@dataclass(frozen=True)
class Site:
    """Where the site is, its administrator's application password, and how PHP is run within it."""

    url: str
    folder: Path
    password: str

    def run(self, code: str) -> str:
        """What PHP code prints that runs inside WordPress."""
        script = self.folder / "run.php"
        script.write_text(f"<?php require __DIR__ . '/wp-load.php'; {code}")
        ran = subprocess.run(["php", str(script)], check=True, capture_output=True, text=True, timeout=_PATIENCE)
        return ran.stdout


@contextlib.contextmanager
def wordpress_site() -> Iterator[Site]:
    """Installs and serves a site; skips where WordPress or PHP is not installed."""
    if not (PACKAGE / "wp-settings.php").exists() or shutil.which("php") is None:
        pytest.skip("there is no WordPress here: make real-servers")
    folder = Path(tempfile.mkdtemp(prefix="engarde-wordpress-"))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    try:
        with mariadb_server() as database:
            pymysql.connect(unix_socket=database, user="root").cursor().execute("CREATE DATABASE wordpress")
            for part in PACKAGE.iterdir():
                if part.name not in ("wp-config.php", "wp-content"):
                    _copy(part, folder / part.name)
            (folder / "wp-content" / "themes").mkdir(parents=True)
            (folder / "wp-content" / "plugins").mkdir()
            (folder / "wp-config.php").write_text(_CONFIG % {"socket": database, "url": url})
            (folder / "install.php").write_text(_INSTALL)
            (folder / "router.php").write_text(_ROUTER)
            password = subprocess.run(
                ["php", str(folder / "install.php")], check=True, capture_output=True, text=True, timeout=_PATIENCE
            ).stdout.strip().splitlines()[-1]  # fmt: skip
            with _served(folder, port):
                yield Site(url, folder, password)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(part: Path, place: Path) -> None:
    if part.is_dir():
        shutil.copytree(part, place, symlinks=False)
    else:
        shutil.copy(part, place)


@contextlib.contextmanager
def _served(folder: Path, port: int) -> Iterator[None]:
    command = ["php", "-S", f"127.0.0.1:{port}", "-t", str(folder), str(folder / "router.php")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as server:
        try:
            end = time.monotonic() + _PATIENCE
            while time.monotonic() < end:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield
        finally:
            server.terminate()
            server.wait(timeout=_PATIENCE)
