"""`/api/v1/people`: who may come in, and as what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from orchestrate.api.access import Identity, needs
from orchestrate.api.lists import Cursor, Limit, Page, cut, place_of
from orchestrate.people.roles import Role
from orchestrate.people.service import People, Person

router = APIRouter(prefix="/people", tags=["people"])


def _serves(scope: str) -> object:
    asking = Depends(needs(scope))

    def people(identity: Identity = asking) -> People:
        return People(identity.store, identity.tenant_id, identity.actor, identity.scopes)

    return Depends(people)


Read = Annotated[People, _serves("people:read")]
Write = Annotated[People, _serves("people:write")]
_Role = Annotated[Role, Field(description="An owner has all rights, an admin all but an owner's over owners, an editor "
                                          "works with connections and data, a viewer looks.")]  # fmt: skip


class NewPerson(BaseModel):
    """Whom to invite."""

    email: Annotated[str, Field(max_length=200, examples=["ada@example.com"])]
    role: _Role


class ChangedPerson(BaseModel):
    """Another role."""

    role: _Role


class ShownPerson(BaseModel):
    """A person; `active` tells that they have set a password."""

    id: str
    email: str
    role: Role
    active: bool
    created_at: datetime
    last_login_at: datetime | None


class Invited(BaseModel):
    """A person, and the link with which they set their password: shown this once, it works once and for three days."""

    person: ShownPerson
    link: str


@router.get("")
def list_people(people: Read, limit: Limit = 100, cursor: Cursor = None) -> Page[ShownPerson]:
    """People by e-mail address."""
    after = place_of(cursor, str)
    found = [each for each in people.all() if after is None or each.email > str(after[0])]
    part, further = cut(found, limit, lambda each: [each.email])
    return Page(items=[_shown(each) for each in part], next=further)


@router.post("", status_code=201)
def invite_person(new: NewPerson, people: Write, response: Response) -> Invited:
    """Invites somebody; the link is for them alone, EnGarde sends no mail."""
    person, link = people.invite(new.email, new.role)
    response.headers["Location"] = f"/api/v1/people/{person.id}"
    return Invited(person=_shown(person), link=link)


@router.get("/{person_id}")
def show_person(person_id: str, people: Read) -> ShownPerson:
    """One person."""
    return _shown(people.show(person_id))


@router.patch("/{person_id}")
def change_role(person_id: str, changed: ChangedPerson, people: Write) -> ShownPerson:
    """Gives another role, from the person's next request on."""
    return _shown(people.change_role(person_id, changed.role))


@router.post("/{person_id}/reset")
def reset_password(person_id: str, people: Write) -> Invited:
    """Ends the person's password and sessions, and gives a link with which they set another password."""
    link = people.reset(person_id)
    return Invited(person=_shown(people.show(person_id)), link=link)


@router.delete("/{person_id}", status_code=204)
def remove_person(person_id: str, people: Write) -> None:
    """Ends a person's access at once."""
    people.remove(person_id)


def _shown(person: Person) -> ShownPerson:
    return ShownPerson(
        id=person.id, email=person.email, role=person.role, active=person.active, created_at=person.created_at,
        last_login_at=person.last_login_at,
    )  # fmt: skip
