"""`webhooks:` how the vendor's deliveries are verified and read; facts for the control plane."""

from typing import Any, Literal

from pydantic import Field

from taps.engine.deletes import ByField
from taps.engine.jobs import Step
from taps.engine.pages import PagesWord
from taps.engine.words import Docs, Duration, Hook, Path, Text, Word

Named = Text | list[Text]
"""What names a record: its id, or the values of the columns that its stream's `one.by` lists, in their order."""


class Certificate(Word):
    """A delivery names the certificate it is signed with: where, and on which hosts alone it may lie."""

    header: str
    hosts: list[str]


class Verify(Word):
    """What proves that a delivery came from the vendor."""

    kind: Literal["hmac_sha256", "hmac_sha1", "hmac_sha512", "ed25519", "rsa_sha256", "jwt", "token", "basic", "hook"]
    header: str | None = None
    parts: dict[str, str] = {}
    """The header's named parts: `{time: t, signature: v1}`."""
    time: str | None = None
    """Another header that holds the time."""
    signed: Text | None = None
    """What is signed, of `{time}`, `{body}`, `{body.crc32}`, `{url}`, `{method}`, `{id}`, `{header.X}`."""
    certificate: Certificate | None = None
    encoding: Literal["hex", "base64"] = "hex"
    key: Literal["text", "hex", "base64"] = "text"
    prefix: str | None = None
    tolerance: Duration | None = None
    at: Path | None = None
    hook: Hook | None = None


class Challenge(Word):
    """A first request by which the vendor checks the address."""

    when: dict[str, str] = {}
    """What its body (or the query of a GET) holds: path -> value, `*` for any."""
    answer: Text | None = None
    """Where in it stands what is wanted back."""
    token: str | None = None
    """The field of a GET's query that holds the verify token: the last 32 characters of the endpoint's address."""
    secret: str | None = None
    """The header by which the vendor tells the secret, once, and that it wants back."""
    code: str | None = None
    """The field of a code that a person types into the vendor's page: it is shown with the address."""
    signs: bool = False
    """Whether deliveries are signed with that code."""


class Delivery(Word):
    """Where a delivery says what it is about."""

    id: Path | list[Path] | None = None
    """What tells deliveries apart, the same when one is sent again; without it a delivery is known by its body."""
    type: Path | None = None
    items: Text | list[str] | None = None
    """Where it tells of several things: a path, in which a setting may be a key, `merchants.{config.merchant_id}`."""
    accounts: Path | None = None
    """Where the accounts stand, if its items stand within them: `items` is then a path in each, which an item has as
    `account`."""
    only: dict[str, Text] = {}
    """Where an item names its account -> the setting that names the connection's, one or several, or `{account.x}`:
    each connection to the platform is told of its own, and what is of nobody's is left out."""
    groups: dict[str, str] = {}
    """Where a text of an item says several things: its path -> a regular expression whose named groups are from then
    on fields of the item, `{resource_url: "receipts/(?P<receipt_id>\\d+)$"}`."""
    object: Named | None = None
    """The id of the record that an item (`{event.x}`) is about, as its stream's `one` asks for it; a list where `by`
    names several columns."""
    record: Path | None = None
    notice_only: bool = False
    """The payload is not in the API's shape: the record is read again."""


class Listing(Step):
    """Lists the registrations that there are."""

    records: Path = "."
    pages: PagesWord | None = None
    when: ByField | None = None
    """Which of those that are listed count, where there are others among them."""


class Change(Step):
    """A request that registers an address, or takes it back."""

    merge: dict[str, Any] = {}
    """What of the one that is listed changes, where the vendor wants the whole of it: laid over it as a JSON merge
    patch (RFC 7396, null takes away). `{webhook.merged}` is the outcome, as a JSON text."""


_HANDSHAKE = "handshake"


class Of(Word):
    """What an address is registered for one by one, `{webhook.of}`: the values of a setting, or a stream's records."""

    chosen: str | None = None
    """The setting (a pick or a list) that names some of them."""
    stream: str | None = None
    """The stream whose records they are, all of them where the setting names none."""
    value: str | list[str] = "id"
    """The column that tells them; several where a request wants more of a record, `{webhook.of.0}` and so on."""


class Register(Word):
    """How an address is registered by the vendor's API, for `{webhook.address}` and `{webhook.topics}`.

    `{webhook.token}` is the last part of the address, the token of a `challenge`.
    """

    docs: Docs
    first: "Register | None" = None
    """Another registration that has to be there before: the one address of an app, of which accounts are told then.
    `{webhook.first}` is its id."""
    single: bool = False
    """There is one place for an address, which needs no id. One that is set for something else is not replaced."""
    needs: str | None = None
    """What the login needs for it beside reading, so that a refusal can say it."""
    settings: list[str] = []
    """Optional settings that it takes; where one is not given, a person does what `by_hand` says."""
    scopes: list[str] = []
    """What an OAuth login asks for besides, where it is meant to register addresses."""
    each: bool = False
    """One registration for each topic, `{webhook.topic}`."""
    of: Of | None = None
    """One registration for each repository, project, merchant..., and for each topic of it where `each` is said too."""
    topics: Literal["as_said", "enum"] | dict[str, str | list[str]] = "as_said"
    """How a topic is written here; `enum` is ORDERS_CREATE for orders/create. Or topic -> what is registered for it;
    what stands there with spaces between is `{webhook.topic.0}`, `{webhook.topic.1}` and so on."""
    create: Change
    """Registers it; where it sends `{webhook.secret}`, that one is made here."""
    id: Path | None = None
    """What the answer calls the registration: `{webhook.id}` from then on."""
    then: Step | None = None
    """What is asked once it is registered, for the secret."""
    secret: Path | None = None
    """Where the answer (that of `then` where there is one) tells the secret that the vendor made; `handshake` where it
    tells it to the address itself, before it answers (`challenge.secret`)."""
    known: Text | None = None
    """The setting that deliveries are signed with, where it is neither made here nor there."""
    refused: list[Path] = []
    """Where an answer of 200 says why nothing came of it."""
    listing: Listing = Field(alias="list")
    key: Path = "id"
    """A listed one's id."""
    address: Path | None = None
    """A listed one's address; where the vendor does not tell, only what was registered from here is taken back."""
    taken: Path | None = None
    """What stands in a listed one that is somebody's without an address: it is not replaced either."""
    active: ByField | None = None
    """What a listed one says while it delivers."""
    delete: Change

    @property
    def layers(self) -> list["Register"]:
        """What is registered one after the other."""
        return [*filter(None, [self.first]), self]

    @property
    def shakes_hands(self) -> bool:
        """Whether the vendor tells its secret to the address itself."""
        return self.secret == _HANDSHAKE


class Webhooks(Word):
    """The vendor's push side."""

    docs: Docs
    verify: Verify
    delivery: Delivery
    challenge: Challenge | None = None
    registering: Register | None = Field(default=None, alias="register")
    by_hand: str | None = None
    """Why an address is not registered by API, or not by every login, and where a person sets it."""


class StreamWebhook(Word):
    """Which deliveries belong to a stream."""

    types: list[str] = []
    """Its topics; `order.*` stands for all that begin so."""
    object: Named | dict[str, Named] | None = None
    """The id of its record in a delivery, if not where `delivery.object` says; or topic -> that, of which the first
    that fits counts and others name none."""
    reread: str | None = None
    """Why no single record is read after a delivery, but what has changed in the whole stream."""
