"""Rows written straight from a grid: byte for byte what the same rows as a frame become."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from components.api import formats
from components.api.sheet import Sheet, json_times
from components.api.table import rows
from components.queries.base import Result
from components.queries.grid import Grid

UNITS = {"mw": "MW", "price": "$/MWh"}


def grid(labels: np.ndarray, fuels: tuple[str, ...] = ("coal", "wind", 'a "b", ü')) -> Grid:
    values = np.linspace(-3.14159265, 12345.678912, len(labels) * len(fuels)).reshape(len(fuels), len(labels))
    values.flat[::5] = np.nan
    return Grid(labels, {"region": ["NEM"] * len(fuels), "fuel": fuels}, {"mw": values, "price": values / 3})


def stamps(first: str, count: int, step: str) -> np.ndarray:
    return pd.date_range(first, periods=count, freq=step).to_numpy("datetime64[us]")


LABELS = {
    "five minutes over midnight": stamps("2024-02-28T23:50", 300, "5min"),
    "days": stamps("2023-12-30", 40, "D"),
    "months, far apart": stamps("1999-01-01", 90, "MS"),
    "years": stamps("1990-01-01", 60, "YS"),
    "one": stamps("2024-07-01", 1, "D"),
    "none": stamps("2024-07-01", 0, "D"),
    "before 1970": stamps("1969-12-31T23:00", 30, "5min"),
    "with seconds": stamps("2024-07-01T00:00:30", 4, "30s"),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("fuels", [("coal",), ("coal", "wind", 'a "b", ü'), ()], ids=["one", "several", "none"])
def test_a_sheet_writes_what_the_table_of_its_frame_writes(labels: np.ndarray, fuels: tuple[str, ...]):
    given = grid(labels, fuels)
    sheet, frame = Sheet(given, UNITS), rows(given.frame(), UNITS)
    assert formats.json_bytes(formats.json_data(sheet, "columns")) == formats.json_bytes(
        formats.json_data(frame.cut(0, None), "columns")
    )
    assert (sheet.rows, sheet.values, sheet.units) == (frame.rows, frame.values, frame.units)


def test_times_that_are_missing_are_null():
    times = np.array(["2024-07-01T00:05", "NaT"], "datetime64[us]")
    assert json.loads(b"[" + json_times(times, 2) + b"]") == ["2024-07-01T00:05:00+10:00"] * 2 + [None] * 2


@pytest.mark.parametrize(("offset", "limit"), [(0, 4), (5, None), (5, 3), (100_000, 3)])
def test_a_part_of_a_sheet_is_that_part_of_its_frame(offset: int, limit: int | None):
    given = grid(LABELS["days"])
    part = Sheet(given, UNITS).cut(offset, limit)
    assert not isinstance(part, Sheet)
    whole = given.frame().iloc[offset : None if limit is None else offset + limit]
    assert part.rows == len(whole)
    shown = formats.json_data(part, "columns")
    assert shown["fuel"] == whole["fuel"].astype(str).tolist()


def test_a_sheet_of_which_all_is_wanted_stays_one():
    sheet = Sheet(grid(LABELS["days"]), UNITS)
    assert sheet.cut(0, None) is sheet
    assert sheet.cut(0, sheet.rows) is sheet
    assert sheet.cut(0, sheet.rows - 1) is not sheet


def test_an_answer_given_as_a_grid_is_read_as_a_frame():
    given = grid(LABELS["days"])
    result = Result(given, UNITS, None, None, ("region", "fuel"))
    assert result.grid is given
    pd.testing.assert_frame_equal(result.frame, given.frame())
    assert result.grid is None  # what is kept is the frame, not both
    assert result.frame is result.frame
    other = dataclasses.replace(result, frame=given)
    assert other.grid is given


def test_an_answer_needs_rows():
    with pytest.raises(TypeError, match="frame"):
        Result(units={}, start=None, end=None)
