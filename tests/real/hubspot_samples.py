"""A server that answers HubSpot's requests with the example objects inside HubSpot's own descriptions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.contracts.descriptions import read

Sample = dict[str, Any]
CRM = {
    "contacts": "contacts-v3.json",
    "companies": "companies-v3.json",
    "deals": "objects-v3.json",
    "tickets": "tickets-v3.json",
    "products": "products-v3.json",
    "line_items": "lineItems-v3.json",
    "quotes": "quotes-v3.json",
    "calls": "objects-v3.json",
    "emails": "emails-v3.json",
    "meetings": "objects-v3.json",
    "notes": "objects-v3.json",
    "tasks": "objects-v3.json",
}
KINDS = {"checkbox": "bool", "date": "date", "number": "number"}


def example(file: str, schema: str) -> Sample:
    """The example a description gives of one of its schemas."""
    found: Sample = read("hubspot", file)["components"]["schemas"][schema]["example"]
    return found


def examples() -> dict[str, Sample]:
    """Stream -> the example object of the description it is read by."""
    found = {name: example(file, "SimplePublicObject") for name, file in CRM.items()}
    return found | {
        "owners": example("crmOwners-v3.json", "PublicOwner"),
        "pipelines": example("pipelines-v3.json", "Pipeline"),
        "marketing_emails": example("marketingEmails-v3.json", "PublicEmail"),
        "lists": example("lists-v3.json", "ListSearchResponse")["lists"][0],
    }


def definitions(record: Sample) -> list[Sample]:
    """Definitions of a record's properties, each the description's example with another name and type."""
    shape = example("properties-v3.json", "Property")
    return [
        {**shape, "name": name, "type": KINDS.get(name.rpartition("_")[2], "string")} for name in record["properties"]
    ]


@contextmanager
def serving(found: dict[str, Sample]) -> Iterator[str]:
    """Serves the examples under the paths of their streams; everything else there is is empty."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            self._answer(_listed(found, asked.path, parse_qs(asked.query)))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(_searched(found, self.path, body))

        def _answer(self, answer: Sample) -> None:
            text = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _listed(found: dict[str, Sample], path: str, query: dict[str, list[str]]) -> Sample:
    *_, parent, last = path.split("/")
    if query.get("archived") == ["true"]:
        return {"results": []}
    if parent == "properties":
        return {"results": definitions(found[last]) if last in found else []}
    name = {"pipelines": "pipelines", "marketing": ""}.get(parent, last)
    if path == "/marketing/v3/emails":
        name = "marketing_emails"
    if path == "/email/public/v1/events":
        return {"events": [], "hasMore": False}
    return {"results": [found[name]] if name in found else [], "total": int(name in found)}


def _searched(found: dict[str, Sample], path: str, body: Sample) -> Sample:
    if path == "/crm/v3/lists/search":
        return {"lists": [found["lists"]], "offset": 1, "hasMore": False, "total": 1}
    if not path.endswith("/search"):
        return {"status": "COMPLETE", "results": []}
    record = found.get(path.split("/")[-2])
    filters = {each["propertyName"]: each for each in body["filterGroups"][0]["filters"]}
    left = [record] if record is not None and int(record["id"]) > int(filters["hs_object_id"]["value"]) else []
    return {"total": len(left), "results": left}
