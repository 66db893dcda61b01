"""A database's manifest: how to connect, where its catalogue stands, how each of its types is read.

Tables, columns and keys are not in it: every database has its own, and they are found at run time.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from taps.engine.manifest import Category, Checked
from taps.engine.options import Option
from taps.engine.words import Code, Docs, Name, Text, Word

Kind = Literal[
    "string", "integer", "number", "decimal", "boolean", "date", "datetime", "local_datetime", "json", "bytes"
]
Meaning = Literal["login", "permission", "missing", "setting", "retry", "fail"]


class Connect(Word):
    """How a session begins."""

    docs: Docs
    arguments: dict[str, Any]
    """What the driver is given, by the driver's own names; an argument whose option is unset is left out."""
    session: list[Text] = []
    """Statements that begin every session: read only, UTC, limits. Only whole numbers may be referred to."""
    snapshot: list[Text] = []
    """Statements after which all tables are read as they were at one moment."""
    transaction: list[Text] = []
    """Statements before each table, where the user wants no snapshot of all."""
    end: list[Text] = []
    """Statements that end either."""
    savepoint: Text | None = None
    """A statement before each table of a snapshot, where a failing statement ends the transaction."""
    undo: Text | None = None
    """The statement that goes back to the savepoint."""


class KeyQuery(Word):
    """A statement that lists the columns of primary keys."""

    query: str
    places: tuple[int, int, int, int]
    """Which columns of its answer, from 0, are schema, table, column, and the place in the key from 1."""


class Catalogue(Word):
    """Where tables and columns are listed."""

    docs: Docs
    query: str
    """An SQL file beside the manifest; one row per column in order: schema, table, column, type, whether it may be
    null, digits in all, digits after the point, place in the primary key (from 1). It may refer to options that have a
    pattern."""
    keys: KeyQuery | None = None
    """Where primary keys are listed, if the query cannot say them."""
    system: list[str] = []
    """Schemas that are the server's own."""


class Dialect(Word):
    """How this database's SQL differs."""

    quote: Literal['"', "`"] = '"'
    table: Text = "{schema}.{table}"
    """How a table is named in a query; the references are quoted names."""
    sorts: bool = True
    """Whether the rows of a large table can be had in order; if not, an interrupted reading begins again."""


class VendorType(Word):
    """How a type of the vendor is read. The short form `integer` means `{type: integer}`."""

    type: Kind
    read: Text = "{column}"
    """The expression that is selected."""
    send: Text = "{value}"
    """The expression that a value read earlier is compared in; `none` where values cannot be sent back."""
    bounds: tuple[int, int] | None = None
    """The smallest and largest integer, where 64 bits with a sign do not hold them."""


class DatabaseErrors(Word):
    """What the server's and the driver's error codes mean; whatever is not listed fails the table it came from."""

    docs: Docs
    code: dict[Code, Meaning] = {}
    """A code as it is, or its beginning and a star: `28*`."""
    text: dict[str, Meaning] = {}
    """Parts of the message, for refusals that come before the server gives codes."""
    quoting: list[Code] = []
    """Codes whose messages may quote values of rows: those messages are never shown."""


def _short(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


TypeWord = Annotated[VendorType, BeforeValidator(_short, json_schema_input_type=str | VendorType)]


class DatabaseManifest(Word):
    """Everything about a database; the folder's name is the platform's."""

    kind: Literal["database"]
    title: str
    category: Category
    docs: Docs
    checked: Checked
    config: dict[Name, Option]
    driver: Name
    """The module of `taps.databases.drivers` that speaks to it."""
    connect: Connect
    catalogue: Catalogue
    dialect: Dialect = Dialect()
    types: Annotated[dict[str, TypeWord], Field(min_length=1)]
    """The vendor's types by name in small letters, as the catalogue's query gives them; `other` is any not listed."""
    errors: DatabaseErrors
    left_out: dict[str, str] = {}
    """What other collections have and we do not: name -> why."""
