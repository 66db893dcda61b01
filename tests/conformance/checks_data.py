"""Rows: what the vendor sent arrives as it was sent, in the types promised, for what was selected."""

import copy
import io
from datetime import datetime, timedelta
from typing import Any

import jsonschema

from sandbox.fixtures.asked import Answered, Asked
from sandbox.fixtures.paging import TOKEN, position
from sandbox.fixtures.refusals import absent
from sandbox.fixtures.vendor import Event
from taps.engine.deletes import ByCompare, ByEvent, ByField, ByRequest
from tests.conformance.bench import Bench
from tests.conformance.checks import Case, Complaints, check
from tests.conformance.transport import Line, connected

TEXT = "Zoë 😀 \u202eאבג\u2028 e\u0301 ñ \\ \" '"
NUMBERS = {
    "decimal": "12345678901234567890.123456789012345",
    "integer": "123456789012345678901234567890",
    "json": '{"rate":1.2345678901234567891,"small":1.5e-30}',
}
_MARK = "engarde-number"


def _plain(case: Case, kind: str) -> tuple[str, str] | None:
    """A stream that answers in JSON by itself, and one of its columns of this type that is neither key nor cursor."""
    for name in dict.fromkeys([case.probe, *case.probes, *case.streams]):
        stream = case.stream(name)
        if stream.parent or stream.job or stream.format != "json" or stream.cells or stream.hooks or stream.only:
            continue
        if stream.detail or stream.instead or (stream.first and stream.first.job):
            continue
        keys = stream.key if isinstance(stream.key, list) else []
        used = {*keys, getattr(stream.cursor, "field", None), getattr(stream.deletes, "field", None)}
        for column, spec in stream.columns_declared.items():
            if spec.kind == kind and column not in used and spec.format is None:
                return name, column
    return None


def _with(here: Bench, name: str, column: str, value: Any) -> int:
    """Puts a value into every record of a stream; says how many took it."""
    population = here.vendor.records.of(name)
    return sum(population.shape.set(member.record, column, value) for member in population.members)


@check("Texts of every script arrive as they were sent.", defect="texts are stripped to ASCII")
def unicode_kept(case: Case) -> Complaints:
    found = _plain(case, "string")
    if found is None:
        return
    name, column = found
    with case.bench() as here:
        if not _with(here, name, column, TEXT):
            return
        rows = [row for row in here.run(only=[name]).records(name) if "_sdc_deleted_at" not in row]
        if not rows or any(row[column] != TEXT for row in rows):
            yield f"{name}.{column}: {[row[column] for row in rows][:1]} arrived in place of {TEXT!r}"


@check("Numbers keep every digit: big integers, long decimals, exponents.", defect="numbers become floats")
def numbers_kept(case: Case) -> Complaints:
    for kind, digits in NUMBERS.items():
        found = _plain(case, kind)
        if found is None:
            continue
        name, column = found
        with case.bench() as here:
            if not _with(here, name, column, _MARK):
                continue

            def exact(asked: Asked, _number: int, here: Bench = here, digits: str = digits) -> Any:
                answered = here.vendor.answer(asked)
                body = answered.body.replace(f'"{_MARK}"'.encode(), digits.encode())
                return Answered(body, answered.status, answered.headers)

            ran = here.run(only=[name], fault=exact)
        if digits.encode() not in ran.output:
            told = [row.get(column) for row in ran.records(name)][:1]
            yield f"{name}.{column}: {digits} arrived as {told}"


@check("Every record fits the schema that was announced for it.", defect="types other than announced")
def schema_fits(case: Case) -> Complaints:
    validators: dict[str, Any] = {}
    for message in case.usual.first.messages:
        if message["type"] == "SCHEMA":
            validators[message["stream"]] = jsonschema.Draft7Validator(message["schema"])
        elif message["type"] == "RECORD":
            stream, record = message["stream"], message["record"]
            if record.get("_sdc_deleted_at") is None and (
                broken := jsonschema.exceptions.best_match(validators[stream].iter_errors(record))
            ):
                yield f"{stream}.{'.'.join(map(str, broken.path))}: {broken.message[:120]}"


@check("No value of a fixture fails to read as its column's type.", defect="a column of another type")
def nothing_drifts(case: Case) -> Complaints:
    yield from (line for line in case.usual.first.log if "do not read as" in line)


