"""`engarde webhook`: where vendors deliver changes, what became of them, and who is told of what happens here."""

from __future__ import annotations

import contextlib
import getpass
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestrate.connections.service import Connections

app = typer.Typer(help=__doc__, no_args_is_help=True)
_Tenant = Annotated[str | None, typer.Option(help="Whose webhooks; ENGARDE_TENANT, else `default`.")]
_Endpoint = Annotated[str, typer.Argument(help="The endpoint's id.")]


@app.command()
def add(
    connection: Annotated[str, typer.Argument(help="The connection whose platform will deliver.")],
    later: Annotated[bool, typer.Option("--later", help="Without a secret: the vendor tells it, or you do.")] = False,
    tenant: _Tenant = None,
) -> None:
    """Makes an address for a platform's pages. The secret comes from the terminal or a pipe."""
    from orchestrate.webhooks.endpoints import Webhooks

    with _opened(tenant) as opened:
        webhooks = Webhooks(opened.store, opened.vault, opened.tenant_id, opened.actor)
        for each in webhooks.serving(connection):
            typer.echo(
                f"{each.connection}'s address serves {connection} too, if both are of one app: {each.address}", err=True
            )
        shown = webhooks.add(connection, None if later else _secret())
        typer.echo(f"{shown.id}  {shown.address}\nhow {shown.platform} wants it: {shown.docs}")


@app.command()
def secret(
    endpoint: _Endpoint,
    at_once: Annotated[bool, typer.Option("--at-once", help="The old one leaked: it is accepted no more.")] = False,
    tenant: _Tenant = None,
) -> None:
    """Sets another secret, from the terminal or a pipe; the old one is accepted for three days longer."""
    from orchestrate.webhooks.endpoints import Webhooks

    with _opened(tenant) as opened:
        Webhooks(opened.store, opened.vault, opened.tenant_id, opened.actor).change_secret(
            endpoint, _secret(), at_once=at_once
        )
        typer.echo(f"changed the secret of {endpoint}")


@app.command()
def register(
    connection: Annotated[str, typer.Argument(help="The connection whose vendor is told of an address.")],
    tenant: _Tenant = None,
) -> None:
    """Registers an address at the vendor by its API: the connection's own, or a new one. Again, if it was before."""
    from orchestrate.webhooks.registration import Registrations

    with _opened(tenant) as opened:
        webhooks = Registrations(opened.store, opened.vault, opened.tenant_id, opened.actor)
        own = next((each for each in webhooks.part(10_000) if each.connection == connection), None)
        shown = webhooks.register(own.id) if own else webhooks.connect(connection)
        state = "" if shown.secrets else f"\nit has no secret yet: engarde webhook secret {shown.id} ({shown.docs})"
        typer.echo(f"{shown.id}  registered at {shown.platform}: {shown.address}{state}")


@app.command()
def unregister(endpoint: _Endpoint, tenant: _Tenant = None) -> None:
    """Has the vendor forget an endpoint, which stays and can be registered again."""
    from orchestrate.webhooks.registration import Registrations

    with _opened(tenant) as opened:
        shown = Registrations(opened.store, opened.vault, opened.tenant_id, opened.actor).unregister(endpoint)
        typer.echo(f"{shown.platform} has forgotten {endpoint}")


@app.command()
def registration(endpoint: _Endpoint, tenant: _Tenant = None) -> None:
    """Asks the vendor how an endpoint stands there."""
    from orchestrate.webhooks.registration import Registrations

    with _opened(tenant) as opened:
        found = Registrations(opened.store, opened.vault, opened.tenant_id, opened.actor).standing(endpoint)
        typer.echo(f"{found.state}: {found.said}")


@app.command(name="list")
def list_(tenant: _Tenant = None) -> None:
    """Every endpoint."""
    from orchestrate.webhooks.endpoints import Webhooks

    with _opened(tenant) as opened:
        for each in Webhooks(opened.store, opened.vault, opened.tenant_id, opened.actor).part(10_000):
            state = "ready" if each.secrets else "has no secret yet"
            state = f"{state}, registered" if each.registered else state
            state = f"{state}, code {each.code}" if each.code else state
            serves = f"  serves {', '.join(each.serves)} too" if each.serves else ""
            typer.echo(f"{each.id}  {each.connection:20} {each.platform:20} {state}  {each.address}{serves}")


