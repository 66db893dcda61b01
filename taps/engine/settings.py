"""A tap's settings: what they may be, and the connection that they make. Wrong ones are refused before any request."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from platformdirs import user_state_path

from taps.engine.asking import Addresses, Asker
from taps.engine.auth_choice import choose_login, options_of
from taps.engine.auth_login import Login, Surroundings, make_login
from taps.engine.auth_store import ConfigFile, Kept, TokenFile, TokenStore
from taps.engine.connection import Connection
from taps.engine.egress import check_address, is_loopback
from taps.engine.errors import BadSetting
from taps.engine.files import SETTINGS
from taps.engine.http import Client, Settings
from taps.engine.http_clock import Clock
from taps.engine.http_exchange import Transport
from taps.engine.manifest import Manifest
from taps.engine.options import Option, TextOption, json_schema, secret_texts, value_of
from taps.engine.rate import Rate
from taps.engine.rate_accounts import accounts
from taps.engine.rate_shared import Ledger, Shares
from taps.engine.references import ReferenceUnset, fill_text
from taps.engine.windows import parse

_TEXT = {"type": "string"}
COMMON: dict[str, dict[str, Any]] = {
    "start_date": _TEXT | {"format": "date-time", "description": "Read records since (a day or a moment, UTC)."},
    "end_date": _TEXT | {"format": "date-time", "description": "Read records until; the present if not set."},
    "connection": _TEXT
    | {"description": "A connection that `engarde connection add` made: its settings are used, secrets included."},
    "connection_id": _TEXT
    | {"default": "default", "description": "Stamped on every record, so that several accounts can share a table."},
    "objects": {
        "type": ["object", "string"],
        "description": "Read these records alone, by stream and id, and keep the bookmarks as they are.",
    },
    "auth_method": _TEXT | {"description": "Which way to log in, where the settings would allow several."},
    "api_url": _TEXT | {"description": "The vendor's base address, for private deployments, sandboxes and tests."},
    "api_urls": {
        "type": ["object", "string"],
        "description": "Further addresses by the names the manifest gives them.",
    },
    "auth_url": _TEXT | {"description": "The token endpoint."},
    "token_store": _TEXT
    | {"file": True, "description": "The folder for refresh tokens that a vendor replaces at every use."},
    "allow_insecure": {"type": "boolean", "default": False, "description": "Permit an api_url without https."},
    "user_agent": _TEXT | {"description": "How the tap calls itself."},
    "request_timeout": {"type": "number", "default": 60, "description": "Seconds one request may take in all."},
    "max_concurrency": {"type": "integer", "default": 8, "description": "Requests at once."},
    "paced": {
        "type": "boolean",
        "default": True,
        "description": "Ask no faster than the vendor permits; false only for pretend vendors on this machine.",
    },
    "ca_bundle": _TEXT | {"file": True, "description": "A file of further certificate authorities."},
    "proxy": _TEXT | {"description": "The address of an HTTP proxy."},
}
"""The settings every tap has without saying so."""
FRAME = frozenset({"batch_config", "stream_maps", "stream_map_config", "faker_config", "flattening_enabled",
                   "flattening_max_depth",
                   "flattening_max_key_length", "flattening_key_separator", "stream_maps_settings"})  # fmt: skip
"""Settings of singer-sdk's frame."""


def options(manifest: Manifest) -> dict[str, Option]:
    """Every option of a platform: its own, those of its logins, and what a login tells of the account."""
    told = {name: fact for name, fact in manifest.account.items() if fact.from_ is not None}
    found: dict[str, Option] = {
        name: TextOption(type="string", title=f"{name} (told at login)", optional=True, docs=fact.docs)
        for name, fact in told.items()
    }
    found |= manifest.config
    for auth in manifest.auth.values():
        found |= options_of(auth)
    return found


def settings_schema(manifest: Manifest) -> dict[str, Any]:
    """The JSON Schema of a tap's settings, for `--about` and Meltano."""
    own = {name: json_schema(option) for name, option in options(manifest).items()}
    common = {name: schema for name, schema in COMMON.items() if name not in own}
    required = [
        name
        for name, option in manifest.config.items()
        if not option.optional and getattr(option, "default", None) is None and option.type != "pick"
    ]
    files = SETTINGS if manifest.files is not None else {}
    return {"type": "object", "properties": {**own, **files, **common}, "required": required}


