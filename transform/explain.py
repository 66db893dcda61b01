"""`engarde explain`: what linked or separated two records, or what holds a customer together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from transform.launch import PROJECT
from transform.warehouse import Ask, asking

SUBJECTS = {
    "first_name": "first name",
    "household": "last name, street and area",
    "birth_date": "birth date",
    "email": "e-mail",
    "phone": "phone",
}
RULES = {
    "email": "the same mailbox",
    "phone": "the same phone number",
    "phone_and_name": "the same phone number and name",
    "phone_and_first_name": "the same phone number and first name",
    "phone_and_last_name": "the same phone number and last name",
    "reference": "one holds the other platform's id",
    "model": "likeness in all",
    "steward": "a decision in identity_overrides",
    "alone": "nothing links it",
}
RECORD = """
SELECT
    record_key, platform, source_record_id, customer_key, rule, match_weight, deleted_at, full_name,
    first_name, concat_ws(' ', last_name, address_line1, postcode, city), birth_date, email, phone_e164
FROM staging.int_customer_records JOIN unified.customer_identities USING (record_key, platform, source_record_id)
WHERE is_current AND {}
ORDER BY platform, source_record_id
"""


class UnknownError(Exception):
    """What was named is not in the warehouse; the text says what to name instead."""


@dataclass(frozen=True)
class Record:
    """A record and the customer that it is now."""

    key: str
    name: str
    """As people write it: `shopify:7001`."""
    customer: str
    told: str
    """What it says of the person, for one line."""
    says: dict[str, str]
    """The same by subject."""
    rule: str
    weight: float | None


@dataclass(frozen=True)
class Edge:
    """A link that was found between two records, and the verdict on it."""

    left: str
    right: str
    rule: str
    weight: float | None
    verdict: str
    held_back: str | None

    @property
    def strength(self) -> tuple[bool, bool, float]:
        """In the order in which links are taken up: decisions, references, by weight."""
        return self.rule == "steward", self.rule == "reference", self.weight or 0.0


def run(left: str, right: str | None, target: str | None) -> None:
    """Explains from the warehouse that the dbt profile names; raises `UnknownError` and `WarehouseError`."""
    project = Path(os.environ.get("DBT_PROJECT_DIR") or PROJECT).resolve()
    profiles = Path(os.environ.get("DBT_PROFILES_DIR") or project).resolve()
    with asking(project, profiles, target) as ask:
        explain(ask, left, right, Console(soft_wrap=True, highlight=False))


def explain(ask: Ask, left: str, right: str | None, console: Console) -> None:
    """Prints what there is to say of two records, or of one customer; raises `UnknownError`."""
    if right is None:
        _explain_customer(ask, left, console)
    else:
        _explain_pair(ask, _record(ask, left), _record(ask, right), console)


def _explain_pair(ask: Ask, left: Record, right: Record, console: Console) -> None:
    if left.key == right.key:
        msg = f"{left.name} is one record, named twice"
        raise UnknownError(msg)
    for record in (left, right):
        console.print(f"{record.name}: {escape(record.told)}; customer {record.customer}")
    together = left.customer == right.customer
    console.print(f"[bold]{'One customer.' if together else 'Two customers.'}[/bold]")
    _show_evidence(ask, left, right, console)
    edges = [edge for edge in _edges(ask, [left.key, right.key]) if {edge.left, edge.right} == {left.key, right.key}]
    for edge in edges:
        console.print(f"- {_told(edge)}")
    if together and not any(edge.verdict == "auto" for edge in edges):
        _show_path(ask, left, right, console)
    if not together:
        _show_decisions_between(ask, left, right, console)


def _show_evidence(ask: Ask, left: Record, right: Record, console: Console) -> None:
    keys = sorted((left.key, right.key))
    likeness = ask(
        f"SELECT {', '.join(SUBJECTS)} FROM staging.int_identity_likeness WHERE left_key = ? AND right_key = ?",  # noqa: S608
        keys,
    )
    if likeness:
        _show_likeness(ask, left, right, likeness[0], console)
    else:
        console.print("Not compared by likeness: one is deleted, or an organisation.")
    for kind, subject, level, value in ask(
        "SELECT kind, subject, level, left_value FROM unified.identity_evidence "
        "WHERE left_key = ? AND right_key = ? AND kind <> 'likeness' ORDER BY kind, subject, left_value",
        keys,
    ):
        if kind == "identifier":
            console.print(f"- {subject} {escape(value)}: {level}")
        else:
            console.print(f"- {subject} {level}{': ' + escape(value) if value else ''}")


def _show_likeness(ask: Ask, left: Record, right: Record, levels: Sequence[str], console: Console) -> None:
    """How alike two persons' records are in each subject, and what that weighs."""
    weights = {(subject, level): weight for subject, level, weight in ask(
        "SELECT comparison, level, weight FROM staging.match_weights"
    )}  # fmt: skip
    ((threshold,),) = ask("SELECT weight FROM staging.int_match_threshold")
    table = Table(*(Column(name, overflow="fold") for name in ("evidence", left.name, right.name, "likeness", "bits")))
    total = 0.0
    for (subject, words), level in zip(SUBJECTS.items(), levels, strict=True):
        weight = weights.get((subject, level))
        total += weight or 0
        values = (escape(record.says.get(subject, "")) for record in (left, right))
        table.add_row(words, *values, level, _bits(weight))
    console.print(table)
    console.print(f"together {total:+.1f} bits; by likeness alone records merge from {threshold:.1f}")


