"""History by period, duration curves and capacity over time, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from components.errors import QueryError
from components.market_time import bucket_name, bucket_start
from components.queries.capacity import Capacity
from components.queries.revenue import Revenue
from components.queries.running import Running
from components.queries.station_duration import StationDuration
from components.queries.station_history import StationHistory

UNIT = {
    "duid": "A1",
    "station": "Alpha",
    "owner": "Co",
    "region": "SA1",
    "fuel": "wind",
    "fueltech": "wind",
    "capacity_mw": 100.0,
}
SECOND = {**UNIT, "duid": "A2", "capacity_mw": 50.0}
LATER = {**UNIT, "duid": "B1", "station": "Beta", "capacity_mw": 20.0}
EVE = "2024-06-30T23:30"


@pytest.fixture
def new_year(market):
    """Half an hour before and half an hour after the turn of the financial year; Beta begins in the new one."""
    return market(
        units=[UNIT, SECOND, LATER],
        scada={"A1": [60] * 6 + [24] * 6, "A2": [12] * 12, "B1": [np.nan] * 6 + [12] * 6},
        price={"SA1": [100] * 6 + [-50] * 6},
        start=EVE,
    )


def test_a_financial_year_ends_with_june(new_year):
    result = StationHistory(station=["Alpha"], last="all").run(new_year)
    old, new = result.frame.to_dict("records")
    assert [old["period"], new["period"]] == ["FY24", "FY25"]
    assert [old["time"], new["time"]] == [pd.Timestamp("2023-07-01"), pd.Timestamp("2024-07-01")]
    assert old["energy_mwh"] == pytest.approx(36)  # 72 MW for half an hour
    assert old["revenue"] == pytest.approx(3600)
    assert old["capture_price"] == pytest.approx(100)
    assert old["capacity_factor"] == pytest.approx(72 / 150)
    assert new["energy_mwh"] == pytest.approx(18)
    assert new["revenue"] == pytest.approx(-900)
    assert new["negative_mwh"] == pytest.approx(18)
    assert new["negative_share"] == pytest.approx(1)
    assert new["running_hours"] == pytest.approx(0.5)
    assert np.isnan(new["capture_rate"])  # no rate of a negative mean
    # All the data there is: half an hour of each year.
    assert old["period_share"] == pytest.approx(0.5 / (366 * 24))
    assert new["period_share"] == pytest.approx(0.5 / (365 * 24))
    assert result.interval == "fy"


def test_every_period_has_a_row_for_every_group_and_the_missing_is_not_zero(new_year):
    frame = StationHistory(last="all").run(new_year).frame.set_index(["period", "station"])
    assert len(frame) == 4
    assert frame.loc[("FY24", "Beta")].drop(["time", "period_share"]).isna().all()
    assert frame.loc[("FY25", "Beta"), "energy_mwh"] == pytest.approx(6)


def test_empty_periods_at_the_ends_are_left_out(new_year):
    frame = StationHistory(station=["Beta"], last="all").run(new_year).frame
    assert list(frame["period"]) == ["FY25"]
    assert (
        StationHistory(station=["Beta"], start=pd.Timestamp("2010-07-01"), end=pd.Timestamp("2012-07-01"))
        .run(new_year)
        .frame.empty
    )


@pytest.mark.parametrize("interval", ["fy", "3M", "1M", "1y"])
def test_a_period_has_the_figures_of_the_questions_it_is_made_of(new_year, interval):
    query = StationHistory(last="all", interval=interval, by=["duid"])
    frame = query.run(new_year).frame
    assert frame["energy_mwh"].sum() == pytest.approx(54 + 6)
    for _, window, _ in query.periods(new_year):
        asked = {"start": window.start, "end": window.end, "by": ["duid"]}
        for kind, names in ((Revenue, ["energy_mwh", "revenue", "coverage"]), (Running, ["starts", "negative_mwh"])):
            right = kind(**asked).run(new_year).frame.astype({"duid": str}).set_index("duid")[names]
            begin = bucket_start(pd.DatetimeIndex([window.end]), interval)[0]
            found = (
                frame[frame["period"] == bucket_name(begin, interval)].astype({"duid": str}).set_index("duid")[names]
            )
            assert len(right) > 0
            pd.testing.assert_frame_equal(found.loc[right.index], right)


@pytest.mark.parametrize(
    ("start", "interval", "name"),
    [("2025-07-01", "fy", "FY26"), ("1999-07-01", "fy", "FY00"), ("2024-12-01", "season", "Summer 2024-25"),
     ("2024-06-01", "season", "Winter 2024"), ("2024-07-01", "half", "2024 H2"), ("2024-01-01", "half", "2024 H1"),
     ("2024-04-01", "3M", "2024 Q2"), ("2024-04-01", "1M", "2024-04"), ("2024-01-01", "1y", "2024")],
)  # fmt: skip
def test_names_of_periods(start, interval, name):
    assert bucket_name(np.datetime64(start), interval) == name


def test_a_duration_curve_by_hand(market):
    pump = {**UNIT, "duid": "P1", "station": "Dam", "role": "load", "fuel": "pumps", "fueltech": "pumps"}
    snapshot = market(
        units=[UNIT, SECOND, pump],
        scada={"A1": [10, 20, 30, 40, 50], "A2": [5, 5, 5, np.nan, 5], "P1": [0, 8, 0, 0, 0]},
    )
    result = StationDuration(station=["Alpha", "Dam"], steps=10).run(snapshot)
    curve = result.frame[result.frame["station"] == "Alpha"]
    # 15, 25, 35, 40 and 55 MW; a unit without a reading adds nothing.
    assert curve["mw"].to_numpy()[[0, 5, 10]] == pytest.approx([55, 35, 15])
    assert curve["hours"].iloc[-1] == pytest.approx(25 / 60)
    dam = result.frame[result.frame["station"] == "Dam"]
    assert dam["mw"].iloc[[0, -1]].tolist() == [0, -8]
    units = StationDuration(station=["Alpha"], by="duid", steps=10).run(snapshot).frame
    assert units[units["duid"] == "A2"]["hours"].iloc[-1] == pytest.approx(20 / 60)  # of what was read
    assert result.present == 14


def test_a_duration_curve_is_not_asked_of_the_whole_market(market):
    many = [{**UNIT, "duid": f"U{i}", "station": f"S{i}"} for i in range(41)]
    snapshot = market(units=many, scada={"U0": [1.0]})
    with pytest.raises(QueryError, match="at most 40"):
        StationDuration().run(snapshot)
    assert len(StationDuration(station=["S0"]).run(snapshot).frame) == 101


def test_capacity_as_it_stood_at_the_time(market):
    """Alpha grows at 00:20, its second unit ends at 00:40; what never had a reading is not counted beside it."""
    at = pd.Timestamp("2024-07-01")
    units = [
        {**UNIT, "valid_from": pd.Timestamp("2020-01-01")},
        {**UNIT, "valid_from": at + pd.Timedelta(minutes=20), "capacity_mw": 130.0},
        {**SECOND, "valid_from": pd.Timestamp("2020-01-01"), "registered_to": at + pd.Timedelta(minutes=40)},
        {**UNIT, "duid": "OLD", "capacity_mw": 999.0},
        {**UNIT, "duid": "PUMP", "role": "load", "capacity_mw": 70.0},
    ]
    snapshot = market(units=units, scada={"A1": [1.0] * 12, "A2": [1.0] * 12, "PUMP": [1.0] * 12})
    frame = Capacity(station=["Alpha"], last="all", interval="5m").run(snapshot).frame
    assert frame["capacity_mw"].tolist() == [150.0] * 4 + [180.0] * 4 + [130.0] * 4
    assert frame["units"].tolist() == [2] * 8 + [1] * 4
    assert frame["time"].iloc[4] == at + pd.Timedelta(minutes=25)  # the first interval that begins at 00:20
    halves = Capacity(station=["Alpha"], last="all", interval="30m").run(snapshot).frame
    assert halves["capacity_mw"].tolist() == [180.0, 130.0]  # at the end of each bucket
    alone = Capacity(duid=["OLD"], by="duid", last="all", interval="1h").run(snapshot).frame
    assert alone["capacity_mw"].tolist() == [999.0]


def test_an_unknown_capacity_is_missing(market):
    snapshot = market(units=[{**UNIT, "capacity_mw": np.nan}], scada={"A1": [1.0] * 12})
    assert Capacity(station=["Alpha"], last="all").run(snapshot).frame["capacity_mw"].isna().all()
    assert len(Capacity(station=["Alpha"], last="all").run(snapshot).frame)
