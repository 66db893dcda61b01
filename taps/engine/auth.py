"""`auth:` the ways to log in: a map of named entries; those not named by a host or stream are alternatives.

Texts may refer to settings (`{config.api_key}`); settings that belong to one login stand in its `config`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from taps.engine.options import Option
from taps.engine.words import Docs, Duration, Name, Path, Text, Word


class _Auth(Word):
    docs: Docs
    title: str | None = None
    config: dict[Name, Option] = {}
    """Settings that belong to this login."""
    base: Text | None = None
    """The vendor's address for this login, where it differs from `http.base`."""
    scopes: tuple[str, ...] = ()


class Proof(Word):
    """A parameter that shows that whoever holds the token also holds the app's secret: the token's HMAC-SHA256, hex."""

    send: str
    key: Text


class Bearer(_Auth):
    """A token in a header."""

    kind: Literal["bearer"]
    token: Text
    header: str = "Authorization"
    scheme: str = "Bearer"
    """What stands before the token; empty for the bare token."""
    proof: Proof | None = None
    """Sent where its key is set."""


class Basic(_Auth):
    """User name and password (RFC 7617); vendors often put a key in one of them and leave the other empty."""

    kind: Literal["basic"]
    username: Text
    password: Text = ""


class Keys(_Auth):
    """Keys in headers, query parameters, or at `{name}` in the address (written `{{name}}` in a manifest's path)."""

    kind: Literal["keys"]
    headers: dict[str, Text] = {}
    params: dict[str, Text] = {}
    path: dict[str, Text] = {}

    @model_validator(mode="after")
    def _somewhere(self) -> "Keys":
        if not (self.headers or self.params or self.path):
            msg = "says where the keys go: `headers`, `params` or `path`"
            raise ValueError(msg)
        return self


class OAuth2(_Auth):
    """OAuth 2.0 (RFC 6749); brings the settings client_id, client_secret, refresh_token and access_token itself."""

    kind: Literal["oauth2"]
    authorize: Text | None = None
    """Where the user agrees; the control plane sends him there."""
    pkce: Literal["S256", "none"] = "S256"
    """The proof of RFC 7636; `none` where the vendor refuses it rather than ignore what it does not know."""
    returned: dict[str, str] = {}
    """What the user comes back with under another name: `{code: auth_code}`; settings too: `{company_id: realmId}`."""
    token: Text
    """The token endpoint; the setting auth_url replaces it."""
    renew: Text | None = None
    """Where a refresh token is exchanged, if not at the token endpoint; auth_url replaces it too."""
    grant: Literal["authorization_code", "client_credentials"] = "authorization_code"
    separator: str = " "
    refresh: Literal["reusable", "rotating", "none"] = "reusable"
    client: Literal["basic", "body", "json", "query"] = "body"
    """Where client_id and client_secret go; `json` sends the whole token request as JSON."""
    ask: dict[str, Text] = {}
    """Extra parameters of the authorize address."""
    params: dict[str, Text] = {}
    """Extra parameters of the token request."""
    names: dict[str, str] = {}
    """Parameters that the vendor calls differently: `client_id: app_id`."""
    take: dict[Literal["access_token", "refresh_token", "expires_in"], Path] = {}
    """Where the tokens stand in the answer, if not under their own names."""
    headers: dict[str, Text] = {}
    header: str = "Authorization"
    """The header the access token goes into; any other than Authorization takes it bare."""
    scheme: str | None = None
    expires: Duration | None = None
    """How long an access token lives where the answer does not say."""
    proof: Proof | None = None
    """Sent where its key is set."""

    @model_validator(mode="after")
    def _can_be_asked(self) -> "OAuth2":
        if self.grant == "authorization_code" and self.authorize is None:
            msg = "`authorize` is missing: where does the user agree?"
            raise ValueError(msg)
        return self


class Jwt(_Auth):
    """A service account: a signed assertion is exchanged for an access token (RFC 7523)."""

    kind: Literal["jwt"]
    token: Text
    key: Text
    """The private key in PEM, or the shared secret for HS256."""
    issuer: Text
    subject: Text | None = None
    audience: Text | None = None
    """The token endpoint if not said."""
    algorithm: Literal["RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "HS256"] = "RS256"
    key_id: Text | None = None
    separator: str = " "
    lifetime: Duration = 3600.0
    """Of the assertion."""
    proves: Literal["grant", "client"] = "grant"
    """Whether the assertion is the grant (section 2.1) or shows who the client is that has one (section 2.2)."""
    params: dict[str, Text] = {}
    header: str = "Authorization"
    scheme: str = "Bearer"
    expires: Duration | None = None


def token_endpoint(auth: OAuth2 | Jwt) -> str:
    """Where a login asks for access tokens once the user has agreed to it."""
    return auth.renew if isinstance(auth, OAuth2) and auth.renew else auth.token


class Session(_Auth):
    """A request that yields a token, such as a log-in with user name and password."""

    kind: Literal["session"]
    using: Name | None = None
    """The entry whose login the request is sent with."""
    method: Literal["GET", "POST", "PUT"] = "POST"
    path: Text
    """Relative to the base address, or absolute."""
    params: dict[str, Text] = {}
    headers: dict[str, Text] = {}
    body: dict[str, Any] | None = None
    """Sent as JSON."""
    form: dict[str, Text] | None = None
    take: Path
    """Where the token stands: a path in the answer, or `header:Name`."""
    expires: Duration | None = None
    header: str = "Authorization"
    scheme: str = ""


class OAuth1(_Auth):
    """Requests signed with OAuth 1.0a (RFC 5849)."""

    kind: Literal["oauth1"]
    consumer_key: Text
    consumer_secret: Text
    token: Text | None = None
    token_secret: Text | None = None
    realm: Text | None = None
    method: Literal["HMAC-SHA256", "HMAC-SHA1"] = "HMAC-SHA256"


class SigV4(_Auth):
    """Requests signed with AWS Signature Version 4."""

    kind: Literal["sigv4"]
    access_key: Text
    secret_key: Text
    session_token: Text | None = None
    region: Text
    service: Text


class Hmac(_Auth):
    """Requests signed in the vendor's own way: an HMAC over `signed`, in which `{time} {nonce} {method} {host} {path}
    {query} {url} {body} {body_sha256}` stand for the request; `{signature}` goes into headers or parameters.
    """

    kind: Literal["hmac"]
    key: Text
    key_format: Literal["text", "hex", "base64"] = "text"
    signed: Text
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    time: Literal["epoch", "epoch_ms", "datetime"] = "epoch"
    headers: dict[str, Text] = {}
    params: dict[str, Text] = {}

    @model_validator(mode="after")
    def _is_sent(self) -> "Hmac":
        if not any("{signature}" in text for text in (*self.headers.values(), *self.params.values())):
            msg = "says where the {signature} goes: `headers` or `params`"
            raise ValueError(msg)
        return self


Auth = Annotated[Bearer | Basic | Keys | OAuth2 | Jwt | Session | OAuth1 | SigV4 | Hmac, Field(discriminator="kind")]
