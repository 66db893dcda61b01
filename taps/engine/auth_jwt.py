"""Service accounts: a signed assertion is exchanged for an access token (RFC 7523, sections 2.1 and 2.2)."""

from urllib.parse import urlencode

from authlib.oauth2.rfc7523.assertion import sign_jwt_bearer_assertion
from joserfc.jwk import ECKey, OctKey, RSAKey

from taps.engine.auth import Jwt
from taps.engine.auth_oauth2 import connect_again, token_of
from taps.engine.auth_tokens import Fetch, Obtain, Token
from taps.engine.errors import BadSetting, LoginRefused
from taps.engine.http_clock import Clock
from taps.engine.http_request import Request
from taps.engine.references import UNSET, Scope, fill, fill_text, fill_value

_KEYS: dict[str, type[RSAKey | ECKey | OctKey]] = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "HS": OctKey}
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CLIENT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion(auth: Jwt, url: str, scope: Scope, clock: Clock, platform: str) -> str:
    """The signed assertion; raises `BadSetting` where the key cannot sign."""
    key = fill_text(auth.key, scope).replace("\\n", "\n")
    subject = fill(auth.subject, scope) if auth.subject else None
    key_id = fill(auth.key_id, scope) if auth.key_id else None
    claims = {"scope": auth.separator.join(auth.scopes)} if auth.scopes else {}
    try:
        signed = sign_jwt_bearer_assertion(
            key=_KEYS[auth.algorithm[:2]].import_key(key),
            issuer=fill_text(auth.issuer, scope),
            audience=fill_text(auth.audience, scope) if auth.audience else url,
            subject=None if subject is UNSET else subject,
            issued_at=int(clock.now().timestamp()),
            expires_in=int(auth.lifetime),
            claims=claims,
            header={"typ": "JWT", **({"kid": key_id} if key_id not in (None, UNSET) else {})},
            alg=auth.algorithm,
        )
    except Exception:
        signed = None
    if signed is None:
        msg = f"the service account's key cannot sign ({auth.algorithm}): paste it whole, with its first and last line"
        raise BadSetting(msg, platform=platform)
    return signed.decode() if isinstance(signed, bytes) else str(signed)


def jwt_obtain(auth: Jwt, scope: Scope, *, platform: str, url: str, clock: Clock) -> Obtain:
    """How a service account gets its access tokens."""

    def obtain(_last: Token | None, fetch: Fetch) -> Token:
        signed = assertion(auth, url, scope, clock, platform)
        if auth.proves == "client":
            fields = {"grant_type": "client_credentials", "client_assertion_type": _CLIENT, "client_assertion": signed}
        else:
            fields = {"grant_type": _GRANT, "assertion": signed}
        body = urlencode({**fields, **fill_value(auth.params, scope)})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        request = Request(url, "POST", headers=headers, body=body.encode(), login="none")
        code = None
        try:
            return token_of(fetch(request), {}, auth.expires, clock)
        except LoginRefused as refused:
            code = refused.code
        why = f"the service account is refused ({code})" if code else "the service account is refused"
        raise connect_again(platform, why)

    return obtain
