"""`engarde import`: what a connection's records are beside those of others, before they are included or after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from orchestrate.imports.service import Imports, Side

app = typer.Typer(help=__doc__, no_args_is_help=True)
Tenant = Annotated[str | None, typer.Option(help="Whose; ENGARDE_TENANT, else `default`.")]
_console = Console(highlight=False)


@contextmanager
def _opened(tenant: str | None) -> Iterator[Imports]:
    from orchestrate.connections.opening import open_connections
    from orchestrate.connections.service import ConnectionRefusedError
    from orchestrate.data.errors import RowsError
    from orchestrate.imports.errors import ImportRefusedError
    from orchestrate.imports.service import Imports
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError

    try:
        connections = open_connections(tenant)
        yield Imports(connections.store, connections.tenant_id, connections.actor)
    except (ConnectionRefusedError, ImportRefusedError, RowsError, StoreError, VaultError) as refused:
        typer.echo(f"import: {refused}", err=True)
        raise typer.Exit(1) from None


@app.command(name="list")
def list_imports(tenant: Tenant = None) -> None:
    """The connections, and which of them are held back."""
    with _opened(tenant) as imports:
        table = Table("connection", "platform", "feeds", "held back", "previewed (UTC)")
        for each in imports.all():
            previewed = f"{each.previewed_at:%Y-%m-%d %H:%M}" if each.previewed_at else ""
            held = f"by {each.held_by}" if each.held else ""
            table.add_row(each.connection, each.platform, ", ".join(each.entities), held, previewed)
        _console.print(table)


@app.command()
def show(
    connection: str, entity: str, outcome: str | None = None, rule: str | None = None, limit: int = 20,
    tenant: Tenant = None,
) -> None:  # fmt: skip
    """How many records stand alone, are one with others' or wait; and the first of them, both sides."""
    with _opened(tenant) as imports:
        found = imports.summary(connection, entity)
        counted = ", ".join(f"{number} {name}" for name, number in found.outcomes.items() if number)
        where = "would be" if found.is_preview else "are"
        typer.echo(f"{found.records} {entity} of {connection}, which {where}: {counted or 'nothing'}")
        table = Table("outcome", "rule", "weight", "record", "other")
        for each in imports.lines(connection, entity, limit, outcome=outcome, rule=rule)[0]:
            weight = "" if each.weight is None else f"{each.weight:.2f}"
            other = _said(each.other) if each.other else ""
            table.add_row(each.outcome, each.rule or "", weight, _said(each.record), other)
        _console.print(table)


@app.command()
def hold(connection: str, tenant: Tenant = None) -> None:
    """Keeps what a new connection loads out of the unified tables, until it is included."""
    with _opened(tenant) as imports:
        imports.hold(connection)
        typer.echo(f"{connection}: held back; each of its loads builds a preview")


@app.command()
def preview(connection: str, tenant: Tenant = None) -> None:
    """Builds anew what a connection that is held back would change."""
    with _opened(tenant) as imports:
        typer.echo(f"{connection}: run {imports.preview(connection)} builds its preview")


@app.command()
def include(connection: str, tenant: Tenant = None) -> None:
    """Lets the rows of a connection that is held back into the unified tables, for good."""
    with _opened(tenant) as imports:
        typer.echo(f"{connection}: included; run {imports.include(connection)} builds it")


def _said(side: Side) -> str:
    first = next((value for value in side.values.values() if value), "")
    return f"{first} ({side.platform} {side.source_record_id})"
