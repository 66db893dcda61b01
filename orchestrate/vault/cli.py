"""`engarde vault`: the key-encryption keys that the secrets of connections are sealed under."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.command()
def new_key(name: Annotated[str, typer.Argument(help="The key's name, such as 2026-11.")]) -> None:
    """Prints a new key for ENGARDE_KEYS or its file: put it before the others, which stay until `rotate` ran."""
    from orchestrate.vault import keys

    typer.echo(keys.new_key(name))


@app.command()
def rotate() -> None:
    """Seals everything anew, with new data keys under the current key. Taps and services may run meanwhile."""
    from orchestrate.connections.opening import KEYS, STORE
    from orchestrate.project import ROOT
    from orchestrate.store.database import StoreError, open_store
    from orchestrate.vault.keys import VaultError, read_keyring
    from orchestrate.vault.service import Vault

    try:
        vault, store = Vault(read_keyring(ROOT / KEYS)), open_store(ROOT / STORE)
        for tenant_id, name in store.tenants():
            typer.echo(f"{name}: {vault.rotate(store, tenant_id)} settings sealed anew")
    except (StoreError, VaultError) as refused:
        typer.echo(f"vault: {refused}", err=True)
        raise typer.Exit(1) from None
