"""`pages:` how a long answer goes on.

The end is what `more`, `end` or `total` say, or an empty page; never a short one. A token seen before, or a page that
would repeat, is an error: a vendor's loop must not become ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

from pydantic import Field
from requests.utils import parse_header_links

from taps.engine.answers import Raw, Tree
from taps.engine.http_answer import Answer
from taps.engine.paths import is_true, split
from taps.engine.words import Path, Text, Word

Into = Literal["param", "body", "form", "variables", "header", "text"]


class Total(Word):
    """How many pages or records there are in all."""

    pages: Path | None = None
    records: Path | None = None


class Then(Word):
    """Later pages are another request than the first."""

    path: Text | None = None
    graphql: str | None = None
    params: dict[str, Any] = {}
    records: Path | None = None
    take: Path | None = None
    more: Path | None = None
    end: Path | None = None


class _Pages(Word):
    into: Into = "param"
    """Where the page's position goes: a query parameter, a (dotted) key of the body, a field of the form, a GraphQL
    variable, a header, or the places in the request's text that refer to it."""
    more: Path | None = None
    """True, or the place of anything at all, while there are further pages."""
    end: Path | None = None
    """True on the last page."""
    total: Total | None = None
    size: dict[str, int] = {}
    """The page size, sent the same way: `{limit: 100}`."""
    resend: Literal["all"] | list[str] = "all"
    """Which parameters go along from the second page on."""
    echo: dict[str, Path] = {}
    """What goes along from the second page on, as the first answer gave it: `{session_id: session_id}`."""
    then: Then | None = None
    last: Literal["itself"] | None = None
    """Where the last page names itself as the next, instead of none."""


class NoPages(_Pages):
    """Everything comes in one answer."""

    kind: Literal["none"]


class LastId(_Pages):
    """The next page begins after the last record's id."""

    kind: Literal["last_id"]
    send: str
    take: Path


class Token(_Pages):
    """The answer gives the next page's token; none, null, empty or the text `null` is the end."""

    kind: Literal["token"]
    send: str
    take: Path
    """A path into the answer, or `header:Name`."""
    also: dict[str, Path] = {}
    """Further parts of the position, sent under these names, where the vendor wants two at once."""


class Number(_Pages):
    """Pages are numbered."""

    kind: Literal["number"]
    send: str
    first: int = 1


class Offset(_Pages):
    """Pages begin at a record's position."""

    kind: Literal["offset"]
    send: str
    first: int = 0
    step: Literal["records", "size"] = "records"
    """Whether the next offset counts the records received or the page size asked for."""


class LinkHeader(_Pages):
    """RFC 8288: the `Link` header's `rel="next"` address."""

    kind: Literal["link"]


class NextUrl(_Pages):
    """The answer holds the next page's address; relative ones resolve against the request's."""

    kind: Literal["next_url"]
    take: Path
    where: dict[str, str] = {}
    """Of a list of links, the one whose fields hold these: `{rel: next}`."""


class Confirm(_Pages):
    """Asking for what follows destroys what was read: one page a run, asked for once the state came back."""

    kind: Literal["confirm"]
    send: str
    take: Path
    add: Literal[0, 1] = 0


PagesWord = Annotated[
    NoPages | LastId | Token | Number | Offset | LinkHeader | NextUrl | Confirm, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True)
class Position:
    """What one page's request has beyond the stream's own: a value for `send`, or a whole address."""

    value: Any = None
    url: str | None = None
    number: int = 0
    """How many pages came before."""
    echo: Mapping[str, Any] = field(default_factory=dict)
    """What earlier answers gave, to be sent back."""

    @property
    def mark(self) -> str:
        """Tells positions apart; the same twice is a loop."""
        return f"{self.url or ''}|{self.value}"


def first(pages: PagesWord) -> Position:
    """The first page's position."""
    return Position(pages.first if isinstance(pages, Number | Offset) else None)


def _stops(pages: PagesWord, got: "Got", number: int) -> bool:
    tree, count = got.tree, got.count
    said = pages.then if pages.then and number else pages
    more, end = said.more or pages.more, said.end or pages.end
    if more is not None and not is_true(tree.take(more)):
        return True
    if end is not None and is_true(tree.take(end)):
        return True
    if pages.total is not None and pages.total.pages is not None:
        total = _total(pages.total.pages, got)
        if total is not None:
            return number + 1 >= total
    return count == 0 and more is None and end is None and not isinstance(pages, Token | NextUrl | LinkHeader)


@dataclass(frozen=True, slots=True)
class Got:
    """What a page was answered: an answer, its tree, how many records there were and the last of them.

    `so_far` counts those of the list up to here, where the pages are read one after the other.
    """

    answer: Answer
    tree: Tree
    count: int
    last: Raw | None = None
    so_far: int = 0


