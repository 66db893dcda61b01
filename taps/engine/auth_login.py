"""A login at work: puts credentials on requests to its own hosts, and on no other."""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from taps.engine.auth import (
    Auth,
    Basic,
    Bearer,
    Hmac,
    Jwt,
    Keys,
    OAuth1,
    OAuth2,
    Proof,
    Session,
    SigV4,
    token_endpoint,
)
from taps.engine.auth_choice import EXPIRES_AT
from taps.engine.auth_oauth2 import first_token, oauth2_obtain
from taps.engine.auth_session import session_obtain
from taps.engine.auth_store import TokenStore
from taps.engine.auth_tokens import Fetch, TokenKeeper
from taps.engine.egress import check_address, origin
from taps.engine.errors import LoginRefused
from taps.engine.http_clock import Clock
from taps.engine.http_request import Request, with_headers, with_params
from taps.engine.references import UNSET, Scope, as_text, fill, fill_text, fill_value, names
from taps.engine.signing_hmac import digest, sign_hmac
from taps.engine.signing_sigv4 import Keys as AwsKeys
from taps.engine.signing_sigv4 import sign_sigv4

Put = Callable[[Request, str], Request]
"""Puts credentials on a request; the text is the access token, empty for logins without one."""


@dataclass(slots=True)
class Login:
    """One way in. Credentials go only to `origins` (`scheme://host:port`); its repr shows none."""

    name: str
    origins: frozenset[str]
    put: Put = field(repr=False)
    keeper: TokenKeeper | None = field(default=None, repr=False)
    references: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What `{auth.x}` stands for in a manifest's texts."""
    token_address: str | None = None
    _secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def sign(self, request: Request, fetch: Fetch) -> tuple[Request, int]:
        """The request with credentials and the number of the token used (for `renew`)."""
        token, number = self.keeper.current(fetch) if self.keeper else ("", 0)
        return self.put(request, token), number

    def apply(self, request: Request, fetch: Fetch) -> Request:
        """The request with credentials."""
        return self.sign(request, fetch)[0]

    def renew(self, number: int, fetch: Fetch) -> bool:
        """Replaces the refused token `number`, once for all threads; False where this login cannot."""
        return self.keeper.renew(number, fetch) if self.keeper else False

    def secrets(self) -> frozenset[str]:
        """Every value that must never be shown."""
        return self._secrets | frozenset(self.keeper.seen if self.keeper else ())

    def token_facts(self, fetch: Fetch) -> Mapping[str, Any]:
        """What the token answer says besides its tokens, for `account: {x: {from: token}}`; asks for one if need be."""
        if self.keeper is None:
            return {}
        _, number = self.keeper.current(fetch)
        if not self.keeper.facts:
            self.keeper.renew(number, fetch)
        return self.keeper.facts


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a login needs to know: the platform, its addresses, and where new tokens are kept."""

    platform: str
    base: str
    """The address requests go to: the setting `api_url`, else the entry's own `base`, else the manifest's."""
    addresses: tuple[str, ...] = ()
    """Further addresses that the login's credentials may go to."""
    auth_url: str | None = None
    """The setting that replaces the token endpoint."""
    allow_insecure: bool = False
    store: TokenStore | None = None
    clock: Clock = field(default_factory=Clock)


def make_login(name: str, auth: Auth, scope: Scope, around: Surroundings) -> Login:
    """The login of one `auth` entry; `scope["config"]` holds its settings. Raises `BadSetting` for unsafe addresses."""
    scope = _with_kept(auth, scope, around.store)
    address = token_address(auth, scope, around)
    keeper = _keeper(auth, scope, around, address)
    secrets = _static_secrets(auth, scope)
    config: Mapping[str, Any] = scope.get("config", {})
    references = {key: str(config[key]) for key in ("client_id",) if isinstance(auth, OAuth2) and config.get(key)}
    return Login(
        name=name,
        origins=frozenset(origin(url) for url in (around.base, *around.addresses)),
        put=_put(auth, scope, around.clock),
        keeper=keeper,
        references=references,
        token_address=address,
        _secrets=frozenset(secrets),
    )


def _with_kept(auth: Auth, scope: Scope, store: TokenStore | None) -> Scope:
    """The settings with the tokens that an earlier run was given in place of theirs."""
    if store is None or not isinstance(auth, OAuth2) or auth.refresh != "rotating":
        return scope
    stored = store.read()
    kept = {name: stored[name] for name in ("refresh_token", "access_token", EXPIRES_AT) if name in stored}
    return {**scope, "config": {**scope.get("config", {}), **kept}}


def token_address(auth: Auth, scope: Scope, around: Surroundings) -> str | None:
    """The token endpoint of a login that has one; the setting `auth_url` wins."""
    if not isinstance(auth, OAuth2 | Jwt):
        return None
    if around.auth_url:
        return check_address(around.auth_url, "auth_url", around.allow_insecure)
    return fill_text(token_endpoint(auth), scope)


