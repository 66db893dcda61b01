"""`jobs:` ask, wait, download: asynchronous exports and reports."""

from typing import Any, Literal

from pydantic import model_validator

from taps.engine.pages import PagesWord
from taps.engine.words import Code, Docs, Duration, Hook, Path, Status, Text, Word

Format = Literal["json", "jsonl", "csv", "tsv", "xml"]
Compression = Literal["none", "gzip", "zip", "detect"]


class Step(Word):
    """One request of a job, whole in itself. The stream's headers go along; its params and body only with `create`."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    path: Text | None = None
    url: Text | None = None
    params: dict[str, Any] = {}
    headers: dict[str, Text] = {}
    body: Any = None
    form: dict[str, Any] | None = None
    graphql: str | None = None
    variables: dict[str, Any] = {}
    host: str | None = None
    auth: str | None = None
    rate: str | list[str] | None = None


class Create(Step):
    """Starts the export."""

    id: Path | None = None
    """Where the answer names the job: `{job.id}` ever after."""
    accept: list[Status] = []
    """Statuses under which the answer is read all the same, for `duplicate` to find the job that runs already."""
    message: Path | None = None
    """Where an answer that names no job says why."""


class Poll(Step):
    """Asks how far it is."""

    every: Duration
    give_up: Duration
    status: Path
    wait: list[Code]
    done: list[Code]
    failed: list[Code] = []
    empty: list[Code] = []
    """Statuses that mean: finished, nothing to download."""
    message: Path | None = None
    """Where a failed job says why."""
    more: Path | None = None
    """True where a finished job holds only the first part of what there is: its window is halved."""


class Fetch(Step):
    """Downloads the result. A `url` that is a list names its parts; an unset one means that there is none: `absent`."""

    format: Format = "json"
    charset: str = "utf-8"
    compression: Compression = "none"
    records: Path = "."
    pages: PagesWord | None = None
    """How the result goes on, where it comes in several answers."""
    nulls: list[str] = []
    """CSV texts that mean null, besides the empty cell."""
    elsewhere: bool = False
    """The vendor may send on to a signed link on another host; it is followed without login and headers."""
    absent: Literal["empty", "fail"] = "fail"
    """What a finished job without a result means."""
    parent: str | None = None
    """The key of a line that names its parent: `__parentId`; children follow on lines of their own."""


class Job(Word):
    """The steps of an export, in order: start, create, poll, locate, fetch; `{job.x}` reads the latest answer."""

    docs: Docs
    start: Step | None = None
    create: Create
    enqueue: Step | None = None
    poll: Poll
    locate: Step | None = None
    fetch: Fetch
    at_most: int = 1
    """How many may run at once for one account."""
    duplicate: Hook | None = None
    """Reads the running job's id from the answer to a repeated `create`."""

    @model_validator(mode="after")
    def _has_result(self) -> "Job":
        if not (self.fetch.url or self.fetch.path):
            msg = "fetch needs a url or a path"
            raise ValueError(msg)
        return self
