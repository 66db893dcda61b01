"""Google's token endpoint (https://developers.google.com/identity/protocols/oauth2/web-server#offline)."""

from __future__ import annotations

import secrets
import time
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from sandbox.answers import JsonAnswer
from sandbox.google_ads.errors import AdsError

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "engarde", "engarde-secret", "1//engarde"


class Tokens:
    """Access tokens given out, each valid for `lifetime` seconds."""

    def __init__(self, lifetime: int) -> None:
        self.lifetime = lifetime
        self.expires: dict[str, float] = {}

    def give(self) -> str:
        """Return a new access token."""
        token = f"ya29.{secrets.token_urlsafe(40)}"
        self.expires[token] = time.monotonic() + self.lifetime
        return token

    def check(self, header: str) -> None:
        """Raise AdsError unless an Authorization header holds a valid token."""
        scheme, _, token = header.partition(" ")
        if not token or scheme.lower() != "bearer":
            raise AdsError(401, "authenticationError", "AUTHENTICATION_ERROR", "Authentication of the request failed.")
        if token not in self.expires:
            raise AdsError(401, "authenticationError", "OAUTH_TOKEN_INVALID", "Oauth token was invalid.")
        if self.expires[token] <= time.monotonic():
            raise AdsError(401, "authenticationError", "OAUTH_TOKEN_EXPIRED", "OAuth token expired.")


def _refusal(status: int, error: str, description: str) -> Response:
    return JsonAnswer({"error": error, "error_description": description}, status)


async def give_token(request: Request, tokens: Tokens) -> Response:
    """Answer a form with grant_type refresh_token."""
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    if form.get("client_id") != CLIENT_ID:
        return _refusal(401, "invalid_client", "The OAuth client was not found.")
    if form.get("client_secret") != CLIENT_SECRET:
        return _refusal(401, "invalid_client", "Unauthorized")
    if form.get("grant_type") != "refresh_token":
        return _refusal(400, "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
    if form.get("refresh_token") != REFRESH_TOKEN:
        return _refusal(400, "invalid_grant", "Token has been expired or revoked.")
    return JsonAnswer(
        {
            "access_token": tokens.give(),
            "expires_in": tokens.lifetime,
            "scope": "https://www.googleapis.com/auth/adwords",
            "token_type": "Bearer",
        }
    )
