"""Who may come in, and as what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from orchestrate.web.asking import Form, needs, text
from orchestrate.web.pages import onward, page

router = APIRouter(prefix="/people")
Reading = Annotated[Identity, Depends(needs("people:read"))]
Writing = Annotated[Identity, Depends(needs("people:write"))]
ROLES = {
    Role.OWNER: "all of it, and owners",
    Role.ADMIN: "also people, API keys and the log",
    Role.EDITOR: "connect, sync, decide",
    Role.VIEWER: "look",
}


@router.get("")
def list_people(request: Request, identity: Reading) -> Response:
    """Everybody."""
    return _drawn(request, identity, None)


@router.post("")
def invite(request: Request, identity: Writing, form: Form) -> Response:
    """Invites somebody; the link is shown on the page that answers, and never again."""
    _, link = _people(identity).invite(text(form, "email")[:200], _role(form))
    return _drawn(request, identity, link)


@router.post("/{person}/role")
def change_role(person: str, identity: Writing, form: Form) -> Response:
    """Another role, from the person's next request on."""
    _people(identity).change_role(person, _role(form))
    return onward("/people", "saved")


@router.post("/{person}/reset")
def reset(request: Request, person: str, identity: Writing) -> Response:
    """Ends a person's password and sessions; the link for another password is on the page that answers."""
    return _drawn(request, identity, _people(identity).reset(person))


@router.post("/{person}/remove")
def remove(person: str, identity: Writing) -> Response:
    """Ends a person's access at once."""
    _people(identity).remove(person)
    return onward("/people", "saved")


def _drawn(request: Request, identity: Identity, link: str | None) -> Response:
    return page(request, "workspace/people.html", {
        "people": _people(identity).all(), "roles": [(str(role), f"{role}: {said}") for role, said in ROLES.items()],
        "link": link,
    })  # fmt: skip


def _role(form: Form) -> Role:
    try:
        return Role(text(form, "role"))
    except ValueError:
        raise HTTPException(422, f"role: one of {', '.join(Role)}") from None


def _people(identity: Identity) -> People:
    return People(identity.store, identity.tenant_id, identity.actor, identity.scopes)
