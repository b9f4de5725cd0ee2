"""Records, alerts, the renewable share and coverage by day, on hand-written markets."""

import numpy as np
import pandas as pd
import pytest

from components.errors import QueryError
from components.queries import records
from components.queries.alerts import Alerts
from components.queries.records import Records
from components.queries.renewables import RenewableShare
from components.queries.status import CoverageByDay
from components.vocabulary import REGIONS

DAY = 288
SPIKE = DAY + 100
WIND = {"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind"}
COAL = {"duid": "C", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black"}


@pytest.fixture
def three_days(market):
    """31 July to 2 August (half of it): $50, a spike on 1 August, a lower one the day before; wind from 1 August on."""
    length = 2 * DAY + 144
    price = np.full(length, 50.0)
    price[10], price[SPIKE], price[SPIKE + 1] = 400.0, 900.0, 250.0
    price[2 * DAY + 3] = -20.0
    wind = np.concatenate([np.full(DAY, 100.0), np.full(length - DAY, 300.0)])
    return market(
        units=[WIND, COAL],
        scada={"W": wind, "C": np.full(length, 100.0)},
        price={r: price if r == "SA1" else np.full(length, 50.0) for r in REGIONS},
        demand={r: np.full(length, 1000.0) for r in REGIONS},
        rooftop={r: np.full(length // 6 - 2, 100.0) for r in REGIONS},
        start="2024-07-31",
    )


def rows(snapshot, **asked) -> dict:
    frame = Records(**asked).run(snapshot).frame
    return {(r["metric"], r["side"], r["period"]): r for r in frame.to_dict("records")}


def test_records_of_day_month_and_all(three_days):
    found = rows(three_days, region=["SA1"])
    everything = found["price", "high", "all"]
    assert (everything["value"], everything["previous"]) == (900, 400)
    assert everything["time"] == pd.Timestamp(
        "2024-08-01T08:25"
    )  # interval 100 of the day ends 101 x 5 minutes after 0:00
    assert everything["previous_time"] == pd.Timestamp("2024-07-31T00:55")
    month = found["price", "high", "month"]
    assert month["value"] == 900
    assert np.isnan(month["previous"])  # 31 July is another month
    day = found["price", "low", "day"]
    assert (day["value"], day["previous"]) == (-20, 50)  # that of the day before
    assert day["start"] == pd.Timestamp("2024-08-02")
    assert found["wind", "high", "all"]["value"] == 300
    assert found["wind", "high", "all"]["previous"] == 100
    assert found["rooftop", "high", "all"]["time"] == pd.Timestamp("2024-07-31T00:30")  # the half hour's end
    assert ("solar", "high", "all") not in found  # there is none


def test_the_market_is_its_own_region(three_days):
    found = rows(three_days, region=["NEM"])
    assert found["demand", "high", "all"]["value"] == 5000
    assert found["price", "high", "all"]["value"] == pytest.approx((900 + 4 * 50) / 5)
    assert found["renewable_share", "high", "all"]["value"] == pytest.approx(800 / 900)


def test_only_months_that_changed_are_worked_out_anew(three_days, market, monkeypatch):
    Records().run(three_days)
    made = []
    real = records.measures
    monkeypatch.setattr(records, "measures", lambda s, times, names: made.append(times[0]) or real(s, times, names))
    Records().run(three_days)
    assert made == []
    Records().run(market(price={"SA1": [1.0]}, start="2024-08-01"))  # another August
    assert made == [np.datetime64("2024-08-01T00:05")]


def test_no_data_has_no_records(market):
    assert Records().run(market()).frame.empty


def test_alerts_of_the_window_and_those_that_stood_before_it(three_days):
    frame = Alerts(last="all").run(three_days).frame
    south = frame[frame["region"].astype(str) == "SA1"].astype({"rule": str})
    high = south[south["rule"] == "price-high"]
    assert high["start"].tolist() == [pd.Timestamp("2024-07-31T00:50"), pd.Timestamp("2024-08-01T08:20")]
    assert high["end"].tolist() == [
        pd.Timestamp("2024-07-31T00:55"),
        pd.Timestamp("2024-08-01T08:30"),
    ]  # 250 still stands
    assert high["peak"].tolist() == [400, 900]
    negative = south[south["rule"] == "price-negative"]
    assert negative["peak_time"].tolist() == [pd.Timestamp("2024-08-02T00:20")]
    share = Alerts(last="all", rule=["renewable-share"]).run(three_days).frame
    assert share["region"].astype(str).tolist() == ["NEM"]
    assert share["active"].tolist() == [1]  # rooftop is missing at the end, which changes nothing
    assert share["end"].isna().all()
    later = Alerts(start=pd.Timestamp("2024-08-01T08:25"), end=pd.Timestamp("2024-08-01T12:00"), region=["SA1"])
    assert later.run(three_days).frame["start"].tolist() == [pd.Timestamp("2024-08-01T08:20")]


def test_a_rule_of_ones_own(three_days):
    found = Alerts(last="all", metric="wind", on=200.0, off=150.0, region=["SA1"]).run(three_days).frame
    assert found["start"].tolist() == [pd.Timestamp("2024-08-01")]
    assert found["rule"].astype(str).tolist() == ["own"]
    with pytest.raises(QueryError, match="needs"):
        Alerts(on=200.0).run(three_days)
    with pytest.raises(QueryError, match="other side"):
        Alerts(metric="wind", on=100.0, off=200.0).run(three_days)


def test_the_renewable_share_divides_energies(three_days):
    found = RenewableShare(last="all", interval="1d", region=["NEM"]).run(three_days).frame
    # 31 July: 100 MW wind + 500 rooftop of 700; 1 August: 800 of 900.
    assert found["share"].tolist()[:2] == pytest.approx([600 / 700, 800 / 900])
    five = RenewableShare(last="all", interval="5m", region=["NEM"]).run(three_days)
    assert five.frame["time"].max() == pd.Timestamp("2024-08-02T11:00")  # as far as rooftop is known
    only = RenewableShare(last="all", interval="1d", region=["SA1"], hour=[0]).run(three_days).frame
    assert only["renewable_mw"].tolist() == [200, 400, 400]


def test_coverage_counts_what_is_missing(market):
    length = 2 * DAY
    price = np.full(length, 50.0)
    price[DAY : DAY + 12] = np.nan
    wind = np.full(length, 5.0)
    wind[100:244] = np.nan
    snapshot = market(
        units=[{**WIND, "registered_from": pd.Timestamp("2024-07-01")}, COAL],
        scada={"W": wind, "C": np.concatenate([np.full(DAY, np.nan), np.full(DAY, 1.0)])},
        price={"SA1": price},
        rooftop={"SA1": np.full(94, 1.0)},
    )
    frame = CoverageByDay(last="90d").run(snapshot).frame
    found = {(f"{r['date']:%d}", r["dataset"]): (r["expected"], r["present"]) for r in frame.to_dict("records")}
    assert found["01", "price"] == (288, 288)
    assert found["02", "price"] == (288, 276)
    assert found["01", "scada"] == (288, 144)  # W is registered; nobody knows since when C is: from its first day
    assert found["02", "scada"] == (576, 576)
    assert found["02", "rooftop"] == (288, 276)  # an hour late: half-hourly readings count as six
    assert {d for _, d in found} == {"price", "scada", "rooftop"}
    assert CoverageByDay().run(market()).frame.empty
