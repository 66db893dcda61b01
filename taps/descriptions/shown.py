"""Collections of shown requests and answers: Postman's, and recorded pairs.

What is shown is a lower bound of what there is: an operation's answer is what its shown answers have between them, and
what no request shows may be there all the same.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from taps.descriptions.description import Description, Operation, Parameter, Parts
from taps.descriptions.documents import parsed
from taps.descriptions.samples import inferred
from taps.descriptions.schemas import Schemas

Shown = tuple[str, str, dict[str, Any], Any]
"""Method, path, query parameters and the answer of one shown request; None where no answer is shown."""
_SUCCESS = range(200, 300)


class ShownRequests(Description):
    """The operations that the shown requests of a file make up."""

    format = "shown"
    whole = False

    def __init__(self, file: Path) -> None:
        super().__init__(Schemas({}, file), file.name)
        given = parsed(file)
        shown = _of_postman(given["item"]) if "item" in given else _of_pairs(given)
        self._shown: dict[tuple[str, str], list[Shown]] = defaultdict(list)
        for each in shown:
            self._shown[each[0], each[1]].append(each)

    def operations(self) -> Iterator[Operation]:
        """One for each method and path that is shown."""
        for (method, path), shown in self._shown.items():
            yield Operation(self, method, path, partial(self._parts, shown))

    def _parts(self, shown: list[Shown]) -> Parts:
        names = {name for each in shown for name in each[2]}
        answers = [each[3] for each in shown if each[3] is not None]
        schema = {"allOf": [inferred(each) for each in answers]} if len(answers) > 1 else None
        schema = schema or (inferred(answers[0]) if answers else None)
        return Parts(
            parameters=tuple(Parameter(name, "query", {}) for name in sorted(names)),
            bodies={"application/json": {}},
            answers={"200": {"application/json": schema}} if schema is not None else {},
            open_parameters=True,
        )


def readable(given: Any) -> bool:
    """Whether a document is a collection of shown requests."""
    if not isinstance(given, dict):
        return False
    pairs = [each for each in given.values() if isinstance(each, dict)]
    return "item" in given or (bool(pairs) and all("request" in each and "response" in each for each in pairs))


def _of_pairs(given: Mapping[str, Any]) -> Iterator[Shown]:
    for pair in given.values():
        parts = urlsplit(pair["request"]["uri"])
        yield pair["request"]["method"], parts.path, dict(parse_qsl(parts.query)), pair["response"]


def _of_postman(items: list[Any]) -> Iterator[Shown]:
    for item in items:
        if "item" in item:
            yield from _of_postman(item["item"])
        elif isinstance(item.get("request"), dict):
            method, path, query = _asked(item["request"])
            yield method, path, query, None
            for response in item.get("response") or ():
                if response.get("code") in _SUCCESS:
                    yield method, path, query, _decoded(response.get("body"))


def _asked(request: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    url = request.get("url") or ""
    raw = url if isinstance(url, str) else str(url.get("raw", ""))
    bare, _, query = raw.partition("?")
    path = re.sub(r"^(\{\{[^}]*\}\}|https?://[^/]+)", "", bare)
    path = re.sub(r"\{\{([^}]*)\}\}|(?<=/):(\w+)", lambda found: "{" + (found[1] or found[2]) + "}", path)
    return str(request.get("method", "GET")), path, dict(parse_qsl(query, keep_blank_values=True))


def _decoded(body: Any) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
