"""HubSpot over HTTP: the routes, who may use them, and how often.

Source: https://developers.hubspot.com/docs/api-reference/overview; CRM paths exist in v3 and in the dated 2026-09 form.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.hubspot import account_api, associations_api, marketing_api, objects_api, settings_api
from sandbox.hubspot.errors import RefusedError, limited
from sandbox.hubspot.portal import Portal, Settings, World
from sandbox.hubspot.requests import body_of

Answer = Callable[[Request, Portal], Awaitable[Response]]
_DATED = "2026-09"


def routes(world: World, settings: Settings | None = None) -> list[BaseRoute]:
    """Return the account's routes, to be mounted under /hubspot."""
    portal = Portal(world, settings or Settings())
    found: list[BaseRoute] = [
        Route(path, _open(account_api.token, portal), methods=["POST"])
        for path in ("/oauth/v1/token", "/oauth/v3/token")
    ]
    found.append(Route("/_settings", _open(_change_settings, portal), methods=["POST"]))
    for base in ("/crm/v3/objects/{object_type}", f"/crm/objects/{_DATED}/{{object_type}}"):
        found += [
            Route(f"{base}/search", _guarded(objects_api.search_objects, portal, search=True), methods=["POST"]),
            Route(f"{base}/batch/read", _guarded(objects_api.read_batch, portal), methods=["POST"]),
            Route(base, _guarded(objects_api.list_objects, portal)),
            Route(f"{base}/{{object_id}}", _guarded(objects_api.read_object, portal)),
        ]
    return found + _association_routes(portal) + _other_routes(portal)


def _association_routes(portal: Portal) -> list[BaseRoute]:
    of_record, batch = _guarded(associations_api.of_record, portal), _guarded(associations_api.read_batch, portal)
    batch_v3 = _guarded(associations_api.read_batch_v3, portal)
    types = "{object_type}/{to_type}"
    return [
        Route("/crm/v4/objects/{object_type}/{object_id}/associations/{to_type}", of_record),
        Route(f"/crm/objects/{_DATED}/{{object_type}}/{{object_id}}/associations/{{to_type}}", of_record),
        Route(f"/crm/v4/associations/{types}/batch/read", batch, methods=["POST"]),
        Route(f"/crm/associations/{_DATED}/{types}/batch/read", batch, methods=["POST"]),
        Route(f"/crm/v3/associations/{types}/batch/read", batch_v3, methods=["POST"]),
    ]


def _other_routes(portal: Portal) -> list[BaseRoute]:
    read: dict[str, Answer] = {
        "/automation/v4/flows": settings_api.nothing,
        "/crm-object-schemas/v3/schemas": settings_api.nothing,
        "/email/public/v1/events": marketing_api.email_events,
        "/settings/v3/users": settings_api.users,
        "/crm/v3/owners": settings_api.owners,
        "/crm/v3/owners/{owner_id}": settings_api.owner,
        "/crm/v3/pipelines/{object_type}": settings_api.pipelines,
        "/crm/v3/pipelines/{object_type}/{pipeline_id}": settings_api.pipeline,
        "/crm/v3/pipelines/{object_type}/{pipeline_id}/stages": settings_api.stages,
        "/crm/v3/properties/{object_type}": settings_api.properties,
        "/crm/v3/properties/{object_type}/{name}": settings_api.one_property,
        "/marketing/v3/emails": marketing_api.emails,
        "/marketing/v3/emails/statistics/list": marketing_api.email_statistics,
        "/marketing/v3/emails/{email_id}": marketing_api.one_email,
        "/marketing/v3/campaigns": marketing_api.campaigns,
        "/marketing/v3/campaigns/{campaign_id}": marketing_api.one_campaign,
        "/marketing/v3/campaigns/{campaign_id}/budget/totals": marketing_api.campaign_budget,
        "/marketing/v3/forms": account_api.forms,
        "/account-info/v3/details": account_api.account,
    }
    found: list[BaseRoute] = [Route(path, _guarded(answer, portal)) for path, answer in read.items()]
    # The trailing slash that older clients put behind some paths is accepted by the vendor, too.
    found += [Route(f"{path}/", _guarded(read[path], portal)) for path in ("/crm/v3/owners", "/marketing/v3/emails")]
    found.append(Route("/crm/v3/lists/search", _guarded(account_api.search_lists, portal), methods=["POST"]))
    return found


def _open(answer: Answer, portal: Portal) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request, portal)
        except RefusedError as refused:
            return refused.answer()

    return endpoint


def _guarded(answer: Answer, portal: Portal, *, search: bool = False) -> Callable[[Request], Awaitable[Response]]:
    answered = _open(answer, portal)

    async def endpoint(request: Request) -> Response:
        refused = _login_refusal(request, portal)
        if refused is not None:
            return refused
        window = portal.searches if search else portal.general
        if not window.take():
            return limited("SECONDLY" if search else "TEN_SECONDLY_ROLLING")
        response = await answered(request)
        if not search:
            response.headers.update(window.headers())
        return response

    return endpoint


def _login_refusal(request: Request, portal: Portal) -> Response | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and portal.knows(token):
        return None
    message = "Authentication credentials not found. This API supports OAuth 2.0 and private app access tokens."
    category = "INVALID_AUTHENTICATION"
    if portal.expired(token):
        message, category = "The OAuth token used to make this call expired.", "EXPIRED_AUTHENTICATION"
    body = {"status": "error", "message": message, "correlationId": str(uuid.uuid4()), "category": category}
    return JSONResponse(body, 401)


async def _change_settings(request: Request, portal: Portal) -> Response:
    """Change how the account behaves; a control of the sandbox, not of HubSpot."""
    asked = await body_of(request)
    known = {field.name for field in dataclasses.fields(Settings)}
    if set(asked) - known or not all(isinstance(value, int) for value in asked.values()):
        return JSONResponse({"error": f"whole numbers for any of {', '.join(sorted(known))}"}, 400)
    portal.apply(dataclasses.replace(portal.settings, **asked))
    return JSONResponse(dataclasses.asdict(portal.settings))
