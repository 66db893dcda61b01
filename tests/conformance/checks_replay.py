"""What a first and a second run ask for, and what arrives."""

from collections import Counter, defaultdict

from taps.engine.cursor import TokenCursor
from taps.fixtures import stands_inside
from tests.conformance.bench import Bench, Ran, keys_of
from tests.conformance.checks import Case, Complaints, check
from tests.conformance.requests import difference


@check("A first and a second run without trouble end well.", defect="a vendor that refuses one list")
def runs_end_well(case: Case) -> Complaints:
    for which, ran in (("first", case.usual.first), ("second", case.usual.second)):
        if ran.code or ran.error:
            said = [line for line in ran.log if case.platform in line] or [str(ran.error)]
            yield f"the {which} run ends with {ran.code}: {said[0]}"


@check(
    "Every request of the tap is one that the manifest's words make; nothing else is asked.",
    defect="a path other than the manifest's",
)
def requests_understood(case: Case) -> Complaints:
    for request in dict.fromkeys(case.usual.bench.vendor.unknown):
        yield f"nobody's request: {request}"


@check(
    "The requests of both runs, first, middle, last and empty pages, are those in the reviewed fixtures/requests.txt.",
    defect="requests without their page size",
)
def requests_reviewed(case: Case) -> Complaints:
    yield from difference(case.usual.bench, case.usual.first, case.usual.second, case.usual.single)


@check("Every record that the vendor has arrives on the first run.", defect="reading ends after the first page")
def all_records_arrive(case: Case) -> Complaints:
    here, ran = case.usual.bench, case.usual.first
    got = keys_of(ran, deleted=True)
    for name in case.streams:
        wanted = expected(here, name)
        if missing := wanted - got.get(name, set()):
            yield f"{name}: {len(missing)} of {len(wanted)} records did not arrive, such as {sorted(missing)[0]}"
        elif not got.get(name):
            yield f"{name}: no record arrived"


def expected(here: Bench, name: str) -> set[tuple[str, ...]]:
    """The keys of all records that the vendor has of a stream, as the tap must write them."""
    stream = here.manifest.resolved(name)
    if not isinstance(stream.key, list) or stream.hooks or stream.only:
        return set()
    types = {column: spec.kind for column, spec in stream.columns_declared.items()}
    found = set()
    for member in here.vendor.records.all(name):
        values = [here.vendor.records.value(name, member, column) for column in stream.key]
        if all(
            isinstance(value, str | int) and types[c] in {"string", "integer"}
            for c, value in zip(stream.key, values, strict=True)
        ):
            found.add(("default", *(str(value) for value in values)))
    return found


@check(
    "Where a list goes on over pages, three pages with records are read at least, and no record comes twice.",
    defect="every page is written twice",
)
def pages_read_once(case: Case) -> Complaints:
    here, ran = case.usual.bench, case.usual.first
    whole = [m for m in ran.of("RECORD") if m["record"].get("_sdc_deleted_at") is None]
    counts = Counter((m["stream"], str(sorted(m["record"].items()))) for m in whole)
    for (name, _), count in counts.items():
        if name not in case.streams:
            continue
        stream = case.stream(name)
        if count > 1 and stream.key != "row" and _are_distinct(here, name):
            yield f"{name}: a record came {count} times"
    asked = _pages(here, ran)
    for name in case.streams:
        if _long(here, name) and len(asked[name]) < 3:
            yield f"{name}: only {len(asked[name])} pages were asked for"


def _are_distinct(here: Bench, name: str) -> bool:
    """Whether the vendor's own records differ, and a run asks for each of them once."""
    stream = here.manifest.resolved(name)
    if isinstance(stream.cursor, TokenCursor) or stream.columns or name not in here.manifest.streams:
        return False
    texts = [repr(member.record) for member in here.vendor.records.all(name)]
    return len(set(texts)) == len(texts)


def _long(here: Bench, name: str) -> bool:
    stream = here.manifest.resolved(name)
    if stands_inside(stream) or stream.job or (stream.first and stream.first.job) or stream.parent or stream.cells:
        return False
    pages = stream.pages
    if pages is None or pages.kind in {"none", "confirm"} or "page" in stream.hooks:
        return False
    return here.vendor.records.of(name).listed and len(here.vendor.records.of(name).members) > 4


def _pages(here: Bench, ran: Ran) -> dict[str, set[str]]:
    """The different requests for each stream's list."""
    found: dict[str, set[str]] = defaultdict(set)
    for exchanged in ran.asked:
        asked = exchanged.asked
        for route, _ in here.vendor.find(asked):
            if route.kind in {"list", "then"}:
                found[route.name].add(f"{asked.pairs}{asked.body!r}{sorted(asked.headers.items())}")
    return found


@check(
    "An account without a single record is read without fault, and its tables are announced.",
    defect="an empty list is a fault",
)
def empty_account(case: Case) -> Complaints:
    with case.bench() as here:
        here.vendor.records.copies = 0
        here.vendor.happened().clear()
        ran = here.run()
        if ran.code or ran.error:
            said = [line for line in ran.log if case.platform in line] or [str(ran.error)]
            yield f"the run ends with {ran.code}: {said[0]}"
        announced = {message["stream"] for message in ran.of("SCHEMA")}
        for name in case.streams:
            if name not in announced:
                yield f"{name} is not announced"
