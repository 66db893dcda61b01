"""Where a redirect leads, if it may be followed: nowhere that a login would be shown to somebody else."""

from dataclasses import replace
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from taps.engine.egress import AddressRefused, origin
from taps.engine.http_answer import Answer
from taps.engine.http_exchange import Fault
from taps.engine.http_request import Request

STATUSES = {301, 302, 303, 307, 308}
AT_MOST = 5
"""How many redirects a request follows."""


def redirected(request: Request, answer: Answer) -> Request | Fault:
    """The request a redirect asks for: at the same scheme, host and port (RFC 9110, 15.4), or a link without login."""
    location = answer.headers.get("Location", "")
    stays, leaves, shown = False, False, "nowhere"
    try:
        target = urljoin(request.url, location) if location else ""
        shown = origin(target)
        stays = shown == origin(request.url)
        leaves = request.elsewhere and urlsplit(shown).scheme == urlsplit(request.url).scheme
    except (AddressRefused, ValueError):
        pass
    if not stays and not leaves:
        return Fault("address", f"a redirect to {shown}, which is not followed")
    if request.method != "GET":
        return Fault("address", f"a redirect of a {request.method}, which is not followed")
    parts = urlsplit(target)
    params = tuple(parse_qsl(parts.query, keep_blank_values=True))
    if not stays:
        request = replace(request, login="none", headers={})
    return replace(request, url=urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), params=params)
