"""API keys, and the log of who did what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.access import Identity
from orchestrate.audit.service import check, entries
from orchestrate.web.asking import Form, needs, text, texts
from orchestrate.web.pages import onward, page

router = APIRouter()
Reading = Annotated[Identity, Depends(needs("keys:read"))]
Writing = Annotated[Identity, Depends(needs("keys:write"))]
PART = 100


@router.get("/keys")
def list_keys(request: Request, identity: Reading) -> Response:
    """The keys without their secrets."""
    return _drawn(request, identity, None)


@router.post("/keys")
def make_key(request: Request, identity: Writing, form: Form) -> Response:
    """Makes a key; its secret is shown on the page that answers, and never again."""
    return _drawn(request, identity, _keys(identity).add(text(form, "name")[:100], texts(form, "scope")))


@router.post("/keys/{name}/revoke")
def revoke_key(name: str, identity: Writing) -> Response:
    """Ends a key at once."""
    _keys(identity).revoke(name)
    return onward("/keys", "revoked")


@router.get("/audit")
def show_log(
    request: Request, identity: Annotated[Identity, Depends(needs("audit:read"))],
    before: Annotated[int | None, Query(ge=1)] = None, proved: bool = False,
) -> Response:  # fmt: skip
    """The newest entries; with `proved` the whole chain of hashes is checked too."""
    found = entries(identity.store, identity.tenant_id, PART + 1, before)
    further = f"/audit?before={found[PART - 1].number}" if len(found) > PART else None
    verdict = check(identity.store, identity.tenant_id) if proved else None
    return page(request, "workspace/audit.html", {"entries": found[:PART], "further": further, "verdict": verdict})


def _drawn(request: Request, identity: Identity, made: str | None) -> Response:
    mine = {scope: said for scope, said in SCOPES.items() if identity.may(scope)}
    return page(request, "workspace/keys.html", {"keys": _keys(identity).all(), "scopes": mine, "made": made})


def _keys(identity: Identity) -> ApiKeys:
    return ApiKeys(identity.store, identity.tenant_id, identity.actor, identity.scopes)
