"""Batteries over time and by time of day: a bucket is answered like a window, and every grouping has the same totals."""

import numpy as np
import pandas as pd
import pytest
from battery_market import DAY, STORES, a_day

from components.queries.batteries import Batteries
from components.queries.batteries_over_time import BatteriesOverTime, BatteriesTimeOfDay
from components.queries.monthly import forget
from components.store.snapshot import Snapshot, empty_snapshot

SAME = (
    "discharge_mwh", "charge_mwh", "discharge_price", "charge_price", "spread", "revenue", "cost", "discharge_revenue",
    "cycles_per_day",
)  # fmt: skip


def test_the_hours_of_a_day(market):
    """All together: 130 MW out from 00:00 at $300, 80 MW in from 02:00 at −$10."""
    frame = BatteriesOverTime(**DAY, interval="1h").run(a_day(market)).frame
    assert len(frame) == 24
    assert frame["time"].iloc[0] == pd.Timestamp("2024-07-01T01:00")
    first, third, last = frame.iloc[0], frame.iloc[2], frame.iloc[-1]
    assert (first["discharge_mw"], first["charge_mw"]) == pytest.approx((130, 0))
    assert (first["discharge_mwh"], first["discharge_price"], first["revenue"]) == pytest.approx((130, 300, 39000))
    assert np.isnan(first["charge_price"])
    assert np.isnan(first["spread"])
    assert (third["charge_mw"], third["charge_price"], third["cost"], third["revenue"]) == pytest.approx(
        (80, -10, -800, 800)
    )
    assert (last["discharge_mw"], last["charge_mw"], last["revenue"]) == (0, 0, 0)
    assert first["cycles_per_day"] == pytest.approx(130 / 230 * 24)
    assert first["revenue_per_mw_day"] == pytest.approx(39000 / 130 * 24)


@pytest.mark.parametrize("by", ["none", "station", "duid", "region", "owner"])
@pytest.mark.parametrize("interval", ["5m", "1h", "1d"])
def test_buckets_add_up_to_the_window(market, by, interval):
    snapshot = a_day(market)
    buckets = BatteriesOverTime(**DAY, interval=interval, by=[by]).run(snapshot).frame
    whole = Batteries(**DAY, by=[by]).run(snapshot).frame
    for name in ("discharge_mwh", "charge_mwh", "revenue", "cost"):
        found = buckets.groupby(by, observed=True)[name].sum() if by != "none" else [buckets[name].sum()]
        assert list(found) == pytest.approx(whole[name].tolist())


@pytest.mark.parametrize("by", ["none", "station", "region"])
def test_one_bucket_is_the_window(market, by):
    snapshot = a_day(market, hours=12)
    bucket = BatteriesOverTime(**DAY, interval="1d", by=[by]).run(snapshot).frame
    whole = Batteries(**DAY, by=[by]).run(snapshot).frame
    pd.testing.assert_frame_equal(bucket[list(SAME)], whole[list(SAME)])
    assert bucket["revenue_per_mw_day"].to_numpy() * 365 == pytest.approx(whole["revenue_per_mw_year"].to_numpy())


def test_units_of_opposite_sign_never_cancel(mixed):
    hour = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
    found = BatteriesOverTime(**hour, region=["SA1"], interval="5m").run(mixed).frame
    assert found["discharge_mw"].tolist() == pytest.approx([100.0] * 12)
    assert found["charge_mw"].tolist() == pytest.approx([100.0] * 12)
    assert found["revenue"].tolist() == pytest.approx([0.0] * 12)


def test_what_is_missing_is_missing(market):
    """Nothing is read of the new battery after noon: its buckets there are missing, the fleet is that of the pair."""
    snapshot = a_day(market, hours=12)
    new = BatteriesOverTime(**DAY, interval="1h", station=["New"]).run(snapshot)
    assert len(new.frame) == 12
    assert new.coverage == pytest.approx(0.5)
    both = BatteriesOverTime(**DAY, interval="1h", by=["station"]).run(snapshot).frame
    late = both[(both["station"] == "New") & (both["time"] > pd.Timestamp("2024-07-01T12:00"))]
    assert late[["discharge_mw", "charge_mwh", "revenue", "cycles_per_day"]].isna().all().all()
    unpriced = market(units=STORES[:1], scada={"NEW1": [60.0] * 12}, price={"VIC1": [1.0] * 12})
    row = BatteriesOverTime(start=DAY["start"], end=DAY["end"], interval="1h").run(unpriced).frame.iloc[0]
    assert (row["discharge_mwh"], row["discharge_mw"]) == pytest.approx((60, 60))
    assert row[["revenue", "cost", "discharge_price", "revenue_per_mw_day"]].isna().all()


