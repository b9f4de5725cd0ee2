"""The pure parts: headers, rounding, tables, cursors, encodings, names of files."""

from __future__ import annotations

import base64
import io
import json
import math

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.api import formats
from components.api.cursors import read_cursor, write_cursor
from components.api.health import without_folders
from components.api.negotiate import best_encoding, best_media_type, has_already, weighted
from components.api.problems import ApiError, invalid
from components.api.table import iso_times, rounded, table, wide_table
from components.errors import Problem, UsageError
from components.queries.base import Result


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (float(np.float32(40.46754)), "MW", 40.46754),
        (float(np.float32(700.1)), "MW", 700.1),
        (float(np.float32(7000.1)), "MW", 7000.1),
        (7123.4567, "MW", 7123.457),
        (123456.7891, "MW", 123456.789),
        (86.951234567, "$/MWh", 86.95123),
        (15100.123456, "$/MWh", 15100.12346),
        (12345678.123456, "$", 12345678.12346),
        (987654321.987654, "MWh", 987654321.98765),
        (0.000123456789, "", 0.0001234568),
        (1 / 3, "", 0.3333333),
        (-0.0, "MW", 0.0),
        (0.0, "MW", 0.0),
        (1e-15, "", 0.0),
        (1e300, "", 1e300),
    ],
)
def test_rounding(value: float, unit: str, shown: float):
    out = rounded(np.array([value]), unit)[0]
    assert out == shown
    assert not math.copysign(1, out) < 0 or shown < 0


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20), st.sampled_from(["MW", "$", "MWh", ""]))
def test_rounding_keeps_a_millionth_and_nothing_infinite(values: list[float], unit: str):
    given_values = np.array(values, "float64")
    out = rounded(given_values, unit)
    for before, after in zip(given_values, out, strict=True):
        if not math.isfinite(before):
            assert math.isnan(after)
        elif abs(before) > 1e-5:
            assert abs(after - before) <= 1e-6 * abs(before)
        else:
            assert abs(after - before) <= 1e-12


def test_rounding_twice_changes_nothing():
    numbers = rounded(np.random.default_rng(1).lognormal(3, 6, 5000), "$/MWh")
    assert np.array_equal(rounded(numbers, "$/MWh"), numbers)


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.none()
COLUMNS = {
    "time": st.datetimes(pd.Timestamp("1999-01-01"), pd.Timestamp("2050-01-01")) | st.none(),
    "name": TEXT,
    "number": st.floats() | st.none(),
    "count": st.integers(-(2**53), 2**53),
    "flag": st.booleans(),
}


@st.composite
def frames(draw) -> pd.DataFrame:
    rows = draw(st.lists(st.fixed_dictionaries(COLUMNS), max_size=8))
    out = {
        "time": pd.Series([r["time"] for r in rows], dtype="datetime64[us]"),
        "name": pd.Series([r["name"] for r in rows], dtype=object),
        "number": pd.Series([r["number"] for r in rows], dtype="float64"),
        "count": pd.Series([r["count"] for r in rows], dtype="int64"),
        "flag": pd.Series([r["flag"] for r in rows], dtype=bool),
    }
    if draw(st.booleans()):
        out["name"] = out["name"].astype("category")
    return pd.DataFrame(out)


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.fault("API-1")
@given(frames(), st.sampled_from(["columns", "records"]))
@settings(deadline=None)
def test_json_of_any_frame_is_strict_and_complete(frame: pd.DataFrame, shape: str):
    whole = table(frame, {"number": "MW"})
    data = json.loads(formats.json_bytes(formats.json_data(whole, shape)), parse_constant=refuse)
    columns = data if shape == "columns" else {c: [row[c] for row in data] for c in frame.columns}
    assert all(len(v) == len(frame) for v in columns.values())
    for i in range(len(frame)):
        row = frame.iloc[i]
        moment = columns["time"][i]
        if pd.isna(row["time"]):
            assert moment is None
        else:
            assert pd.Timestamp(moment).tz_localize(None) == row["time"]
            assert moment.endswith("+10:00")
        assert columns["name"][i] == (None if pd.isna(row["name"]) else row["name"])
        assert columns["count"][i] == row["count"]
        assert columns["flag"][i] is bool(row["flag"])
        number = columns["number"][i]
        assert (number is None) == (not math.isfinite(row["number"]))


@given(frames())
@settings(deadline=None)
def test_files_of_any_frame_hold_what_json_holds(frame: pd.DataFrame):
    import csv

    whole = table(frame, {"number": "MW"})
    columns = orjson.loads(formats.json_bytes(formats.json_data(whole, "columns")))
    text = b"".join(formats.csv_pieces(whole)).decode()
    assert text.endswith("\r\n")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == list(frame.columns)
    assert len(lines) == len(frame) + 1
    for i, line in enumerate(lines[1:]):
        cells = dict(zip(lines[0], line, strict=True))
        name = columns["name"][i]
        assert cells["name"] == ("" if name is None else formats.harmless(name))
        assert not cells["name"].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cells["time"] == (columns["time"][i] or "")
        assert (float(cells["number"]) if cells["number"] else None) == columns["number"][i]
        assert int(cells["count"]) == columns["count"][i]
    for name, read in (
        ("arrow", lambda b: pa.ipc.open_stream(b).read_all()),
        ("parquet", lambda b: pq.read_table(io.BytesIO(b))),
    ):
        back = read(b"".join(formats.pieces(name, whole, {"data_version": "v", "source": ["a", "b"]})))
        assert back.schema.metadata[b"source"] == b"a,b"
        assert back.column("name").to_pylist() == columns["name"]
        assert back.column("number").to_pylist() == columns["number"]
        times = [None if t is None else t.strftime("%Y-%m-%dT%H:%M:%S") for t in back.column("time").to_pylist()]
        assert times == [None if t is None else t[:19] for t in columns["time"]]


