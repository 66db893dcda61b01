"""Owners, pipelines and properties over HTTP.

Sources: https://developers.hubspot.com/docs/api-reference/crm-crm-owners-v3/guide, .../crm-pipelines-v3/guide and
.../crm-properties-v3/guide
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.business.crm import Owner, Pipeline, Stage
from sandbox.hubspot.property_types import definition, definitions
from sandbox.hubspot.records import moment
from sandbox.hubspot.requests import flag, kind_of, limit_of, page_after, wanted

if TYPE_CHECKING:
    from sandbox.hubspot.portal import Portal


async def owners(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/owners, paged; archived=true lists those who left."""
    held = portal.crm().snapshot.owners
    found = [owner for _, owner in held.deleted.values()] if flag(request, "archived") else list(held.live.values())
    email = request.query_params.get("email")
    found = sorted((owner for owner in found if email in (None, owner.email)), key=lambda owner: int(owner.id))
    page, paging = page_after(request, found, lambda owner: int(owner.id), limit_of(request, 100, 500))
    body: dict[str, Any] = {"results": [_owner(owner, archived=flag(request, "archived")) for owner in page]}
    if paging is not None:
        body["paging"] = paging
    return JSONResponse(body)


async def owner(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/owners/{id}."""
    found = portal.crm().snapshot.owners.live.get(request.path_params["owner_id"])
    return JSONResponse(_owner(wanted(found, "Owner"), archived=False))


def _owner(found: Owner, *, archived: bool) -> dict[str, Any]:
    user = int(found.user_id)
    body = {
        "id": found.id,
        "email": found.email,
        "type": "PERSON",
        "firstName": found.first_name,
        "lastName": found.last_name,
        "userIdIncludingInactive": user,
        "createdAt": moment(found.created),
        "updatedAt": moment(found.updated),
        "archived": archived,
        "teams": [{"id": "1", "name": "Sales", "primary": True}],
    }
    return body if archived else body | {"userId": user}


async def pipelines(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/pipelines/{type}."""
    return JSONResponse({"results": [_pipeline(found) for found in _pipelines(request, portal)]})


async def pipeline(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/pipelines/{type}/{id}."""
    return JSONResponse(_pipeline(_one_pipeline(request, portal)))


async def stages(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/pipelines/{type}/{id}/stages."""
    return JSONResponse({"results": _pipeline(_one_pipeline(request, portal))["stages"]})


def _one_pipeline(request: Request, portal: Portal) -> Pipeline:
    asked = request.path_params["pipeline_id"]
    return wanted(next((found for found in _pipelines(request, portal) if found.id == asked), None), "Pipeline")


def _pipelines(request: Request, portal: Portal) -> list[Pipeline]:
    kind = kind_of(request)
    held = portal.crm().snapshot.pipelines.live.values()
    return [found for found in held if found.object_type == kind.name]


def _pipeline(found: Pipeline) -> dict[str, Any]:
    return {
        "id": found.id,
        "label": found.label,
        "displayOrder": 0,
        "createdAt": moment(found.created),
        "updatedAt": moment(found.updated),
        "archived": False,
        "stages": [_stage(found, stage) for stage in found.stages],
    }


def _stage(found: Pipeline, stage: Stage) -> dict[str, Any]:
    closed = "true" if stage.closed else "false"
    probability = {"isClosed": closed, "probability": f"{stage.probability / 100:.1f}"}
    tickets = {"ticketState": "CLOSED" if stage.closed else "OPEN", "isClosed": closed}
    return {
        "id": stage.id,
        "label": stage.label,
        "displayOrder": stage.order,
        "createdAt": moment(found.created),
        "updatedAt": moment(found.updated),
        "archived": False,
        "metadata": probability if found.object_type == "deals" else tickets,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


async def properties(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/properties/{type}; none is archived."""
    kind = kind_of(request)
    known = [] if flag(request, "archived") else definitions(kind.singular, portal.crm().property_names(kind))
    return JSONResponse({"results": known})


async def one_property(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/properties/{type}/{name}."""
    kind, name = kind_of(request), request.path_params["name"]
    known = name if name in portal.crm().property_names(kind) else None
    return JSONResponse(definition(kind.singular, wanted(known, f"Property {name}")))


async def nothing(_request: Request, _portal: Portal) -> Response:
    """Answer a list of which the portal has nothing: object types of its own, workflows."""
    return JSONResponse({"results": []})


def _user(found: Owner) -> dict[str, Any]:
    named = {"email": found.email, "firstName": found.first_name, "lastName": found.last_name}
    return {
        "id": found.user_id,
        **named,
        "roleIds": [],
        "primaryTeamId": "1",
        "secondaryTeamIds": [],
        "superAdmin": False,
    }


async def users(request: Request, portal: Portal) -> Response:
    """Answer GET /settings/v3/users: the owners, who are all there are."""
    held = sorted(portal.crm().snapshot.owners.live.values(), key=lambda owner: int(owner.id))
    page, paging = page_after(request, held, lambda owner: int(owner.id), limit_of(request, 100, 100))
    body: dict[str, Any] = {"results": [_user(owner) for owner in page]}
    return JSONResponse(body | ({"paging": paging} if paging is not None else {}))
