"""Tidy rows as AEMO's C/I/D lines: the inverse of ``ingest/mms.py`` and ``ingest/tables.py``.

Which AEMO column a number goes to is read from the schema's ``source``; a few columns that AEMO has as well
(run number, intervention, price status) are added so that the files look and read like its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from components.ingest.tables import DEMO_SYSTEM, TABLES, AemoTable

VERSIONS = {"price": 5, "region": 9, "flow": 3, "scada": 1, "rooftop": 2, "semi_scheduled": 6}
ARCHIVE_NAMES = {
    "price": "DISPATCHPRICE", "region": "DISPATCHREGIONSUM", "flow": "DISPATCHINTERCONNECTORRES",
    "scada": "DISPATCH_UNIT_SCADA", "rooftop": "ROOFTOP_PV_ACTUAL",
    "semi_scheduled": "DISPATCHLOAD",
}  # fmt: skip
BY_DATASET: dict[str, AemoTable] = {t.dataset: t for t in TABLES}
_AT_ONCE = 200_000
_EOL = "\r\n"


def first_line(report: str, published: pd.Timestamp, event: int, kind: str) -> str:
    """The ``C`` line that a file begins with; its system marks the market as synthetic."""
    number = f"{event:016d}"
    return (
        f"C,{DEMO_SYSTEM},{report},AEMO,PUBLIC,{published:%Y/%m/%d},{published:%H:%M:%S},{number},{kind},{number}{_EOL}"
    )


def last_line(lines: int) -> str:
    """The footer; it counts every line of the file, itself included."""
    return f'C,"END OF REPORT",{lines}{_EOL}'


def header_line(dataset: str) -> str:
    """The ``I`` line of a dataset's table."""
    names = [name for name, _ in _columns(dataset)]
    return ",".join(["I", *_prefix(dataset), *names]) + _EOL


def data_lines(dataset: str, rows: pd.DataFrame) -> Iterator[tuple[bytes, int]]:
    """The ``D`` lines of tidy rows and how many they are, a stretch at a time (a month of SCADA is 0.4 GB)."""
    for start in range(0, len(rows), _AT_ONCE):
        part = rows.iloc[start : start + _AT_ONCE]
        lines = _render(dataset, part)
        yield _joined_bytes(lines), len(part)


def lines_of(dataset: str, rows: pd.DataFrame) -> list[str]:
    """The ``D`` lines of tidy rows, one text each."""
    return _render(dataset, rows).to_pylist() if len(rows) else []


def _prefix(dataset: str) -> tuple[str, str, str]:
    group, table = BY_DATASET[dataset].key
    return group, table, str(VERSIONS[dataset])


def _columns(dataset: str) -> list[tuple[str, str]]:
    """AEMO's columns in order -> what fills them: a tidy column, or a constant after ``=``."""
    table = BY_DATASET[dataset]
    keys = [(aemo, tidy) for tidy, aemo in table.keys.items()]
    numbers = [(aemo, tidy) for tidy, aemo in table.numbers.items()]
    if dataset == "scada":
        return [(table.time, "time"), *keys, *numbers, ("LASTCHANGED", "changed")]
    if dataset == "rooftop":
        (region, kind), ((power, mw), (quality, index)) = keys, numbers
        return [(table.time, "time"), region, (power, mw), ("LASTCHANGED", "changed"), kind, (quality, index)]
    head = [(table.time, "time"), ("RUNNO", "=1"), *keys, ("INTERVENTION", "=0")]
    tail = [("LASTCHANGED", "changed")]
    if dataset == "price":
        tail += [("PRICE_STATUS", "=FIRM"), ("PRE_AP_ENERGY_PRICE", "rrp")]
    return [*head, *numbers, *tail]


def _render(dataset: str, rows: pd.DataFrame) -> pa.Array:
    texts: list[pa.Array | pa.Scalar] = [pa.scalar(",".join(["D", *_prefix(dataset)]))]
    for _, filled in _columns(dataset):
        texts.append(pa.scalar(filled[1:]) if filled.startswith("=") else text_of(rows[filled]))
    lines = pc.binary_join_element_wise(*texts, ",")
    return pc.binary_join_element_wise(lines, pa.scalar(_EOL), "")


def text_of(values: pd.Series) -> pa.Array:
    """A column as AEMO prints it: stamps in quotes, numbers in their shortest exact form, missing empty."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        words = pa.array(values.cat.categories.astype(str).to_numpy(object), pa.string())
        return words.take(pa.array(values.cat.codes.to_numpy("int32")))
    if values.dtype.kind == "M":
        stamps, place = np.unique(values.to_numpy("datetime64[us]"), return_inverse=True)
        known = [f'"{pd.Timestamp(s):%Y/%m/%d %H:%M:%S}"' for s in stamps]
        return pa.array(known, pa.string()).take(pa.array(place.astype("int32")))
    if values.dtype.kind in "fi":
        numbers = pa.array(values.to_numpy("float64"), from_pandas=True)
        return pc.fill_null(pc.cast(numbers, pa.string()), "")
    return pa.array([quoted(str(v)) for v in values], pa.string())


def quoted(text: str) -> str:
    """A text as a CSV field: in quotes where it needs them or has blanks."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ' ,"') else text


def _joined_bytes(lines: pa.Array) -> bytes:
    """The texts of an Arrow array one after the other: its own buffer."""
    if isinstance(lines, pa.ChunkedArray):
        lines = lines.combine_chunks()
    offsets = np.frombuffer(lines.buffers()[1], "int32")[lines.offset : lines.offset + len(lines) + 1]
    return bytes(memoryview(lines.buffers()[2])[int(offsets[0]) : int(offsets[-1])])


def small_table(group: str, table: str, version: int, rows: pd.DataFrame) -> list[str]:
    """A whole small table: its ``I`` line and its ``D`` lines; ``rows`` has AEMO's columns in order."""
    prefix = [group, table, str(version)]
    texts = [text_of(rows[c]).to_pylist() for c in rows]
    body = [",".join(["D", *prefix, *fields]) + _EOL for fields in zip(*texts, strict=True)]
    return [",".join(["I", *prefix, *map(str, rows.columns)]) + _EOL, *body]