def test_wide_fills_what_a_series_lacks_with_null():
    times = pd.to_datetime(["2024-01-01 00:05", "2024-01-01 00:10", "2024-01-01 00:05"]).astype("datetime64[us]")
    frame = pd.DataFrame({"time": times, "region": ["B", "B", "A"], "mw": [1.0, 2.0, 3.0]})
    wide = wide_table(Result(frame, {"mw": "MW"}, None, None, ("region",)))
    assert formats.json_bytes(formats.json_data(wide, "wide")).decode().strip() == (
        '{"time":["2024-01-01T00:05:00+10:00","2024-01-01T00:10:00+10:00"],"B":[1.0,2.0],"A":[3.0,null]}'
    )
    assert wide.units == {"B": "MW", "A": "MW"}


def test_wide_of_nothing_is_time_alone():
    frame = pd.DataFrame(
        {"time": pd.Series([], dtype="datetime64[us]"), "region": [], "mw": pd.Series([], dtype=float)}
    )
    wide = wide_table(Result(frame, {"mw": "MW"}, None, None, ("region",)))
    assert [c.name for c in wide.columns] == ["time"]


def test_times_keep_their_seconds_and_get_their_offset():
    stamps = np.array(["2024-01-01T00:05", "NaT", "1999-12-31T23:59:59"], "datetime64[us]")
    assert iso_times(stamps).tolist() == ["2024-01-01T00:05:00+10:00", None, "1999-12-31T23:59:59+10:00"]


def test_times_with_a_zone_are_refused():
    frame = pd.DataFrame({"time": pd.to_datetime(["2024-01-01"]).tz_localize("UTC")})
    with pytest.raises(TypeError, match="naive NEM time"):
        table(frame, {})


@given(st.text(max_size=200))
def test_any_accept_header_is_read(header: str):
    assert best_media_type(header, formats.MEDIA_TYPES) in {*formats.FORMATS, None}
    assert best_encoding(header, ("zstd", "gzip")) in ("", "gzip", "zstd")
    assert all(0 <= q <= 1 for _, q in weighted(header))
    has_already(header, 'W/"x"')


def test_the_more_specific_range_decides():
    types = {"json": ("application/json",), "csv": ("text/csv",)}
    assert best_media_type("text/*;q=0.1, text/csv;q=0.9, */*;q=0.5", types) == "csv"
    assert best_media_type("text/csv;q=0.1, text/*;q=0.9, application/json;q=0.2", types) == "json"
    assert best_media_type("text/csv;q=2", types) == "csv"  # more than 1 counts as 1
    assert best_media_type("text/csv;q=x", types) is None


def test_a_cursor_comes_back_and_nothing_else_passes_for_one():
    assert read_cursor(write_cursor("2024-abc", "q", 123), "q") == ("2024-abc", 123)
    for wrong in (
        ["v", "q", -1],
        ["v", "q", 2**41],
        [1, "q", 1],
        ["v", "q"],
        {"v": 1},
        ["v", "q", 1.5],
        ["v", "q", None],
    ):
        text = base64.urlsafe_b64encode(orjson.dumps(wrong)).decode()
        with pytest.raises(UsageError, match="no cursor"):
            read_cursor(text, "q")
    with pytest.raises(UsageError, match="another question"):
        read_cursor(write_cursor("v", "other", 1), "q")


@given(st.text(max_size=60))
def test_any_text_as_a_cursor_is_refused(text: str):
    with pytest.raises(UsageError):
        read_cursor(text, "q")


def test_values_of_a_problem_are_strict_json_and_short():
    body = invalid(
        [
            Problem("a", float("nan"), "x"),
            Problem("b", float("inf"), "x"),
            Problem("c", 10**400, "x"),
            Problem("d", "\ud800" + "x" * 5000, "x"),
            Problem("e", pd.Timestamp("2024-01-01"), "x"),
        ]
    ).body()
    errors = {e["param"]: e["value"] for e in json.loads(body, parse_constant=refuse)["errors"]}
    assert errors["a"] is None
    assert errors["b"] is None
    assert len(errors["c"]) == len(errors["d"]) == 200
    assert errors["e"] == "2024-01-01 00:00:00"


def test_a_problem_without_errors_has_none():
    assert "errors" not in ApiError(404, "not-found", "x").document()


@pytest.mark.fault("API-2")
def test_a_reason_names_no_folder():
    assert (
        without_folders("the file /srv/x/data/current/manifest.json is damaged") == "the file manifest.json is damaged"
    )
    assert (
        without_folders("run `aemo-dashboard ingest --source URL|DIR`")
        == "run `aemo-dashboard ingest --source URL|DIR`"
    )
    assert without_folders("5 $/MWh and 50/60 rows") == "5 $/MWh and 50/60 rows"
