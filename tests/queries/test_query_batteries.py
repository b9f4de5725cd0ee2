"""Batteries: split before anything is added, priced at the interval, the same totals however they are grouped."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from battery_market import DAY, STORES, a_day

from components.errors import QueryError
from components.queries.batteries import Batteries
from components.queries.stations import StationOutput
from components.store.snapshot import empty_snapshot

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
MONEY = ["discharge_mwh", "charge_mwh", "revenue", "cost", "discharge_revenue"]


def rows(snapshot, by="duid", **more) -> pd.DataFrame:
    return Batteries(**{**HOUR, "by": [by], **more}).run(snapshot).frame.set_index(by)


def test_by_unit(mixed):
    found = rows(mixed)
    assert found.index.tolist() == ["BATT1", "BATT2", "OLDBG", "OLDBL"]
    one = found.loc["BATT1"]  # out at $100, in at -$100
    assert (one["discharge_mwh"], one["charge_mwh"]) == pytest.approx((50, 50))
    assert (one["discharge_price"], one["charge_price"], one["spread"]) == pytest.approx((100, -100, 200))
    assert (one["discharge_revenue"], one["cost"], one["revenue"]) == pytest.approx((5000, -5000, 10000))
    assert one["round_trip"] == pytest.approx(1)
    assert one["cycles_per_day"] == pytest.approx(50 / 150 / (1 / 24))
    assert (one["capacity_mw"], one["storage_mwh"], one["coverage"]) == (100, 150, 1)
    two = found.loc["BATT2"]  # the other way round; nobody knows its storage
    assert two["spread"] == pytest.approx(-200)
    assert two["revenue"] == pytest.approx(-10000)
    assert np.isnan(two["cycles_per_day"])
    assert np.isnan(two["storage_mwh"])


def test_an_old_pair_is_one_station(mixed):
    pair = rows(mixed, "station").loc["Pair Battery"]
    assert (pair["discharge_mwh"], pair["charge_mwh"], pair["round_trip"]) == pytest.approx((12, 24, 0.5))
    assert (pair["discharge_price"], pair["charge_price"]) == pytest.approx((300, 300))
    assert (pair["cost"], pair["revenue"]) == pytest.approx((7200, -3600))
    assert pair["capacity_mw"] == 30  # once, not for both halves
    halves = rows(mixed).loc[["OLDBG", "OLDBL"]]
    assert halves["discharge_mwh"].tolist() == pytest.approx([12, 0])
    assert halves["charge_mwh"].tolist() == pytest.approx([0, 24])
    assert np.isnan(halves.loc["OLDBG", "round_trip"])
    assert np.isnan(halves.loc["OLDBL", "discharge_price"])


def test_units_of_opposite_sign_never_cancel(mixed):
    """BATT1 and BATT2 are each other's mirror image: netted they would be nothing at all."""
    south = rows(mixed, "region").loc["SA1"]
    assert (south["discharge_mwh"], south["charge_mwh"]) == pytest.approx((100, 100))
    assert south["revenue"] == pytest.approx(0)
    assert south["cycles_per_day"] == pytest.approx(50 / 150 * 24)  # of the unit whose storage is known


@pytest.mark.parametrize("by", ["station", "region", "owner", "none"])
def test_every_grouping_has_the_same_totals(mixed, by):
    total = rows(mixed)[MONEY].sum()
    found = Batteries(**HOUR, by=[by]).run(mixed).frame[MONEY].sum()
    pd.testing.assert_series_equal(found, total)


def test_none_is_one_row_and_stands_alone(mixed):
    result = Batteries(**HOUR, by=["none"]).run(mixed)
    assert len(result.frame) == 1
    assert result.frame.columns[0] == "discharge_mwh"
    assert result.series == ()
    with pytest.raises(QueryError, match="none stands alone"):
        Batteries(**HOUR, by=["none", "region"]).run(mixed)


