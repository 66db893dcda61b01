"""Adds the pages to the application of the API."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from orchestrate.web import (
    announcements,
    connect,
    connections,
    customers,
    data,
    errors,
    findings,
    imports,
    keys,
    monitoring,
    people,
    platforms,
    quality,
    review,
    runs,
    schedules,
    session,
    webhooks,
)

SUBJECTS = (
    session, platforms, connect, connections, schedules, runs, webhooks, announcements, data, imports, review,
    customers, findings, quality, monitoring, keys, people,
)  # fmt: skip
"""The modules of the pages, each with its `router`."""


def install(app: FastAPI) -> None:
    """Adds the routes of every subject, the stylesheet and htmx, and draws errors as pages for browsers."""
    errors.install(app)
    pages = APIRouter(include_in_schema=False)
    for subject in SUBJECTS:
        pages.include_router(subject.router)
    app.include_router(pages)
    app.mount("/static/htmx", StaticFiles(directory=str(files("js_lib_htmx") / "static" / "htmx")))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
