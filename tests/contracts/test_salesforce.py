"""What is special about Salesforce: queries in SOQL, and fields that its sample Enterprise WSDL defines.

The WSDL is of an old API version: what it holds must agree, newer fields are not in it.
"""

import re
from xml.etree import ElementTree

import pytest

from taps.engine.load import load
from taps.engine.manifest import Stream
from tests.contracts.descriptions import specs

MANIFEST = load("salesforce")
READ = {name: MANIFEST.resolved(name) for name, stream in MANIFEST.streams.items() if stream.object}
SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
TYPES = {
    "xsd:string": "string",
    "tns:ID": "string",
    "xsd:dateTime": "datetime",
    "xsd:date": "date",
    "xsd:double": "decimal",
    "xsd:int": "integer",
    "xsd:boolean": "boolean",
}
"""Relations (`ens:...`), binary content and times of day have no entry."""
SOQL = re.compile(
    r"SELECT \{fields\} FROM \{stream\.object\}"
    r"( WHERE (?P<cursor>\w+) >= \{window\.start\} AND (?P=cursor) < \{window\.end\}( ORDER BY (?P=cursor))?)?"
)


def _objects() -> dict[str, dict[str, str]]:
    file = specs() / "salesforce" / "enterprise.wsdl.xml"
    if not file.exists():
        pytest.skip(f"no description salesforce/enterprise.wsdl.xml in {specs()}")
    found = {}
    for described in ElementTree.parse(file).iter(f"{SCHEMA}complexType"):
        fields = [each.attrib for each in described.iter(f"{SCHEMA}element")]
        found[described.get("name", "")] = {each["name"]: TYPES.get(each.get("type", ""), "") for each in fields}
    return found


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, str]]:
    """Object -> its fields with the types they should have here."""
    return _objects()


@pytest.mark.parametrize("name", READ)
def test_fields_have_the_types_that_the_wsdl_gives_them(described: dict[str, dict[str, str]], name: str) -> None:
    stream = READ[name]
    known = described.get(stream.object or "")
    if known is None:
        pytest.skip(f"{stream.object} is newer than the WSDL at hand")
    declared = {field: spec.kind for field, spec in stream.columns_declared.items()}
    both = {field for field, kind in known.items() if kind and field in declared}
    assert both - {"Id"}, "nothing to compare"
    assert {field: declared[field] for field in both} == {field: known[field] for field in both}


@pytest.mark.parametrize("name", READ)
def test_queries_name_the_columns_the_object_and_the_stream_s_own_cursor(name: str) -> None:
    stream = READ[name]
    queries = [stream.params["q"]]
    if stream.first is not None:
        queries.append(stream.first.body["query"])
        assert stream.first.params == {}, "an export must not be asked for with the query's parameters"
    for query in queries:
        found = SOQL.fullmatch(query)
        assert found is not None, query
        assert found["cursor"] == _cursor(stream)


def _cursor(stream: Stream) -> str | None:
    return getattr(stream.cursor, "field", None)
