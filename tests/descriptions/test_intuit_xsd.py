"""The reader of Intuit's XML Schemas, on schemas of the same make."""

from pathlib import Path

import pytest

from taps.descriptions.index import open_description
from taps.descriptions.intuit_xsd import IntuitSchemas
from taps.descriptions.schemas import Undescribed

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
ENVELOPE = f"""{HEAD}
<xs:include schemaLocation="Types.xsd"/>
<xs:element name="IntuitObject" type="Entity" abstract="true"/>
<xs:element name="Sale" type="Sale" substitutionGroup="IntuitObject"/>
<xs:element name="Buyer" type="Buyer" substitutionGroup="IntuitObject"/>
<xs:complexType name="IntuitResponse"><xs:sequence><xs:element ref="IntuitObject"/></xs:sequence></xs:complexType>
<xs:complexType name="Report"><xs:sequence><xs:element name="Rows" type="xs:string"/></xs:sequence></xs:complexType>
</xs:schema>"""
TYPES = f"""{HEAD}
<xs:complexType name="Entity"><xs:sequence><xs:element name="Id" type="id"/></xs:sequence>
  <xs:attribute name="sparse" type="xs:boolean"/></xs:complexType>
<xs:simpleType name="id"><xs:restriction base="xs:string"/></xs:simpleType>
<xs:simpleType name="Kind"><xs:restriction base="xs:string"><xs:enumeration value="Cash"/></xs:restriction>
  </xs:simpleType>
<xs:complexType name="Reference"><xs:simpleContent><xs:extension base="id">
  <xs:attribute name="name" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:group name="Numbers"><xs:sequence><xs:element name="Number" type="xs:int"/></xs:sequence></xs:group>
<xs:complexType name="Buyer"><xs:complexContent><xs:extension base="Entity"/></xs:complexContent></xs:complexType>
<xs:complexType name="Sale"><xs:complexContent><xs:extension base="Entity"><xs:sequence>
  <xs:group ref="Numbers"/>
  <xs:element name="Total" type="xs:decimal"/>
  <xs:element name="Day" type="xs:date"/>
  <xs:element name="Kind" type="Kind"/>
  <xs:choice><xs:element name="BuyerRef" type="Reference"/></xs:choice>
  <xs:element name="Line" maxOccurs="unbounded"><xs:complexType><xs:sequence>
    <xs:element name="Amount" type="xs:decimal"/></xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:extension></xs:complexContent></xs:complexType>
</xs:schema>"""


@pytest.fixture
def intuit(tmp_path: Path) -> IntuitSchemas:
    (tmp_path / "Types.xsd").write_text(TYPES)
    (tmp_path / "Envelope.xsd").write_text(ENVELOPE)
    return IntuitSchemas(tmp_path / "Envelope.xsd")


def test_an_entitys_elements_and_attributes_are_its_properties(intuit: IntuitSchemas) -> None:
    answer = intuit.find("GET", "/v3/company/1/query").answer()
    sale = intuit.schemas.item(intuit.schemas.at(answer, "QueryResponse.Sale"))
    found = {name: intuit.schemas.resolve(each) for name, each in intuit.schemas.properties(sale).items()}
    assert set(found) == {"Id", "sparse", "Number", "Total", "Day", "Kind", "BuyerRef", "Line"}
    assert found["Id"] == {"type": "string"}
    assert found["sparse"] == {"type": "boolean"}
    assert found["Number"] == {"type": "integer"}
    assert found["Total"] == {"type": "number"}
    assert found["Day"] == {"type": "string", "format": "date"}
    assert found["Kind"]["enum"] == ["Cash"]
    assert set(intuit.schemas.properties(found["BuyerRef"])) == {"value", "name"}
    assert intuit.schemas.properties(intuit.schemas.item(found["Line"])) == {"Amount": {"type": "number"}}


def test_an_answer_holds_one_kind_of_entity(intuit: IntuitSchemas) -> None:
    held = [
        set(intuit.schemas.properties(variant["properties"]["QueryResponse"])) - {"startPosition", "maxResults"}
        for variant in intuit.schemas.variants(intuit.find("GET", "/v3/company/1/query").answer())
    ]
    assert held == [{"Sale"}, {"Buyer"}]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("select * from Sale", True),
        ("select * from Buyer where Id > '1'", True),
        ("select * from Buyers", False),
        ("select Id from Sale", False),
    ],
)
def test_a_query_names_an_entity_that_there_is(intuit: IntuitSchemas, query: str, fits: bool) -> None:
    schema = intuit.find("GET", "/v3/company/1/query").query("query")
    assert (intuit.schemas.complaints(schema, query) == []) is fits


def test_a_report_stands_without_the_envelope(intuit: IntuitSchemas) -> None:
    answer = intuit.find("GET", "/v3/company/1/reports/BalanceSheet").answer()
    assert intuit.schemas.at(answer, "Rows") == {"type": "string"}
    with pytest.raises(Undescribed):
        intuit.find("GET", "/v3/company/1/invoice/1")


def test_a_file_that_others_include_describes_nothing_alone(intuit: IntuitSchemas, tmp_path: Path) -> None:
    assert isinstance(open_description(tmp_path / "Envelope.xsd", "other"), IntuitSchemas)
    with pytest.raises(KeyError, match=r"Types\.xsd"):
        open_description(tmp_path / "Types.xsd", "other")
