"""Answers that are not one JSON document: XML, SOAP, CSV, lines, packed files, and their pages."""

import gzip
import io
import zipfile
from typing import Any

import pytest

from tests.engine.vendor import Asked, platform, run, vendor

ORDERS = """
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /orders
    key: [id]
    deletes: never
"""
XML = """<?xml version="1.0"?>
<n:answer xmlns:n="urn:acme" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <n:orders more="{more}">{orders}</n:orders>
</n:answer>"""
ORDER = (
    """<order id="{id}"><total currency="EUR">12.50</total><line>a</line><line>b</line><note xsi:nil="true"/></order>"""
)


def xml(body: str, status: int = 200) -> Any:
    return status, {"Content-Type": "text/xml"}, body.encode()


def test_xml_answers_are_read_by_the_same_paths_and_paged_by_the_same_words(tmp_path):
    words = """
    format: xml
    records: answer.orders.order
    pages: {kind: number, send: page, more: "answer.orders.@more"}
    fields:
      id: {type: string!, from: "@id"}
      total: {type: decimal, from: "total.#text"}
      currency: {type: string, from: "total.@currency"}
      line: json
      note: string
    """
    tap = platform(tmp_path / "acme", ORDERS + words)

    def answer(asked: Asked) -> Any:
        page = int(asked.params["page"])
        orders = ORDER.format(id=page) if page == 1 else '<order id="2"><total>7</total></order>'
        return xml(XML.format(more=str(page == 1).lower(), orders=orders))

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert told.code == 0
    one, two = told.records("orders")
    assert (one["id"], one["total"], one["currency"], one["line"], one["note"]) == (
        "1", "12.50", "EUR", ["a", "b"], None,
    )  # fmt: skip
    assert (two["id"], two["total"], two["currency"]) == ("2", "7", None)
    assert one["_extra"] is None
    assert two["_extra"] is None


SOAP = """
defaults:
  errors:
    docs: https://acme.example/docs/faults
    at: Envelope.Body.Fault.faultcode
    message: Envelope.Body.Fault.faultstring
    code: {"soap:Denied": permission}
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /soap
    method: POST
    headers: {SOAPAction: list}
    body: |
      <Envelope><Body><List company="{config.company}"><Page>{page.number}</Page></List></Body></Envelope>
    format: xml
    records: Envelope.Body.ListResponse.order?
    pages: {kind: number, send: page, into: text}
    key: [id]
    deletes: never
    fields: {id: string!}
"""
COMPANY = "company: {type: string, title: Company}"


def test_soap_requests_escape_what_they_hold_and_page_inside_their_text(tmp_path):
    tap = platform(tmp_path / "acme", SOAP, options=COMPANY)
    bodies: list[tuple[str, str]] = []

    def answer(asked: Asked) -> Any:
        bodies.append((asked.headers["Content-Type"], asked.body))
        orders = "<order><id>1</id></order>" if "<Page>1</Page>" in asked.body else ""
        return xml(f"<Envelope><Body><ListResponse>{orders}</ListResponse></Body></Envelope>")

    with vendor(answer) as found:
        told = run(tap, found.url, company='R&D <"x">')
    assert told.ids("orders") == ["1"]
    assert bodies[0][0] == "text/xml; charset=utf-8"
    assert 'company="R&amp;D &lt;&quot;x&quot;&gt;"' in bodies[0][1]
    assert ["<Page>2</Page>" in body for _, body in bodies] == [False, True]


def test_a_fault_means_what_its_code_means_and_shows_the_vendors_sentence(tmp_path, caplog):
    tap = platform(tmp_path / "acme", SOAP, options=COMPANY)
    fault = "<Fault><faultcode>soap:Denied</faultcode><faultstring>No right to orders</faultstring></Fault>"
    with vendor(lambda _: xml(f"<Envelope><Body>{fault}</Body></Envelope>", 500)) as found:
        assert run(tap, found.url, company="x").code == 3
        assert len(found.asked) == 1
    assert "No right to orders" in caplog.text


def test_a_web_page_is_no_xml_and_cut_off_xml_is_no_answer(tmp_path, monkeypatch):
    monkeypatch.setattr("taps.engine.http_patience.Patience.next_body", lambda self: None)
    tap = platform(tmp_path / "acme", SOAP, options=COMPANY)
    for body in ("<html><body>Sign in</body></html>", "<Envelope><Body><ListResponse>"):
        with vendor(lambda _, body=body: xml(body)) as found:
            assert run(tap, found.url, company="x").code == 1


