"""`engarde sync`: loads now or again and again, and what came of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from orchestrate.syncs.service import Syncs

app = typer.Typer(help=__doc__, no_args_is_help=True)
Tenant = Annotated[str | None, typer.Option(help="Whose; ENGARDE_TENANT, else `default`.")]
Streams = Annotated[list[str] | None, typer.Option("--stream", help="Only this stream; may be given again.")]
_console = Console(highlight=False)


@contextmanager
def _syncs(tenant: str | None, *, for_all: bool = False) -> Iterator[Syncs]:
    """The syncs of a tenant; `for_all` where the process works for every tenant, and needs all of their keys."""
    from orchestrate.connections.opening import open_connections
    from orchestrate.connections.service import ConnectionRefusedError
    from orchestrate.store.database import StoreError
    from orchestrate.syncs.errors import SyncRefusedError
    from orchestrate.syncs.service import Syncs
    from orchestrate.vault.keys import VaultError

    try:
        connections = open_connections(tenant)
        if for_all:
            connections.vault.check_all(connections.store)
        yield Syncs(connections.store, connections.tenant_id, connections.actor)
    except (ConnectionRefusedError, SyncRefusedError, StoreError, VaultError) as refused:
        typer.echo(f"sync: {refused}", err=True)
        raise typer.Exit(1) from None


@app.command()
def now(connection: str, streams: Streams = None, tenant: Tenant = None) -> None:
    """Queues a load of a connection; a worker (`engarde sync work`) does it."""
    with _syncs(tenant) as syncs:
        typer.echo(syncs.trigger(connection, streams=streams))


@app.command()
def every(
    connection: str,
    frequency: Annotated[str, typer.Argument(help="'every 15 minutes', 'daily at 06:30', '0 6 * * 1-5'.")],
    time_zone: Annotated[str, typer.Option(help="As in Europe/Berlin.")] = "UTC",
    streams: Streams = None,
    tenant: Tenant = None,
) -> None:
    """Loads a connection again and again."""
    with _syncs(tenant) as syncs:
        made = syncs.schedule(connection, frequency, time_zone=time_zone, streams=streams)
        typer.echo(f"{made.id}: {made.cron} {made.time_zone}, next at {made.due_at:%Y-%m-%d %H:%M:%S} UTC")


@app.command(name="list")
def list_runs(connection: str | None = None, limit: int = 20, tenant: Tenant = None) -> None:
    """The newest runs."""
    with _syncs(tenant) as syncs:
        table = Table("run", "connection", "cause", "status", "queued (UTC)", "reason")
        for run in syncs.runs(connection=connection, limit=limit):
            table.add_row(run.id, run.connection or "", run.cause, run.status, f"{run.queued_at:%Y-%m-%d %H:%M:%S}",
                          run.reason or "")  # fmt: skip
        _console.print(table)


@app.command()
def show(run: str, tenant: Tenant = None) -> None:
    """A run stream by stream, and its log."""
    with _syncs(tenant) as syncs:
        found = syncs.run(run)
        typer.echo(f"{found.connection}: {found.status}" + (f", {found.reason}" if found.reason else ""))
        for each in found.results:
            typer.echo(
                f"  {each.stream}: {each.records} records, {each.rows} rows written, {each.deleted} deleted;"
                f" {each.requests} requests, {each.bytes / 1e6:.1f} MB, {each.waited:.1f} s waited"
                + (
                    f"; answers after {each.answering / each.answers:.2f} s, at most {each.slowest:.2f} s"
                    if each.answers
                    else ""
                )
            )
        for line in syncs.lines(run):
            typer.echo(f"{line.at:%H:%M:%S} {line.plugin or 'meltano'}: {line.text}")


@app.command()
def streams(
    connection: str,
    only: Annotated[list[str] | None, typer.Option(help="Load this stream and those given beside it alone.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Load all streams again.")] = False,
    tenant: Tenant = None,
) -> None:
    """How each stream of a connection stands, and which are loaded."""
    with _syncs(tenant) as syncs:
        if only or everything:
            _choose(connection, only, tenant)
        table = Table("stream", "loaded", "status", "rows", "complete (UTC)", "reason")
        for each in syncs.sources.of(connection):
            complete = f"{each.complete_at:%Y-%m-%d %H:%M:%S}" if each.complete_at else ""
            loaded = "yes" if each.chosen else "no"
            table.add_row(each.stream, loaded, each.status or "", str(each.rows), complete, each.reason or "")
        _console.print(table)
        for limit in syncs.sources.limits(connection):
            left = "" if limit.remaining is None else f", {limit.remaining} left"
            typer.echo(f"{limit.bucket}: {limit.permitted or 'no stated limit'}; {limit.used} used{left}")


def _choose(connection: str, streams: list[str] | None, tenant: str | None) -> None:
    from orchestrate.connections.opening import open_connections
    from orchestrate.webhooks.following import Following

    opened = open_connections(tenant)
    _, said = Following(opened.store, opened.vault, opened.tenant_id, opened.actor).choose(connection, streams)
    for line in said:
        typer.echo(line, err=True)


@app.command()
def reset(
    connection: str,
    stream: str,
    rows: Annotated[bool, typer.Option(help="Delete its rows too; they are gone until the next run.")] = False,
    tenant: Tenant = None,
) -> None:
    """Lets the next run load a stream whole."""
    with _syncs(tenant) as syncs:
        syncs.sources.reset(connection, stream, rows=rows)
        typer.echo(f"{stream}: the next run loads it whole")


@app.command()
def cancel(run: str, tenant: Tenant = None) -> None:
    """Ends a run and all that it started."""
    with _syncs(tenant) as syncs:
        typer.echo(f"{run}: {'is being stopped' if syncs.cancel(run).cancelling else 'cancelled'}")


@app.command()
def work(
    at_once: Annotated[int, typer.Option(help="How many runs at a time.")] = 2,
    until_idle: Annotated[bool, typer.Option(help="End once nothing is due.")] = False,
) -> None:
    """Does what is due, for all tenants, until it is asked to end."""
    from orchestrate.operations.logs import to_log
    from orchestrate.syncs.worker import work as do

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with _syncs(None, for_all=True) as syncs:
        to_log()
        do(syncs.store, stopping, at_once=at_once, until_idle=until_idle)
