"""`/api/v1/oauth`: apps at vendors, and logins that a person agrees to there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from orchestrate.api.access import Identity, needs, serves
from orchestrate.api.connections import Name, ShownConnection, shown_connection
from orchestrate.api.lists import Cursor, Limit, Page, cut, place_of
from orchestrate.logins.apps import OAuthApps, ShownApp
from orchestrate.logins.service import Logins

router = APIRouter(prefix="/oauth", tags=["oauth"])
_asking = Depends(needs("connections:write"))


def _logins(identity: Identity = _asking) -> Logins:
    return Logins(identity.store, identity.vault, identity.tenant_id, identity.actor, identity.credential)


AppsRead = Annotated[OAuthApps, Depends(serves(OAuthApps, "connections:read"))]
AppsWrite = Annotated[OAuthApps, Depends(serves(OAuthApps, "connections:write"))]
Acting = Annotated[Logins, Depends(_logins)]


class App(BaseModel):
    """An app without its secret. `redirect_uri` is what the vendor has to be told of it, letter for letter."""

    platform: str
    client_id: str
    redirect_uri: str


class NewApp(BaseModel):
    """What the vendor shows for the app."""

    client_id: Annotated[str, Field(min_length=1, max_length=500, examples=["a1b2c3"])]
    client_secret: Annotated[str, Field(max_length=5000, examples=["as the vendor shows it"])]


class NewLogin(BaseModel):
    """What to log in to. `settings` are those that the platform needs besides, such as the shop's name."""

    platform: Annotated[str, Field(max_length=100, examples=["hubspot"])]
    connection: Name = "default"
    settings: Annotated[dict[str, Any], Field(examples=[{}])] = {}
    login: Annotated[str | None, Field(description="One of the platform's logins; its first in a browser.")] = None
    goes_on_at: Annotated[
        str | None, Field(max_length=500, description="The path of this service where the browser goes afterwards.")
    ] = None
    webhooks: Annotated[bool, Field(description="May register webhooks too, where the vendor has scopes for it.")] = (
        False
    )


class BegunLogin(BaseModel):
    """Where to send the browser, and until when it may come back."""

    authorize_url: str
    redirect_uri: str
    expires_at: datetime


class VendorsAnswer(BaseModel):
    """The parameters with which the vendor sent the browser back."""

    answer: Annotated[dict[str, str], Field(examples=[{"state": "os_...", "code": "..."}])]


@router.get("/apps")
def list_apps(apps: AppsRead, limit: Limit = 100, cursor: Cursor = None) -> Page[App]:
    """Apps by platform."""
    after = place_of(cursor, str)
    found = [each for each in apps.all() if after is None or each.platform > str(after[0])]
    part, further = cut(found, limit, lambda each: [each.platform])
    return Page(items=[_app(each) for each in part], next=further)


@router.put("/apps/{platform}")
def keep_app(platform: str, new: NewApp, apps: AppsWrite) -> App:
    """Keeps the tenant's app at a platform; its secret is sealed."""
    return _app(apps.put(platform, new.client_id, new.client_secret))


@router.delete("/apps/{platform}", status_code=204)
def remove_app(platform: str, apps: AppsWrite) -> None:
    """Forgets an app."""
    apps.remove(platform)


@router.post("/logins", status_code=201)
def begin_login(new: NewLogin, logins: Acting) -> BegunLogin:
    """Begins a login for a new connection, or anew for one that is there."""
    begun = logins.begin(
        new.platform, new.connection, new.settings, login=new.login, goes_on_at=new.goes_on_at, webhooks=new.webhooks
    )
    return BegunLogin(authorize_url=begun.authorize_url, redirect_uri=begun.redirect_uri, expires_at=begun.expires_at)


@router.get("/callback/{platform}", status_code=303, response_class=RedirectResponse)
def come_back(platform: str, request: Request, logins: Acting) -> RedirectResponse:
    """Where the vendor sends the browser back: the session that began the login finishes it."""
    finished = logins.finish(platform, dict(request.query_params))
    return RedirectResponse(finished.goes_on_at, status_code=303)


@router.post("/logins/{platform}/finish")
def finish_login(platform: str, given: VendorsAnswer, logins: Acting) -> ShownConnection:
    """Finishes a login for a program that took the vendor's answer itself."""
    return shown_connection(logins.finish(platform, given.answer).connection)


def _app(app: ShownApp) -> App:
    return App(platform=app.platform, client_id=app.client_id, redirect_uri=app.redirect_uri)
