"""Time of day of any series: folded by hand, and the same as the series over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.errors import QueryError
from components.queries.generation import GenerationByFuel
from components.queries.time_of_day import (
    STATISTICS,
    DemandTimeOfDay,
    GenerationTimeOfDay,
    PricesTimeOfDay,
    StationsTimeOfDay,
)
from components.store.snapshot import empty_snapshot

DAY = 288
TWO = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-03")}


@pytest.fixture
def two_days(market):
    """A Monday and a Tuesday: wind 10 MW, then 30 MW; a battery that turns round at noon; prices 20, then 100."""
    battery = [50.0] * 144 + [-40.0] * 144
    return market(
        units=[
            {"duid": "W", "station": "Hill", "region": "SA1", "fuel": "wind", "fueltech": "wind", "capacity_mw": 50.0},
            {"duid": "B", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional"},
        ],
        scada={"W": [10.0] * DAY + [30.0] * DAY, "B": battery * 2, "X": [1.0] * (2 * DAY)},
        price={"SA1": [20.0] * DAY + [100.0] * DAY},
        demand={"SA1": [1000.0] * DAY + [2000.0] * DAY},
        rooftop={"SA1": [100.0] * 48 + [300.0] * 48},
    )


def slot(result, clock: str, **keys: str) -> dict:
    frame = result.frame
    for name, value in {"time_of_day": clock, **keys}.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0].to_dict()


def test_every_fuel_in_every_slot(two_days):
    result = GenerationTimeOfDay(**TWO, region=["SA1"]).run(two_days)
    wind = slot(result, "07:30", fuel="wind")
    assert (wind["mean"], wind["min"], wind["median"], wind["max"], wind["days"]) == (20, 10, 20, 30, 2)
    # between two days: 10 % of the way from 10 to 30
    assert (wind["p10"], wind["p25"], wind["p90"]) == pytest.approx((12, 15, 28))
    assert slot(result, "11:30", fuel="battery")["mean"] == 50
    assert slot(result, "12:00", fuel="battery")["mean"] == 0
    assert slot(result, "12:00", fuel="battery_charging")["mean"] == -40
    assert slot(result, "23:30", fuel="rooftop")["mean"] == 200
    assert len(result.frame) == 4 * 48
    assert result.units["p90"] == "MW"


def test_unmapped_units_are_there(two_days):
    assert slot(GenerationTimeOfDay(**TWO, region=["NEM"]).run(two_days), "00:00", fuel="unmapped")["mean"] == 1
    assert slot(GenerationTimeOfDay(**TWO).run(two_days), "00:00", fuel="unmapped", region="")["mean"] == 1


def test_days_of_the_week_and_hours(two_days):
    tuesday = GenerationTimeOfDay(**TWO, region=["SA1"], weekday=[2], interval="1h").run(two_days)
    assert slot(tuesday, "23:00", fuel="wind")["mean"] == 30
    assert slot(tuesday, "23:00", fuel="wind")["days"] == 1
    evening = GenerationTimeOfDay(**TWO, region=["SA1"], fuel=["wind"], hour=[17, 18], interval="1h").run(two_days)
    assert evening.frame["time_of_day"].astype(str).tolist() == ["17:00", "18:00"]
    assert GenerationTimeOfDay(**TWO, weekday=[7]).run(two_days).frame.empty


def test_a_day_that_is_cut_counts_with_what_it_has(two_days):
    result = GenerationTimeOfDay(
        start=pd.Timestamp("2024-07-01T12:00"), end=pd.Timestamp("2024-07-03"), region=["SA1"], fuel=["wind"]
    ).run(two_days)
    assert (slot(result, "11:30")["mean"], slot(result, "11:30")["days"]) == (30, 1)
    assert (slot(result, "12:00")["mean"], slot(result, "12:00")["days"]) == (20, 2)


def test_it_is_the_series_over_time_folded(two_days):
    over_time = GenerationByFuel(**TWO, region=["SA1"], interval="1h").run(two_days).frame
    hour = (over_time["time"] - pd.Timedelta(hours=1)).dt.strftime("%H:%M")
    right = over_time.groupby([over_time["fuel"].astype(str), hour])["mw"].agg(["mean", "min", "max"])
    found = GenerationTimeOfDay(**TWO, region=["SA1"], interval="1h").run(two_days).frame
    index = [found["fuel"].astype(str), found["time_of_day"].astype(str)]
    pd.testing.assert_frame_equal(found.set_index(index)[["mean", "min", "max"]].sort_index(), right, check_names=False)


def test_prices_demand_and_stations(two_days):
    price = slot(PricesTimeOfDay(**TWO, region=["SA1"]).run(two_days), "18:00")
    assert (price["mean"], price["max"], price["p75"]) == pytest.approx((60, 100, 80))
    assert slot(DemandTimeOfDay(**TWO, region=["SA1"]).run(two_days), "18:00")["mean"] == 1500
    underlying = DemandTimeOfDay(**TWO, region=["SA1"], quantity="underlying").run(two_days)
    assert slot(underlying, "18:00")["mean"] == 1700
    assert slot(StationsTimeOfDay(**TWO, station=["Hill"]).run(two_days), "18:00")["mean"] == 20
    unit = StationsTimeOfDay(**TWO, duid=["B"], by="duid").run(two_days)
    assert slot(unit, "11:30", duid="B")["mean"] == 50
    assert slot(unit, "12:30", duid="B")["mean"] == -40


def test_missing_is_not_zero(market):
    snapshot = market(
        units=[{"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"W": [8.0, np.nan, 4.0] + [np.nan] * (DAY - 3) + [np.nan] * 6 + [6.0] * 6},
    )
    result = GenerationTimeOfDay(**TWO, fuel=["wind"]).run(snapshot)
    assert (slot(result, "00:00")["mean"], slot(result, "00:00")["days"]) == (6, 1)
    assert (slot(result, "00:30")["mean"], slot(result, "00:30")["days"]) == (6, 1)
    assert len(result.frame) == 2


def test_wrong_names_are_said_once(two_days):
    with pytest.raises(QueryError) as wrong:
        PricesTimeOfDay(**TWO, region=["NSW"]).run(two_days)
    assert len(wrong.value.problems) == 1
    with pytest.raises(QueryError, match="NEM"):
        PricesTimeOfDay(**TWO, region=["NEM"], market="raise6sec").run(two_days)


@pytest.mark.parametrize("kind", [GenerationTimeOfDay, PricesTimeOfDay, DemandTimeOfDay, StationsTimeOfDay])
def test_nothing_at_all(kind):
    result = kind().run(empty_snapshot())
    assert result.frame.empty
    assert {*STATISTICS, "time_of_day", "days"} <= set(result.frame.columns)
    assert kind(interval="5m").rows_at_most(empty_snapshot()) >= 0
