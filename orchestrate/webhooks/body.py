"""The body of a delivery, to the byte, with a cap on its size and on the time it may take. It is never unpacked."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

LARGEST = 5 * 1024 * 1024
"""GitHub caps payloads at 25 MB and sends none of that size for what taps read; others stay far below."""
SECONDS = 20


class BodyError(Exception):
    """The body was not taken; `status` is 400, 408 or 413."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


async def body_of(request: Request) -> bytes:
    """The whole body; raises `BodyError` before more than `LARGEST` bytes are held."""
    announced = request.headers.get("Content-Length", "0")
    if not (announced.isascii() and announced.isdigit()) or int(announced) > LARGEST:
        raise BodyError(413, f"a delivery has {LARGEST} bytes at the most")
    try:
        async with asyncio.timeout(SECONDS):
            held = bytearray()
            async for part in request.stream():
                held += part
                if len(held) > LARGEST:
                    raise BodyError(413, f"a delivery has {LARGEST} bytes at the most")
            return bytes(held)
    except TimeoutError:
        raise BodyError(408, f"the body did not come within {SECONDS} s") from None
    except ClientDisconnect:
        raise BodyError(400, "the sender went away") from None