def test_filters(mixed):
    assert rows(mixed, region=["SA1"]).index.tolist() == ["BATT1", "BATT2"]
    assert rows(mixed, owner=["C Co"], region=["SA1"]).index.tolist() == ["BATT2"]
    assert rows(mixed, station=["Pair Battery"]).index.tolist() == ["OLDBG", "OLDBL"]
    assert rows(mixed, "region", region=["NEM"]).index.tolist() == ["NEM"]
    assert len(rows(mixed, duid=["COAL1"])) == 0


def test_missing_is_not_zero(market):
    """Three readings: one without a price, one missing."""
    snapshot = market(
        units=[{"duid": "B", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "storage_mwh": 10.0}],
        scada={"B": [60.0, 60.0, np.nan, -60.0]}, price={"SA1": [100.0, np.nan, 100.0, np.nan]},
    )  # fmt: skip
    window = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T00:20")}
    result = Batteries(**window).run(snapshot)
    row = result.frame.iloc[0]
    assert (row["discharge_mwh"], row["charge_mwh"]) == (10, 5)
    assert row["discharge_price"] == 100  # over the interval that has both
    assert np.isnan(row["charge_price"])
    assert np.isnan(row["spread"])
    assert row["coverage"] == pytest.approx(1 / 4)
    assert row["cycles_per_day"] == pytest.approx(10 / 10 / (15 / 1440))
    assert (result.expected, result.present) == (4, 3)
    assert any("2 readings have no price" in n for n in result.notes)
    unpriced = Batteries(start=pd.Timestamp("2024-07-01T00:15"), end=window["end"]).run(snapshot).frame.iloc[0]
    assert np.isnan(unpriced["cost"])
    assert np.isnan(unpriced["revenue"])
    assert unpriced["charge_mwh"] == 5


def test_cycles_of_some_hours_count_days_not_hours(market):
    """10 MWh out each evening of two days, out of a store of 20 MWh: half a cycle a day, whatever hours are asked for."""
    day = np.zeros(288)
    day[18 * 12 : 19 * 12] = 10.0
    snapshot = market(
        units=[{"duid": "B", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "storage_mwh": 20.0}],
        scada={"B": np.tile(day, 2)}, price={"SA1": np.full(576, 50.0)},
    )  # fmt: skip
    both = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-03")}
    whole = Batteries(**both).run(snapshot).frame.iloc[0]
    evening = Batteries(**both, hour=[17, 18, 19, 20]).run(snapshot).frame.iloc[0]
    assert whole["cycles_per_day"] == evening["cycles_per_day"] == pytest.approx(0.5)
    assert evening["discharge_mwh"] == whole["discharge_mwh"] == pytest.approx(20)


def test_money_by_capacity_and_year(market):
    """NEW1: 100 MWh out for $30,000, 120 MWh in for −$1,200: $31,200 a day. The pair: $9,000 + $400."""
    found = rows(a_day(market), "station", **DAY)
    new, old = found.loc["New"], found.loc["Old"]
    assert (new["revenue"], old["revenue"]) == pytest.approx((31200, 9400))
    assert new["revenue_per_mwh_year"] == pytest.approx(31200 / 200 * 365)
    assert new["revenue_per_mw_year"] == pytest.approx(31200 / 100 * 365)
    assert old["revenue_per_mwh_year"] == pytest.approx(9400 / 30 * 365)
    assert old["revenue_per_mw_year"] == pytest.approx(9400 / 30 * 365)  # the capacity to discharge, once
    fleet = rows(a_day(market), "region", region=["NEM"], **DAY).loc["NEM"]
    assert fleet["revenue_per_mwh_year"] == pytest.approx((31200 + 9400) / 230 * 365)
    assert fleet["revenue_per_mw_year"] == pytest.approx((31200 + 9400) / 130 * 365)


def test_use_by_registered_and_by_reporting_hours(market):
    """Read for twelve of 24 hours: 220 MWh moved of 2,400 registered and 1,200 reported; 100 MWh out of 1,200."""
    new = rows(a_day(market, hours=12), "station", **DAY).loc["New"]
    assert (new["registered_hours"], new["reporting_hours"]) == pytest.approx((24, 12))
    assert new["utilisation_registered"] == pytest.approx(220 / 2400)
    assert new["utilisation_reporting"] == pytest.approx(220 / 1200)
    assert new["capacity_factor"] == pytest.approx(100 / 1200)
    assert new["revenue_per_mw_year"] == pytest.approx(31200 / 100 / 0.5 * 365)  # a year of such half days' rate
    old = rows(a_day(market), "station", **DAY).loc["Old"]
    assert old["utilisation_registered"] == old["utilisation_reporting"] == pytest.approx((30 + 40) / (30 * 24))
    assert old["registered_hours"] == 24  # of what discharges


