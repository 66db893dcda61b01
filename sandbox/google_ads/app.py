"""Google Ads' HTTP: tokens, headers, accounts, search and searchStream."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.answers import JsonAnswer
from sandbox.business.advertising import AdsAccount
from sandbox.business.campaigns import MANAGER
from sandbox.google_ads.account_view import AccountView
from sandbox.google_ads.errors import AdsError
from sandbox.google_ads.evaluation import Json, answer, field_mask
from sandbox.google_ads.gaql import Query, parse
from sandbox.google_ads.oauth import Tokens, give_token
from sandbox.google_ads.traffic import Traffic, traffic
from sandbox.world import World

DEVELOPER_TOKEN = "engarde-developer"  # noqa: S105 - fixed and public


class AdsApi:
    """Google Ads' endpoints over a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tokens = Tokens(world.settings.google_token_seconds)
        self.requests = 0
        self.traffic: Traffic | None = None

    def request_id(self) -> str:
        """Return a request id like Google's."""
        self.requests += 1
        return base64.urlsafe_b64encode(hashlib.md5(str(self.requests).encode(), usedforsecurity=False).digest())[
            :22
        ].decode()

    def authenticate(self, request: Request) -> None:
        """Raise AdsError unless the login and the developer token are good."""
        self.tokens.check(request.headers.get("authorization", ""))
        developer = request.headers.get("developer-token")
        if developer is None:
            message = "The developer-token parameter was not specified in the request header."
            raise AdsError(400, "requestError", "DEVELOPER_TOKEN_PARAMETER_MISSING", message)
        if developer != DEVELOPER_TOKEN:
            raise AdsError(401, "authenticationError", "DEVELOPER_TOKEN_INVALID", "The developer token is not valid.")

    def account(self, request: Request) -> AdsAccount:
        """Return the account asked for; raise AdsError where the login may not see it."""
        wanted, through = request.path_params["customer"], request.headers.get("login-customer-id")
        if not wanted.isdigit():
            raise AdsError(400, "requestError", "INVALID_CUSTOMER_ID", f"Invalid customer ID '{wanted}'.")
        if through is not None and not through.isdigit():
            message = "The login customer ID is not valid."
            raise AdsError(400, "headerError", "INVALID_LOGIN_CUSTOMER_ID", message)
        known = {account.id: account for account in self.world.snapshot().ads_accounts}
        if wanted not in known or (through or wanted) != MANAGER:
            message = (
                "User doesn't have permission to access customer. Note: If you're accessing a client customer, the "
                "manager's customer id must be set in the 'login-customer-id' header."
            )
            raise AdsError(403, "authorizationError", "USER_PERMISSION_DENIED", message)
        return known[wanted]

    async def body(self, request: Request) -> Json:
        """Return the request's JSON body with its query."""
        try:
            asked: Any = orjson.loads(await request.body() or b"{}")
        except orjson.JSONDecodeError:
            asked = None
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            message = "The required field was not present., at query"
            raise AdsError(400, "requestError", "REQUIRED_FIELD_MISSING", message)
        return asked

    def run(self, account: AdsAccount, text: str) -> tuple[Query, list[Json]]:
        """Return the parsed query and its rows."""
        query, now = parse(text), self.world.snapshot()
        if self.traffic is None or self.traffic.now is not now:
            self.traffic = traffic(now)
        return query, answer(AccountView(now, account, self.traffic), query)

    async def search_stream(self, request: Request) -> Response:
        """Answer with an array of chunks; an error is an array too."""
        made = self.request_id()
        try:
            self.authenticate(request)
            query, rows = self.run(self.account(request), (await self.body(request))["query"])
        except AdsError as error:
            return JsonAnswer([error.body(made)], error.status)
        size = self.world.settings.google_rows_per_chunk
        chunks: list[Json] = []
        for start in range(0, max(1, len(rows)), size):
            chunk: Json = {"results": rows[start : start + size]} if rows else {}
            chunks.append(chunk | {"fieldMask": field_mask(query), "requestId": made})
        return JsonAnswer(chunks)

    async def search(self, request: Request) -> Response:
        """Answer with one page and the token of the next."""
        made = self.request_id()
        try:
            self.authenticate(request)
            account, asked = self.account(request), await self.body(request)
            if "pageSize" in asked:
                message = "Setting the page size is not supported."
                raise AdsError(400, "requestError", "PAGE_SIZE_NOT_SUPPORTED", message)
            query, rows = self.run(account, asked["query"])
            start = _offset(asked.get("pageToken"), asked["query"])
        except AdsError as error:
            return JsonAnswer(error.body(made), error.status)
        size = self.world.settings.google_rows_per_page
        page: Json = {"results": rows[start : start + size]} if rows[start:] else {}
        if len(rows) > start + size:
            page["nextPageToken"] = _page_token(start + size, asked["query"])
        return JsonAnswer(page | {"fieldMask": field_mask(query)})

    async def accessible_customers(self, request: Request) -> Response:
        """Answer with the accounts the login sees directly."""
        try:
            self.authenticate(request)
        except AdsError as error:
            return JsonAnswer(error.body(self.request_id()), error.status)
        return JsonAnswer({"resourceNames": [f"customers/{MANAGER}"]})

    async def token(self, request: Request) -> Response:
        """Answer with an access token."""
        return await give_token(request, self.tokens)


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:12]


def _page_token(offset: int, query: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{_digest(query)}".encode()).decode()


def _offset(token: str | None, query: str) -> int:
    if not token:
        return 0
    try:
        offset, _, digest = base64.urlsafe_b64decode(token).decode().partition(":")
        if digest == _digest(query):
            return int(offset)
    except ValueError:
        pass
    raise AdsError(400, "requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.")


def routes(world: World) -> list[BaseRoute]:
    """Return the routes of the pretend Google Ads, to be mounted at /google_ads."""
    api = AdsApi(world)
    return [
        Route("/oauth/token", api.token, methods=["POST"]),
        Route("/v25/customers:listAccessibleCustomers", api.accessible_customers),
        Route("/v25/customers/{customer}/googleAds:searchStream", api.search_stream, methods=["POST"]),
        Route("/v25/customers/{customer}/googleAds:search", api.search, methods=["POST"]),
    ]
