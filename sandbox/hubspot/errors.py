"""HubSpot's error answers. Source: https://developers.hubspot.com/docs/api-reference/error-handling"""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import JSONResponse


class RefusedError(Exception):
    """A request that HubSpot would refuse: the status and the body's parts."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": "error", "message": message, "category": category, **more}

    def answer(self) -> JSONResponse:
        """Return the error as an HTTP answer with a fresh correlation id."""
        return JSONResponse(self.body | {"correlationId": str(uuid.uuid4())}, self.status)


def invalid(message: str, **more: Any) -> RefusedError:
    """Return the refusal of a request that is wrong in itself."""
    return RefusedError(400, "VALIDATION_ERROR", message, **more)


def missing(message: str) -> RefusedError:
    """Return the refusal of a request for something that does not exist."""
    return RefusedError(404, "OBJECT_NOT_FOUND", message)


def limited(policy: str) -> JSONResponse:
    """Return the 429 of a spent rate limit."""
    body = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid.uuid4()),
        "policyName": policy,
        "requestId": str(uuid.uuid4()),
    }
    return JSONResponse(body, 429)