def test_registered_hours_begin_with_the_registration(market):
    """Registered from noon, and nothing read before."""
    units = [dict(STORES[0], registered_from=pd.Timestamp("2024-07-01T12:00"))]
    scada = np.r_[np.full(144, np.nan), np.full(72, 50.0), np.full(72, np.nan)]
    snapshot = market(units=units, scada={"NEW1": scada}, price={"SA1": np.full(288, 10.0)})
    found = rows(snapshot, "station", **DAY).loc["New"]
    assert (found["registered_hours"], found["reporting_hours"]) == (12, 6)
    assert found["utilisation_registered"] == pytest.approx(50 * 6 / (100 * 12))
    assert found["utilisation_reporting"] == pytest.approx(0.5)


def test_readings_without_a_price_and_before_the_registration(market):
    """100 MW out all day; registered from 06:00, a price until noon: use of 24 h reported, capacity factor of 18 h, money of 12 h."""
    units = [dict(STORES[0], registered_from=pd.Timestamp("2024-07-01T06:00"))]
    power = np.r_[np.full(72, 40.0), np.full(216, 100.0)]
    price = np.r_[np.full(144, 10.0), np.full(144, np.nan)]
    found = rows(market(units=units, scada={"NEW1": power}, price={"SA1": price}), "station", **DAY).loc["New"]
    assert found["utilisation_reporting"] == pytest.approx((40 * 6 + 100 * 18) / 2400)
    assert found["utilisation_registered"] == pytest.approx((40 * 6 + 100 * 18) / 2400)  # read, so it was in service
    assert found["capacity_factor"] == pytest.approx(1.0)
    assert found["revenue_per_mw_year"] == pytest.approx((40 * 6 + 100 * 6) * 10 / 100 / 0.5 * 365)


def test_a_round_trip_says_how_far_it_can_be_off(market):
    found = rows(a_day(market), "station", **DAY)
    assert found.loc["New", ["round_trip", "round_trip_margin"]].tolist() == pytest.approx([100 / 120, 200 / 120])
    assert found.loc["Old", ["round_trip", "round_trip_margin"]].tolist() == pytest.approx([30 / 40, 30 / 40])


def test_half_of_an_old_pair_has_no_money_by_capacity(market):
    snapshot = a_day(market)
    result = Batteries(**DAY, by=["duid"]).run(snapshot)
    halves = result.frame.set_index("duid").loc[["OLDG", "OLDL"]]
    named = ["revenue_per_mwh_year", "revenue_per_mw_year", "utilisation_registered", "utilisation_reporting"]
    assert halves[named].isna().all().all()
    assert halves.loc["OLDG", "capacity_factor"] == pytest.approx(1 / 24)
    assert any("by=station" in note for note in result.notes)
    alone = Batteries(**DAY, duid=["OLDG"]).run(snapshot)
    assert alone.frame.set_index("station").loc["Old", named].isna().all()
    whole = Batteries(**DAY).run(snapshot)
    assert whole.frame[named].notna().all().all()
    assert not any("by=station" in note for note in whole.notes)


