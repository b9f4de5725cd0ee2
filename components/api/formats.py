"""Formats of an answer: JSON in three shapes, CSV, Arrow and Parquet, whole or in pieces.

CSV is RFC 4180 (CRLF, one header line, every line ended); a text cell that a spreadsheet would take for a
formula gets an apostrophe before it. Arrow and Parquet carry times as instants of UTC+10, and in their schema
the units, the time zone, the data version and the source.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd

from components.api.flow import Flow
from components.api.limits import BATCH_ROWS, PIECE_ROWS
from components.api.sheet import Sheet
from components.api.table import Column, Rows, Table, iso_times
from components.market_time import UTC_OFFSET
from components.stopping import stop_if_unwanted

if TYPE_CHECKING:
    import pyarrow as pa

TIME_ZONE = "Etc/GMT-10"
"""UTC+10 all year by a name that every reader of Arrow and Parquet knows (the sign is POSIX's)."""
NEM_OFFSET = np.timedelta64(10, "h")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Format:
    """A format: its name (and extension), media types (the one sent first), and what it is for."""

    name: str
    media_types: tuple[str, ...]
    content_type: str
    doc: str


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format("json", ("application/json",), "application/json", "envelope with meta, data and links"),
        Format("csv", ("text/csv",), "text/csv; charset=utf-8; header=present", "RFC 4180, one header line"),
        Format(
            "arrow",
            ("application/vnd.apache.arrow.stream",),
            "application/vnd.apache.arrow.stream",
            "Arrow IPC stream with units in its schema",
        ),
        Format(
            "parquet",
            ("application/vnd.apache.parquet", "application/x-parquet"),
            "application/vnd.apache.parquet",
            "Parquet (zstd) with units in its schema",
        ),
    )
}
SHAPES = ("columns", "records", "wide")
MEDIA_TYPES = {f.name: f.media_types for f in FORMATS.values()}


# -- JSON --------------------------------------------------------------------------------------------


def _json_values(column: Column) -> Any:
    if column.kind == "time":
        return iso_times(column.values).tolist()
    if column.kind == "text":
        return column.values.tolist()
    return np.ascontiguousarray(column.values)


def json_data(table: Table | Sheet, shape: str) -> Any:
    """The ``data`` of the envelope: a dict of arrays, or a list of objects for ``records``."""
    if isinstance(table, Sheet):
        return table.json_columns()
    if shape != "records":
        return {c.name: _json_values(c) for c in table.columns}
    names = [c.name for c in table.columns]
    lists = [v.tolist() if isinstance(v, np.ndarray) else v for v in map(_json_values, table.columns)]
    return [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]


def json_bytes(document: Any) -> bytes:
    """Strict JSON, ended by a newline; NaN and infinities are null."""
    return orjson.dumps(document, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE)


# -- CSV ---------------------------------------------------------------------------------------------


def harmless(text: str | None) -> str | None:
    """Text that no spreadsheet runs as a formula."""
    return "'" + text if text and text.startswith(FORMULA_STARTS) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def csv_pieces(table: Table | Rows | Flow) -> Iterator[bytes]:
    """The header line, then the rows in pieces."""
    import pyarrow as pa
    import pyarrow.compute as pc

    yield (",".join(_quoted(str(harmless(c.name))) for c in table.cut(0, 0).columns) + "\r\n").encode()
    for piece in _pieces(table, PIECE_ROWS):
        columns = [_csv_cells(c) for c in piece.columns]
        lines = pc.binary_join_element_wise(*columns, ",", null_handling="replace", null_replacement="")
        whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines), "\r\n")
        yield whole[0].as_buffer().to_pybytes() + b"\r\n"


def _csv_cells(column: Column) -> pa.Array:
    """A column as the texts of its cells, quoted where needed; null = empty."""
    import pyarrow as pa

    if column.kind == "time":
        return pa.array(iso_times(column.values), pa.string())
    if column.kind != "text":
        return pa.array(column.values, from_pandas=True).cast(pa.string())
    codes, words = pd.factorize(column.values)
    cells = [*(_quoted(str(harmless(w))) for w in words), None]
    return pa.array(np.array(cells, dtype=object)[codes], pa.string())


def _pieces(table: Table | Rows | Flow, size: int) -> Iterator[Table]:
    for piece in table.pieces(size):
        stop_if_unwanted()
        yield piece


# -- Arrow and Parquet -------------------------------------------------------------------------------


def arrow_schema(table: Table | Rows | Flow, meta: Mapping[str, Any]) -> pa.Schema:
    """The schema with each column's unit, and the answer's ``meta`` as JSON beside the usual entries."""
    import pyarrow as pa

    types = {
        "time": pa.timestamp("us", tz=TIME_ZONE),
        "text": pa.string(),
        "number": pa.float64(),
        "integer": pa.int64(),
        "flag": pa.bool_(),
    }
    fields = [
        pa.field(c.name, types[c.kind], metadata={"unit": c.unit} if c.unit else None) for c in table.cut(0, 0).columns
    ]
    source = meta.get("source", "")
    return pa.schema(
        fields,
        {
            "units": orjson.dumps(table.units),
            "timezone": UTC_OFFSET,
            "time_label": str(meta.get("time_label") or ""),
            "interval": str(meta.get("interval") or ""),
            "data_version": str(meta.get("data_version", "")),
            "source": source if isinstance(source, str) else ",".join(source),
            "meta": orjson.dumps(meta, default=str),
        },
    )


def _batch(piece: Table, schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    arrays = []
    for column, field in zip(piece.columns, schema, strict=True):
        values = column.values - NEM_OFFSET if column.kind == "time" else column.values
        arrays.append(pa.array(values, field.type, from_pandas=True))
    return pa.record_batch(arrays, schema=schema)


class _Drain(io.RawIOBase):
    """A file that hands on what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._parts.append(piece)
        self._position += len(piece)
        return len(piece)

    def take(self) -> bytes:
        piece = b"".join(self._parts)
        self._parts.clear()
        return piece


def arrow_pieces(table: Table | Rows | Flow, meta: Mapping[str, Any]) -> Iterator[bytes]:
    """An Arrow IPC stream, a record batch at a time."""
    import pyarrow as pa

    schema, sink = arrow_schema(table, meta), _Drain()
    with pa.ipc.new_stream(sink, schema) as writer:
        for piece in _pieces(table, BATCH_ROWS):
            writer.write_batch(_batch(piece, schema))
            yield sink.take()
    yield sink.take()


def parquet_pieces(table: Table | Rows | Flow, meta: Mapping[str, Any]) -> Iterator[bytes]:
    """A Parquet file, a row group at a time."""
    import pyarrow.parquet as pq

    schema, sink = arrow_schema(table, meta), _Drain()
    with pq.ParquetWriter(sink, schema, compression="zstd", write_page_checksum=True) as writer:
        for piece in _pieces(table, BATCH_ROWS):
            writer.write_batch(_batch(piece, schema))
            yield sink.take()
    yield sink.take()


def pieces(name: str, table: Table | Rows | Flow, meta: Mapping[str, Any]) -> Iterator[bytes]:
    """A file's bytes in pieces, in one of the formats other than JSON."""
    if name == "csv":
        return csv_pieces(table)
    return arrow_pieces(table, meta) if name == "arrow" else parquet_pieces(table, meta)
