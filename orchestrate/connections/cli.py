"""`engarde connection`: the accounts that are connected, their secrets sealed in the store."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from orchestrate.connections.service import Connections

app = typer.Typer(help=__doc__, no_args_is_help=True)

_Name = Annotated[str, typer.Argument(help="The connection's name.")]
_Tenant = Annotated[str | None, typer.Option(help="Whose connections; ENGARDE_TENANT, else `default`.")]
_Set = Annotated[list[str] | None, typer.Option("--set", help="A setting that is no secret: name=value.")]
_File = Annotated[Path | None, typer.Option("--file", help="A JSON file of settings, secrets included; - is the pipe.")]


@app.command()
def add(
    platform: Annotated[str, typer.Argument(help="The platform, as `engarde list` names it.")],
    name: Annotated[str, typer.Option(help="What to call it; it also marks the records.")] = "default",
    given: _Set = None, file: _File = None, tenant: _Tenant = None,
) -> None:  # fmt: skip
    """Connects an account. What is missing is asked for; secrets are not shown while they are typed."""
    with _told(), _opened(tenant) as connections:
        settings = _given(platform, given, file)
        shown = connections.add(platform, name, {**_asked(platform, settings), **settings})
        typer.echo(f"connected {shown.platform} as {shown.name}; try it: engarde connection test {shown.name}")


@app.command()
def change(name: _Name, given: _Set = None, file: _File = None, tenant: _Tenant = None) -> None:
    """Changes settings; the others stay. null in the file takes one away."""
    with _told(), _opened(tenant) as connections:
        connections.change(name, _given(connections.show(name).platform, given, file))
        typer.echo(f"changed {name}; try it: engarde connection test {name}")


@app.command(name="list")
def list_(tenant: _Tenant = None) -> None:
    """Every connection and its state."""
    with _told(), _opened(tenant) as connections:
        for each in connections.all():
            reason = f"  {each.status_reason}" if each.status_reason else ""
            typer.echo(f"{each.name:20} {each.platform:20} {each.status}{reason}")


@app.command()
def show(name: _Name, tenant: _Tenant = None) -> None:
    """A connection's settings; secrets are hidden."""
    with _told(), _opened(tenant) as connections:
        typer.echo(json.dumps(dict(connections.show(name).settings), indent=2, ensure_ascii=False))


@app.command()
def test(name: _Name, tenant: _Tenant = None) -> None:
    """Reads the first page of every stream and says of each whether it could be read."""
    with _told(), _opened(tenant) as connections:
        found = connections.test(name)
        for stream, said in found.items():
            typer.echo(f"{stream}: {said}")
        if any(said != "ok" for said in found.values()):
            raise typer.Exit(3)


@app.command()
def accounts(
    name: _Name,
    ask: Annotated[bool, typer.Option(help="Ask the vendor which accounts the login reaches.")] = False,
    choose: Annotated[str | None, typer.Option(help="What to read: setting=value,value; setting= for all.")] = None,
    tenant: _Tenant = None,
) -> None:
    """The accounts that the login reaches; those that are read are marked, all of them are where none is."""
    from orchestrate.connections.accounts import Accounts

    with _told(), _opened(tenant) as connections:
        found = Accounts(connections.store, connections.vault, connections.tenant_id, connections.actor)
        choices = found.discover(name) if ask else found.all(name)
        if choose is not None:
            option, _, values = choose.partition("=")
            choices = found.choose(name, option, [value for value in values.split(",") if value])
        for choice in choices:
            for each in choice.accounts:
                typer.echo(f"{'*' if each.chosen else ' '} {choice.option:20} {each.value:30} {each.label}")


@app.command()
def remove(name: _Name, tenant: _Tenant = None) -> None:
    """Forgets a connection and its secrets, and has its vendor forget the addresses it was told; rows stay."""
    with _told(), _opened(tenant) as connections:
        from orchestrate.webhooks.following import Following

        following = Following(connections.store, connections.vault, connections.tenant_id, connections.actor)
        left = following.remove(name)
        for line in [*left.untold, *left.kept]:
            typer.echo(line, err=True)
        typer.echo(f"removed {name}")


@contextlib.contextmanager
def _opened(tenant: str | None) -> Iterator[Connections]:
    from orchestrate.connections.opening import open_connections

    yield open_connections(tenant)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    from orchestrate.connections.service import ConnectionRefusedError
    from orchestrate.store.database import StoreError
    from orchestrate.vault.keys import VaultError
    from taps.engine.errors import TapError

    try:
        yield
    except (ConnectionRefusedError, StoreError, VaultError, TapError) as refused:
        typer.echo(f"connection: {refused}", err=True)
        raise typer.Exit(1) from None


def _given(platform: str, pairs: list[str] | None, file: Path | None) -> dict[str, Any]:
    from orchestrate.connections.checking import secret_fields
    from orchestrate.connections.service import ConnectionRefusedError

    settings: dict[str, Any] = {}
    if file is not None:
        try:
            settings = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise ConnectionRefusedError(f"{file} cannot be read as JSON") from None
        if not isinstance(settings, dict):
            raise ConnectionRefusedError(f"{file} holds no object of settings")
    hidden = secret_fields(platform)
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConnectionRefusedError(f"--set {name}: write name=value")
        if name in hidden:
            raise ConnectionRefusedError(f"--set {name}: others on this machine could read it; give it by --file")
        settings[name] = value
    return settings


def _asked(platform: str, settings: dict[str, Any]) -> dict[str, str]:
    """What a person at a terminal is asked for: the required settings, and secrets, that were not given."""
    from orchestrate.connections.checking import fields, required, secret_fields

    if not sys.stdin.isatty() or settings:
        return {}
    hidden, known, answers = secret_fields(platform), fields(platform), {}
    for name in required(platform):
        words = known[name]
        title = str(words.get("title") or name)
        answers[name] = typer.prompt(title, hide_input=name in hidden, default="" if "default" in words else None)
    return {name: value for name, value in answers.items() if value}