@app.command()
def remove(
    endpoint: _Endpoint,
    anyway: Annotated[bool, typer.Option("--anyway", help="Though the vendor goes on delivering to it.")] = False,
    tenant: _Tenant = None,
) -> None:
    """Forgets an endpoint and its deliveries."""
    from orchestrate.webhooks.endpoints import Webhooks

    with _opened(tenant) as opened:
        webhooks = Webhooks(opened.store, opened.vault, opened.tenant_id, opened.actor)
        served = webhooks.show(endpoint).serves
        webhooks.remove(endpoint, anyway=anyway)
        also = f"; it served {', '.join(served)} too, which is read on schedule from now on" if served else ""
        typer.echo(f"removed {endpoint}{also}")


@app.command()
def deliveries(
    state: Annotated[str | None, typer.Option(help="Those that are queued, done, ignored or dead.")] = None,
    limit: Annotated[int, typer.Option(help="How many.")] = 50,
    tenant: _Tenant = None,
) -> None:
    """The newest deliveries, newest first."""
    from orchestrate.webhooks.events import Events

    with _opened(tenant) as opened:
        for each in Events(opened.store, opened.vault, opened.tenant_id, opened.actor).part(limit, state=state):
            whose = ", ".join(each.concerned)
            typer.echo(f"{each.id}  {each.received_at:%Y-%m-%d %H:%M:%S}Z {whose:20} {each.state:8} "
                       f"{' '.join(each.types)}  {each.said or ''}")  # fmt: skip


@app.command()
def replay(
    delivery: Annotated[str | None, typer.Argument(help="A delivery's id; without one, all that are dead.")] = None,
    tenant: _Tenant = None,
) -> None:
    """Processes a delivery once more, or all dead ones."""
    from orchestrate.webhooks.events import Events

    with _opened(tenant) as opened:
        events = Events(opened.store, opened.vault, opened.tenant_id, opened.actor)
        number = events.replay_dead() if delivery is None else len([events.replay(delivery)])
        typer.echo(f"{number} to be processed once more")


@app.command()
def subscribe(
    url: Annotated[str, typer.Argument(help="A public https address.")],
    kind: Annotated[list[str], typer.Option(help="run.finished, conflict.found, connection.broken.")],
    tenant: _Tenant = None,
) -> None:
    """Tells an address what happens here, by Standard Webhooks; prints the secret, once."""
    from orchestrate.announce.service import Announcements

    with _opened(tenant) as opened:
        shown, made = Announcements(opened.store, opened.vault, opened.tenant_id, opened.actor).subscribe(url, kind)
        typer.echo(f"{shown.id}\n{made}")


@app.command()
def subscriptions(tenant: _Tenant = None) -> None:
    """Who is told of what."""
    from orchestrate.announce.service import Announcements

    with _opened(tenant) as opened:
        for each in Announcements(opened.store, opened.vault, opened.tenant_id, opened.actor).part(10_000):
            state = "enabled" if each.enabled else f"disabled: {each.reason}"
            typer.echo(f"{each.id}  {each.url}  {' '.join(each.kinds)}  {state}")


@app.command()
def unsubscribe(
    subscription: Annotated[str, typer.Argument(help="The subscription's id.")], tenant: _Tenant = None
) -> None:
    """Tells an address nothing any more."""
    from orchestrate.announce.service import Announcements

    with _opened(tenant) as opened:
        Announcements(opened.store, opened.vault, opened.tenant_id, opened.actor).remove(subscription)
        typer.echo(f"removed {subscription}")


@app.command()
def work() -> None:
    """Works off deliveries and announcements of all tenants, as `engarde serve` does too, until asked to end."""
    from orchestrate.operations.logs import to_log
    from orchestrate.webhooks.background import Background

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with _opened(None) as opened:
        to_log()
        Background(opened.store, opened.vault).run(stopping)


def _secret() -> str:
    """Not from the command line, where others on the machine could read it."""
    given = getpass.getpass("The secret that deliveries are signed with: ") if sys.stdin.isatty() else sys.stdin.read()
    return given.strip()


@contextlib.contextmanager
def _opened(tenant: str | None) -> Iterator[Connections]:
    from orchestrate.announce.service import AnnounceRefusedError
    from orchestrate.connections.opening import open_connections
    from orchestrate.connections.service import ConnectionRefusedError
    from orchestrate.logins.address import PublicAddressError
    from orchestrate.operations.errors import OperationError
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError
    from orchestrate.webhooks.endpoints import WebhookRefusedError
    from taps.engine.errors import TapError

    refused = (
        AnnounceRefusedError,
        ConnectionRefusedError,
        OperationError,
        PublicAddressError,
        StoreError,
        TapError,
        VaultError,
        WebhookRefusedError,
    )
    try:
        yield open_connections(tenant)
    except refused as said:
        typer.echo(f"webhook: {said}", err=True)
        raise typer.Exit(1) from None