def values(manifest: Manifest, given: Mapping[str, Any], platform: str, later: Collection[str] = ()) -> dict[str, Any]:
    """`{config.x}` for each option; raises `BadSetting` naming the first that is missing or wrong.

    `later` are the settings that may be missing as yet.
    """
    known = options(manifest)
    found: dict[str, Any] = {name: given[name] for name in COMMON if given.get(name) not in (None, "")}
    for name in ("start_date", "end_date"):
        _check_date(name, given.get(name), platform)
    for name, option in known.items():
        try:
            value = value_of(name, option, given.get(name))
        except ValueError as wrong:
            raise BadSetting(str(wrong), platform=platform) from None
        if value is not None:
            found[name] = value
        elif name in manifest.config and not option.optional and option.type != "pick" and name not in later:
            msg = f"setting {name!r} is missing: {option.title}"
            raise BadSetting(msg, platform=platform)
    return found


def _check_date(name: str, given: Any, platform: str) -> None:
    try:
        if given not in (None, ""):
            parse(given)
    except ValueError:
        msg = f"setting {name} is {str(given)[:40]!r}, which is no date: write it as 2025-01-31"
        raise BadSetting(msg, platform=platform) from None


def unknown(manifest: Manifest, given: Mapping[str, Any]) -> list[str]:
    """A sentence for each setting that nobody knows."""
    known = {*options(manifest), *COMMON, *FRAME, *(SETTINGS if manifest.files is not None else ())}
    sentences = []
    for name in given:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            sentences.append(f"setting {name!r} is not known and has no effect{hint}")
    return sentences


def _number(given: Mapping[str, Any], name: str, kind: type, platform: str) -> Any:
    try:
        value = kind(given.get(name) or COMMON[name]["default"])
    except (TypeError, ValueError):
        msg = f"setting {name!r} must be a number"
        raise BadSetting(msg, platform=platform) from None
    if value <= 0:
        msg = f"setting {name!r} must be more than zero"
        raise BadSetting(msg, platform=platform)
    return value


def addresses(
    manifest: Manifest, given: Mapping[str, Any], scope: Mapping[str, Any], login: str | None, platform: str
) -> Addresses:
    """Where the vendor is reached: the settings' addresses before the login's own, before the manifest's."""
    insecure = bool(given.get("allow_insecure"))
    own_base = manifest.auth[login].base if login else None
    try:
        base = fill_text(own_base or manifest.http.base, scope)
    except ReferenceUnset as unset:
        msg = f"the vendor's address needs a setting: {unset}"
        raise BadSetting(msg, platform=platform) from None
    if given.get("api_url"):
        base = check_address(str(given["api_url"]).rstrip("/"), "api_url", insecure)
    hosts = {
        name: fill_text(host.base, scope) for name, host in manifest.http.hosts.items() if _can_fill(host.base, scope)
    }
    for name, address in _urls(given.get("api_urls"), platform).items():
        if name not in manifest.http.hosts:
            msg = f"setting 'api_urls': there is no address called {name!r}; there are {', '.join(manifest.http.hosts)}"
            raise BadSetting(msg, platform=platform)
        hosts[name] = check_address(str(address).rstrip("/"), f"api_urls.{name}", insecure)
    return Addresses(base, hosts)


def _can_fill(text: str, scope: Mapping[str, Any]) -> bool:
    try:
        fill_text(text, scope)
    except ReferenceUnset:
        return False
    return True


def _urls(given: Any, platform: str) -> dict[str, str]:
    if isinstance(given, str):
        import json

        try:
            given = json.loads(given)
        except ValueError:
            msg = "setting 'api_urls' must be a JSON object of names and addresses"
            raise BadSetting(msg, platform=platform) from None
    return dict(given or {})


def connect(
    manifest: Manifest, folder: Path, given: Mapping[str, Any], *,
    store: TokenStore | None = None, max_concurrency: int | None = None,
    transport: Transport | None = None, clock: Clock | None = None, ledger: Ledger | None = None,
) -> Connection:  # fmt: skip
    """The connection that the settings make. Raises `BadSetting`; sends nothing.

    With a `ledger` it shares the budget of its account with whoever else asks that.
    """
    platform = folder.name
    _check_open(manifest, platform)
    try:
        config = values(manifest, given, platform)
        name = choose_login(manifest.auth, {**given, **config}, platform=platform)
        scope = {"config": config, "checked": {"api_version": manifest.checked.api_version}}
        where = addresses(manifest, given, scope, name, platform)
        logins = _logins(manifest, config, scope, where, name, platform, store)
    except BadSetting as wrong:
        raise BadSetting(wrong.what, platform=platform) from None
    secrets = [
        text for n, option in options(manifest).items() if n in config for text in secret_texts(option, config[n])
    ]
    client = Client(
        platform=platform,
        logins=logins,
        default_login=name,
        buckets=_rates(manifest, given, where, platform),
        errors=manifest.defaults.errors,
        secrets=secrets,
        transport=transport,
        clock=clock,
        shares=Shares(ledger, accounts(manifest, config, where.base, name, platform)) if ledger else None,
        settings=_of_requests(given, where, max_concurrency, platform),
    )
    return Connection(
        manifest=manifest,
        folder=folder,
        config=config,
        client=client,
        asker=Asker(manifest, folder, where),
        connection_id=str(given.get("connection_id") or "default"),
        login=logins.get(name) if name else None,
    )


