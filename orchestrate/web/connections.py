"""The connections of a workspace, and one of them with its tables, runs, settings and accounts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.connections.accounts import Accounts
from orchestrate.connections.forms import form as form_of
from orchestrate.connections.offered import offer
from orchestrate.connections.service import Connections, Shown
from orchestrate.syncs.service import Syncs
from orchestrate.syncs.sources import Sources
from orchestrate.syncs.standing import NOTHING, standings
from orchestrate.web.asking import Form, needs, text, texts
from orchestrate.web.fields import asked, further_of, settings_of
from orchestrate.web.pages import onward, page
from orchestrate.webhooks.following import Following
from taps.registry import get_adapter_registry

router = APIRouter(prefix="/connections")
Reading = Annotated[Identity, Depends(needs("connections:read"))]
Writing = Annotated[Identity, Depends(needs("connections:write"))]
Syncing = Annotated[Identity, Depends(needs("syncs:write"))]
PART = 100


@router.get("")
def list_connections(request: Request, identity: Reading, after: str | None = None) -> Response:
    """All of them with their state, last and next run, rows and freshness."""
    found = _service(identity).part(PART + 1, after)
    sees_runs = identity.may("syncs:read")
    stand = standings(identity.store, identity.tenant_id, limit=PART, after=after) if sees_runs else {}
    lines = [(each, offer(each.platform), stand.get(each.name, NOTHING)) for each in found[:PART]]
    further = f"/connections?after={found[PART - 1].name}" if len(found) > PART else None
    return page(request, "connections/list.html", {"lines": lines, "further": further})


@router.get("/{name}")
def show_tables(request: Request, name: str, identity: Reading) -> Response:
    """Its tables, each with its last load."""
    shown = _service(identity).show(name)
    known = {each.name: each for each in get_adapter_registry().get_platform_capabilities(shown.platform).streams}
    return drawn(request, identity, "tables", shown, {
        "standing": standings(identity.store, identity.tenant_id).get(name, NOTHING),
        "sources": [(each, known.get(each.stream)) for each in _sources(identity).of(name)],
        "limits": _sources(identity).limits(name),
    })  # fmt: skip


@router.post("/{name}/tables")
def choose_tables(name: str, identity: Syncing, form: Form) -> Response:
    """Loads the ticked tables alone from the next run on; all of them where none is ticked."""
    _, said = _following(identity).choose(name, texts(form, "stream") or None)
    return onward(f"/connections/{name}", "saved_untold" if said else "saved")


@router.post("/{name}/tables/{stream}/reset")
def reset_table(name: str, stream: str, identity: Syncing) -> Response:
    """Lets the next run load a table whole; its rows stay until then."""
    _sources(identity).reset(name, stream)
    return onward(f"/connections/{name}", "reset")


@router.get("/{name}/timeline")
def show_timeline(request: Request, name: str, identity: Reading) -> Response:
    """Its last runs."""
    runs = _syncs(identity).runs(connection=name, limit=PART)
    return drawn(request, identity, "timeline", _service(identity).show(name), {"runs": runs})


@router.get("/{name}/settings")
def show_settings(request: Request, name: str, identity: Reading) -> Response:
    """Its settings; secrets are dots."""
    return _settings_page(request, identity, name)


@router.post("/{name}/settings")
def change_settings(name: str, identity: Writing, form: Form) -> Response:
    """Changes settings. A secret that was left empty stays, another setting is taken away."""
    shown = _service(identity).show(name)
    fields = asked(_fields(shown.platform))
    given = settings_of(form, fields) | further_of(shown.platform, text(form, "further"))
    cleared = {each.name: None for each in fields if each.kind != "secret" and each.name in shown.settings}
    _service(identity).change(name, {**cleared, **given})
    return onward(f"/connections/{name}/settings", "saved")


@router.post("/{name}/test")
def test(name: str, identity: Writing) -> Response:
    """Asks the vendor for the first page of every table."""
    _service(identity).test(name)
    return onward(f"/connections/{name}", "tested")


@router.post("/{name}/remove")
def remove(name: str, identity: Writing) -> Response:
    """Forgets it and its secrets."""
    left = _following(identity).remove(name)
    return onward("/connections", "removed_untold" if left.untold else "removed_kept" if left.kept else "removed")


@router.get("/{name}/login")
def show_login(request: Request, name: str, identity: Reading) -> Response:
    """The state of its login, and the accounts that it reaches."""
    choices = _accounts(identity).all(name)
    return drawn(request, identity, "login", _service(identity).show(name), {"choices": choices})


@router.post("/{name}/accounts")
def discover_accounts(name: str, identity: Writing) -> Response:
    """Asks the vendor which accounts the login reaches."""
    _accounts(identity).discover(name)
    return onward(f"/connections/{name}/login", "asked")


@router.post("/{name}/accounts/{option}")
def choose_accounts(name: str, option: str, identity: Writing, form: Form) -> Response:
    """Chooses which of them are read."""
    _accounts(identity).choose(name, option, texts(form, "account"))
    return onward(f"/connections/{name}/login", "saved")


@router.post("/{name}/sync")
def sync_now(name: str, identity: Syncing, form: Form) -> Response:
    """Loads now, all tables or the one that is named, and goes to the run."""
    stream = text(form, "stream")
    run = _syncs(identity).trigger(name, streams=[stream] if stream else None)
    return onward(f"/runs/{run}")


def _settings_page(request: Request, identity: Identity, name: str) -> Response:
    shown = _service(identity).show(name)
    fields = asked(_fields(shown.platform))
    known = {each.name for each in fields}
    others = {key: value for key, value in shown.settings.items() if key not in known}
    return drawn(request, identity, "settings", shown, {"fields": fields, "others": others})


def _fields(platform: str) -> list[Any]:
    """The settings of a platform and of its logins, each once."""
    whole = form_of(platform)
    every = [*whole.fields, *(field for login in whole.logins for field in login.fields)]
    return list({each.name: each for each in every}.values())


def drawn(request: Request, identity: Identity, part: str, shown: Shown, more: dict[str, Any]) -> Response:
    """A part of a connection's page, under the head that all its parts have."""
    base = f"/connections/{shown.name}"
    parts = [("Tables", base), ("Timeline", f"{base}/timeline"), ("Schedule", f"{base}/schedule"),
             ("Login", f"{base}/login"), ("Settings", f"{base}/settings")]  # fmt: skip
    if not identity.may("syncs:read"):
        raise HTTPException(403, "your role lacks syncs:read; an admin can give you another role")
    return page(request, f"connections/{part}.html", {
        "connection": shown, "offer": offer(shown.platform), "base": base, "parts": parts, **more,
    })  # fmt: skip


def _service(identity: Identity) -> Connections:
    return Connections(identity.store, identity.vault, identity.tenant_id, identity.actor)


def _accounts(identity: Identity) -> Accounts:
    return Accounts(identity.store, identity.vault, identity.tenant_id, identity.actor)


def _syncs(identity: Identity) -> Syncs:
    return Syncs(identity.store, identity.tenant_id, identity.actor)


def _following(identity: Identity) -> Following:
    return Following(identity.store, identity.vault, identity.tenant_id, identity.actor)


def _sources(identity: Identity) -> Sources:
    return Sources(identity.store, identity.tenant_id, identity.actor)
