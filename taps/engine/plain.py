"""Records that are rows as they came: every column there, of its type and as it is written, and nothing else.

They are told by decoding a page once into a struct of the declared types; their bytes go out untouched.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from taps.engine.fields import FieldSpec, Type

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_NUMBER = r"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+"
_Number = Annotated[str, msgspec.Meta(pattern=rf"^{_NUMBER}\Z")]
_NUMBERS = re.compile(f"(?:{_NUMBER},)*+")
_TYPES: dict[Type, Any] = {
    "string": str | None,
    "integer": int | None,
    "epoch": int | None,
    "epoch_ms": int | None,
    "number": float | None,
    "decimal": _Number | None,
    "boolean": bool | None,
    "date": date | None,
    "datetime": _Moment | None,
    "json": msgspec.Raw,
}

_NOT_AS_WRITTEN = {"number", "date", "datetime", "json"}


class PlainRecords:
    """Tells the plain records of a stream whose columns all stand in the record under their own names."""

    def __init__(self, columns: Mapping[str, FieldSpec]) -> None:
        names = {name: f"c{number}" for number, name in enumerate(columns)}
        readable = {name: names[name] for name, spec in columns.items() if spec.kind not in _NOT_AS_WRITTEN}
        self._decimals = [names[name] for name, spec in columns.items() if spec.kind == "decimal"]

        def record(types: Mapping[Type, Any]) -> type[msgspec.Struct]:
            return msgspec.defstruct(
                "PlainRecord",
                [(names[name], _type(spec, types)) for name, spec in columns.items()],
                rename={short: name for name, short in names.items()},
                namespace={"readable": readable},
                forbid_unknown_fields=True,
                gc=False,
            )

        self._decode_one = msgspec.json.Decoder(record(_TYPES)).decode
        # A pattern costs as much as the rest of the decode: a page's decimals are matched together.
        several = record({**_TYPES, "decimal": str | None})
        self._decode_page = msgspec.json.Decoder(list[several]).decode  # type: ignore[valid-type]

    def told(self, raws: list[msgspec.Raw]) -> list[tuple[Any, bytes]]:
        """For each record its struct and its bytes between the braces; None and nothing where it is not plain."""
        if not raws:
            return []
        page = b"[%b]" % b",\n".join(raws)
        if page.count(b"\n") == len(raws) - 1 and b"\r" not in page:
            try:
                found = self._decode_page(page)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                pass
            else:
                # Line ends stand between records only: as many pieces as records are the records without their braces.
                pieces = page[2:-2].split(b"},\n{") if page[:2] == b"[{" and page[-2:] == b"}]" else []
                if len(found) == len(raws) == len(pieces) and self._are_decimals(found):
                    return list(zip(found, pieces, strict=True))
        return [self._one(raw) for raw in raws]

    def _are_decimals(self, found: list[Any]) -> bool:
        for name in self._decimals:
            texts = [text for text in map(attrgetter(name), found) if text is not None]
            joined = ",".join(texts) + "," if texts else ""
            if joined.count(",") != len(texts) or _NUMBERS.fullmatch(joined) is None:
                return False
        return True

    def _one(self, raw: msgspec.Raw) -> tuple[Any, bytes]:
        data = bytes(raw)
        if data[:1] != b"{" or data[-1:] != b"}" or b"\n" in data or b"\r" in data:
            return None, b""
        try:
            return self._decode_one(data), data[1:-1]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None, b""


def _type(spec: FieldSpec, types: Mapping[Type, Any]) -> Any:
    """The type of values that are rows' values as they stand; none where the vendor writes them otherwise."""
    is_odd = spec.format is not None and spec.kind in {"date", "datetime"}
    return None if is_odd else types[spec.kind]
