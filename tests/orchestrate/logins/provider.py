"""An OAuth 2 provider by Authlib's own server: PKCE required, refresh tokens good for one use unless said otherwise.

It stands in for Xero: the organisations that a login reaches are behind its tokens.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "engarde-app", "app-secret-canary"
ORGANISATIONS = [
    {"id": "1", "tenantId": "org-1", "tenantName": "Acme"},
    {"id": "2", "tenantId": "org-2", "tenantName": "Umbra"},
]


@dataclass
class App(ClientMixin):  # type: ignore[misc]
    """The one app that the provider knows."""

    redirect_uris: list[str]
    secret: str = CLIENT_SECRET

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, self.secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code, with the challenge that its verifier has to fit."""

    code: str
    redirect_uri: str
    scope: str
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Issued(TokenMixin):  # type: ignore[misc]
    """A pair of tokens."""

    access_token: str
    refresh_token: str
    scope: str
    expires_in: int
    revoked: bool = False
    issued_at: float = field(default_factory=time.time)

    def check_client(self, client: App) -> bool:
        return client.get_client_id() == CLIENT_ID

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return self.expires_in

    def is_expired(self) -> bool:
        return time.time() > self.issued_at + self.expires_in

    def is_revoked(self) -> bool:
        return self.revoked


class Provider:
    """The provider's memory, and what it counted: renewals that worked, and refresh tokens used twice."""

    def __init__(self) -> None:
        self.app = App([])
        self.codes: dict[str, Code] = {}
        self.tokens: list[Issued] = []
        self.renewals = self.reused = self.asked = 0
        self.lifetime = 1800
        self.rotates = True
        self.url = ""

    def agree(self, authorize_url: str) -> dict[str, str]:
        """What a person's browser comes back with who agrees; raises `AssertionError` where the provider refuses."""
        import requests

        query = urlsplit(authorize_url).query
        answer = requests.get(f"{self.url}/authorize?{query}", allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        return {name: each[0] for name, each in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def revoke(self) -> None:
        """As if the person had taken the access back at the vendor."""
        for each in self.tokens:
            each.revoked = True


def _grants(provider: Provider) -> tuple[type, type]:
    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> Code:
            asked = request.payload.data
            provider.codes[code] = Code(
                code, request.payload.redirect_uri, request.payload.scope, asked.get("code_challenge"),
                asked.get("code_challenge_method"),
            )  # fmt: skip
            return provider.codes[code]

        def query_authorization_code(self, code: str, client: App) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes.pop(authorization_code.code)

        def authenticate_user(self, authorization_code: Code) -> str:
            return "ada"

    class RenewalGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        @property
        def INCLUDE_NEW_REFRESH_TOKEN(self) -> bool:
            return provider.rotates

        def authenticate_refresh_token(self, refresh_token: str) -> Issued | None:
            provider.asked += 1
            found = next((each for each in provider.tokens if each.refresh_token == refresh_token), None)
            if found is None or found.revoked:
                provider.reused += 1
                return None
            return found

        def authenticate_user(self, refresh_token: Issued) -> str:
            return "ada"

        def revoke_old_credential(self, refresh_token: Issued) -> None:
            refresh_token.revoked = provider.rotates
            provider.renewals += 1

    return CodeGrant, RenewalGrant


def _flask(provider: Provider) -> Flask:
    app = Flask("provider")
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    code_grant, renewal_grant = _grants(provider)

    def save_token(token: dict[str, Any], _request: Any) -> None:
        token["expires_in"] = provider.lifetime
        provider.tokens.append(
            Issued(token["access_token"], token.get("refresh_token", ""), token["scope"], provider.lifetime)
        )

    server = AuthorizationServer(
        app, query_client=lambda client_id: provider.app if client_id == CLIENT_ID else None, save_token=save_token
    )
    server.register_grant(code_grant, [CodeChallenge(required=True)])
    server.register_grant(renewal_grant)

    @app.get("/authorize")
    def authorize() -> Response:
        found = server.get_consent_grant(end_user="ada")
        return server.create_authorization_response(grant_user="ada", grant=found)

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()

    @app.get("/Connections")
    def connections() -> tuple[Response, int]:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = any(each.access_token == bearer and not each.revoked for each in provider.tokens)
        return (jsonify(ORGANISATIONS), 200) if known else (jsonify({"Detail": "AuthenticationUnsuccessful"}), 401)

    return app


@contextmanager
def running() -> Iterator[Provider]:
    """The provider on a port of this machine."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, _flask(provider), threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
