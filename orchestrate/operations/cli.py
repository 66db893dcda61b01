"""`engarde backup`, `engarde restore` and `engarde clean-up`: the store's copies, and what is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestrate.store.database import Store


@contextmanager
def _opened(command: str) -> Iterator[Store]:
    from orchestrate.connections.opening import STORE
    from orchestrate.operations.errors import OperationError
    from orchestrate.project import ROOT
    from orchestrate.store.database import StoreError, open_store

    try:
        yield open_store(ROOT / STORE)
    except (StoreError, OperationError) as refused:
        typer.echo(f"{command}: {refused}", err=True)
        raise typer.Exit(1) from None


def backup(file: Annotated[str, typer.Argument(help="A zip file that is not there yet, or s3://bucket/key.")]) -> None:
    """Copies the store of the moment, sealed as it is. The keys are not in it: keep them elsewhere."""
    from orchestrate.operations.backup import back_up
    from orchestrate.operations.object_storage import written

    with _opened("backup") as store:
        with written(file) as path:
            counts = back_up(store, path)
        typer.echo(f"{file}: {sum(counts.values())} rows of {counts['tenants']} tenants")


def restore(
    file: Annotated[str, typer.Argument(help="What `engarde backup` wrote: a file, or s3://bucket/key.")],
) -> None:
    """Fills a new store (ENGARDE_STORE) from a copy, on SQLite or Postgres, whichever the copy came from."""
    from orchestrate.operations.backup import restore as fill
    from orchestrate.operations.object_storage import read

    with _opened("restore") as store, read(file) as path:
        counts = fill(store, path)
        typer.echo(f"{sum(counts.values())} rows of {counts['tenants']} tenants")


def clean_up() -> None:
    """Throws away what is older than it is kept for (docs/deploy.md); workers do so once a day."""
    from orchestrate.operations.retention import clean_up as clean

    with _opened("clean-up") as store:
        for what, number in clean(store).items():
            typer.echo(f"{what}: {number}")
