"""How a list goes on, guessed from the names of its parameters and of what its answer holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taps.descriptions.description import Operation
from taps.descriptions.schemas import Undescribed, walk
from taps.scaffold.names import snake

_LAST_ID = ("starting_after", "after_id", "since_id", "last_id")
_TOKENS = (
    "page_token",
    "cursor",
    "next_token",
    "continuation_token",
    "pagination_token",
    "after",
    "bookmark",
    "marker",
)
_NEXT_TOKENS = ("next_page_token", "next_cursor", "next_token", "continuation_token", "end_cursor", "cursor", "after")
_NUMBERS = ("page", "page_number", "page_no", "page_index")
_OFFSETS = ("offset", "skip", "start", "start_at", "start_index")
_URLS = ("next", "next_url", "next_page", "next_page_url", "next_link", "href")
_MORE = ("has_more", "has_next_page", "has_next", "more")
_SIZES = ("limit", "per_page", "page_size", "max_results", "count", "size", "top")
_DEFAULT_SIZE = 100


@dataclass(frozen=True)
class Pages:
    """The words of `pages:`."""

    kind: str
    words: Mapping[str, Any] = field(default_factory=dict)
    size: tuple[str, int] | None = None


def guessed(operation: Operation, records: str) -> Pages:
    """The paging a list seems to have; `none` where nothing points to any."""
    names = {snake(name): name for name in operation.query_names()}
    into = "param"
    body = operation.body()
    if body is not None and operation.method == "POST":
        names |= {snake(name): name for name in operation.description.schemas.properties(body)}
        into = "body"
    size = _size(operation, names)
    answer = _answer(operation, records)
    words: dict[str, Any] = {} if into == "param" else {"into": into}
    more = next((path for name, path in answer.items() if name in _MORE), None)
    if more:
        words["more"] = more
    return _kind(names, answer, words, size)


def _kind(names: Mapping[str, str], answer: Mapping[str, str], words: dict[str, Any], size: Any) -> Pages:
    if send := _first(names, _LAST_ID):
        return Pages("last_id", {"send": send, "take": "id", **words}, size)
    take, send = _first(answer, _NEXT_TOKENS), _first(names, _TOKENS)
    if send and (take or not _first(names, _NUMBERS)):
        return Pages("token", {"send": send, "take": f"{take or 'next'}?", **words}, size)
    if url := _first(answer, _URLS):
        return Pages("next_url", {"take": f"{url}?", **{k: v for k, v in words.items() if k != "into"}}, size)
    if send := _first(names, _NUMBERS):
        return Pages("number", {"send": send, **words}, size)
    if send := _first(names, _OFFSETS):
        return Pages("offset", {"send": send, **words}, size)
    return Pages("none")


def _answer(operation: Operation, records: str) -> dict[str, str]:
    """Plain name -> path of what the answer holds beside the records."""
    schemas = operation.description.schemas
    try:
        answer = operation.answer()
    except Undescribed:
        return {}
    if "array" in schemas.types(answer):
        return {}
    found: dict[str, str] = {}
    for path, node in walk(schemas, answer, 3):
        if path.startswith(f"{records}.") or not schemas.types(node) & {"string", "boolean", "integer"}:
            continue
        found.setdefault(_last(path), path)
    return found


def _last(path: str) -> str:
    names = path.split(".")
    # `_links.next.href` is a next address, `self.href` is not.
    return snake(names[-2]) if names[-1] == "href" and len(names) > 1 else snake(names[-1])


def _first(known: Mapping[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((known[name] for name in wanted if name in known), None)


def _size(operation: Operation, names: Mapping[str, str]) -> tuple[str, int] | None:
    name = _first(names, _SIZES)
    if name is None:
        return None
    schema = operation.query(name) or {}
    most = next((each["maximum"] for each in operation.description.schemas.variants(schema) if "maximum" in each), None)
    return name, int(most) if isinstance(most, int | float) and 0 < most < 10**6 else _DEFAULT_SIZE
