"""The form by which a platform is connected, as its manifest says it: what is asked for always, and for which login."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrate.connections.checking import LOGIN_KEEPS, fields
from taps.engine.auth import Auth, OAuth2
from taps.engine.auth_choice import options_of
from taps.engine.auth_code import code_logins
from taps.engine.manifest import Manifest
from taps.engine.options import ChoiceOption, ListOption, Option, PickOption, TextOption
from taps.kinds import load, settings_schema

_BY_APP = LOGIN_KEEPS | {"client_id", "client_secret"}
"""What a login in a browser brings itself, with the tenant's app."""
_OF_THE_CONNECTION = {"connection", "connection_id"}
"""What follows from the connection's own name."""


@dataclass(frozen=True)
class Field:
    """One setting as a form asks for it.

    `kind` is string, secret, integer, boolean, date, datetime, choice, list or pick; `suffix` is shown behind the
    field; a pick is chosen after the connection works.
    """

    name: str
    title: str
    kind: str
    required: bool
    help: str | None = None
    docs: str | None = None
    example: str | None = None
    pattern: str | None = None
    suffix: str | None = None
    default: Any = None
    choices: Sequence[str] = ()
    many: bool = False


@dataclass(frozen=True)
class LoginForm:
    """One way to log in; `in_browser` ones ask for nothing that the vendor gives by itself."""

    name: str
    title: str
    docs: str | None
    in_browser: bool
    scopes: Sequence[str]
    fields: Sequence[Field]
    webhooks: Sequence[str] = ()
    """The scopes that are asked for besides where the login is to register webhooks."""


@dataclass(frozen=True)
class Form:
    """What connecting a platform takes: settings of every login, and the logins to choose one from."""

    fields: Sequence[Field]
    logins: Sequence[LoginForm]


def form(platform: str) -> Form:
    """The form of a platform; raises `BadSetting` for one that there is not."""
    known = fields(platform)
    manifest = load(platform)
    if not isinstance(manifest, Manifest):
        required = settings_schema(platform)["required"]
        asked = {name: words for name, words in known.items() if name not in _OF_THE_CONNECTION}
        return Form([_of_schema(name, words, name in required) for name, words in asked.items()], [])
    browser = code_logins(manifest)
    register = manifest.webhooks.registering if manifest.webhooks else None
    more = register.scopes if register else []
    logins = [
        replace(_login(name, auth, name in browser), webhooks=more if name in browser else ())
        for name, auth in manifest.auth.items()
    ]
    return Form([_field(name, option) for name, option in manifest.config.items()], logins)


def _login(name: str, auth: Auth, in_browser: bool) -> LoginForm:
    asked = {key: option for key, option in options_of(auth).items() if not in_browser or key not in _BY_APP}
    shown = [_field(key, option) for key, option in asked.items() if key not in LOGIN_KEEPS or key in auth.config]
    if isinstance(auth, OAuth2) and not in_browser:
        shown = [replace(each, required=each.required or each.name in _BY_APP) for each in shown]
    scopes = list(getattr(auth, "scopes", []))
    return LoginForm(name, auth.title or name.replace("_", " "), auth.docs, in_browser, scopes, shown)


def _field(name: str, option: Option) -> Field:
    text = option if isinstance(option, TextOption) else None
    default = getattr(option, "default", None)
    return Field(
        name=name, title=option.title, kind=_kind(option), help=option.help, docs=option.docs, example=option.example,
        required=not option.optional and default is None and not isinstance(option, PickOption),
        pattern=text.pattern if text else None, suffix=text.suffix if text else None, default=default,
        choices=list(option.choices) if isinstance(option, ChoiceOption) else [],
        many=isinstance(option, ListOption) or (isinstance(option, PickOption) and option.many),
    )  # fmt: skip


def _kind(option: Option) -> str:
    secret_list = isinstance(option, ListOption) and option.of == "secret"
    return "secret" if secret_list else option.type


def _of_schema(name: str, words: Mapping[str, Any], required: bool) -> Field:
    kinds = words.get("type", "string")
    kind = "secret" if words.get("secret") else kinds if isinstance(kinds, str) else str(kinds[0])
    return Field(
        name=name, title=str(words.get("title") or name), kind=kind, required=required,
        help=words.get("description"), default=words.get("default"), choices=list(words.get("enum", [])),
    )  # fmt: skip
