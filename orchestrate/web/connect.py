"""Connecting an account: the form of its manifest, tried before anything is kept, or the way to the vendor's login."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError

from orchestrate.api.access import Identity
from orchestrate.api.connections import Name
from orchestrate.connections.forms import LoginForm, form
from orchestrate.connections.offered import offer
from orchestrate.connections.service import ConnectionRefusedError, Connections
from orchestrate.imports.service import Imports
from orchestrate.logins.address import PublicAddressError, redirect_uri
from orchestrate.logins.apps import OAuthApps
from orchestrate.logins.service import Logins
from orchestrate.web.asking import Form, needs, text
from orchestrate.web.fields import asked, further_of, settings_of, shown_again
from orchestrate.web.pages import onward, page
from taps.engine.errors import TapError
from taps.registry import get_adapter_registry

router = APIRouter(prefix="/platforms/{platform}/connect")
Asking = Annotated[Identity, Depends(needs("connections:write"))]
_NAME: TypeAdapter[str] = TypeAdapter(Name)


@router.get("")
def show_form(request: Request, platform: str, identity: Asking, login: str = "", name: str = "") -> Response:
    """The form, for one of the platform's logins; `name` is a connection that is to log in anew."""
    return _drawn(request, platform, identity, login, {"name": name or _free_name(identity, platform)})


@router.post("")
def connect(request: Request, platform: str, identity: Asking, form: Form) -> Response:
    """Tries the settings and keeps them, or leads on to the vendor's login; the form again where it is refused."""
    name, login, settings = text(form, "name"), text(form, "login"), {}
    try:
        _NAME.validate_python(name)
        settings = _settings(platform, login, form)
        chosen = _login(platform, login)
        if chosen is not None and chosen.in_browser:
            acting = Logins(identity.store, identity.vault, identity.tenant_id, identity.actor, identity.credential)
            begun = acting.begin(platform, name, settings, login=chosen.name, webhooks=bool(text(form, "webhooks")))
            return page(request, "connect/onward.html", {"begun": begun, "offer": offer(platform)})
        service = Connections(identity.store, identity.vault, identity.tenant_id, identity.actor)
        service.add(platform, name, settings, test=True)
        if text(form, "hold") and identity.may("reconciliation:write"):
            Imports(identity.store, identity.tenant_id, identity.actor).hold(name)
    except ValidationError:
        wrong = "a name has letters, digits, dots, dashes and underscores"
    except (ConnectionRefusedError, PublicAddressError, TapError) as refused:
        wrong = str(refused)
    else:
        return onward(f"/connections/{name}", "connected")
    known = {"name": name, "settings": shown_again(settings, _fields(platform, login)), "wrong": wrong}
    return _drawn(request, platform, identity, login, known, 422)


@router.post("/app")
def keep_app(platform: str, identity: Asking, form: Form) -> Response:
    """Keeps the workspace's app at the vendor, with which people log in there."""
    apps = OAuthApps(identity.store, identity.vault, identity.tenant_id, identity.actor)
    apps.put(platform, text(form, "client_id")[:500], text(form, "client_secret")[:5000])
    return onward(f"/platforms/{platform}/connect", "app")


def _drawn(
    request: Request, platform: str, identity: Identity, login: str, known: dict[str, Any], status: int = 200
) -> Response:
    name = get_adapter_registry().resolve(platform)
    apps = OAuthApps(identity.store, identity.vault, identity.tenant_id, identity.actor)
    chosen, whole = _login(name, login), form(name)
    return page(request, "connect/form.html", {
        "offer": offer(name), "logins": whole.logins, "login": chosen,
        "fields": asked([*whole.fields, *(chosen.fields if chosen else ())]),
        "app": next((each for each in apps.all() if each.platform == name), None),
        "redirect_uri": _redirect(name) if chosen and chosen.in_browser else None,
        "settings": {}, "wrong": None, **known,
    }, status)  # fmt: skip


def _settings(platform: str, login: str, given: Form) -> dict[str, Any]:
    whole, chosen = form(platform), _login(platform, login)
    settings = settings_of(given, _fields(platform, login)) | further_of(platform, text(given, "further"))
    if chosen is not None and len(whole.logins) > 1 and not chosen.in_browser:
        settings["auth_method"] = chosen.name
    return settings


def _fields(platform: str, login: str) -> list[Any]:
    chosen = _login(platform, login)
    return [*form(platform).fields, *(chosen.fields if chosen else ())]


def _login(platform: str, login: str) -> LoginForm | None:
    logins = form(platform).logins
    return next((each for each in logins if each.name == login), logins[0] if logins else None)


def _free_name(identity: Identity, platform: str) -> str:
    service = Connections(identity.store, identity.vault, identity.tenant_id, identity.actor)
    taken = {each.name for each in service.all()}
    return next(name for name in [platform, *(f"{platform}_{n}" for n in range(2, 10_000))] if name not in taken)


def _redirect(platform: str) -> str | None:
    try:
        return redirect_uri(platform)
    except PublicAddressError:
        return None
