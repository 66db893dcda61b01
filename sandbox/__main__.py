"""`python -m sandbox`: serve the pretend vendors until interrupted."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from sandbox.server import Sandbox, create_app
from sandbox.world import World, moment, read_world, write_world


def serve(
    port: Annotated[int, typer.Option(help="Port on the loopback; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="Another seed, another business.")] = 7,
    people: Annotated[int, typer.Option(min=10, help="How many people there are.")] = 2000,
    state: Annotated[Path | None, typer.Option(help="File that remembers seed, people and time.")] = None,
    address_file: Annotated[Path | None, typer.Option(help="File to write the address to.")] = None,
    now: Annotated[str | None, typer.Option(help="ISO 8601 time at which to start anew.")] = None,
) -> None:
    """Serve Stripe, Shopify, HubSpot and Google Ads of a pretend retailer; print the address when ready."""
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise typer.BadParameter(f"port {port} cannot be used: {error.strerror}") from error
    bound = listener.getsockname()[1]
    world = read_world(state, seed, people, moment(now) if now else None)

    def save(current: World) -> None:
        if state is not None:
            write_world(current, state, bound)

    app = create_app(Sandbox(world, saved=save))
    world.snapshot()
    save(world)
    address = f"http://127.0.0.1:{bound}"
    if address_file is not None:
        address_file.parent.mkdir(parents=True, exist_ok=True)
        address_file.write_text(address)
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    config = uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False, date_header=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    typer.run(serve)
