"""Associations over HTTP: those of one record, and batch reads.

Source: https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide; v3 answers the same without labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hubspot.associations import Associated
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.records import moment
from sandbox.hubspot.requests import body_of, kind_of, limit_of, page_after, wanted

if TYPE_CHECKING:
    from sandbox.hubspot.portal import Portal

MAX_PAGE, MAX_BATCH = 500, 1000


async def of_record(request: Request, portal: Portal) -> Response:
    """Answer GET /crm/v4/objects/{type}/{id}/associations/{to_type}."""
    crm = portal.crm()
    kind, other = kind_of(request), kind_of(request, "to_type")
    record_id = request.path_params["object_id"]
    wanted(crm.by_id(kind).get(record_id), f"{kind.singular} {record_id}")
    ends = crm.associations.of(kind.name, record_id, other.name)
    page, paging = page_after(request, ends, lambda end: int(end.id), limit_of(request, MAX_PAGE, MAX_PAGE))
    body: dict[str, Any] = {"results": [_end(end) for end in page]}
    if paging is not None:
        body["paging"] = paging
    return JSONResponse(body)


async def read_batch(request: Request, portal: Portal) -> Response:
    """Answer POST /crm/v4/associations/{from}/{to}/batch/read: 207 when some records have none."""
    return await _batch(request, portal, labelled=True)


async def read_batch_v3(request: Request, portal: Portal) -> Response:
    """Answer POST /crm/v3/associations/{from}/{to}/batch/read."""
    return await _batch(request, portal, labelled=False)


async def _batch(request: Request, portal: Portal, *, labelled: bool) -> Response:
    crm, asked = portal.crm(), await body_of(request)
    kind, other = kind_of(request), kind_of(request, "to_type")
    inputs = asked.get("inputs")
    if not isinstance(inputs, list) or len(inputs) > MAX_BATCH:
        raise invalid(f"inputs must hold at most {MAX_BATCH} ids")
    results, errors = [], []
    for record_id in (str(entry.get("id")) for entry in inputs):
        ends = crm.associations.of(kind.name, record_id, other.name)
        if not ends:
            errors.append(_none_found(kind, other, record_id))
            continue
        to = [_end(end) for end in ends] if labelled else [_plain_end(kind, other, end) for end in ends]
        results.append({"from": {"id": record_id}, "to": to})
    now = moment(crm.snapshot.now)
    body: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        return JSONResponse(body | {"numErrors": len(errors), "errors": errors}, 207)
    return JSONResponse(body)


def _end(end: Associated) -> dict[str, Any]:
    types = [{"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": label} for type_id, label in end.types]
    return {"toObjectId": int(end.id), "associationTypes": types}


def _plain_end(kind: ObjectType, other: ObjectType, end: Associated) -> dict[str, Any]:
    return {"id": end.id, "type": f"{kind.singular}_to_{other.singular}"}


def _none_found(kind: ObjectType, other: ObjectType, record_id: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {other.singular} is associated with {kind.singular} {record_id}.",
        "context": {
            "fromObjectId": [record_id],
            "fromObjectType": [kind.singular],
            "toObjectType": [other.singular],
        },
    }
