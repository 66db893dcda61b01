"""`python -m demo.serve`: the whole service on this machine, with a pretend business whose platforms really sync.

Everything is embedded: the store is SQLite, the warehouse DuckDB, the vendors are the sandbox, and a worker runs beside
the API. The tenant is `sample`; connections of other tenants in the same store are left alone.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.console import Console

from demo.failure import StepFailed
from demo.vendors import Vendors, vendors
from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.app import create_app
from orchestrate.api.cli import GRACE_SECONDS
from orchestrate.connections.opening import KEYS, STORE, open_connections
from orchestrate.connections.service import Connections
from orchestrate.operations.errors import OperationError
from orchestrate.operations.logs import to_log
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from orchestrate.project import ROOT, Project, ProjectError, read_project
from orchestrate.store.database import StoreError
from orchestrate.syncs.service import Syncs
from orchestrate.syncs.worker import work
from orchestrate.vault.keys import VaultError
from orchestrate.warehouses import FOLDER
from orchestrate.webhooks.background import at_work

TENANT, OWNER = "sample", "owner@sample.example"
PLATFORMS = ("google_ads", "hubspot", "shopify", "stripe")
FREQUENCY = "every 15 minutes"
console = Console(highlight=False)


def serve(
    port: Annotated[int, typer.Option(help="The port of API and pages.")] = 8080,
    seed: Annotated[int, typer.Option(help="Another seed, another business.")] = 7,
    people: Annotated[int, typer.Option(min=10, help="How many people the business knows.")] = 2000,
    root: Annotated[Path, typer.Option(help="The project's folder.")] = ROOT,
) -> None:
    """Serves on 127.0.0.1 until it is interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _refuse_a_taken_port(port)
        to_log()
        root = root.resolve()
        _name_the_store(root)
        project, state = read_project(root), root / "output" / "sandbox-serve.json"
        state.parent.mkdir(exist_ok=True)
        with vendors(root, state, seed, people) as box:
            _serve(open_connections(TENANT, root), project, box, port)
    except (StepFailed, ProjectError, StoreError, VaultError, OperationError) as refused:
        console.print(f"[bold red]serve:[/] {refused}", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("serve: stopped, and everything it had started")


def _name_the_store(root: Path) -> None:
    """Has taps and pages, which look for connections and rows by themselves, find those of the project's folder."""
    os.environ.setdefault("ENGARDE_STORE", f"sqlite:///{root / STORE}")
    os.environ.setdefault("ENGARDE_KEYS_FILE", str(root / KEYS))
    os.environ.setdefault(FOLDER, str(root / "output" / "tenants"))


def prepare(connections: Connections, project: Project, vendor: str) -> None:
    """The sample connections at this address of the sandbox, each loaded now and again every 15 minutes."""
    syncs = Syncs(connections.store, connections.tenant_id, connections.actor)
    known = {each.name for each in connections.all()}
    for platform in PLATFORMS:
        settings = _settings(project, platform, vendor)
        if platform in known:
            connections.change(platform, settings)
        else:
            connections.add(platform, platform, settings)
            syncs.schedule(platform, FREQUENCY)
        syncs.trigger(platform)


def first_login(connections: Connections) -> tuple[str, str] | None:
    """The owner's e-mail address and new password; None if there is one already."""
    people = People(connections.store, connections.tenant_id, connections.actor)
    if any(each.email == OWNER for each in people.all()):
        return None
    password = secrets.token_urlsafe(12)
    people.add(OWNER, Role.OWNER, password)
    return OWNER, password


def _serve(connections: Connections, project: Project, box: Vendors, port: int) -> None:
    prepare(connections, project, box.address)
    login = first_login(connections)
    app = create_app(connections.store, connections.vault)
    stopping = threading.Event()
    worker = threading.Thread(
        target=work, args=(connections.store, stopping), kwargs={"root": project.root}, daemon=True
    )
    console.print(
        f"\n[bold]http://127.0.0.1:{port}[/] has the pages; [bold]/docs[/] there describes every route of the API."
    )
    if login:
        console.print(f"Workspace [bold]{TENANT}[/], log in as [bold]{login[0]}[/] with [bold]{login[1]}[/]")
        key = ApiKeys(connections.store, connections.tenant_id, connections.actor).add("first", SCOPES)
        console.print(f"or with the API key [bold]{key}[/]; neither is shown again.\n", soft_wrap=True)
    else:
        console.print(f"Log in to {TENANT} as {OWNER} as before; `engarde people reset {OWNER} --tenant {TENANT}` "
                      "makes a new password.\n", soft_wrap=True)  # fmt: skip
    worker.start()
    try:
        with at_work(app.state.background):
            uvicorn.run(
                app, host="127.0.0.1", port=port, log_config=None, access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )  # fmt: skip
    finally:
        stopping.set()
        worker.join()


def _settings(project: Project, platform: str, vendor: str) -> dict[str, Any]:
    written = project.settings("sandbox", "extractors")[f"tap-{platform.replace('_', '-')}"]
    return {name: _at(value, vendor) for name, value in written.items()}


def _at(value: Any, vendor: str) -> Any:
    return value.replace("http://127.0.0.1:8765", vendor) if isinstance(value, str) else value


def _refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise StepFailed(f"port {port} is taken; name another one: make serve PORT={port + 1}") from None


if __name__ == "__main__":
    typer.run(serve)
