"""Figures of the generation page where half of the data is missing: nothing is made up, whatever is drawn."""

import numpy as np
import pandas as pd
import pytest
from two_day_market import market, serve

from components.dashboards.generation import GenerationDashboard

INTERVALS = ("5m", "1h", "1d", "1M")
HALF = pd.Timestamp("2024-03-15T14:35")
HOURS = (HALF - pd.Timestamp("2024-03-01")) / pd.Timedelta(hours=1)


def cells(page, key):
    row = next(r for r in [*page.view.ledger.rows, *page.view.ledger.total] if r["key"] == key)
    return [c.get("v", c["t"]) for c in row["cells"]]


def half_filled(frames):
    """Units, demand and interchange end in the middle of a day; flow turns round from one hour to the next."""
    for name in ("scada", "region"):
        frames[name] = frames[name][frames[name]["time"] <= HALF].copy()
    region = frames["region"]
    odd = (region["time"] - pd.Timedelta(minutes=5)).dt.hour % 2 == 1
    region["net_interchange"] = np.where(odd, 10.0, -30.0)


@pytest.fixture
def half(monkeypatch):
    serve(monkeypatch, market("half", pd.Timestamp("2024-04-01"), change=half_filled))


@pytest.mark.parametrize("interval", INTERVALS)
def test_a_half_filled_month_has_the_same_figures_at_every_interval(half, interval):
    page = GenerationDashboard(f"?region=NSW1&start=2024-03-01&end=2024-04-01&interchange=1&interval={interval}")
    times = pd.date_range("2024-03-01T00:05", HALF, freq="5min") - pd.Timedelta(minutes=5)
    odd = int((times.hour % 2 == 1).sum())
    demand = cells(page, "Underlying demand")
    assert demand[1] == pytest.approx(120 * HOURS)
    assert demand[3] == pytest.approx(120)
    assert cells(page, "imports")[1] == pytest.approx(30 * (len(times) - odd) / 12)
    assert cells(page, "exports")[1] == pytest.approx(-10 * odd / 12)
    assert cells(page, "imports")[3] == pytest.approx(30 * (1 - odd / len(times)))
    assert cells(page, "coal")[1] == pytest.approx(600 * HOURS)
    assert cells(page, "coal")[3] == pytest.approx(600)
    assert cells(page, "pumps")[3] == pytest.approx(-30)
    # Rooftop goes on to the end of the month: its own hours, so averages still add up.
    assert cells(page, "rooftop")[1] == pytest.approx(20 * 31 * 24)
    assert cells(page, "rooftop")[3] == pytest.approx(20)
    assert cells(page, "Generation")[3] == pytest.approx(620)
    assert cells(page, "of which renewable")[3] == pytest.approx(20)


@pytest.mark.parametrize("interval", INTERVALS)
def test_hours_of_the_day_and_odd_edges_are_no_missing_data(half, interval):
    page = GenerationDashboard(f"?region=NSW1&start=2024-03-02T03:20&end=2024-04-01&hour=2-5&interval={interval}")
    read = 12 * 4 + (6 - 3 - 1 / 3) + 4  # the 3rd to 14th, what is left of the 2nd, and the 15th
    assert cells(page, "coal")[1] == pytest.approx(600 * read)
    assert cells(page, "coal")[3] == pytest.approx(600)
    assert cells(page, "Underlying demand")[1] == pytest.approx(120 * read)


@pytest.mark.parametrize("interval", INTERVALS)
def test_a_fuel_that_stands_still_is_not_missing(monkeypatch, interval):
    def still(frames):
        at = frames["scada"]["duid"].eq("WIND1") & frames["scada"]["time"].gt(pd.Timestamp("2024-03-02"))
        frames["scada"].loc[at, "mw"] = 0.0

    serve(monkeypatch, market("still", change=still))
    page = GenerationDashboard(f"?region=SA1&start=2024-03-01&end=2024-03-03&interval={interval}")
    assert cells(page, "wind")[3] == pytest.approx(25)
