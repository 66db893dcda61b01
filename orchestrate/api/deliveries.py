"""`/api/v1/webhooks/{platform}/{token}`: where vendors deliver. 200 means that the delivery is kept for good."""

from __future__ import annotations

import logging

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.convertors import Convertor, register_url_convertor

from orchestrate.api.problems import problem
from orchestrate.webhooks.body import BodyError, body_of
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.receiver import Receiver
from orchestrate.webhooks.verify import RefusedError

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
_LOG = logging.getLogger("engarde.webhooks")
_REFUSED = "this address takes nothing that its platform did not sign"


class _Token(Convertor[str]):
    """The last part of an endpoint's address: a tenant's id and an endpoint's."""

    regex = "[0-9a-f]{64}"

    def convert(self, value: str) -> str:
        """As it stands."""
        return value

    def to_string(self, value: str) -> str:
        """As it stands."""
        return value


register_url_convertor("token", _Token())


def install(app: FastAPI, under: str) -> None:
    """Puts the addresses of endpoints before all other routes, which costs each delivery half its time otherwise.

    What is no such address comes by the router's route, the last of all, and is refused alike.
    """
    app.add_route(f"{under}/webhooks/{{platform}}/{{token:token}}", _take, ["POST", "GET"], include_in_schema=False)


async def _take(request: Request) -> Response:
    return await take_delivery(request.path_params["platform"], request.path_params["token"], request)


@router.api_route("/{platform}/{token}", methods=["POST", "GET"], include_in_schema=False)
async def take_delivery(platform: str, token: str, request: Request) -> Response:
    """Takes a delivery, or a vendor's first question; 401 for whatever is not proved, without a word on why."""
    receiver: Receiver = request.app.state.receiver
    query = f"?{request.url.query}" if request.url.query else ""
    try:
        delivery = Delivery(request.method, query, await body_of(request), dict(request.headers))
        answer = await receiver.take(platform, token, delivery)
    except BodyError as broken:
        return problem(broken.status, str(broken))
    except RefusedError as refused:
        _LOG.info("delivery refused: %s", refused, extra={"platform": platform})
        return problem(401, _REFUSED)
    except SQLAlchemyError as broken:
        _LOG.error("a delivery was not kept: %s", type(broken).__name__, extra={"platform": platform})
        return problem(503, "the delivery was not kept; send it again", {"Retry-After": "10"})
    if answer.json is not None:
        return JSONResponse(dict(answer.json), headers=dict(answer.headers))
    return Response(
        answer.text, headers={**answer.headers, "X-Content-Type-Options": "nosniff"}, media_type="text/plain"
    )