@check("What the manifest does not declare is kept in `_extra`.", defect="undeclared fields are dropped")
def undeclared_kept(case: Case) -> Complaints:
    found = _plain(case, "string")
    if found is None:
        return
    name, _ = found
    with case.bench() as here:
        population = here.vendor.records.of(name)
        records = [member.record for member in population.members if isinstance(member.record, dict)]
        for record in records:
            record["engarde_new"] = {"a": [1]}
        rows = here.run(only=[name]).records(name) if records and not case.stream(name).graphql else []
        rows = [row for row in rows if "_sdc_deleted_at" not in row]
        if any((row.get("_extra") or {}).get("engarde_new") != {"a": [1]} for row in rows):
            yield f"{name}: a field that nobody declared is lost"


@check(
    "Parents that were read take away the rows of their own children alone.", defect="a shared column tells the parent"
)
def others_children_stay(case: Case) -> Complaints:
    kept: dict[str, dict[str, dict[str, Any]]] = {}
    keys: dict[str, list[str]] = {}
    for message in case.usual.first.messages:
        name = message.get("stream", "")
        if message["type"] == "RECORD":
            kept.setdefault(name, {})[str([message["record"].get(key) for key in keys[name]])] = message
        elif message["type"] == "SCHEMA":
            keys[name] = message["key_properties"]
            replaced = message.get("replaces", {"field": None})
            lost = [line for line in kept.get(name, {}).values() if "field" not in replaced and _stands(line, replaced)]
            if lost:
                yield f"{name}: {lost[0]['record']} came, and was taken away by {replaced['where']}"


def _stands(line: dict[str, Any], replaced: dict[str, Any]) -> bool:
    """Whether a row of this run stands where all that was read earlier goes."""
    earlier = datetime.fromisoformat(line["time_extracted"]) < datetime.fromisoformat(replaced["before"])
    within = {name: values if isinstance(values, list) else [values] for name, values in replaced["where"].items()}
    record = line["record"]
    return earlier and all(str(record.get(name)) in map(str, values) for name, values in within.items())


@check(
    "Only the streams selected are written; what they need of others is read all the same.", defect="all are written"
)
def selection_of_streams(case: Case) -> Complaints:
    for name in case.probes[:3]:
        with case.bench() as here:
            ran = here.run(only=[name])
        if others := {message["stream"] for message in (*ran.of("SCHEMA"), *ran.of("RECORD"))} - {name}:
            yield f"{name} alone was selected, and {', '.join(sorted(others))} came too"
        if ran.code:
            yield f"{name} alone ends with {ran.code}"


@check(
    "A column that was deselected is in no schema and no record; a key column stays.", defect="all columns are written"
)
def selection_of_fields(case: Case) -> Complaints:
    name = case.probe
    stream = case.stream(name)
    keys = stream.key if isinstance(stream.key, list) else []
    used = {*keys, getattr(stream.cursor, "field", None), getattr(stream.deletes, "field", None)}
    column = next((each for each in stream.columns_declared if each not in used), None)
    if column is None or not keys:
        return
    with case.bench() as here:
        catalog = copy.deepcopy(here.selecting([name]))
        entry = next(each for each in catalog["streams"] if each["tap_stream_id"] == name)
        for part in entry["metadata"]:
            if part["breadcrumb"][1:] in ([column], [keys[0]]):
                part["metadata"]["selected"] = False
        ran = here.run(catalog=catalog)
    schema = ran.of("SCHEMA", name)[0]["schema"]["properties"] if ran.of("SCHEMA", name) else {}
    if column in schema or any(column in row for row in ran.records(name)):
        yield f"{name}.{column} was deselected and came"
    if keys[0] not in schema or any(keys[0] not in row for row in ran.records(name)):
        yield f"{name}.{keys[0]} is in the key and was left out"


@check(
    "A record asked for by its id arrives as its list has it, one that is gone as deleted, and no bookmark moves.",
    defect="single records write the state",
)
def single_records(case: Case) -> Complaints:
    ran = case.usual.single
    if ran is None:
        return
    if ran.code or ran.of("STATE"):
        yield f"reading single records ends with {ran.code} and {len(ran.of('STATE'))} states"
    for name, row in case.single.items():
        stream = case.stream(name)
        key = stream.key if isinstance(stream.key, list) else []
        rows = {str([each[column] for column in key]): each for each in ran.records(name)}
        named = str([row[column] for column in key])
        other = {"_extra", *(stream.one.own if stream.one else ())}
        there = {column: value for column, value in rows.pop(named, {}).items() if column not in other}
        if there != {column: value for column, value in row.items() if column not in other}:
            yield f"{name}: {named} by itself is {there}, in its list {row}"
        if case.is_below(name, case.single):  # what hangs below a named record comes with it
            rows = {each: row for each, row in rows.items() if row.get("_sdc_deleted_at")}
        marked = stream.deletes != "never" and set(key) <= set(case.columns_named(name))
        marked = marked and absent(stream.errors) == "missing"
        if [bool(each.get("_sdc_deleted_at")) for each in rows.values()] != [True] * marked:
            yield f"{name}: of a record that is gone came {rows}"