def _keeper(auth: Auth, scope: Scope, around: Surroundings, address: str | None) -> TokenKeeper | None:
    clock, platform = around.clock, around.platform
    match auth:
        case OAuth2():
            obtain = oauth2_obtain(auth, scope, platform=platform, url=address or "", store=around.store, clock=clock)
            return TokenKeeper(obtain, clock, first_token(scope.get("config", {}), clock))
        case Jwt():
            from taps.engine.auth_jwt import jwt_obtain  # cryptography takes as long to load as the rest of a tap

            return TokenKeeper(jwt_obtain(auth, scope, platform=platform, url=address or "", clock=clock), clock)
        case Session():
            return TokenKeeper(session_obtain(auth, scope, platform=platform, base=around.base, clock=clock), clock)
    return None


def _put(auth: Auth, scope: Scope, clock: Clock) -> Put:
    match auth:
        case Bearer():
            fixed = fill_text(auth.token, scope)
            return _proven(_in_header(auth.header, auth.scheme, fixed), auth.proof, scope, fixed)
        case Basic():
            pair = f"{_text(auth.username, scope)}:{_text(auth.password, scope)}"
            return _in_header("Authorization", "Basic", base64.b64encode(pair.encode()).decode())
        case Keys():
            return _keys(auth, scope)
        case OAuth2():
            bare = auth.header.lower() != "authorization"
            scheme = auth.scheme if auth.scheme is not None else ("" if bare else "Bearer")
            return _proven(_in_header(auth.header, scheme), auth.proof, scope)
        case Jwt() | Session():
            return _in_header(auth.header, auth.scheme)
        case OAuth1():
            return _oauth1(auth, scope)
        case SigV4():
            keys = AwsKeys(
                access_key=fill_text(auth.access_key, scope),
                secret_key=fill_text(auth.secret_key, scope),
                region=fill_text(auth.region, scope),
                service=fill_text(auth.service, scope),
                session_token=_text(auth.session_token, scope) or None,
            )
            return lambda request, _token: sign_sigv4(request, keys, clock.now())
        case Hmac():
            return lambda request, _token: sign_hmac(request, auth, scope, clock.now())


def _proven(put: Put, proof: Proof | None, scope: Scope, fixed: str | None = None) -> Put:
    """The login with the proof that its holder knows the app's secret, where he gave it."""
    key = _text(proof.key, scope) if proof else ""
    if proof is None or not key:
        return put

    def proven(request: Request, token: str) -> Request:
        shown = digest(fixed or token, key.encode(), "sha256", "hex")
        return put(replace(request, params=with_params(request.params, {proof.send: shown})), token)

    return proven


def _text(text: str | None, scope: Scope) -> str:
    value = fill(text, scope) if text else None
    return "" if value is None or value is UNSET else as_text(value)


def _in_header(header: str, scheme: str, fixed: str | None = None) -> Put:
    def put(request: Request, token: str) -> Request:
        value = f"{scheme} {fixed or token}".strip()
        return replace(request, headers=with_headers(request.headers, {header: value}))

    return put


def _keys(auth: Keys, scope: Scope) -> Put:
    headers, params, path = (
        {name: as_text(value) for name, value in fill_value(texts, scope).items()}
        for texts in (auth.headers, auth.params, auth.path)
    )

    def put(request: Request, _token: str) -> Request:
        url = request.url
        for name, value in path.items():
            url = url.replace("{" + name + "}", quote(value, safe=""))
        return replace(
            request,
            url=url,
            headers=with_headers(request.headers, headers),
            params=with_params(request.params, params),
        )

    return put


def _oauth1(auth: OAuth1, scope: Scope) -> Put:
    from taps.engine.signing_oauth1 import Keys as OAuth1Keys
    from taps.engine.signing_oauth1 import sign_oauth1

    keys = OAuth1Keys(
        consumer_key=fill_text(auth.consumer_key, scope),
        consumer_secret=fill_text(auth.consumer_secret, scope),
        token=_text(auth.token, scope) or None,
        token_secret=_text(auth.token_secret, scope) or None,
        realm=_text(auth.realm, scope) or None,
        method=auth.method,
    )
    return lambda request, _token: sign_oauth1(request, keys)


def _static_secrets(auth: Auth, scope: Scope) -> Iterable[str]:
    """What the entry itself puts on requests, and what its settings say is secret."""
    config: Mapping[str, Any] = scope.get("config", {})
    named = {name for name, option in auth.config.items() if option.type == "secret"}
    if isinstance(auth, OAuth2):
        named |= {"client_secret", "refresh_token", "access_token"}
    if isinstance(auth, Session):
        said = [auth.path, auth.params, auth.headers, auth.body, auth.form]
        named |= {name.removeprefix("config.") for name in names(said) if name.startswith("config.")}
    yield from (str(config[name]) for name in named if config.get(name))
    texts: list[str | None] = []
    match auth:
        case Bearer():
            texts = [auth.token, auth.proof.key if auth.proof else None]
        case Basic():
            texts = [auth.password]
        case Keys():
            texts = [*auth.headers.values(), *auth.params.values(), *auth.path.values()]
        case Jwt():
            texts = [auth.key]
        case OAuth1():
            texts = [auth.consumer_secret, auth.token_secret]
        case SigV4():
            texts = [auth.secret_key, auth.session_token]
        case Hmac():
            texts = [auth.key]
    yield from (value for text in texts if (value := _text(text, scope)))


def no_login(name: str) -> LoginRefused:
    """What a request gets that names a login the tap does not have."""
    return LoginRefused(f"the login {name!r} is not set up: give its settings, or leave its streams out")
