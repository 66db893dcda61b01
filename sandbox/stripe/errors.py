"""Stripe's errors (https://docs.stripe.com/api/errors)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class StripeError(Exception):
    """A request Stripe refuses: HTTP status, message, and the code and parameter where Stripe names them."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param

    def body(self) -> dict[str, dict[str, str]]:
        """Return the error in Stripe's shape."""
        error = {"message": self.message, "type": "invalid_request_error"}
        if self.code:
            error |= {
                "code": self.code,
                "doc_url": f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}",
            }
        if self.param:
            error["param"] = self.param
        return {"error": error}


def unknown_object(kind: str, made: str, param: str = "id", status: int = 404) -> StripeError:
    """Return the error for an id that does not exist."""
    return StripeError(status, f"No such {kind.replace('_', ' ')}: '{made}'", "resource_missing", param)


async def answer_error(_request: Request, error: Exception) -> Response:
    """Return the answer for an error."""
    assert isinstance(error, StripeError)
    return JSONResponse(error.body(), error.status)
