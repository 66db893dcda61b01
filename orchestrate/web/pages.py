"""Draws a page from its template, with the headers that keep what it shows from running or leaking."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestrate.web import words
from orchestrate.web.asking import visitor
from orchestrate.web.navigation import menu

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""No script and no style but this service's own files: what a vendor's data says is never run."""

NOTICES: dict[str, str] = {
    "connected": "Connected: the vendor answered. Load it now, or say when it is to be loaded.",
    "app": "The app is kept; its secret is sealed.",
    "saved": "Saved.",
    "tested": "The vendor answered; what it keeps to itself is said with the connection's state.",
    "removed": "The connection and its secrets are forgotten; what was loaded stays in the warehouse.",
    "saved_untold": "Saved. The vendor could not be told: its webhooks tell of the tables chosen before; see Webhooks.",
    "removed_untold": (
        "The connection is forgotten. Its vendor could not be told and goes on delivering: take the webhook away there."
    ),
    "removed_kept": (
        "The connection is forgotten. Its webhooks' address serves others of the same app and is one of theirs now."
    ),
    "asked": "These are the accounts that the login reaches.",
    "scheduled": "Scheduled.",
    "decided": "Decided. The tables show it once they are built anew, which is queued.",
    "undone": "Undone. The tables show it once they are built anew, which is queued.",
    "held": "Held back. Load it, and see here what it would merge with.",
    "reset": "The next run loads this table whole.",
    "registered": "The vendor knows the address and delivers; its secret is sealed.",
    "unregistered": "The vendor has forgotten the address.",
    "replayed": "It is processed once more.",
    "sent": "It is sent once more.",
    "revoked": "The key is revoked: nobody can ask with it any more.",
    "password": "Your password is changed; your other sessions have ended.",
}
"""What a page says after something was done, by the word in its address (`?done=`)."""

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_ENVIRONMENT.filters.update(
    ago=words.ago, number=words.number, amount=words.amount, size=words.size, duration=words.duration,
    latency=words.latency,
    state=words.state, hue=words.hue, spoken=words.spoken, segment=lambda text: quote(str(text), safe=""),
)  # fmt: skip


def page(request: Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200) -> Response:
    """A page of `templates/`; it knows `request`, `identity` (None for a visitor), `menu` and `notice` besides."""
    return HTMLResponse(fragment(request, template, context), status, HEADERS)


def fragment(request: Request, template: str, context: Mapping[str, Any] | None = None) -> str:
    """The text of a template, for a part of a page that is sent by itself."""
    identity = visitor(request)
    return _ENVIRONMENT.get_template(template).render(
        request=request, identity=identity, menu=menu(identity),
        notice=NOTICES.get(request.query_params.get("done", "")), **(context or {}),
    )  # fmt: skip


def onward(path: str, done: str | None = None) -> Response:
    """Sends the browser on after something was done; `done` is one of `NOTICES`."""
    return RedirectResponse(f"{path}?done={done}" if done else path, status_code=303)
