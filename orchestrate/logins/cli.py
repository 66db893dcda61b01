"""`engarde oauth-app`: the apps at vendors that logins in a browser are asked with."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestrate.logins.apps import OAuthApps

app = typer.Typer(help=__doc__, no_args_is_help=True)
_Platform = Annotated[str, typer.Argument(help="The platform, as `engarde list` names it.")]
_Tenant = Annotated[str | None, typer.Option(help="Whose apps; ENGARDE_TENANT, else `default`.")]


@app.command()
def put(
    platform: _Platform,
    client_id: Annotated[str, typer.Option(help="As the vendor shows it.")],
    tenant: _Tenant = None,
) -> None:
    """Keeps an app; its secret is asked for, or read from a pipe. Prints the redirect address that the vendor needs."""
    with _opened(tenant) as apps:
        typer.echo(apps.put(platform, client_id, _secret()).redirect_uri)


@app.command(name="list")
def list_(tenant: _Tenant = None) -> None:
    """Every app and its redirect address."""
    with _opened(tenant) as apps:
        for each in apps.all():
            typer.echo(f"{each.platform:20} {each.client_id:30} {each.redirect_uri}")


@app.command()
def remove(platform: _Platform, tenant: _Tenant = None) -> None:
    """Forgets an app; connections that were made with it go on."""
    with _opened(tenant) as apps:
        apps.remove(platform)
        typer.echo(f"removed the app at {platform}")


def _secret() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Client secret", hide_input=True))
    return sys.stdin.readline().rstrip("\n")


@contextlib.contextmanager
def _opened(tenant: str | None) -> Iterator[OAuthApps]:
    from orchestrate.connections.opening import open_connections
    from orchestrate.connections.service import ConnectionRefusedError
    from orchestrate.logins.address import PublicAddressError
    from orchestrate.logins.apps import OAuthApps
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError
    from taps.registry import UnknownPlatformError

    try:
        opened = open_connections(tenant)
        yield OAuthApps(opened.store, opened.vault, opened.tenant_id, opened.actor)
    except (ConnectionRefusedError, PublicAddressError, StoreError, VaultError, UnknownPlatformError) as refused:
        typer.echo(f"oauth-app: {refused}", err=True)
        raise typer.Exit(1) from None