def zipped(*contents: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.mkdir("export")
        for number, content in enumerate(contents):
            archive.writestr(f"export/{number}", content)
    return file.getvalue()


CSV = 'id,total,note\r\n1,2.50,"a, ""b""\nc"\r\n2,,--\r\n'


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ('{format: csv, nulls: ["--"]}', CSV.encode()),
        ('{format: csv, nulls: ["--"], compression: gzip}', gzip.compress(CSV.encode())),
        ('{format: csv, nulls: ["--"], compression: zip}', zipped(CSV.encode())),
        ('{format: csv, nulls: ["--"], compression: detect}', b"\xef\xbb\xbf" + CSV.encode()),
        ('{format: csv, nulls: ["--"], charset: utf-16}', CSV.encode("utf-16")),
        ("{format: tsv, nulls: ['--']}", b'id\ttotal\tnote\n1\t2.50\t"a, ""b""\nc"\n2\t\t--\n'),
        ("{format: jsonl, compression: detect}", gzip.compress(
            b'{"id": 1, "total": 2.50, "note": "a, \\"b\\"\\nc"}\n\n{"id": 2, "total": null}\n')),
        ("{format: jsonl, compression: zip}", zipped(
            gzip.compress(b'{"id": 1, "total": 2.50, "note": "a, \\"b\\"\\nc"}\n'), b'{"id": 2, "total": null}\n')),
        ("{compression: gzip, records: rows}", gzip.compress(
            b'{"rows": [{"id": 1, "total": 2.50, "note": "a, \\"b\\"\\nc"}, {"id": 2, "note": null}]}')),
        ("{format: xml, compression: gzip, records: a.r}", gzip.compress(
            b'<a><r><id>1</id><total>2.50</total><note>a, "b"\nc</note></r><r><id>2</id></r></a>')),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_files_of_every_format_give_the_same_rows(tmp_path, words, content):
    lines = "".join(f"    {part.strip()}\n" for part in words.strip("{}").split(", "))
    fields = "    fields: {id: string!, total: decimal, note: string}\n"
    tap = platform(tmp_path / "acme", ORDERS + lines + fields)
    with vendor(lambda _: (200, {"Content-Type": "application/octet-stream"}, content)) as found:
        told = run(tap, found.url)
    assert told.code == 0
    rows = [(row["id"], row["total"], row["note"]) for row in told.records("orders")]
    assert rows == [("1", "2.50", 'a, "b"\nc'), ("2", None, None)]


@pytest.mark.parametrize("content", [gzip.compress(CSV.encode() * 50)[:-20], CSV.encode()], ids=["cut off", "bare"])
def test_a_file_that_is_not_what_was_promised_is_an_error_and_never_the_end(tmp_path, content):
    lines = "    format: csv\n    compression: gzip\n    fields: {id: string!}\n"
    tap = platform(tmp_path / "acme", ORDERS + lines)
    with vendor(lambda _: (200, {"Content-Type": "text/csv"}, content)) as found:
        told = run(tap, found.url)
    assert told.code == 1
    assert told.bookmark("orders") == {}


def test_files_go_on_by_a_header_and_each_may_repeat_the_line_of_names(tmp_path):
    words = """
    format: csv
    pages: {kind: token, send: locator, take: "header:Acme-Locator", size: {maxRecords: 2}}
    fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", ORDERS + words)
    parts = {None: (b"id\n1\n2\n", "x"), "x": (b"id\n3\n4\n", "y"), "y": (b"id\n5\n", "null")}

    def answer(asked: Asked) -> Any:
        assert asked.params["maxRecords"] == "2"
        content, following = parts[asked.params.get("locator")]
        return 200, {"Content-Type": "text/csv", "Acme-Locator": following}, content

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert told.ids("orders") == ["1", "2", "3", "4", "5"]


def test_later_pages_may_be_another_request_with_another_place_for_records_and_token(tmp_path):
    words = """
    records: first.orders
    pages:
      kind: token
      send: cursor
      take: first.cursor
      then: {path: /more, params: {}, records: orders, take: cursor}
    fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", ORDERS + words)

    def answer(asked: Asked) -> Any:
        if asked.path == "/orders":
            return {"first": {"orders": [{"id": "1"}], "cursor": "a"}}
        following = {"a": "b", "b": ""}[asked.params["cursor"]]
        return {"orders": [{"id": asked.params["cursor"]}], "cursor": following}

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert found.paths() == ["/orders", "/more", "/more"]
    assert told.ids("orders") == ["1", "a", "b"]


def test_the_end_of_later_pages_may_be_said_where_the_first_says_nothing(tmp_path):
    words = """
    path: /token
    params: {since: "2026"}
    records: result?
    pages: {kind: token, send: page, take: page, then: {path: /changes, params: {size: 2}, more: more}}
    fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", ORDERS.replace("    path: /orders\n", "") + words)

    def answer(asked: Asked) -> Any:
        if asked.path == "/token":
            return {"page": "1"}
        assert asked.params["size"] == "2"
        page = int(asked.params["page"])
        result = {"result": [{"id": str(page)}]} if page != 2 else {}
        return {**result, "page": str(page + 1), "more": page < 3}

    with vendor(answer) as found:
        assert run(tap, found.url).ids("orders") == ["1", "3"]
