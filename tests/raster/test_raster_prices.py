"""Prices: no spike is lost at any width, envelopes and the day-by-hour picture equal pandas."""

import numpy as np
import pandas as pd
import pytest
from six_week_market import SPIKES

from components.charts.scales import stretch
from components.raster.calendar import CalendarAsk
from components.raster.overview import OverviewAsk
from components.raster.prices import PricesAsk
from components.vocabulary import REGIONS

WINDOWS = [
    ("2024-01-10", "2024-02-21", 12),
    ("2024-01-10", "2024-02-21", 200),
    ("2024-01-31T13:10", "2024-02-06T00:00", 500),
    ("2023-11-01", "2024-04-01", 30),
]


def by_pandas(rrp: pd.DataFrame, words, how: str) -> np.ndarray:
    edges = pd.date_range(words["start"], words["end"], freq=f"{words['minutes']}min")
    bins = pd.cut(rrp.index, edges, right=True, labels=False)
    return rrp[words["regions"]].groupby(bins).agg(how).reindex(range(len(edges) - 1)).to_numpy().T


@pytest.mark.parametrize(("start", "end", "columns"), WINDOWS)
def test_envelopes_are_a_plain_aggregation(snapshot, rrp, start, end, columns):
    raster = PricesAsk(start, end, columns=columns).answer(snapshot)
    assert raster.words["regions"] == list(REGIONS[::-1])
    for name, how in (("low", "min"), ("high", "max"), ("mean", "mean")):
        np.testing.assert_allclose(raster.arrays[name], by_pandas(rrp, raster.words, how), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(("start", "end", "columns"), WINDOWS)
def test_no_spike_is_lost(snapshot, start, end, columns):
    raster = PricesAsk(start, end, columns=columns, height=250).answer(snapshot)
    image, words = raster.arrays["image"], raster.words
    rows = image.shape[0] // 5
    for (region, when), price in SPIKES.items():
        strip = words["regions"].index(region)
        column = int(
            (when - pd.Timestamp(words["start"]) - pd.Timedelta("1us")) / pd.Timedelta(minutes=words["minutes"])
        )
        side = "high" if price > 0 else "low"
        assert raster.arrays[side][strip, column] == price
        assert words["bottom"] <= float(stretch(price)) <= words["top"]
        drawn = np.flatnonzero(image[strip * rows : (strip + 1) * rows, column])
        middle = rows * (stretch(price) - words["bottom"]) / (words["top"] - words["bottom"])
        assert abs((drawn.max() if price > 0 else drawn.min()) - middle) < 0.1 * rows


def test_every_price_is_counted_and_holes_stay_empty(snapshot, rrp):
    raster = PricesAsk("2024-01-10", "2024-02-21", region="TAS1", columns=60).answer(snapshot)
    assert raster.words["known"] == rrp["TAS1"].notna().sum()
    hole = pd.Timestamp("2024-02-11") - pd.Timestamp(raster.words["start"])
    column = hole // pd.Timedelta(minutes=raster.words["minutes"])
    assert np.isnan(raster.arrays["low"][0, column])
    assert not raster.arrays["image"][:, column].any()
    assert raster.arrays["image"][:, column + 2].any()


def test_close_up_there_are_lines_of_exact_prices(snapshot, rrp):
    raster = PricesAsk("2024-02-01", "2024-02-02", region="NSW1").answer(snapshot)
    assert raster.words["mode"] == "lines"
    np.testing.assert_array_equal(raster.arrays["lines"][0], rrp.loc["2024-02-01 00:05":"2024-02-02 00:00", "NSW1"])


@pytest.mark.parametrize("agg", ["mean", "max", "min"])
@pytest.mark.parametrize(("columns", "low", "high"), [(1_000, 0, 24), (10, 0, 24), (1_000, 7.5, 9)])
def test_days_by_hours_are_a_plain_aggregation(snapshot, rrp, agg, columns, low, high):
    raster = CalendarAsk("2024-01-10", "2024-02-21", "TAS1", agg, low, high, columns).answer(snapshot)
    words = raster.words
    begins = rrp.index - pd.Timedelta(minutes=5)
    day = (begins.normalize() - pd.Timestamp(words["start"])) // pd.Timedelta(minutes=words["minutes"])
    slot = (begins.hour * 60 + begins.minute) // words["slot"]
    first, last = (int(words[side] * 60 / words["slot"]) for side in ("low", "high"))
    expected = rrp["TAS1"].groupby([slot, day]).agg(agg).unstack().reindex(range(first, last))
    assert words["low"] <= low < high <= words["high"]
    found = raster.arrays["price"]
    np.testing.assert_allclose(found[:, expected.columns], expected.to_numpy(), rtol=1e-5, atol=1e-4)
    others = np.setdiff1d(np.arange(found.shape[1]), expected.columns)
    assert np.isnan(found[:, others]).all()
    if columns == 1_000:
        assert np.isnan(found[:, day[rrp.index.get_loc("2024-02-11 12:00")]]).all()


def test_the_map_of_the_archive_shows_every_region(snapshot, rrp):
    raster = OverviewAsk().answer(snapshot)
    days = pd.date_range(raster.words["start"], periods=len(raster.arrays["low"]), freq="1D")
    assert raster.words["minutes"] == 1440
    assert raster.arrays["high"][days.get_loc("2024-01-31")] == 17_500
    assert raster.arrays["low"][days.get_loc("2024-02-01")] == -1_000
    own = OverviewAsk("QLD1").answer(snapshot).arrays
    np.testing.assert_allclose(
        own["mean"][days.get_loc("2024-01-15")],
        rrp.loc["2024-01-15 00:05":"2024-01-16 00:00", "QLD1"].mean(),
        rtol=1e-5,
    )
    assert np.nanmax(own["high"]) < 1_000
