"""`engarde api-key`: the keys that programs ask the REST API with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestrate.access.service import ApiKeys

app = typer.Typer(help=__doc__, no_args_is_help=True)
_Tenant = Annotated[str | None, typer.Option(help="Whose keys; ENGARDE_TENANT, else `default`.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[
        list[str],
        typer.Option(help="What it may do, such as connections:read; an unknown one is answered with all of them."),
    ],
    tenant: _Tenant = None,
) -> None:
    """Makes a key and prints it; it is shown this once."""
    with _opened(tenant) as keys:
        typer.echo(keys.add(name, scope))


@app.command(name="list")
def list_(tenant: _Tenant = None) -> None:
    """Every key, what it may do, and whether it was revoked."""
    with _opened(tenant) as keys:
        for each in keys.all():
            state = f"revoked {each.revoked_at:%Y-%m-%d}" if each.revoked_at else "in use"
            typer.echo(f"{each.name:20} {state:20} {' '.join(each.scopes)}")


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="The key's name.")], tenant: _Tenant = None) -> None:
    """Ends a key at once."""
    with _opened(tenant) as keys:
        keys.revoke(name)
        typer.echo(f"revoked {name}")


@contextlib.contextmanager
def _opened(tenant: str | None) -> Iterator[ApiKeys]:
    from orchestrate.access.service import AccessRefusedError, ApiKeys
    from orchestrate.connections.opening import open_connections
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError

    try:
        connections = open_connections(tenant)
        yield ApiKeys(connections.store, connections.tenant_id, connections.actor)
    except (AccessRefusedError, StoreError, VaultError) as refused:
        typer.echo(f"api-key: {refused}", err=True)
        raise typer.Exit(1) from None
