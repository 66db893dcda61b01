"""The application: routes over the services of one store."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request

from orchestrate.api import (
    accounts,
    announcements,
    audit,
    connections,
    data,
    deliveries,
    imports,
    keys,
    oauth,
    people,
    platforms,
    quality,
    reconciliation,
    session,
    sources,
    syncs,
    webhooks,
)
from orchestrate.api.access import identity_of
from orchestrate.api.caching import EntityTags
from orchestrate.api.idempotency import IdempotencyKeys
from orchestrate.api.limits import RateLimits
from orchestrate.api.problems import Problem, install
from orchestrate.idempotency.service import Answers
from orchestrate.operations.metrics import Figures, Measured
from orchestrate.operations.requests import LoggedRequests
from orchestrate.operations.routes import router as operations
from orchestrate.operations.tracing import trace
from orchestrate.store.database import Store
from orchestrate.vault.service import Vault
from orchestrate.web import app as pages
from orchestrate.webhooks.background import Background
from orchestrate.webhooks.receiver import Receiver

API = "/api/v1"
_PROBLEM = {"model": Problem, "content": {"application/problem+json": {}}}


def create_app(store: Store, vault: Vault) -> FastAPI:
    """The REST API, which `/docs` describes, and the pages."""
    app = FastAPI(title="EnGarde", version="1", openapi_url=f"{API}/openapi.json")
    app.state.store, app.state.vault, app.state.figures = store, vault, Figures(store)
    app.state.background = Background(store, vault)
    app.state.receiver = Receiver(store, vault)
    install(app)
    deliveries.install(app, API)
    app.add_middleware(IdempotencyKeys, under=API, answers_of=_answers_of)
    app.add_middleware(EntityTags, under=API)
    app.add_middleware(RateLimits)
    app.add_middleware(Measured, figures=app.state.figures)
    app.add_middleware(LoggedRequests)
    api = APIRouter(prefix=API, responses={"4XX": _PROBLEM, "5XX": _PROBLEM})
    api.include_router(platforms.router)
    api.include_router(connections.router)
    api.include_router(accounts.router)
    api.include_router(oauth.router)
    api.include_router(session.router)
    api.include_router(people.router)
    api.include_router(keys.router)
    api.include_router(audit.router)
    api.include_router(data.unified)
    api.include_router(data.platforms)
    api.include_router(data.raw)
    api.include_router(syncs.router)
    api.include_router(syncs.schedules)
    api.include_router(sources.router)
    api.include_router(syncs.stands)
    api.include_router(reconciliation.router)
    api.include_router(imports.router)
    api.include_router(quality.router)
    api.include_router(webhooks.router)
    api.include_router(announcements.router)
    api.include_router(deliveries.router)  # its addresses are any two words: it comes last
    app.include_router(api)
    app.include_router(operations)
    pages.install(app)
    trace(app, store.engine)
    return app


def _answers_of(request: Request) -> Answers | None:
    identity = identity_of(request)
    if identity is None:
        return None
    return Answers(identity.store, identity.vault, identity.tenant_id, identity.actor)