def test_half_of_an_old_pair_has_no_money_by_capacity(market):
    result = BatteriesOverTime(**DAY, interval="1d", by=["duid"]).run(a_day(market))
    found = result.frame.set_index("duid")["revenue_per_mw_day"]
    assert found[["OLDG", "OLDL"]].isna().all()
    assert found["NEW1"] == pytest.approx(312)
    assert any("by=station" in note for note in result.notes)


def test_an_average_day_is_the_mean_of_its_days(market):
    """Out in the first hour of one day and at rest in that of the other: 65 MW on average; prices pool all intervals."""
    snapshot = a_day(market, days=2)
    two = {"start": DAY["start"], "end": pd.Timestamp("2024-07-03")}
    frame = BatteriesTimeOfDay(**two, interval="1h").run(snapshot).frame.set_index("time_of_day")
    assert len(frame) == 24
    assert frame.loc[
        "00:00", ["discharge_mw", "charge_mw", "discharge_price", "revenue", "days"]
    ].tolist() == pytest.approx([130, 0, 300, 2 * 39000, 2])
    assert frame.loc["03:00", ["charge_mw", "charge_price", "revenue"]].tolist() == pytest.approx([80, -10, 1600])
    assert np.isnan(frame.loc["12:00", "discharge_price"])
    # A window from 00:30 on has half of the first hour; a day's value is the mean of what was read.
    later = BatteriesTimeOfDay(start=pd.Timestamp("2024-07-01T00:30"), end=two["end"], interval="1h").run(snapshot)
    assert later.frame.set_index("time_of_day").loc["00:00", ["discharge_mw", "revenue"]].tolist() == pytest.approx(
        [130, 1.5 * 39000]
    )
    by_station = BatteriesTimeOfDay(**two, interval="30m", by=["station"]).run(snapshot).frame
    assert by_station["discharge_mw"].sum() == pytest.approx(2 * 130)


def test_nothing_to_answer(mixed):
    late = {"start": pd.Timestamp("2030-01-01"), "end": pd.Timestamp("2030-01-02")}
    for kind in (BatteriesOverTime, BatteriesTimeOfDay):
        for by in ("none", "station"):
            assert kind(by=[by]).run(empty_snapshot()).frame.empty
            found = kind(**late, by=[by]).run(mixed).frame
            assert found.empty
            assert (by in found.columns) == (by != "none")


def test_a_month_that_is_remembered_gives_the_same(market):
    """June and the first day of July: June is whole, so its days are kept; a filter takes its part of them."""
    june = pd.Timestamp("2024-06-01")
    days = 31
    rng = np.random.default_rng(3)
    power = {d: rng.normal(0, 40, days * 288) for d in ("NEW1", "OLDG")} | {"OLDL": rng.random(days * 288) * 20}
    power["NEW1"][5000:5100] = np.nan
    price = {r: rng.normal(60, 80, days * 288) for r in ("SA1", "VIC1")}
    price["SA1"][7000:7010] = np.nan
    snapshot = market(units=STORES, scada=power, price=price, start="2024-06-01")
    window = {"start": june, "end": june + pd.Timedelta(days=days)}
    forget()
    for more in ({}, {"station": ["New"]}, {"by": ["station"]}, {"region": ["VIC1"]}):
        by_day = BatteriesOverTime(**window, interval="1d", **more).run(snapshot).frame
        by_hour = BatteriesOverTime(**window, interval="1h", **more).run(snapshot).frame
        for name in ("discharge_mwh", "charge_mwh", "revenue", "cost"):
            assert by_day[name].sum() == pytest.approx(by_hour[name].sum()), (more, name)
        month = BatteriesOverTime(**window, interval="1M", **more).run(snapshot).frame
        assert month["revenue"].sum() == pytest.approx(by_hour["revenue"].sum())


def test_another_price_of_a_remembered_month_is_another_revenue(market):
    """The same readings under a later version of the prices alone."""
    days = {"NEW1": np.tile(np.r_[np.full(144, 10.0), np.full(144, -10.0)], 30)}
    one, other = (
        market(units=STORES[:1], scada=days, price={"SA1": np.tile(np.r_[np.full(144, p), np.zeros(144)], 30)}, start="2024-06-01")
        for p in (50.0, 70.0)
    )  # fmt: skip
    newer = Snapshot("newer", {"scada": one.chunks("scada"), "price": other.chunks("price")}, one.units)
    june = {"start": pd.Timestamp("2024-06-01"), "end": pd.Timestamp("2024-07-01"), "interval": "1d"}
    found = [BatteriesOverTime(**june).run(s).frame["revenue"].iloc[0] for s in (one, newer, one)]
    assert found == pytest.approx([120 * 50, 120 * 70, 120 * 50])