def _show_path(ask: Ask, left: Record, right: Record, console: Console) -> None:
    """The strongest chain of links between two records of one customer."""
    records = {record.key: record for record in _records(ask, "customer_key = ?", [left.customer])}
    holding = _holding(_edges(ask, list(records)), set(records))
    path = _path(holding, left.key, right.key)
    if path is None:
        console.print("No link joins them now; one of them is deleted and keeps the customer it had.")
        return
    console.print("Nothing links the two themselves; others do:")
    for edge in path:
        console.print(f"- {records[edge.left].name} - {records[edge.right].name}: {_told(edge)}")


def _show_decisions_between(ask: Ask, left: Record, right: Record, console: Console) -> None:
    """Where the two customers would be one but for a pair that must stay apart: the pair and the reason."""
    pairs = ask(
        "SELECT one.platform, one.source_record_id, other.platform, other.source_record_id, separation.reason "
        "FROM staging.int_identity_separations AS separation "
        "JOIN unified.customer_identities AS one ON one.record_key = separation.left_key AND one.is_current "
        "JOIN unified.customer_identities AS other ON other.record_key = separation.right_key AND other.is_current "
        "WHERE (one.customer_key = ? AND other.customer_key = ?) OR (one.customer_key = ? AND other.customer_key = ?) "
        "ORDER BY 1, 2, 3, 4",
        [left.customer, right.customer, right.customer, left.customer],
    )
    for one_platform, one, other_platform, other, reason in pairs:
        both = f"{_named(one_platform, one)} and {_named(other_platform, other)}"
        console.print(f"- {both} must stay apart: {reason.replace('_', ' ')}")


def _explain_customer(ask: Ask, key: str, console: Console) -> None:
    query = "SELECT customer_key, status, merged_into_key, full_name FROM unified.customers WHERE customer_key = ?"
    ((key, status, successor, name),) = ask(query, [key]) or ask(query, [_record(ask, key).customer])
    state = f"{status} into {successor}" if successor else status
    console.print(f"[bold]{key}[/bold] {escape(name or '')}: {state}")
    records = {record.key: record for record in _records(ask, "customer_key = ?", [successor or key])}
    table = Table("record", "says", "came by", "bits")
    for record in records.values():
        table.add_row(record.name, escape(record.told), RULES.get(record.rule, record.rule), _bits(record.weight))
    console.print(table)
    edges = _edges(ask, list(records))
    holding = _holding(edges, set(records))
    if holding:
        console.print("What holds the records together, weakest last:")
    for edge in holding:
        console.print(f"- {records[edge.left].name} - {records[edge.right].name}: {_told(edge)}")
    _show_waiting(ask, records, edges, console)
    _show_events(ask, key, console)


def _show_waiting(ask: Ask, records: dict[str, Record], edges: Sequence[Edge], console: Console) -> None:
    """Links to records of other customers that were not followed."""
    outward = [edge for edge in edges if (edge.left in records) != (edge.right in records) and edge.verdict != "auto"]
    keys = [edge.right if edge.left in records else edge.left for edge in outward]
    others = _records(ask, _any_of("record_key", keys), keys)
    named = {record.key: record.name for record in others} | {key: record.name for key, record in records.items()}
    if outward:
        console.print("What did not join it:")
    for edge in outward:
        console.print(f"- {named[edge.left]} - {named[edge.right]}: {_told(edge)}")


