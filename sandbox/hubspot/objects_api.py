"""CRM objects over HTTP: list, read, search, batch read.

Sources: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and .../search/guide. The same under
/crm/v3/objects/{type} and /crm/objects/2026-09/{type}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hubspot.crm import Crm
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.records import Record, moment
from sandbox.hubspot.requests import body_of, flag, kind_of, limit_of, names, next_page, page_after, wanted
from sandbox.hubspot.search import matching, page_bounds

if TYPE_CHECKING:
    from sandbox.hubspot.portal import Portal

MAX_PAGE, MAX_BATCH, MAX_BATCH_PAST = 100, 100, 50


async def list_objects(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/objects/{type}: by ascending id, living ones or (archived=true) archived ones."""
    kind, crm = kind_of(request), portal.crm()
    if names(request, "propertiesWithHistory"):
        raise invalid("The sandbox tells histories in batches only: leave out propertiesWithHistory")
    archived = flag(request, "archived")
    held = [record for record in crm.records(kind) if (record.archived is not None) is archived]
    limit = limit_of(request, 10, MAX_PAGE)
    page, paging = page_after(request, held, lambda record: int(record.id), limit)
    properties, associations = names(request, "properties"), names(request, "associations")
    body: dict[str, Any] = {"results": [crm.shown(kind, record, properties, associations) for record in page]}
    if paging is not None:
        body["paging"] = paging
    return JSONResponse(body)


async def read_object(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v3/objects/{type}/{id}; `idProperty` names another property that identifies."""
    kind, crm = kind_of(request), portal.crm()
    record = _find(crm, kind, request.path_params["object_id"], request.query_params.get("idProperty"))
    if record is not None and (record.archived is not None) is not flag(request, "archived"):
        record = None
    found = wanted(record, f"{kind.singular} {request.path_params['object_id']}")
    return JSONResponse(crm.shown(kind, found, names(request, "properties"), names(request, "associations")))


async def search_objects(request: Request, portal: Portal) -> Response:
    """Answer POST /crm/v3/objects/{type}/search: at most 10,000 results can be reached, archived ones never."""
    kind, crm, asked = kind_of(request), portal.crm(), await body_of(request)
    after, limit = page_bounds(asked)
    seen = crm.records(kind)
    if portal.settings.search_delay:
        newest = crm.snapshot.now - portal.settings.search_delay
        seen = [record for record in seen if record.updated <= newest]
    found = matching(seen, asked)
    properties = [str(name) for name in asked.get("properties") or []]
    page = found[after : after + limit]
    body: dict[str, Any] = {
        "total": len(found),
        "results": [crm.shown(kind, record, properties, None) for record in page],
    }
    if after + limit < len(found):
        body["paging"] = next_page(request, str(after + limit))
    return JSONResponse(body)


async def read_batch(request: Request, portal: Portal) -> Response:
    """Answer POST /crm/v3/objects/{type}/batch/read: 207 when some inputs are not found."""
    kind, crm, asked = kind_of(request), portal.crm(), await body_of(request)
    inputs, past = asked.get("inputs"), [str(name) for name in asked.get("propertiesWithHistory") or []]
    most = MAX_BATCH_PAST if past else MAX_BATCH
    if not isinstance(inputs, list) or len(inputs) > most:
        raise invalid(f"inputs must hold at most {most} ids")
    archived = flag(request, "archived")
    asked_ids = [str(entry.get("id")) for entry in inputs]
    found = [_find(crm, kind, asked_id, asked.get("idProperty")) for asked_id in asked_ids]
    kept = [record for record in found if record is not None and (record.archived is not None) is archived]
    properties = [str(name) for name in asked.get("properties") or []]
    now = moment(crm.snapshot.now)
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": [crm.shown(kind, record, properties, None) | _past(record, past) for record in kept],
        "startedAt": now,
        "completedAt": now,
    }
    if len(kept) == len(asked_ids):
        return JSONResponse(body)
    lost = sorted(set(asked_ids) - {record.id for record in kept})
    error = {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some objects, they may be deleted or not exist. Check that ids are valid.",
        "context": {"ids": lost},
    }
    return JSONResponse(body | {"numErrors": 1, "errors": [error]}, 207)


def _past(record: Record, names: list[str]) -> dict[str, Any]:
    # The business remembers no former values: today's count as set when the record was made.
    if not names:
        return {}
    source = {"sourceType": "INTEGRATION", "sourceId": "engarde", "sourceLabel": "EnGarde"}
    return {
        "propertiesWithHistory": {
            name: [{"value": record.values[name], "timestamp": moment(record.created), **source}]
            for name in names
            if record.values.get(name) is not None
        }
    }


def _find(crm: Crm, kind: ObjectType, asked: str, id_property: str | None) -> Record | None:
    if not id_property or id_property == "hs_object_id":
        return crm.by_id(kind).get(asked)
    return next((record for record in crm.records(kind) if record.values.get(id_property) == asked), None)