@check(
    "Deletes arrive the way each stream says: field, event, list of deleted ones, comparison.",
    defect="deletes are dropped",
)
def deletes_arrive(case: Case) -> Complaints:
    seen: set[type[Any]] = set()
    for name in case.streams:
        deletes = case.stream(name).deletes
        kind = type(deletes)
        if kind in seen or case.stream(name).parent is not None or case.stream(name).columns:
            continue
        match deletes:
            case ByField():
                seen.add(kind)
                yield from _by_field(case, name, deletes)
            case ByRequest():
                seen.add(kind)
                if not [row for row in case.usual.first.records(name) if row.get("_sdc_deleted_at")]:
                    yield f"{name}: what the list of deleted records holds is not marked"
            case ByCompare():
                seen.add(kind)
                if not case.usual.first.of("ACTIVATE_VERSION", name):
                    yield f"{name}: a complete read does not say that other rows are gone"
            case ByEvent():
                seen.add(kind)
                yield from _by_event(case, name, deletes)


def _by_field(case: Case, name: str, deletes: ByField) -> Complaints:
    with case.bench() as here:
        population = here.vendor.records.of(name)
        stream = case.stream(name)
        spec = stream.columns_declared[deletes.field]
        value: Any = deletes.is_[0]
        value = {"true": True, "false": False}.get(str(value), value) if spec.kind == "boolean" else value
        if not population.members or spec.kind in {"datetime", "date"}:
            return
        if not population.shape.set(population.members[0].record, deletes.field, value):
            return
        rows = here.run(only=[name]).records(name)
        if rows and not any(row.get("_sdc_deleted_at") for row in rows):
            yield f"{name}: {deletes.field} is {value!r} and the row is not marked as deleted"


def _by_event(case: Case, name: str, deletes: ByEvent) -> Complaints:
    with case.bench() as here:
        first = here.run(only=[name])
        here.time.advance(days=1)
        kind = deletes.event if isinstance(deletes.event, str) else deletes.event[0]
        member = here.vendor.records.of(name).members[0]
        here.vendor.happened().append(Event(name, kind, member.record, here.time.now() - timedelta(minutes=5)))
        second = here.run(only=[name], state=copy.deepcopy(first.state))
        if not any(row.get("_sdc_deleted_at") for row in second.records(name)):
            yield f"{name}: the event {kind} does not mark the row as deleted"


@check("The connection test asks for one page of each stream and writes nothing anywhere else.", defect="it reads on")
def connection_test(case: Case) -> Complaints:
    with case.bench() as here:
        line = Line(here.vendor.answer, here.time.wait)
        with connected(line):
            tap = here.tap(config=here.settings)
            tap.frames()  # to know what the account offers, lists may be read whole
            known = len(line.log)
            run = tap.read_into(io.BytesIO(), first_page_only=True)
            assert tap._connection is not None
            tap._connection.client.close()
        broken = [f"{n}: {o.error or o.refused}" for n, o in run.outcomes.items() if o.error or o.refused]
        yield from broken
        for exchanged in line.log[known:]:
            for route, found in here.vendor.find(exchanged.asked):
                pages = route.pages
                first = getattr(pages, "first", None)
                if route.kind != "list" or pages is None:
                    continue
                if not _is_first(exchanged.asked, pages, found, first):
                    yield f"{route.name}: a page after the first is asked for"


def _is_first(asked: Asked, pages: Any, found: Any, first: Any) -> bool:
    at = position(pages, asked, found.values)
    # a first page may be asked for by what the account gave out as the beginning; later ones bear the vendor's tokens
    beginning = pages.kind == "token" and not str(at).startswith(TOKEN)
    return str(at) in {"None", "", str(first)} or beginning or pages.kind in {"last_id", "confirm"}
