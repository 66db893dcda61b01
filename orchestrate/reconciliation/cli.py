"""`engarde review`: records that may be one, and what people decide on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from orchestrate.reconciliation.decisions import Decisions
    from orchestrate.reconciliation.queue import Pair, Queue

app = typer.Typer(help=__doc__, no_args_is_help=True)
Tenant = Annotated[str | None, typer.Option(help="Whose; ENGARDE_TENANT, else `default`.")]
Note = Annotated[str | None, typer.Option(help="Why; kept with the decision.")]
_console = Console(highlight=False)


@contextmanager
def _opened(tenant: str | None) -> Iterator[tuple[Queue, Decisions]]:
    from orchestrate.connections.opening import open_connections
    from orchestrate.data.errors import RowsError
    from orchestrate.reconciliation.decisions import Decisions
    from orchestrate.reconciliation.errors import DecisionRefusedError
    from orchestrate.reconciliation.queue import Queue
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError

    try:
        connections = open_connections(tenant)
        of = connections.store, connections.tenant_id, connections.actor
        yield Queue(*of), Decisions(*of)
    except (DecisionRefusedError, RowsError, StoreError, VaultError) as refused:
        typer.echo(f"review: {refused}", err=True)
        raise typer.Exit(1) from None


@app.command(name="list")
def list_queue(limit: int = 20, tenant: Tenant = None) -> None:
    """The pairs that wait, the strongest first."""
    with _opened(tenant) as (queue, _):
        table = Table("pair", "one", "other", "bits", "why it waits")
        for pair in queue.waiting(limit)[0]:
            bits = "" if pair.weight is None else f"{pair.weight:.1f}"
            table.add_row(pair.pair_id, *_both(pair), bits, pair.reason or "")
        _console.print(table)


@app.command()
def accept(pair: str, note: Note = None, tenant: Tenant = None) -> None:
    """Both records of a pair are one; the next build joins them."""
    _judge("accept", pair, note, tenant)


@app.command()
def reject(pair: str, note: Note = None, tenant: Tenant = None) -> None:
    """The records of a pair are two, whatever else links them."""
    _judge("reject", pair, note, tenant)


@app.command()
def split(record: str, customer: str, note: Note = None, tenant: Tenant = None) -> None:
    """A record is not the customer's who holds it."""
    with _opened(tenant) as (_, decisions):
        _told(decisions.split(record, customer, note).id, decisions.rebuild())


@app.command()
def choose(customer: str, attribute: str, value: str, note: Note = None, tenant: Tenant = None) -> None:
    """A customer's attribute has this value, whatever the records say."""
    with _opened(tenant) as (_, decisions):
        _told(decisions.choose(customer, attribute, value, note).id, decisions.rebuild())


@app.command()
def undo(decision: str, tenant: Tenant = None) -> None:
    """A decision stands no more."""
    with _opened(tenant) as (_, decisions):
        _told(decisions.undo(decision).id, decisions.rebuild())


@app.command()
def decisions(limit: int = 20, tenant: Tenant = None) -> None:
    """The newest decisions, with those that were undone."""
    with _opened(tenant) as (_, taken):
        table = Table("decision", "kind", "on", "by", "at (UTC)", "undone by")
        for each in taken.all(limit):
            on = f"{each.customer_key}: {each.attribute} is {each.value}" if each.kind == "value" else (
                f"{each.left_id} {each.right_id}"
            )  # fmt: skip
            at = f"{each.decided_at:%Y-%m-%d %H:%M:%S}"
            table.add_row(each.id, each.kind, on, each.decided_by, at, each.undone_by or "")
        _console.print(table)


def _judge(kind: str, pair_id: str, note: str | None, tenant: str | None) -> None:
    with _opened(tenant) as (queue, decisions):
        pair = queue.pair(pair_id)
        taken = decisions.judge(kind, pair.left.record_key, pair.right.record_key, note)
        _told(taken.id, decisions.rebuild())


def _told(decision: str, run: str) -> None:
    typer.echo(f"{decision}: decided; run {run} builds it")


def _both(pair: Pair) -> tuple[str, str]:
    one, other = (
        f"{each.full_name or each.email or ''} ({each.platform} {each.source_record_id})"
        for each in (pair.left, pair.right)
    )
    return one, other
