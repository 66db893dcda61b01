"""`engarde audit`: who did what to connections and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestrate.connections.service import Connections

app = typer.Typer(help=__doc__, no_args_is_help=True)
_Tenant = Annotated[str | None, typer.Option(help="Whose log; ENGARDE_TENANT, else `default`.")]


@app.command(name="list")
def list_(limit: Annotated[int, typer.Option(help="How many.")] = 50, tenant: _Tenant = None) -> None:
    """The newest entries, newest first."""
    from orchestrate.audit.service import entries

    opened = _opened(tenant)
    for entry in entries(opened.store, opened.tenant_id, limit):
        detail = " ".join(f"{name}={value}" for name, value in entry.detail.items())
        typer.echo(
            f"{entry.number:6} {entry.at:%Y-%m-%d %H:%M:%S}Z {entry.actor}: {entry.action} {entry.subject} {detail}"
        )


@app.command()
def verify(
    head: Annotated[str | None, typer.Option(help="The hash that an earlier check ended with.")] = None,
    tenant: _Tenant = None,
) -> None:
    """Proves that no entry was altered or taken out. Note the hash elsewhere: with it, cuts at the end show too."""
    from orchestrate.audit.service import check

    opened = _opened(tenant)
    found = check(opened.store, opened.tenant_id, head)
    if found.broken_at is not None:
        typer.echo(
            f"audit: entry {found.broken_at} was altered or is gone; {found.entries} before it are sound", err=True
        )
        raise typer.Exit(1)
    typer.echo(f"{found.entries} entries are sound; head {found.head or 'none yet'}")


def _opened(tenant: str | None) -> Connections:
    from orchestrate.connections.opening import open_connections
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError

    try:
        return open_connections(tenant)
    except (StoreError, VaultError) as refused:
        typer.echo(f"audit: {refused}", err=True)
        raise typer.Exit(1) from None
