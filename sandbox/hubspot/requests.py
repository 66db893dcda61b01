"""Reading HubSpot requests: query parameters, JSON bodies, and the paging of lists by id."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from starlette.requests import Request

from sandbox.hubspot.errors import RefusedError, invalid, missing
from sandbox.hubspot.object_types import ObjectType, object_type

T = TypeVar("T")


def names(request: Request, parameter: str) -> list[str]:
    """Return a parameter that may be repeated or hold a comma-separated list."""
    return [name for text in request.query_params.getlist(parameter) for name in text.split(",") if name]


def flag(request: Request, parameter: str) -> bool:
    """Return a true/false parameter; absent is false."""
    text = request.query_params.get(parameter, "false").lower()
    if text not in ("true", "false"):
        raise invalid(f"{text!r} is not a boolean: {parameter}")
    return text == "true"


def limit_of(request: Request, default: int, maximum: int) -> int:
    """Return the page size asked for; raise RefusedError when it is out of range."""
    text = request.query_params.get("limit", str(default))
    if not text.isdigit() or not 0 < int(text) <= maximum:
        raise invalid(f"Invalid input: limit must be between 1 and {maximum}, was {text!r}")
    return int(text)


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries; raise RefusedError when it is none."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise invalid("Invalid input JSON on line 1, column 1") from None
    if not isinstance(body, dict):
        raise invalid("Invalid input JSON: an object is expected")
    return body


def kind_of(request: Request, parameter: str = "object_type") -> ObjectType:
    """Return the object type that the path names; raise RefusedError when there is none."""
    found = object_type(request.path_params[parameter])
    if found is None:
        raise RefusedError(
            400, "VALIDATION_ERROR", f"Unable to infer object type from: {request.path_params[parameter]}"
        )
    return found


def page_after(
    request: Request, items: Sequence[T], position: Callable[[T], int], limit: int
) -> tuple[list[T], dict[str, Any] | None]:
    """Return the items whose position lies behind `after`, and the `paging` of the answer (null on the last page)."""
    after = request.query_params.get("after", "0")
    if not after.isdigit():
        raise invalid(f"Invalid paging cursor: {after!r}")
    rest = [item for item in items if position(item) > int(after)]
    page = rest[:limit]
    if len(rest) <= limit:
        return page, None
    return page, next_page(request, str(position(page[-1])))


def next_page(request: Request, after: str) -> dict[str, Any]:
    """Return `paging` with the cursor and the link of the next page."""
    return {"next": {"after": after, "link": str(request.url.include_query_params(after=after))}}


def wanted(found: T | None, what: str) -> T:
    """Return what was found; raise RefusedError when it is null."""
    if found is None:
        raise missing(f"{what} not found")
    return found
