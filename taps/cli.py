"""`engarde`: looks after the collection itself."""

import json
from pathlib import Path
from typing import Annotated

import typer

from orchestrate.access.cli import app as api_keys
from orchestrate.api.cli import serve
from orchestrate.audit.cli import app as audit
from orchestrate.connections.cli import app as connections
from orchestrate.imports.cli import app as imports
from orchestrate.logins.cli import app as oauth_apps
from orchestrate.operations.cli import backup, clean_up, restore
from orchestrate.people.cli import app as people
from orchestrate.reconciliation.cli import app as review
from orchestrate.syncs.cli import app as syncs
from orchestrate.vault.cli import app as vault
from orchestrate.webhooks.cli import app as webhooks
from taps.engine.load import PLATFORMS, ManifestError
from taps.kinds import load, platforms
from taps.scaffold.unchecked import unchecked

SCHEMAS = {
    "api": PLATFORMS.parent / "manifest.schema.json",
    "database": PLATFORMS.parent / "database.schema.json",
}
app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
app.add_typer(connections, name="connection")
app.add_typer(vault, name="vault")
app.add_typer(api_keys, name="api-key")
app.add_typer(people, name="people")
app.add_typer(oauth_apps, name="oauth-app")
app.add_typer(audit, name="audit")
app.add_typer(syncs, name="sync")
app.add_typer(imports, name="import")
app.add_typer(review, name="review")
app.add_typer(webhooks, name="webhook")
app.command()(serve)
app.command()(backup)
app.command()(restore)
app.command()(clean_up)


@app.command()
def check(names: Annotated[list[str] | None, typer.Argument(help="Platforms; all if none is named.")] = None) -> None:
    """Checks platforms: one line for each finding, with file, line, stream and key, and for each unchecked line.

    Fixtures are held against the manifest once nothing of either is unchecked.
    """
    from taps import fixtures

    wrong = 0
    for name in names or platforms():
        found = unchecked(name)
        try:
            manifest = load(name)
        except ManifestError as error:
            found = [*error.findings, *found]
        if not found and manifest.kind == "api":
            found = fixtures.findings(name)
        if not found:
            streams = "its tables" if manifest.kind == "database" else f"{len(manifest.streams)} streams"
            typer.echo(f"{name}: {streams}, sound")
        wrong += len(found)
        for finding in found:
            typer.echo(finding, err=True)
    if wrong:
        raise typer.Exit(1)


@app.command()
def scaffold(
    name: Annotated[str, typer.Argument(help="The platform's name, as in google_ads.")],
    spec: Annotated[Path | None, typer.Option(help="An OpenAPI 3, Swagger 2 or Google discovery document.")] = None,
) -> None:
    """Drafts a new platform, each guessed line marked `unchecked:` with what to find out."""
    from taps.scaffold.draft import draft
    from taps.scaffold.vendor import ScaffoldError

    try:
        files = draft(name, spec)
    except ScaffoldError as error:
        typer.echo(f"scaffold: {error}", err=True)
        raise typer.Exit(1) from None
    for file in files:
        typer.echo(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
    typer.echo(f"{len(unchecked(name))} lines to find out about: engarde check {name}")


@app.command(name="list")
def list_(names: Annotated[list[str] | None, typer.Argument(help="Platforms; all if none is named.")] = None) -> None:
    """The table of platforms: streams, evidence, logins, how they go on and what they feed."""
    from taps.listing import rows, show

    show(rows(names))


@app.command(add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dbt(context: typer.Context) -> None:
    """Runs dbt over the connected platforms: those with raw tables, or those that ENGARDE_CONNECTED names."""
    from transform.launch import launch

    launch(context.args)


@app.command()
def explain(
    left: Annotated[str, typer.Argument(help="A record (shopify:7001, or its record_key) or a customer_key.")],
    right: Annotated[str | None, typer.Argument(help="Another record, to explain the pair.")] = None,
    target: Annotated[str | None, typer.Option("--target", "-t", help="A target of the dbt profile.")] = None,
) -> None:
    """Tells what linked or separated two records, or what holds one customer together, and what each piece weighs."""
    from transform.explain import UnknownError, run
    from transform.warehouse import WarehouseError

    try:
        run(left, right, target)
    except (UnknownError, WarehouseError) as error:
        typer.echo(f"engarde explain: {error}", err=True)
        raise typer.Exit(2) from None


@app.command(name="train-matching")
def train_matching(
    target: Annotated[str | None, typer.Option("--target", "-t", help="A target of the dbt profile.")] = None,
    output: Annotated[Path | None, typer.Option(help="A file to write instead of the seed match_weights.")] = None,
    records: Annotated[int, typer.Option(help="The most records to learn from.")] = 200_000,
    pairs: Annotated[int, typer.Option(help="Random pairs that tell what strangers have in common.")] = 2_000_000,
) -> None:
    """Learns from your own records how much each likeness of two people's records weighs, and writes the seed."""
    from rich.console import Console

    from transform.training.command import SEED, TrainingError, train
    from transform.warehouse import WarehouseError

    try:
        train(target, output or SEED, records, pairs, Console())
    except (TrainingError, WarehouseError) as error:
        typer.echo(f"engarde train-matching: {error}", err=True)
        raise typer.Exit(2) from None


@app.command()
def contracts(
    names: Annotated[list[str] | None, typer.Argument(help="Platforms; all if none is named.")] = None,
    hints: Annotated[bool, typer.Option(help="Also what is described and not declared.")] = True,
    keep: Annotated[bool, typer.Option(help="Also keeps the evidence grade of platforms without differences.")] = False,
) -> None:
    """Runs taps against the vendors' descriptions and says, stream by stream, what does not agree."""
    from taps.contracts.evidence import write
    from taps.contracts.report import told
    from taps.descriptions.index import at_hand

    wrong = False
    for name in names or platforms():
        lines, sound = told(name, hints=hints)
        wrong = wrong or not sound
        for line in lines:
            typer.echo(line)
        if keep and sound and at_hand():
            typer.echo(f"{name}: {write(name).grade}")
    if wrong:
        raise typer.Exit(1)


@app.command()
def evidence(
    names: Annotated[list[str] | None, typer.Argument(help="Platforms; all if none is named.")] = None,
) -> None:
    """Computes evidence grades by the descriptions at hand and keeps them beside the manifests."""
    from taps.contracts.evidence import write

    for name in names or platforms():
        found = write(name)
        typer.echo(f"{name}: {found.grade}")


@app.command()
def reference() -> None:
    """Writes what is generated from the grammar: its JSON Schema for editors, and docs/manifest.md for readers."""
    from taps import reference as page

    for kind, file in SCHEMAS.items():
        file.write_text(schema_text(kind))
    page.write()


@app.command()
def startup(
    names: Annotated[
        list[str] | None, typer.Argument(help="Platforms; the one with the longest manifest if none.")
    ] = None,
) -> None:
    """Compares `tap-x --discover` with `import singer_sdk`: seconds of processor time, and their ratio."""
    from taps.startup import biggest, told

    for line in told(names or [biggest()]):
        typer.echo(line)


def schema_text(kind: str) -> str:
    """The grammar of a kind of platform as JSON Schema."""
    from taps import docstrings
    from taps.databases.manifest import DatabaseManifest
    from taps.engine.manifest import Manifest
    from taps.engine.words import Word

    model = DatabaseManifest if kind == "database" else Manifest
    schema = docstrings.put_into(model.model_json_schema(by_alias=True), docstrings.subclasses(Word))
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
