"""Parquet files: their own schema as columns, their rows as raw JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from taps.engine.answers import Raw
from taps.engine.errors import BadBody
from taps.engine.fields import FieldSpec

_encode = msgspec.json.Encoder(decimal_format="string").encode
ROWS_AT_ONCE = 1000


def _open(file: Path) -> Any:
    import pyarrow
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(file)
    except pyarrow.ArrowException as broken:
        msg = f"not whole parquet ({type(broken).__name__})"
        raise BadBody(msg) from None


def parquet_columns(file: Path) -> dict[str, FieldSpec]:
    """The columns of a file; raises `BadBody` for what is not Parquet."""
    with _open(file) as opened:
        return {field.name: FieldSpec(type=_type(field.type)) for field in opened.schema_arrow}


def _type(kind: Any) -> str:
    import pyarrow.types as are

    if are.is_dictionary(kind):
        return _type(kind.value_type)
    checks = (
        (are.is_boolean, "boolean"), (are.is_integer, "integer"), (are.is_floating, "number"),
        (are.is_decimal, "decimal"), (are.is_date, "date"), (are.is_timestamp, "datetime"),
        (are.is_nested, "json"),
    )  # fmt: skip
    return next((ours for check, ours in checks if check(kind)), "string")


def parquet_records(file: Path) -> Iterator[list[Raw]]:
    """The rows of a file; raises `BadBody` for what is not whole."""
    import pyarrow

    try:
        with _open(file) as opened:
            for batch in opened.iter_batches(batch_size=ROWS_AT_ONCE):
                yield [Raw(_encode(row)) for row in _rows(batch)]
    except (pyarrow.ArrowException, OSError) as broken:
        msg = f"not whole parquet ({type(broken).__name__})"
        raise BadBody(msg) from None


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    names = batch.schema.names
    columns = [_values(batch.column(at)) for at in range(batch.num_columns)]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: Any) -> list[Any]:
    """A column's values as JSON can say them."""
    import pyarrow
    import pyarrow.types as are

    kind = column.type
    if are.is_dictionary(kind):
        return _values(column.dictionary_decode())
    if are.is_timestamp(kind):
        # finer than a microsecond is cut, as every target would
        moments = column.cast(pyarrow.timestamp("us", kind.tz), safe=False).to_pylist()
        return [None if moment is None else _utc(moment) for moment in moments]
    if are.is_duration(kind) or are.is_time(kind):
        return [None if value is None else str(value) for value in column.to_pylist()]
    if are.is_floating(kind):
        # JSON has no NaN; as a text it does not read as a number, and is kept in _extra
        return [str(value) if value is not None and not _finite(value) else value for value in column.to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def _finite(value: float) -> bool:
    return value - value == 0


def _utc(moment: datetime) -> str:
    """A moment without a zone is UTC, as Parquet's `isAdjustedToUTC: false` leaves it open."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