@pytest.mark.parametrize("called", ["battery_discharging", "battery"])
def test_halves_of_different_stations_find_each_other_in_their_region(market, called):
    """An import that calls every half a station of its own: the region pays what its loads paid, a load alone is unknown, and
    so is what is called a discharging half."""
    units = [dict(STORES[1], station="VIC1 discharging", fueltech=called), dict(STORES[2], station="VIC1 charging")]
    hour = np.r_[np.full(12, 30.0), np.zeros(276)]
    snapshot = market(units=units, scada={"OLDG": hour, "OLDL": hour}, price={"VIC1": np.full(288, 100.0)})
    region = rows(snapshot, "region", **DAY).loc["VIC1"]
    assert region["revenue"] == pytest.approx(0)
    assert region["revenue_per_mw_year"] == pytest.approx(0)
    assert region["utilisation_reporting"] == pytest.approx(60 / (30 * 24))
    halves = rows(snapshot, "station", **DAY)
    assert np.isnan(halves.loc["VIC1 charging", "revenue_per_mw_year"])
    assert np.isnan(halves.loc["VIC1 discharging", "revenue_per_mw_year"]) == (called == "battery_discharging")


def test_a_pair_that_became_one_unit_at_midnight_is_one_store(market):
    """Two days: the pair on the first, its successor of the same size on the second."""
    new = dict(STORES[0], duid="OLD1", station="Old", region="VIC1", capacity_mw=30.0, storage_mwh=30.0)
    nothing, hour = np.full(288, np.nan), np.r_[np.full(12, 30.0), np.zeros(276)]
    snapshot = market(
        units=[new, *STORES[1:]],
        scada={"OLDG": np.r_[hour, nothing], "OLDL": np.r_[np.zeros(288), nothing], "OLD1": np.r_[nothing, hour]},
        price={"VIC1": np.full(576, 100.0)},
    )
    both = {"start": DAY["start"], "end": pd.Timestamp("2024-07-03")}
    found = rows(snapshot, "station", **both).loc["Old"]
    assert found["cycles_per_day"] == pytest.approx(1.0)  # 60 MWh out of 30 MWh in two days
    assert found["revenue_per_mwh_year"] == pytest.approx(6000 / 30 / 2 * 365)
    assert found["revenue_per_mw_year"] == pytest.approx(6000 / 30 / 2 * 365)


def test_nothing_to_answer(mixed):
    for by in ("station", "none"):
        assert len(Batteries(by=[by]).run(empty_snapshot()).frame) == 0
        late = Batteries(start=pd.Timestamp("2030-01-01"), end=pd.Timestamp("2030-01-02"), by=[by]).run(mixed)
        assert len(late.frame) == 0
    assert Batteries(last="all").rows_at_most(mixed) >= len(Batteries(last="all").run(mixed).frame)


@pytest.fixture(scope="module")
def demo(demo_lake: Path):
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    return Lake(demo_lake), open_snapshot(Lake(demo_lake))


def test_energies_are_plain_sums_over_the_lake(demo):
    lake, snapshot = demo
    units = lake.read_units()
    mine = units[units["fuel"] == "battery"].drop_duplicates("duid")
    readings = pd.concat([lake.read("scada", m) for m in lake.manifest().datasets["scada"].months])
    readings = readings[readings["duid"].isin(mine["duid"])]
    prices = pd.concat([lake.read("price", m) for m in lake.manifest().datasets["price"].months])
    joined = readings.merge(mine[["duid", "region", "role"]], on="duid").merge(
        prices[["time", "region", "rrp"]], on=["time", "region"]
    )
    power = np.where(joined["role"] == "load", -joined["mw"].abs(), joined["mw"])
    out, into = np.maximum(power, 0) / 12, np.maximum(-power, 0) / 12
    found = Batteries(last="all", by=["none"]).run(snapshot).frame.iloc[0]
    assert found["discharge_mwh"] == pytest.approx(out.sum(), rel=1e-6)
    assert found["charge_mwh"] == pytest.approx(into.sum(), rel=1e-6)
    assert found["cost"] == pytest.approx((into * joined["rrp"]).sum(), rel=1e-5)
    assert found["revenue"] == pytest.approx(((out - into) * joined["rrp"]).sum(), rel=1e-5)
    assert found["discharge_mwh"] > 1000
    split = StationOutput(last="all", fuel=["battery"], values=["split"], agg="sum", interval="1M").run(snapshot).frame
    assert split["mwh_out"].sum() == pytest.approx(found["discharge_mwh"], rel=1e-9)
    assert -split["mwh_in"].sum() == pytest.approx(found["charge_mwh"], rel=1e-9)