def following(pages: PagesWord, at: Position, got: Got) -> Position | None:
    """The position after this page, or None at the end."""
    found = _following(pages, at, got)
    if found is None or (pages.last == "itself" and (found.mark == at.mark or found.url == got.answer.url)):
        return None
    kept = {name: at.echo[name] for name in pages.echo if name in at.echo} if at.number else _given(pages.echo, got)
    return replace(found, echo=kept | (_given(pages.also, got) if isinstance(pages, Token) else {}))


def _given(places: Mapping[str, Path], got: Got) -> dict[str, Any]:
    given = {name: _taken(path, got.answer, got.tree) for name, path in places.items()}
    return {name: value for name, value in given.items() if value is not None}


def _following(pages: PagesWord, at: Position, got: Got) -> Position | None:
    answer, tree = got.answer, got.tree
    if isinstance(pages, NoPages | Confirm) or _stops(pages, got, at.number):
        return None
    number = at.number + 1
    match pages:
        case LastId():
            last = Tree(got.last).take(pages.take) if got.last is not None else None
            return Position(last, number=number) if last is not None else None
        case Token():
            token = _taken(_place(pages, at), answer, tree)
            return None if token in (None, "", "null", []) else Position(token, number=number)
        case Number():
            # Vendors answer a page beyond the last with an error.
            total = records_in_all(pages, got)
            return None if total is not None and got.so_far >= total else Position(at.value + 1, number=number)
        case Offset():
            value = at.value + _step(pages, got.count)
            total = records_in_all(pages, got)
            return None if total is not None and value >= total else Position(value, number=number)
        case LinkHeader():
            found = parse_header_links(answer.headers.get("Link", ""))
            url = next((link["url"] for link in found if link.get("rel") == "next"), None)
            return Position(url=urljoin(answer.url, url), number=number) if url else None
        case NextUrl():
            place = _place(pages, at)
            url = _linked(place, tree, pages.where) if pages.where else _taken(place, answer, tree)
            return None if url in (None, "", "null") else Position(url=urljoin(answer.url, str(url)), number=number)
    return None


def _place(pages: Token | NextUrl, at: Position) -> Path:
    """Where this page names the next one: later pages may say it elsewhere."""
    later = pages.then.take if pages.then and at.number else None
    return pages.take if later is None else later


def _taken(path: Path, answer: Answer, tree: Tree) -> Any:
    if isinstance(path, str) and path.startswith("header:"):
        return answer.headers.get(path.removeprefix("header:"))
    value = tree.take(path)
    return value[-1] if isinstance(value, list) and value else value


def _total(path: Path, got: Got) -> int | None:
    """How many there are in all; None where the answer does not say."""
    value = _taken(path, got.answer, got.tree)
    return int(value) if value not in (None, "", []) else None


def _linked(path: Path, tree: Tree, where: dict[str, str]) -> Any:
    """The address in the item of a list of links that says what it leads to."""
    *outer, last = split(path)[0]
    links = tree.take(outer or ".")
    fitting = [link for link in links or [] if all(str(link.get(name)) == value for name, value in where.items())]
    return fitting[0].get(last) if fitting else None


def records_in_all(pages: PagesWord, got: Got) -> int | None:
    """How many records the list holds; None where the answer does not say."""
    return _total(pages.total.records, got) if pages.total and pages.total.records else None


def ahead(pages: PagesWord, got: Got) -> list[Position]:
    """The remaining positions, where the first page tells how many there are: they can be fetched side by side."""
    if not isinstance(pages, Number | Offset) or pages.total is None or got.count == 0:
        return []
    if pages.total.pages is not None:
        number = _total(pages.total.pages, got) or 0
    else:
        number = -(-(_total(pages.total.records or "", got) or 0) // got.count)
    step = 1 if isinstance(pages, Number) else got.count
    echo = _given(pages.echo, got)
    return [Position(pages.first + step * n, number=n, echo=echo) for n in range(1, number)]


def guessed(pages: PagesWord, at: Position, count: int, many: int) -> list[Position]:
    """This position and those after it, if every page holds `count` records; none where an answer tells the end."""
    if not isinstance(pages, Number | Offset) or pages.echo or pages.then or pages.last:
        return []
    if pages.total is not None or pages.more is not None or pages.end is not None:
        return []
    step = _step(pages, count)
    return [Position(at.value + step * n, number=at.number + n) for n in range(many)]


def full(pages: PagesWord, first: int) -> int:
    """How many records a full page holds: as many as are asked for, else as many as the first one did."""
    return next(iter(pages.size.values()), first)


def _step(pages: Number | Offset, count: int) -> int:
    """How far the next page is from one that held `count` records."""
    if isinstance(pages, Number):
        return 1
    return full(pages, count) if pages.step == "size" else count