def _show_events(ask: Ask, key: str, console: Console) -> None:
    events = ask(
        'SELECT "at", kind, from_keys, to_key, records, actor FROM unified.identity_events '
        'WHERE from_keys = ? OR to_key = ? ORDER BY "at", kind',
        [key, key],
    )
    console.print("What happened to the key:")
    for at, kind, source, target, records, actor in events:
        way = " to ".join(filter(None, (source and f"from {source}", target)))
        console.print(f"- {at:%Y-%m-%d %H:%M} {kind}: {records} records {way} (by {actor})")


def _record(ask: Ask, name: str) -> Record:
    """The record of that key, or the only one of that platform and id."""
    platform, _, number = name.partition(":")
    found = _records(ask, "record_key = ?", [name]) or _records(
        ask, "platform = ? AND (source_record_id = ? OR source_record_id LIKE ?)", [platform, number, f"%/{number}"]
    )
    if len(found) == 1:
        return found[0]
    if not found:
        msg = (
            f"there is no record or customer {name!r}; name a record as platform:id (shopify:7001) or by its "
            "record_key, a customer by its customer_key: unified.customer_identities has them all"
        )
    else:
        msg = f"{name} is {len(found)} records; name one by its record_key: {', '.join(record.key for record in found)}"
    raise UnknownError(msg)


def _records(ask: Ask, condition: str, values: Sequence[Any]) -> list[Record]:
    records = []
    for key, platform, number, customer, rule, weight, deleted_at, full_name, *said in ask(
        RECORD.format(condition), values
    ):
        says = {subject: str(value) for subject, value in zip(SUBJECTS, said, strict=True) if value}
        told = ", ".join(filter(None, (full_name, says.get("email"), says.get("phone"), says.get("birth_date"))))
        told += " (deleted)" if deleted_at else ""
        records.append(Record(key, _named(platform, number), customer, told, says, rule, weight))
    return records


def _edges(ask: Ask, keys: Sequence[str]) -> list[Edge]:
    """The edges that touch records, strongest first."""
    if not keys:
        return []
    query = "SELECT left_key, right_key, rule, weight, verdict, held_back FROM unified.identity_edges WHERE "
    rows = ask(f"{query}{_any_of('left_key', keys)} OR {_any_of('right_key', keys)}", [*keys, *keys])
    return sorted((Edge(*row) for row in rows), key=lambda edge: (edge.strength, edge.left, edge.right), reverse=True)


def _holding(edges: Sequence[Edge], keys: set[str]) -> list[Edge]:
    """The links among records that join them, strongest first: each joins what the stronger ones did not."""
    cluster = {key: key for key in keys}
    taken = []
    for edge in edges:
        if edge.verdict != "auto" or not {edge.left, edge.right} <= keys or cluster[edge.left] == cluster[edge.right]:
            continue
        taken.append(edge)
        old, new = cluster[edge.left], cluster[edge.right]
        cluster = {key: new if at == old else at for key, at in cluster.items()}
    return taken


def _path(edges: Sequence[Edge], start: str, end: str) -> list[Edge] | None:
    """The way from one record to another along links without rings."""
    reached: dict[str, list[Edge]] = {start: []}
    waiting = [start]
    while waiting:
        at = waiting.pop()
        for edge in edges:
            further = edge.right if edge.left == at else edge.left if edge.right == at else None
            if further is not None and further not in reached:
                reached[further] = [*reached[at], edge]
                waiting.append(further)
    return reached.get(end)


def _told(edge: Edge) -> str:
    words = RULES.get(edge.rule, edge.rule)
    bits = f", {edge.weight:.1f} bits" if edge.weight is not None else ""
    verdict = {"auto": "links them", "reject": "does not link them"}.get(edge.verdict, "waits for review")
    return f"{words}{bits}: {verdict}{f' ({edge.held_back})'.replace('_', ' ') if edge.held_back else ''}"


def _named(platform: str, number: str) -> str:
    return f"{platform}:{number.rsplit('/', 1)[-1]}"


def _bits(weight: float | None) -> str:
    return "" if weight is None else f"{weight:+.1f}"


def _any_of(column: str, values: Sequence[Any]) -> str:
    return f"{column} IN ({', '.join('?' * len(values)) or 'NULL'})"
