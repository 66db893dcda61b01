"""Errors as RFC 9457 has them: `application/problem+json` with a title, a status and a sentence on what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from orchestrate.access.service import AccessRefusedError, KeyTakenError, NoKeyError, NotYoursToGiveError
from orchestrate.announce.service import AnnounceRefusedError, NoSubscriptionError
from orchestrate.connections.service import ConnectionRefusedError, NameTakenError, NoConnectionError
from orchestrate.data.errors import BusyError, CursorGoneError, NoRowsError, RowsError
from orchestrate.imports.errors import ImportRefusedError, NoPreviewError
from orchestrate.logins.address import PublicAddressError
from orchestrate.logins.apps import NoOAuthAppError
from orchestrate.logins.service import ConsentRefusedError, StateRefusedError
from orchestrate.people.links import LinkSpentError
from orchestrate.people.login import WrongLoginError
from orchestrate.people.passwords import WeakPasswordError
from orchestrate.people.service import LastOwnerError, NoPersonError, PersonElsewhereError, PersonTakenError
from orchestrate.reconciliation.errors import DecisionRefusedError, NoDecisionError
from orchestrate.store.database import StoreError
from orchestrate.syncs.errors import NoSyncError, SyncRefusedError
from orchestrate.vault.keys import VaultError
from orchestrate.webhooks.endpoints import NoWebhookError, WebhookRefusedError
from taps.engine.errors import BadSetting, LoginRefused, RateLimited, TapError, Unreachable
from taps.registry import UnknownPlatformError


class Problem(BaseModel):
    """An error's body."""

    title: str
    status: int
    detail: str


STATUS: Mapping[type[Exception], int] = {
    NoKeyError: 404,
    NoPersonError: 404,
    KeyTakenError: 409,
    PersonTakenError: 409,
    LastOwnerError: 409,
    PersonElsewhereError: 409,
    NotYoursToGiveError: 403,
    AccessRefusedError: 422,
    WeakPasswordError: 422,
    WrongLoginError: 401,
    LinkSpentError: 410,
    NoOAuthAppError: 409,
    StateRefusedError: 400,
    ConsentRefusedError: 400,
    PublicAddressError: 503,
    NoConnectionError: 404,
    NoSyncError: 404,
    NoRowsError: 404,
    CursorGoneError: 410,
    BusyError: 503,
    RowsError: 422,
    UnknownPlatformError: 404,
    NameTakenError: 409,
    ConnectionRefusedError: 422,
    SyncRefusedError: 422,
    BadSetting: 422,
    LoginRefused: 424,
    RateLimited: 503,
    Unreachable: 502,
    TapError: 502,
    NoWebhookError: 404,
    WebhookRefusedError: 422,
    NoDecisionError: 404,
    DecisionRefusedError: 422,
    NoPreviewError: 404,
    ImportRefusedError: 422,
    NoSubscriptionError: 404,
    AnnounceRefusedError: 422,
    StoreError: 503,
    VaultError: 503,
}
"""What the services raise, the most particular first, and its status."""


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer of an error."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answers everything that is raised with a problem; what nobody foresaw says no more than that."""

    async def refused(_: Request, error: Exception) -> JSONResponse:
        status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
        return problem(status, str(error))

    async def by_framework(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, str(error.detail), error.headers)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return problem(422, "; ".join(_sentence(each) for each in error.errors()))

    async def no_text(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, DataError)
        if "NUL" not in str(error.orig):
            raise error
        return problem(422, "a text of the request holds the character NUL, which none may")

    app.add_exception_handler(DataError, no_text)
    for kind in STATUS:
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(HTTPException, by_framework)
    app.add_exception_handler(RequestValidationError, invalid)


def _sentence(error: Mapping[str, Any]) -> str:
    """Where and what, without the value: it may be a secret."""
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
