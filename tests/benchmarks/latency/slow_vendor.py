"""A vendor that answers every request after 100 ms, however many come at once."""

import asyncio
import json
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers import free_port

ANSWERS_AFTER = 0.1
"""Seconds."""
SIZE = 10
"""Records in a page."""


def answer(address: str) -> dict[str, Any]:
    """A page of `/pages/<how many>?page=<which>&limit=<size>`; `next` names the one after it, `pages` counts them."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    page, last = int(asked.get("page", 1)), int(parts.path.rpartition("/")[2])
    rows = (
        [{"id": f"{page}-{n}", "at": asked.get("from")} for n in range(int(asked.get("limit", SIZE)))]
        if page <= last
        else []
    )
    return {"data": rows, "pages": last, "next": page + 1 if page < last else None}


@contextmanager
def serving() -> Iterator[str]:
    """The vendor in a process of its own; yields its address."""
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(target=_run, args=(port,), daemon=True)
    server.start()
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()


def _run(port: int) -> None:
    async def forever() -> None:
        await (await asyncio.start_server(_serve, "127.0.0.1", port)).serve_forever()

    asyncio.run(forever())


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(ANSWERS_AFTER)
            body = json.dumps(answer(head.split(b" ")[1].decode())).encode()
            told = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(told + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
