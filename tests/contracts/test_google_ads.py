"""What is special about Google Ads: queries in its own language, and fields that official protobuf files define."""

import re
from typing import Any

import pytest

from taps.descriptions.description import Description
from taps.descriptions.schemas import Schemas
from taps.engine.cursor import Cursor
from taps.engine.load import load
from taps.engine.manifest import Stream
from tests.contracts.descriptions import described as opened
from tests.contracts.descriptions import specs

MANIFEST = load("google_ads")
# of a report of his own the user names the fields
STREAMS = [name for name, stream in MANIFEST.streams.items() if stream.each is None]
QUERY = re.compile(r"SELECT \{fields\} FROM (?P<resource>[a-z_]+)(?: WHERE (?P<where>.+))?")
ROW = {"$ref": "#/components/schemas/GoogleAdsGoogleadsV25Services__GoogleAdsRow"}
PROTOS = {
    "campaign": "campaign",
    "ad_group": "ad_group",
    "ad_group_ad": "ad_group_ad",
    "customer": "customer",
    "customer_client": "customer_client",
    "click_view": "click_view",
    "search_term_view": "search_term_view",
    "metrics": "metrics",
    "segments": "segments",
}
"""Message -> the official definition at hand: google/ads/googleads/v25 of github.com/googleapis/googleapis."""
INT64 = {"int64", "uint64"}


@pytest.fixture(scope="module")
def described() -> Description:
    return opened("google_ads", "google-ads-api-v25-openapi.yml")


@pytest.fixture(scope="module")
def schemas(described: Description) -> Schemas:
    return described.schemas


def stream(name: str) -> Stream:
    return MANIFEST.resolved(name)


def query(name: str) -> re.Match[str]:
    found = QUERY.fullmatch(stream(name).body["query"])
    assert found is not None
    return found


def asked(name: str) -> dict[str, str]:
    """What the query asks for -> the type of its column."""
    chosen = stream(name)
    carried = chosen.parent.carry if chosen.parent else {}
    return {str(spec.from_): spec.kind for column, spec in chosen.fields.items() if column not in carried}


def camel(name: str) -> str:
    """A GAQL field as the JSON answer writes it."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


@pytest.mark.parametrize("name", STREAMS)
def test_messages_are_not_selected_but_their_fields(schemas: Schemas, name: str) -> None:
    assert [field for field in asked(name) if schemas.properties(schemas.at(ROW, camel(field)))] == []


@pytest.mark.parametrize("name", STREAMS)
def test_whole_numbers_are_no_text_unless_they_name_something(schemas: Schemas, name: str) -> None:
    for field, kind in asked(name).items():
        schema = schemas.at(ROW, camel(field))
        names_something = field.endswith((".id", "_id"))
        if schema.get("format") in INT64:
            assert kind == ("string" if names_something else "integer"), field


@pytest.mark.parametrize("name", STREAMS)
def test_queries_name_known_resources_and_fields(schemas: Schemas, name: str) -> None:
    found = query(name)
    assert camel(found["resource"]) in schemas.properties(ROW)
    for field in re.findall(r"[a-z_]+\.[a-z_.]+", re.sub(r"'[^']*'|\{[^}]*\}", "", found["where"] or "")):
        schemas.at(ROW, camel(field))
    assert [field for field in asked(name) if field.startswith(("metrics.", "segments."))] == [] or (
        "segments.date" in (found["where"] or "")
    ), "metrics without a span of days would be of all time"


@pytest.mark.parametrize("name", STREAMS)
def test_columns_are_named_as_they_are_asked(name: str) -> None:
    for column, spec in stream(name).fields.items():
        if spec.from_ is not None:
            assert column == str(spec.from_).replace(".", "_")


@pytest.mark.parametrize("name", STREAMS)
def test_fields_stand_in_the_official_definitions(name: str) -> None:
    for field in asked(name):
        message, _, rest = field.partition(".")
        if message in PROTOS:
            assert rest.split(".")[0] in defined(PROTOS[message]), field


def defined(message: str) -> set[str]:
    """The field names of a protobuf file."""
    file = specs() / "google_ads" / f"v25_{message}.proto"
    if not file.is_file():
        pytest.skip(f"no official definition {file.name}")
    return set(re.findall(r"\b([a-z]\w*)\s+=\s+\d+\s*[;\[]", file.read_text()))


@pytest.mark.parametrize("name", [name for name in STREAMS if isinstance(MANIFEST.streams[name].cursor, Cursor)])
def test_reports_are_read_again_for_late_conversions(name: str) -> None:
    cursor: Any = stream(name).cursor
    assert stream(name).deletes == "window"
    assert cursor.includes == "both"
    assert cursor.lookback >= (3 if name == "click_view" else 30) * 86400
    assert "'{window.start}'" in stream(name).body["query"]


def test_clicks_are_asked_for_one_day_at_a_time() -> None:
    cursor: Any = stream("click_view").cursor
    assert (cursor.window, cursor.keeps) == (86400, 90 * 86400)
    assert query("click_view")["where"] == "segments.date = '{window.start}'"


def test_the_login_is_the_described_one(schemas: Schemas) -> None:
    login: Any = MANIFEST.auth["login"]
    flow = schemas.document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert login.token == flow["tokenUrl"]
    assert set(login.scopes) <= set(flow["scopes"])
    assert MANIFEST.http.base == schemas.document["servers"][0]["url"] + "/" + str(MANIFEST.checked.api_version)
