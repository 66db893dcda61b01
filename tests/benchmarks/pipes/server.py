"""The pages' server: nginx, which is no bottleneck, as `pages_per_second` shows."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.servers import free_port

_ASK = b"GET /orders?page=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_MOST = 1 << 20

_CONFIG = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; default_type application/json; sendfile on; keepalive_requests 1000000; tcp_nopush off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder}; open_file_cache max=10000;
  map $arg_page $number {{ "" 0; default $arg_page; }}
  server {{ listen 127.0.0.1:{port}; root {pages}; location /orders {{ try_files /$number.json =404; }} }}
}}
"""


@contextlib.contextmanager
def serving(pages: Path) -> Iterator[int]:
    """Serves `pages/<n>.json` as `/orders?page=<n>`; yields the port."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        raise SystemExit("bench: nginx is missing; on Debian and Ubuntu: apt install nginx-light")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="engarde-bench-") as folder:
        config = Path(folder, "nginx.conf")
        user = "user root;" if Path("/root").owner() == Path(folder).owner() else ""
        config.write_text(_CONFIG.format(folder=folder, port=port, pages=pages.resolve(), user=user))
        with subprocess.Popen([program, "-c", str(config), "-e", f"{folder}/error.log"]) as server:
            try:
                _wait(port)
                yield port
            finally:
                server.terminate()


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
    raise SystemExit("bench: nginx does not listen")


def pages_per_second(port: int, count: int = 3000) -> float:
    """What the server does where the client only takes bytes."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(_ASK)
        time.sleep(0.2)
        size = len(connection.recv(_MOST))
        place = memoryview(bytearray(size))
        begun = time.monotonic()
        for _ in range(count):
            connection.sendall(_ASK)
            missing = size
            while missing:
                missing -= connection.recv_into(place[:missing])
        return count / (time.monotonic() - begun)
