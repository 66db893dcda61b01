"""`engarde serve`: the REST API on this machine."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

GRACE_SECONDS = 30
"""After SIGTERM no request is taken, and those under way have this long to end."""


def serve(
    host: Annotated[str, typer.Option(help="Whom to listen to; 0.0.0.0 behind a proxy with TLS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port.")] = 8080,
) -> None:
    """Serves the REST API: http://127.0.0.1:8080/docs describes it, `engarde api-key add` makes a key for it."""
    import uvicorn

    from orchestrate.api.app import create_app
    from orchestrate.connections.offered import read_ahead
    from orchestrate.connections.opening import open_connections
    from orchestrate.operations.errors import OperationError
    from orchestrate.operations.logs import to_log
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError
    from orchestrate.webhooks.background import at_work

    try:
        to_log()
        connections = open_connections()
        connections.vault.check_all(connections.store)
        app = create_app(connections.store, connections.vault)
    except (StoreError, VaultError, OperationError) as refused:
        typer.echo(f"serve: {refused}", err=True)
        raise typer.Exit(1) from None
    threading.Thread(target=read_ahead, args=(app.state.receiver.is_busy,), name="platforms", daemon=True).start()
    with at_work(app.state.background):
        uvicorn.run(
            app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS
        )
