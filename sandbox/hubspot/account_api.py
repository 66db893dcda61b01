"""Tokens and the account itself over HTTP, and the lists and forms of an account that has none.

Sources: https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide and
https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hubspot.crm import PORTAL
from sandbox.hubspot.errors import RefusedError
from sandbox.hubspot.portal import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, Portal
from sandbox.hubspot.requests import body_of, flag

SCOPES = ("crm.objects.contacts.read", "crm.objects.companies.read", "crm.objects.deals.read", "oauth", "tickets")


async def token(request: Request, portal: Portal) -> Response:
    """Answer POST /oauth/v3/token (and /oauth/v1/token): a form with grant_type=refresh_token."""
    form = {name: values[-1] for name, values in parse_qs((await request.body()).decode()).items()}
    if form.get("grant_type") != "refresh_token":
        return _refused("INVALID_GRANT_TYPE", "missing or unknown grant_type")
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return _refused("BAD_CLIENT_ID", "missing or unknown client id")
    if form.get("refresh_token") != REFRESH_TOKEN:
        return _refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
    body: dict[str, Any] = {
        "access_token": portal.new_token(),
        "refresh_token": REFRESH_TOKEN,
        "expires_in": portal.settings.token_seconds,
        "token_type": "bearer",
    }
    if "/v3/" in request.url.path:
        body |= {"token_use": "access_token", "hub_id": PORTAL, "scopes": list(SCOPES), "user_id": 1}
    return JSONResponse(body)


def _refused(status: str, message: str) -> Response:
    body = {"status": status, "message": message, "category": status, "correlationId": str(uuid.uuid4())}
    return JSONResponse(body, 400)


async def account(_request: Request, _portal: Portal) -> Response:
    """Answer GET /account-info/v3/details."""
    return JSONResponse(
        {
            "portalId": PORTAL,
            "accountType": "STANDARD",
            "timeZone": "US/Eastern",
            "companyCurrency": "USD",
            "additionalCurrencies": ["EUR", "GBP", "JPY"],
            "utcOffset": "-05:00",
            "utcOffsetMilliseconds": -18_000_000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        }
    )


async def forms(request: Request, _portal: Portal) -> Response:
    """Answer GET /marketing/v3/forms: this account has none."""
    flag(request, "archived")
    return JSONResponse({"results": []})


async def search_lists(request: Request, _portal: Portal) -> Response:
    """Answer POST /crm/v3/lists/search: this account has none."""
    asked = await body_of(request)
    if not isinstance(asked.get("offset", 0), int):
        raise RefusedError(400, "VALIDATION_ERROR", "offset must be a number")
    return JSONResponse({"offset": 0, "hasMore": False, "lists": [], "total": 0})
