"""What holds for every frame and every page size."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.api import formats
from components.api.table import Table, rounded, table

TEXTS = st.one_of(st.none(), st.text(max_size=12))
FLOATS = st.one_of(st.floats(allow_nan=True, allow_infinity=True, width=64), st.sampled_from([-0.0, 1e300, 5e-324]))
STAMPS = st.one_of(
    st.just(pd.NaT),
    st.datetimes(min_value=pd.Timestamp("1990-01-01"), max_value=pd.Timestamp("2100-01-01")).map(pd.Timestamp),
)
UNIT = {"number": "$/MWh", "power": "MW"}


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Frames of every kind of column an answer has, empty ones as well."""
    size = draw(st.integers(0, 12))

    def column(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=size, max_size=size))

    return pd.DataFrame(
        {
            "time": pd.Series(column(STAMPS), dtype="datetime64[us]"),
            "station": pd.Series(column(TEXTS), dtype=object),
            "fuel": pd.Series(column(st.sampled_from(["coal", "wind", "=x"])), dtype="category"),
            "number": pd.Series(column(FLOATS), dtype="float64"),
            "power": pd.Series(column(FLOATS), dtype="float64"),
            "count": pd.Series(column(st.integers(-(2**53), 2**53)), dtype="int64"),
            "flag": pd.Series(column(st.booleans()), dtype=bool),
        }
    )


def strict(text: bytes) -> object:
    """JSON without the words that are none."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def expected(frame: pd.DataFrame) -> dict[str, list]:
    """The columns as plain values: times with their offset, numbers as they are rounded once, missing = None."""
    out: dict[str, list] = {}
    for name in frame:
        values = frame[name]
        if name == "time":
            stamps = [None if pd.isna(v) else v.isoformat(timespec="microseconds") for v in values]
            short = all(s is None or s.endswith(".000000") for s in stamps)
            out["time"] = [None if s is None else (s[:-7] if short else s) + "+10:00" for s in stamps]
        elif name in UNIT:
            numbers = rounded(values.to_numpy(), UNIT[name])
            out[name] = [float(v) if math.isfinite(v) else None for v in numbers]
        elif values.dtype == object or isinstance(values.dtype, pd.CategoricalDtype):
            out[name] = [None if v is None or pd.isna(v) else str(v) for v in values]
        else:
            out[name] = values.tolist()
    return out


@pytest.mark.fault("API-1")
@given(frame=frames())
@settings(max_examples=150, deadline=None)
def test_strict_json_gives_back_every_frame(frame: pd.DataFrame):
    shown = table(frame, UNIT)
    columns = strict(formats.json_bytes(formats.json_data(shown, "columns")))
    assert columns == expected(frame)
    records = strict(formats.json_bytes(formats.json_data(shown, "records")))
    names = list(columns)
    assert records == [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@given(frame=frames())
@settings(max_examples=75, deadline=None)
def test_arrow_and_parquet_give_back_every_frame(frame: pd.DataFrame):
    shown, wanted = table(frame, UNIT), expected(frame)
    files = {name: b"".join(formats.pieces(name, shown, {})) for name in ("arrow", "parquet")}
    read = [pa.ipc.open_stream(files["arrow"]).read_all(), pq.read_table(io.BytesIO(files["parquet"]))]
    for found in read:
        plain = found.drop_columns("time").to_pydict()
        assert plain == {k: v for k, v in wanted.items() if k != "time"}
        stamps = found["time"].cast(pa.int64()).to_pylist()
        naive = frame["time"].to_numpy("datetime64[us]")
        assert stamps == [None if np.isnat(s) else int(s.astype("int64")) - 36_000_000_000 for s in naive]


@given(frame=frames())
@settings(max_examples=75, deadline=None)
def test_csv_gives_back_every_frame(frame: pd.DataFrame):
    """Each line one row, each cell the JSON's value: text with an apostrophe where a formula would begin."""
    import csv

    shown, wanted = table(frame, UNIT), expected(frame)
    text = b"".join(formats.csv_pieces(shown)).decode()
    assert text.endswith("\r\n")
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert lines[0] == list(wanted)
    assert len(lines) == len(frame) + 1
    for row, line in enumerate(lines[1:]):
        for name, cell in zip(lines[0], line, strict=True):
            value = wanted[name][row]
            if value is None:
                assert cell == ""
            elif isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, int | float):
                assert float(cell) == value
            else:
                assert cell == formats.harmless(value)


def instants(record: dict) -> dict:
    """A record with its stamp as an instant: a page of whole seconds alone writes them shorter."""
    return record | {"time": record["time"] and pd.Timestamp(record["time"])}


@pytest.mark.fault("API-5")
@given(frame=frames(), size=st.integers(1, 13))
@settings(max_examples=75, deadline=None)
def test_pages_joined_are_the_whole(frame: pd.DataFrame, size: int):
    whole = table(frame, UNIT)
    pages = [whole.cut(at, size) for at in range(0, whole.rows, size)]
    assert all(0 < p.rows <= size for p in pages)

    def records(part: Table) -> list[dict]:
        return [instants(r) for r in strict(formats.json_bytes(formats.json_data(part, "records")))]

    assert [r for p in pages for r in records(p)] == records(whole)