def token_client(given: Mapping[str, Any], platform: str, secrets: Collection[str]) -> Client:
    """A client for the token endpoint alone; it signs nothing. `secrets` are never shown."""
    endpoint = str(given.get("auth_url") or "")
    own = replace(_of_requests(given, Addresses("", {}), None, platform), addresses=(endpoint,) if endpoint else ())
    return Client(platform=platform, logins={}, default_login=None, buckets={}, secrets=list(secrets), settings=own)


def _check_open(manifest: Manifest, platform: str) -> None:
    """Refuses a platform whose API is closed, with what to use instead."""
    closed = manifest.status in {"retired", "partner_only"} or (manifest.status == "successor" and manifest.successor)
    if closed:
        state = manifest.status.replace("_", " ")
        reason = f"use {manifest.successor}" if manifest.successor else f"its API is {state}"
        msg = f"{manifest.title} cannot be read: {reason}"
        raise BadSetting(msg, platform=platform)


def _of_requests(given: Mapping[str, Any], where: Addresses, max_concurrency: int | None, platform: str) -> Settings:
    return Settings(
        request_timeout=_number(given, "request_timeout", float, platform),
        user_agent=str(given.get("user_agent") or "engarde"),
        ca_bundle=given.get("ca_bundle") or None,
        proxy=given.get("proxy") or None,
        max_concurrency=max_concurrency or _number(given, "max_concurrency", int, platform),
        allow_insecure=bool(given.get("allow_insecure")),
        addresses=(where.base, *where.hosts.values()),
    )


def _rates(manifest: Manifest, given: Mapping[str, Any], where: Addresses, platform: str) -> Mapping[str, Rate]:
    """The vendor's limits; with `paced: false` only what its answers say of them."""
    if given.get("paced") is not False:
        return manifest.rate
    away = [url for url in (where.base, *where.hosts.values()) if not is_loopback(urlsplit(url).hostname or "")]
    if away:
        msg = f"setting 'paced' may be false only where every address is on this machine, which {away[0]} is not"
        raise BadSetting(msg, platform=platform)
    loose: dict[str, Any] = {"requests": None, "burst": None, "concurrent": None}
    return {name: rate.model_copy(update=loose) for name, rate in manifest.rate.items()}


def _logins(
    manifest: Manifest, config: Mapping[str, Any], scope: Mapping[str, Any], where: Addresses, chosen: str | None,
    platform: str, store: TokenStore | None,
) -> dict[str, Login]:  # fmt: skip
    """The chosen login, and those that hosts or streams name."""
    by_host = {
        host.auth: where.hosts[name] for name, host in manifest.http.hosts.items() if host.auth and name in where.hosts
    }
    named = {stream.auth for stream in manifest.streams.values() if stream.auth and stream.auth != "none"}
    own = tuple(address for name, address in where.hosts.items() if manifest.http.hosts[name].auth is None)
    logins = {}
    for name in {chosen, *by_host, *named} - {None}:
        around = Surroundings(
            platform=platform,
            base=where.base,
            addresses=(by_host[name],) if name in by_host else (where.base, *own),
            auth_url=str(config["auth_url"]) if config.get("auth_url") else None,
            allow_insecure=bool(config.get("allow_insecure")),
            store=store,
        )
        logins[str(name)] = make_login(str(name), manifest.auth[str(name)], scope, around)
    return logins


def token_store(paths: list[Path], given: Mapping[str, Any], platform: str) -> TokenStore | None:
    """Where rotated tokens are kept: the folder `token_store`, and the one config file the tap was given."""
    config = ConfigFile(paths[-1]) if paths else None
    refresh = given.get("refresh_token")
    if not refresh:
        return config
    folder = given.get("token_store") or user_state_path("engarde") / "tokens"
    tokens = TokenFile(Path(folder).expanduser(), platform, given)
    return Kept(config, tokens, str(refresh)) if config else tokens
