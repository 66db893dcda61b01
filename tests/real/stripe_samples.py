"""A server that answers Stripe's list requests with Stripe's own published sample objects."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Sample = dict[str, Any]


def as_events(samples: dict[str, Sample]) -> list[Sample]:
    """An event for every sample, with the sample as its object; newest first, all of the last hour.

    The newest lies a second back: a run leaves the second in which it starts to the next run.
    """
    now = int(time.time())
    shell = samples["event"]
    return [
        {**shell, "id": f"evt_{name}", "created": now - at, "type": f"{name}.updated", "data": {"object": sample}}
        for at, (name, sample) in enumerate(samples.items(), start=1)
    ]


@contextmanager
def serving(lists: dict[str, list[Sample]]) -> Iterator[str]:
    """Serves each path's objects as a Stripe list, filtered by `created` and paged; other lists are empty."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            body = json.dumps(_page(lists.get(asked.path.removeprefix("/v1"), []), parse_qs(asked.query))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def _page(objects: list[Sample], query: dict[str, list[str]]) -> Sample:
    since = int(query.get("created[gte]", ["0"])[0])
    until = int(query.get("created[lt]", [str(2**40)])[0])
    found = [each for each in objects if since <= int(each.get("created") or each.get("date") or since) < until]
    if "starting_after" in query:
        ids = [each["id"] for each in found]
        found = found[ids.index(query["starting_after"][0]) + 1 :]
    limit = int(query.get("limit", ["10"])[0])
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": "/v1"}
