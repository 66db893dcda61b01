"""`/api/v1/platforms`: what there is to connect, for everybody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from orchestrate.api.lists import Cursor, Limit, Page, cut, place_of
from orchestrate.connections import offered
from orchestrate.connections.checking import fields
from orchestrate.connections.forms import form
from taps.registry import get_adapter_registry

router = APIRouter(prefix="/platforms", tags=["platforms"])


class PlatformSummary(BaseModel):
    """A platform in the list; `incremental` and `deletes` count streams, `evidence` is a grade of docs/platforms.md."""

    platform: str
    title: str
    category: str
    logins: list[str]
    streams: int
    entities: list[str]
    webhooks: bool
    evidence: str | None
    incremental: int
    deletes: int


class StreamDetail(BaseModel):
    """A stream: its key, how it goes on from run to run, and how deletes show."""

    name: str
    key: list[str]
    incremental: bool
    deletes: str
    docs: str
    columns: dict[str, str]


class FormField(BaseModel):
    """A setting as a form asks for it; a `pick` is chosen among the connection's accounts afterwards."""

    name: str
    title: str
    kind: str
    required: bool
    help: str | None
    docs: str | None
    example: str | None
    pattern: str | None
    suffix: str | None
    default: Any
    choices: list[str]
    many: bool


class LoginDetail(BaseModel):
    """A way to log in; those `in_browser` begin at `/oauth/logins`, for `webhooks` with these scopes besides."""

    name: str
    title: str
    docs: str | None
    in_browser: bool
    scopes: list[str]
    webhooks: list[str]
    fields: list[FormField]


class PlatformForm(BaseModel):
    """What is asked for whatever the login, and the logins to choose one from."""

    fields: list[FormField]
    logins: list[LoginDetail]


class RateLimit(BaseModel):
    """How fast the vendor may be asked, and the page that says so."""

    name: str
    said: str
    docs: str


class PlatformDetail(PlatformSummary):
    """A platform with its streams, its limits, the form that connects it, and the JSON Schema of each setting."""

    tables: list[StreamDetail]
    limits: list[RateLimit]
    form: PlatformForm
    settings: dict[str, dict[str, Any]]


@router.get("")
def list_platforms(
    q: Annotated[str, Query(max_length=200, description="Words of the name, the category or an entity.")] = "",
    category: str | None = None,
    login: Annotated[str | None, Query(description="A kind of login.", examples=["oauth2"])] = None,
    evidence: Annotated[str | None, Query(description="The first letter of the grade.", examples=["A"])] = None,
    incremental: bool = False, deletes: bool = False, webhooks: bool = False, limit: Limit = 100, cursor: Cursor = None,
) -> Page[PlatformSummary]:  # fmt: skip
    """Platforms by name, all of them or those that have what is asked for."""
    after = place_of(cursor, str)
    wish = offered.Wish(q, category, login, evidence, incremental, deletes, webhooks)
    found = [each for each in offered.offers(wish) if not after or each.platform > str(after[0])]
    part, following = cut(found, limit, lambda each: (each.platform,))
    return Page(items=[PlatformSummary(**asdict(each)) for each in part], next=following)


@router.get("/{platform}")
def show_platform(platform: str) -> PlatformDetail:
    """One platform; aliases are understood."""
    name = get_adapter_registry().resolve(platform)
    streams = get_adapter_registry().get_platform_capabilities(name).streams
    tables = [
        StreamDetail(name=each.name, key=list(each.key), incremental=each.incremental, deletes=each.deletes,
                     docs=each.docs, columns=offered.columns(name, each.name))
        for each in streams
    ]  # fmt: skip
    limits = [RateLimit(name=each.name, said=each.said, docs=each.docs) for each in offered.limits(name)]
    return PlatformDetail(
        **asdict(offered.offer(name)), tables=tables, limits=limits, form=_form(name), settings=fields(name)
    )


def _form(platform: str) -> PlatformForm:
    return PlatformForm.model_validate(asdict(form(platform)))
