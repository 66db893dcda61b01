"""A platform's manifest as a whole. Each word of the grammar has a module of its own; this one joins them."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from taps.engine.auth import Auth
from taps.engine.changes import Changes, Detail, Feed
from taps.engine.columns import Columns, Each
from taps.engine.cursor import CursorWord
from taps.engine.deletes import ByRequest, DeletesWord
from taps.engine.errors import Errors
from taps.engine.fields import FieldWord, Type
from taps.engine.files import Files
from taps.engine.jobs import Compression, Format, Job
from taps.engine.one import OneWord
from taps.engine.options import Option
from taps.engine.pages import PagesWord
from taps.engine.parents import Parent
from taps.engine.rate import Rate
from taps.engine.reports import Cells
from taps.engine.webhooks import StreamWebhook, Webhooks
from taps.engine.words import Docs, Hook, Name, Path, Text, Word

Category = Literal[
    "payments", "pos", "advertising", "analytics", "crm", "communication", "ecommerce", "marketing", "workflow",
    "social", "accounting", "project", "storage", "devtools", "hr", "shipping",
]  # fmt: skip


class Checked(Word):
    """When, and against what, the manifest was last checked."""

    date: date
    against: Docs
    api_version: str | None = None


class Host(Word):
    """A second address of the vendor, with a login of its own if it wants one."""

    base: Text
    auth: Name | None = None


class Http(Word):
    """What every request has."""

    base: Text
    headers: dict[str, Text] = {}
    params: dict[str, Any] = {}
    lists: Literal["repeat", "comma", "json"] = "repeat"
    """How a list is written in a parameter."""
    safe: str = ""
    """Characters that stand in parameters as they are, not percent-encoded: `():,%` for Rest.li's structures."""
    ask: dict[Type, Annotated[str, Field(pattern=r"\{column\}")]] = {}
    """How a column of a type stands in `{fields}`, where its name is not enough:
    `{date: "TO_CHAR({column}, 'YYYY-MM-DD') AS {column}"}`."""
    hosts: dict[Name, Host] = {}


class AccountFact(Word):
    """A fact about the connection, read once after login and never typed: `{account.x}`."""

    take: Path
    from_: Literal["token", "callback"] | None = Field(default=None, alias="from")
    path: Text | None = None
    host: Name | None = None
    docs: Docs | None = None


RateNames = str | list[str] | None
"""One bucket, several, or none."""


class _Reading(Word):
    """The words by which a stream is asked for; `first:` may say them differently for a first or full load."""

    path: Text | None = None
    method: Literal["GET", "POST"] | None = None
    params: dict[str, Any] = {}
    headers: dict[str, Text] = {}
    body: Any = None
    form: dict[str, Any] | None = None
    graphql: str | None = None
    """A file beside the manifest; in it `{{fields}}` and `{{window.start}}` are filled."""
    variables: dict[str, Any] = {}
    job: Name | None = None
    host: Name | None = None
    auth: Name | None = None
    rate: RateNames = None
    records: Path | None = None
    pages: PagesWord | None = None
    format: Format = "json"
    charset: str = "utf-8"
    compression: Compression = "none"
    nulls: list[str] = []
    """CSV texts that mean null, besides the empty cell."""


class First(_Reading):
    """How the first or a full load is read where it differs from an increment; replaces those words whole."""

    window: bool = False
    """Whether it goes window by window; if not, everything since the start comes in one reading."""
    above: int | None = None
    """An increment whose address would have more characters than this is read so too."""


class Instead(_Reading):
    """How a stream is read where the user named what he wants: once for each value of the option, `{parent.x}`."""

    option: Name


class Defaults(Word):
    """What every stream has unless it says otherwise; a stream's own block replaces a default whole."""

    records: Path | None = None
    key: list[str] | None = None
    rate: RateNames = None
    pages: PagesWord | None = None
    cursor: CursorWord | None = None
    errors: Errors | None = None


