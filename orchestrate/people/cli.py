"""`engarde people`: who may log in, and as what."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestrate.people.roles import Role
    from orchestrate.people.service import People

app = typer.Typer(help=__doc__, no_args_is_help=True)
_Tenant = Annotated[str | None, typer.Option(help="Whose people; ENGARDE_TENANT, else `default`.")]
_Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
_ROLES = "owner, admin, editor or viewer"


@app.command()
def add(
    email: _Email,
    role: Annotated[str, typer.Option(help=f"One of {_ROLES}.")] = "viewer",
    password: Annotated[
        bool, typer.Option(help="Ask for a password, or read it from a pipe, in place of a link.")
    ] = False,
    tenant: _Tenant = None,
) -> None:
    """Lets somebody in: prints the link with which they set their password, once and within three days."""
    with _opened(tenant) as people:
        if password:
            people.add(email, _role(role), _password())
            typer.echo(f"{email} may log in as {role}")
        else:
            typer.echo(people.invite(email, _role(role))[1])


@app.command(name="list")
def list_(tenant: _Tenant = None) -> None:
    """Everybody, their role and their last login."""
    with _opened(tenant) as people:
        for each in people.all():
            seen = (
                f"{each.last_login_at:%Y-%m-%d %H:%M}Z" if each.last_login_at else "never" if each.active else "invited"
            )
            typer.echo(f"{each.email:40} {each.role:8} {seen}")


@app.command()
def role(email: _Email, role: Annotated[str, typer.Argument(help=f"One of {_ROLES}.")], tenant: _Tenant = None) -> None:
    """Gives a person another role."""
    with _opened(tenant) as people:
        people.change_role(email, _role(role))
        typer.echo(f"{email} is {role}")


@app.command()
def remove(email: _Email, tenant: _Tenant = None) -> None:
    """Ends a person's access at once."""
    with _opened(tenant) as people:
        people.remove(email)
        typer.echo(f"removed {email}")


@app.command()
def reset(email: _Email, tenant: _Tenant = None) -> None:
    """Ends a person's password and sessions, and prints a link with which they set another password."""
    with _opened(tenant) as people:
        typer.echo(people.reset(email))


def _role(name: str) -> Role:
    from orchestrate.access.service import AccessRefusedError
    from orchestrate.people.roles import Role

    try:
        return Role(name)
    except ValueError:
        raise AccessRefusedError(f"there is no role {name!r}; there are {_ROLES}") from None


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@contextlib.contextmanager
def _opened(tenant: str | None) -> Iterator[People]:
    from orchestrate.access.service import AccessRefusedError
    from orchestrate.connections.opening import open_connections
    from orchestrate.people.passwords import WeakPasswordError
    from orchestrate.people.service import People
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError

    try:
        connections = open_connections(tenant)
        yield People(connections.store, connections.tenant_id, connections.actor, at_machine=True)
    except (AccessRefusedError, WeakPasswordError, StoreError, VaultError) as refused:
        typer.echo(f"people: {refused}", err=True)
        raise typer.Exit(1) from None
