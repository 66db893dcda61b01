"""Tables from Google Drive: names that repeat, spreadsheets that are exported, files that are downloaded.

There is no server of Google's to run; this one answers the requests that the discovery document describes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.databases.reading import read

_SHEET = "application/vnd.google-apps.spreadsheet"
_FILES = [
    {"id": id_, "name": name, "mimeType": kind, "modifiedTime": f"2026-03-0{day}T08:00:00.000Z", "version": str(day)}
    for day, (id_, name, kind) in enumerate(
        [("one", "orders.csv", "text/csv"), ("two", "orders.csv", "text/csv"), ("sheet", "Orders 2026", _SHEET)], 1
    )
]


class Drive(BaseHTTPRequestHandler):
    """Three files: two of the same name, and a spreadsheet."""

    asked: ClassVar[list[tuple[str, dict[str, list[str]]]]] = []

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        self.asked.append((parts.path, query))
        match parts.path.strip("/").split("/"):
            case ["files"] if "q" in query:
                self._send("application/json", json.dumps({"files": _FILES}))
            case ["files", "sheet", "export"] if query.get("mimeType") == ["text/csv"]:
                self._send("text/csv", "id,price\r\n7,1.10\r\n")
            case ["files", id_] if query.get("alt") == ["media"] and id_ != "sheet":
                self._send("text/csv", f"id,price\n{len(id_)},{id_}\n")
            case _:
                self.send_error(400)

    def _send(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Drive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_files_of_one_name_stay_apart_and_a_spreadsheet_is_exported(address: str) -> None:
    tables = [{"name": "orders", "glob": "orders.csv"}, {"name": "sheet", "glob": "Orders *"}]
    config = {"access_token": "made-up", "api_url": address, "tables": tables}
    catalog = read("google_drive", config).tap.catalog_dict
    for entry in catalog["streams"]:
        for part in entry["metadata"]:
            if part["breadcrumb"] == []:
                part["metadata"]["selected"] = entry["tap_stream_id"] in ("orders", "sheet")
    Drive.asked.clear()
    found = read("google_drive", config, catalog=catalog)
    assert found.errors == {}
    assert [(row["_file"], row["id"], row["price"]) for row in found.records("orders")] == [
        ("one", "3", "one"),
        ("two", "3", "two"),
    ]
    assert [(row["_file"], row["_row"], row["price"]) for row in found.records("sheet")] == [("sheet", 1, "1.10")]
    assert {path for path, _ in Drive.asked} == {"/files", "/files/one", "/files/two", "/files/sheet/export"}
    again = read("google_drive", config, catalog=catalog, state=found.state)
    assert again.records("orders") == []
