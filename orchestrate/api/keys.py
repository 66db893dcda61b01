"""`/api/v1/keys`: the API keys that programs ask with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from orchestrate.access.service import ApiKeys, ShownKey
from orchestrate.api.access import Identity, needs
from orchestrate.api.lists import Cursor, Limit, Page, cut, place_of

router = APIRouter(prefix="/keys", tags=["keys"])
_Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$", examples=["reporting"])]


def _serves(scope: str) -> object:
    asking = Depends(needs(scope))

    def keys(identity: Identity = asking) -> ApiKeys:
        return ApiKeys(identity.store, identity.tenant_id, identity.actor, identity.scopes)

    return Depends(keys)


Read = Annotated[ApiKeys, _serves("keys:read")]
Write = Annotated[ApiKeys, _serves("keys:write")]


class NewKey(BaseModel):
    """What the key is for and what it may do: scopes that whoever makes it has too."""

    name: _Name
    scopes: Annotated[list[str], Field(min_length=1, max_length=100, examples=[["connections:read"]])]


class KeyShown(BaseModel):
    """A key without its secret."""

    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


class MadeKey(BaseModel):
    """A key with its secret, shown this once."""

    name: str
    key: str


@router.get("")
def list_keys(keys: Read, limit: Limit = 100, cursor: Cursor = None) -> Page[KeyShown]:
    """Keys by name, revoked ones too."""
    after = place_of(cursor, str)
    found = [each for each in keys.all() if after is None or each.name > str(after[0])]
    part, further = cut(found, limit, lambda each: [each.name])
    return Page(items=[_shown(each) for each in part], next=further)


@router.post("", status_code=201)
def make_key(new: NewKey, keys: Write, response: Response) -> MadeKey:
    """Makes a key; its secret is shown this once."""
    key = keys.add(new.name, new.scopes)
    response.headers["Location"] = "/api/v1/keys"
    return MadeKey(name=new.name, key=key)


@router.delete("/{name}", status_code=204)
def revoke_key(name: str, keys: Write) -> None:
    """Ends a key at once."""
    keys.revoke(name)


def _shown(key: ShownKey) -> KeyShown:
    return KeyShown(name=key.name, scopes=list(key.scopes), created_at=key.created_at, revoked_at=key.revoked_at)
