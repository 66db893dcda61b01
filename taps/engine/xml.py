"""XML answers as the JSON they stand for, so that paths, fields and errors need not know the difference.

Namespaces are dropped; attributes are `@name`; an element that repeats is a list; a leaf is its text, and beside
attributes its text is `#text`; an empty element, or one that says `xsi:nil`, is null.
"""

from typing import Any
from xml.sax.saxutils import escape

import defusedxml.ElementTree
import msgspec

from taps.engine.errors import BadBody

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def as_json(body: bytes) -> bytes:
    """The document as JSON, its root under its own name; raises `BadBody` for what is not whole XML."""
    try:
        root = defusedxml.ElementTree.fromstring(body)
    except (defusedxml.DefusedXmlException, defusedxml.ElementTree.ParseError) as broken:
        msg = f"not whole XML ({type(broken).__name__})" if body.strip() else "an empty body instead of data"
        raise BadBody(msg) from None
    return msgspec.json.encode({_local(root.tag): _element(root)})


def looks_like_xml(body: bytes, content_type: str) -> bool:
    """Whether an answer is XML, by its own word or its first one; a web page is not."""
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = content_type.partition(";")[0].strip().lower()
    return start.startswith(b"<?xml") or (
        start[:1] == b"<" and kind.endswith("xml") and kind != "application/xhtml+xml"
    )


def escaped(text: str) -> str:
    """A value as it stands in an XML text or attribute."""
    return escape(text, {'"': "&quot;", "'": "&apos;"})


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _element(node: Any) -> Any:
    if node.attrib.get(_NIL) in ("true", "1"):
        return None
    inner: dict[str, Any] = {f"@{_local(name)}": value for name, value in node.attrib.items() if name != _NIL}
    repeated: set[str] = set()
    for child in node:
        name, value = _local(child.tag), _element(child)
        if name in repeated:
            inner[name].append(value)
        elif name in inner:
            inner[name] = [inner[name], value]
            repeated.add(name)
        else:
            inner[name] = value
    text = (node.text or "").strip()
    if not inner:
        return text or None
    return inner | ({"#text": text} if text else {})
