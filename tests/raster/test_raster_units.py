"""The picture of all units equals a plain aggregation by pandas, whatever window, bins, rows and value."""

import numpy as np
import pandas as pd
import pytest

from components.raster.rows import unit_rows
from components.raster.units import MISSING, UnitsAsk

CAPACITY = {"COAL1": 500, "COAL2": 660, "WIND1": 120, "BATT1": 100, "PUMP1": 80, "ODD1": np.nan}


def read_back(raster) -> np.ndarray:
    """A picture's values; NaN where nothing is known."""
    image = raster.arrays["image"].astype(float)
    return np.where(image == MISSING, np.nan, image / raster.words["scale"])


def by_pandas(power: pd.DataFrame, duids, words, value: str, agg: str) -> np.ndarray:
    """The same by pandas: signed by role, over capacity, bins that close on the right."""
    signed = power.copy()
    signed["PUMP1"] = -signed["PUMP1"].abs()
    if value == "cf":
        signed = signed / pd.Series(CAPACITY)
    edges = pd.date_range(words["start"], words["end"], freq=f"{words['minutes']}min")
    bins = pd.cut(signed.index, edges, right=True, labels=False)
    found = signed[list(duids)].groupby(bins).agg(agg).reindex(range(len(edges) - 1))
    return found.to_numpy().T


@pytest.mark.parametrize("agg", ["mean", "max", "min"])
@pytest.mark.parametrize("value", ["mw", "cf"])
@pytest.mark.parametrize(
    ("start", "end", "columns"),
    [
        ("2024-01-10", "2024-02-21", 12),  # bins of four days, over the month's end
        ("2024-01-10", "2024-02-21", 60),  # days
        ("2024-01-19T13:40", "2024-02-03T02:15", 300),  # an hour and odd edges
        ("2024-01-28", "2024-02-04", 2_100),  # every reading
        ("2023-12-01", "2024-03-01", 50),  # wider than the data
    ],
)
def test_the_picture_is_a_plain_aggregation(snapshot, power, start, end, columns, value, agg):
    raster = UnitsAsk(start, end, value=value, agg=agg, columns=columns).answer(snapshot)
    duids = unit_rows(snapshot, "NEM", "", "fuel").duids
    expected = by_pandas(power, duids, raster.words, value, agg)
    found = read_back(raster)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=0.51 / raster.words["scale"])


def test_standing_still_is_zero_and_no_reading_is_not(snapshot):
    raster = UnitsAsk("2024-01-10", "2024-02-21", columns=60).answer(snapshot)
    duids = unit_rows(snapshot, "NEM", "", "fuel").duids
    days = pd.date_range(raster.words["start"], periods=raster.arrays["image"].shape[1], freq="1D")
    row = raster.arrays["image"][duids.index("COAL1")]
    assert row[days.get_loc("2024-01-21")] == MISSING
    assert raster.arrays["image"][duids.index("COAL2")][days.get_loc("2024-02-02")] == 0
    assert (raster.arrays["image"][duids.index("ODD1")] == MISSING).all()  # no registered capacity
    assert (
        UnitsAsk("2024-01-10", "2024-02-21", value="mw").answer(snapshot).arrays["image"][duids.index("ODD1")] > 0
    ).any()


def test_neighbouring_units_share_a_row_where_there_are_few_pixels(snapshot, power):
    whole = UnitsAsk("2024-01-10", "2024-02-21", value="mw", columns=60)
    few = UnitsAsk("2024-01-10", "2024-02-21", value="mw", columns=60, rows=3).answer(snapshot)
    assert few.words["per"] == 2
    one = read_back(whole.answer(snapshot))
    both = np.nanmean(one[:2], axis=0)
    here = np.isfinite(one[:2]).all(axis=0)
    np.testing.assert_allclose(read_back(few)[0][here], both[here], atol=2 / few.words["scale"])


def test_some_rows_are_the_same_as_in_the_whole(snapshot):
    whole = read_back(UnitsAsk("2024-01-10", "2024-02-21", columns=60).answer(snapshot))
    part = UnitsAsk("2024-01-10", "2024-02-21", columns=60, low=2, high=5).answer(snapshot)
    assert (part.words["low"], part.words["high"], part.words["of"]) == (2, 5, 6)
    np.testing.assert_array_equal(read_back(part), whole[2:5])


@pytest.mark.parametrize("asked", [(90, 99), (-5, 0), (3, 2)])
def test_rows_that_do_not_exist_give_some_that_do(snapshot, asked):
    words = UnitsAsk("2024-01-10", "2024-02-21", low=asked[0], high=asked[1]).answer(snapshot).words
    assert 0 <= words["low"] < words["high"] <= 6


def test_close_up_there_are_lines_of_exact_readings(snapshot, power):
    duids = unit_rows(snapshot, "NEM", "", "fuel").duids
    raster = UnitsAsk("2024-01-25T10:00", "2024-01-25T11:00", value="mw").answer(snapshot)
    assert raster.words["mode"] == "lines"
    times = pd.date_range(raster.words["start"], periods=raster.arrays["values"].shape[1], freq="5min") + pd.Timedelta(
        "5min"
    )
    expected = power.assign(PUMP1=-power["PUMP1"]).reindex(times)[list(duids)].to_numpy().T
    np.testing.assert_array_equal(raster.arrays["values"], expected.astype("float32"))


def test_rows_stand_by_group_the_first_on_top_the_largest_first(snapshot):
    rows = unit_rows(snapshot, "NEM", "", "fuel")
    assert [g.name for g in rows.groups] == ["coal", "gas", "wind", "battery", "pumps"]
    assert rows.duids[::-1] == ("COAL2", "COAL1", "ODD1", "WIND1", "BATT1", "PUMP1")
    assert rows.duids[rows.groups[0].first : rows.groups[0].end] == ("COAL1", "COAL2")
    regions = unit_rows(snapshot, "NEM", "", "region")
    assert [(g.name, g.end - g.first) for g in regions.groups] == [("NSW1", 3), ("SA1", 2), ("VIC1", 1)]
    stations = unit_rows(snapshot, "NEM", "", "station")
    assert (stations.groups[0].name, stations.groups[0].end - stations.groups[0].first) == ("Black Hill", 2)
    assert unit_rows(snapshot, "SA1", "", "fuel").duids == ("BATT1", "WIND1")
    assert unit_rows(snapshot, "SA1", "wind", "fuel").duids == ("WIND1",)
    assert unit_rows(snapshot, "QLD1", "", "fuel").duids == ()
