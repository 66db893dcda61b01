"""Announcements as mail, by the SMTP server that ENGARDE_SMTP names (RFC 5321, RFC 8314)."""

from __future__ import annotations

import json
import os
import re
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from orchestrate.logins.address import public_url

SERVER, FROM = "ENGARDE_SMTP", "ENGARDE_MAIL_FROM"
SCHEME = "mailto:"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SECONDS = 15
_PORTS = {"smtp": 587, "smtps": 465}
_PLACES = {
    "run.finished": "/runs/{run}", "conflict.found": "/review", "connection.broken": "/connections/{connection}/login",
}  # fmt: skip
_SAID = {
    "run.finished": "Sync of {of}: {status}", "conflict.found": "{pairs} new pairs wait for review",
    "connection.broken": "{connection} no longer works",
}  # fmt: skip


def address_of(url: str) -> str | None:
    """The address of `mailto:ops@example.com`; None for other addresses."""
    return url.removeprefix(SCHEME) if url.startswith(SCHEME) else None


def refuse(address: str) -> str | None:
    """Why no mail can be sent to an address; None where it can."""
    if not _ADDRESS.fullmatch(address):
        return "it is no e-mail address"
    if not os.environ.get(SERVER) or not os.environ.get(FROM):
        return f"this service sends no mail; whoever runs it sets {SERVER} and {FROM}"
    return None


def written(to: str, message: str, body: bytes) -> EmailMessage:
    """An event as a mail; `body` is the JSON that webhooks are sent, `message` its id."""
    told = json.loads(body)
    values = {name: "" if value is None else str(value) for name, value in told["data"].items()}
    mail = EmailMessage()
    named = _Blank(values, of=values.get("connection") or values.get("cause") or "everything")
    subject = " ".join(_SAID[told["type"]].format_map(named).split())
    mail["Subject"] = f"EnGarde: {subject[:150]}"
    mail["From"], mail["To"] = os.environ[FROM], to
    mail["Message-ID"] = f"<{message}@{urlsplit(public_url()).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    lines = [f"{name}: {value}" for name, value in values.items() if value]
    place = public_url() + _PLACES[told["type"]].format_map(named)
    mail.set_content("\n".join([subject, "", *lines, "", place, "", f"You are told by {public_url()}/alerts", ""]))
    return mail


def send(to: str, message: str, body: bytes) -> int | str:
    """Hands a mail to the server: 250 once it took it, else what went wrong. A password is never sent in the open."""
    parts = urlsplit(os.environ.get(SERVER) or "")
    if parts.scheme not in _PORTS or not parts.hostname or not os.environ.get(FROM):
        return f"{SERVER} and {FROM} name no server such as smtp://user:password@host:587 and a sender"
    port = parts.port or _PORTS[parts.scheme]
    try:
        with _connected(parts.scheme, parts.hostname, port) as server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            elif parts.scheme == "smtp" and parts.username:
                return f"the mail server {parts.hostname} offers no TLS, without which no password is sent"
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(written(to, message, body))
    except smtplib.SMTPResponseException as refused:
        return f"the mail server answered {refused.smtp_code}"
    except (OSError, smtplib.SMTPException) as error:
        return f"the mail server {parts.hostname}: {type(error).__name__}"
    return 250


def _connected(scheme: str, host: str, port: int) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=_SECONDS)
    server.ehlo()
    return server


class _Blank(dict[str, str]):
    """An event need not have every word."""

    def __missing__(self, name: str) -> str:
        return ""
