"""`/api/v1/connections/{name}/accounts`: the accounts that a connection's login reaches, and which of them are read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from orchestrate.api.access import serves
from orchestrate.connections.accounts import AccountChoice, Accounts

router = APIRouter(prefix="/connections/{name}/accounts", tags=["accounts"])
Read = Annotated[Accounts, Depends(serves(Accounts, "connections:read"))]
Write = Annotated[Accounts, Depends(serves(Accounts, "connections:write"))]


class ShownAccount(BaseModel):
    """One account; `chosen` tells that it is read."""

    value: str
    label: str
    chosen: bool


class ShownChoice(BaseModel):
    """A setting that is chosen among accounts; where none is chosen, all are read."""

    option: str
    title: str
    help: str | None
    many: bool
    seen_at: datetime | None
    accounts: list[ShownAccount]


class Choices(BaseModel):
    """Every setting of the connection that is chosen among accounts."""

    items: list[ShownChoice]


class Chosen(BaseModel):
    """The accounts to read; none means all."""

    values: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=10_000, examples=[["1234567890"]])]


@router.get("")
def list_accounts(name: str, accounts: Read) -> Choices:
    """What was found when the vendor was last asked."""
    return _shown(accounts.all(name))


@router.post("/discover")
def discover_accounts(name: str, accounts: Write) -> Choices:
    """Asks the vendor which accounts the login reaches."""
    return _shown(accounts.discover(name))


@router.put("/{option}")
def choose_accounts(name: str, option: str, chosen: Chosen, accounts: Write) -> Choices:
    """Chooses which accounts are read from the next run on."""
    return _shown(accounts.choose(name, option, chosen.values))


def _shown(choices: list[AccountChoice]) -> Choices:
    return Choices(
        items=[
            ShownChoice(
                option=each.option, title=each.title, help=each.help, many=each.many, seen_at=each.seen_at,
                accounts=[ShownAccount(value=a.value, label=a.label, chosen=a.chosen) for a in each.accounts],
            )
            for each in choices
        ]
    )  # fmt: skip