class Stream(_Reading):
    """One table: how it is asked for, where its records stand, what it promises."""

    docs: Docs
    key: list[str] | Literal["row"] | None = None
    cursor: CursorWord | None = None
    first: First | None = None
    instead: Instead | None = None
    object: Text | None = None
    """The vendor's own name of what the stream holds, where requests name it: `{stream.object}`."""
    changes: Changes | None = None
    detail: Detail | None = None
    one: OneWord | None = None
    """The request for one record by its id."""
    deletes: DeletesWord
    errors: Errors | None = None
    parent: Parent | None = None
    fields: dict[str, FieldWord]
    dimensions: dict[str, FieldWord] = {}
    metrics: dict[str, FieldWord] = {}
    cells: list[Cells] = []
    columns: Name | None = None
    each: Each | None = None
    select: dict[str, str] = {}
    """The GraphQL selection of fields that are objects."""
    unwrap: list[str] = []
    """Objects laid flat into the record before its columns are read."""
    ignore: list[str] = []
    """Known noise: neither `_extra` nor drift."""
    only: dict[str, list[Any]] = {}
    """Records are kept where the field holds one of these."""
    helper: bool = False
    """Read for others' sake and not offered to the user."""
    pii: list[str] = []
    scopes: list[str] = []
    """What the login must permit, so that a refusal can name it."""
    webhook: StreamWebhook | None = None
    hooks: dict[Literal["page", "record"], Hook] = {}

    @model_validator(mode="after")
    def _asked_for(self) -> "Stream":
        inside = self.parent is not None and (self.parent.inside is not None or self.parent.beside is not None)
        if not (self.path or self.graphql or self.job or inside):
            msg = "a stream needs a path, a graphql file, a job or a parent it stands inside"
            raise ValueError(msg)
        return self

    @property
    def columns_declared(self) -> dict[str, FieldWord]:
        """All columns the manifest promises: fields, then dimensions and metrics."""
        return {**self.fields, **self.dimensions, **self.metrics}

    @property
    def deleted_pages(self) -> PagesWord | None:
        """How the list of deleted records goes on, where a request gives one: a GET, as first reads often are."""
        if not isinstance(self.deletes, ByRequest):
            return None
        return self.deletes.request.pages or (self.first.pages if self.first else None) or self.pages


class Manifest(Word):
    """Everything about a platform; the folder's name is the platform's."""

    kind: Literal["api"] = "api"
    title: str
    category: Category
    docs: Docs
    checked: Checked
    status: Literal["active", "retired", "successor", "partner_only"] = "active"
    successor: Name | None = None
    config: dict[Name, Option] = {}
    auth: Annotated[dict[Name, Auth], Field(min_length=1)]
    http: Http
    account: dict[Name, AccountFact] = {}
    rate: dict[Name, Rate] = {}
    webhooks: Webhooks | None = None
    defaults: Defaults = Defaults()
    feeds: dict[Name, Feed] = {}
    jobs: dict[Name, Job] = {}
    columns: dict[Name, Columns] = {}
    files: Files | None = None
    """Where the vendor's objects are files: how tables are read from them."""
    streams: Annotated[dict[Name, Stream], Field(min_length=1)]
    left_out: dict[str, str] = {}
    """Streams that other collections have and we do not: name -> why."""

    @model_validator(mode="after")
    def _runnable(self) -> "Manifest":
        if self.status == "successor" and not self.successor:
            msg = "status: successor needs successor: the platform that took over"
            raise ValueError(msg)
        return self

    def resolved(self, name: str) -> Stream:
        """The stream with the defaults filled in. A default cursor never reaches a child: it follows its parents."""
        stream = self.streams[name]
        child = stream.parent is not None
        changed: dict[str, Any] = {}
        for word in ("records", "key", "rate", "pages", "cursor", "errors"):
            if getattr(stream, word) is None and not (word == "cursor" and child):
                changed[word] = getattr(self.defaults, word)
        if changed.get("cursor", stream.cursor) is None:
            changed["cursor"] = "none"
        return stream.model_copy(update=changed)
