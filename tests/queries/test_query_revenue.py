"""Revenue by any grouping: pooled, priced at the unit's own region, the same whatever is shown."""

import numpy as np
import pandas as pd
import pytest

from components.queries.revenue import Revenue
from components.queries.stations import StationOutput
from components.store.snapshot import empty_snapshot

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
NAN = np.nan


def rows(snapshot, by, **more) -> pd.DataFrame:
    return Revenue(**{**HOUR, "by": by, **more}).run(snapshot).frame.set_index(by if len(by) > 1 else by[0])


def test_by_unit(mixed):
    found = rows(mixed, ["duid"])
    coal = found.loc["COAL1"]
    assert coal["energy_mwh"] == pytest.approx(120)
    assert coal["revenue"] == pytest.approx(6000)
    assert coal["capture_price"] == pytest.approx(50)
    assert coal["capacity_factor"] == pytest.approx(0.6)
    battery = found.loc["BATT1"]  # out at $100, in at -$100: income both ways
    assert (battery["energy_mwh"], battery["load_mwh"]) == pytest.approx((50, 50))
    assert battery["load_cost"] == pytest.approx(-5000)
    assert battery["revenue"] == pytest.approx(10000)
    assert battery["capture_price"] == pytest.approx(100)
    assert battery["capacity_factor"] == pytest.approx(0.5)
    other = found.loc["BATT2"]  # the other way round
    assert other["revenue"] == pytest.approx(-10000)
    pump = found.loc["PUMP1"]
    assert (pump["energy_mwh"], pump["load_mwh"], pump["load_cost"], pump["revenue"]) == pytest.approx(
        (0, 240, 4800, -4800)
    )
    assert np.isnan(pump["capture_price"])
    assert np.isnan(pump["capacity_factor"])


def test_unit_that_nobody_knows_has_energy_and_no_money(mixed):
    unknown = rows(mixed, ["duid"]).loc["NOBODY"]
    assert unknown["energy_mwh"] == pytest.approx(6)
    assert np.isnan(unknown["revenue"])
    assert np.isnan(unknown["capacity_mw"])
    assert unknown["coverage"] == 0
    assert rows(mixed, ["fuel"]).loc["unmapped", "energy_mwh"] == pytest.approx(6)


def test_storage_stands_in_one_row_whatever_its_units_are(mixed):
    found = rows(mixed, ["region", "fuel"])
    pair = found.loc[("VIC1", "battery")]
    assert (pair["energy_mwh"], pair["load_mwh"]) == pytest.approx((12, 24))
    assert pair["load_cost"] == pytest.approx(7200)
    assert pair["revenue"] == pytest.approx(12 * 300 - 7200)
    assert pair["capacity_mw"] == 30  # of what generates, not twice
    assert ("VIC1", "battery_charging") not in found.index


def test_group_capacity_factor_pools_and_capacities_add(mixed):
    old = rows(mixed, ["station"]).loc["Old Coal"]
    assert old["capacity_mw"] == 300
    assert old["capacity_factor"] == pytest.approx((120 + 29) / 300)
    assert old["capacity_factor"] != pytest.approx((120 / 200 + 29 / 100) / 2)


def test_rooftop_is_a_fuel_without_capacity_and_no_part_of_stations(mixed):
    fuel = rows(mixed, ["fuel"])
    assert fuel.loc["rooftop", "energy_mwh"] == pytest.approx(5 * 900)
    assert fuel.loc["rooftop", "revenue"] == pytest.approx(900 * (50 + 20 + 0 + 40 + 300))
    assert np.isnan(fuel.loc["rooftop", "capacity_mw"])
    assert rows(mixed, ["region"]).loc["TAS1", "energy_mwh"] == pytest.approx(900)
    assert rows(mixed, ["region"], fuel=["coal"]).index.tolist() == ["NSW1"]
    assert "rooftop" not in rows(mixed, ["fuel"], owner=["A Co"]).index
    assert rows(mixed, ["fueltech"], fuel=["rooftop"], region=["SA1"])["energy_mwh"].to_dict() == {"solar_rooftop": 900}


@pytest.mark.parametrize(
    "by", [["region"], ["fuel"], ["fueltech"], ["station"], ["duid"], ["owner"], ["region", "fuel", "owner"]]
)
def test_every_grouping_has_the_same_totals(mixed, by):
    total = rows(mixed, ["duid"])[["energy_mwh", "load_mwh", "revenue", "load_cost"]].sum()
    found = rows(mixed, by)[["energy_mwh", "load_mwh", "revenue", "load_cost"]].sum()
    if set(by) <= {"region", "fuel", "fueltech"}:
        found = (
            found - rows(mixed, ["fuel"], fuel=["rooftop"])[["energy_mwh", "load_mwh", "revenue", "load_cost"]].sum()
        )
    pd.testing.assert_series_equal(found, total, check_exact=False)


def test_filters_take_several_names(mixed):
    assert sorted(rows(mixed, ["duid"], region=["SA1", "QLD1"]).index) == ["BATT1", "BATT2", "HYDRO1", "PUMP1", "WIND1"]
    assert sorted(rows(mixed, ["duid"], fuel=["hydro"]).index) == ["HYDRO1"]
    assert sorted(rows(mixed, ["duid"], fuel=["pumps"]).index) == ["PUMP1"]
    assert sorted(rows(mixed, ["duid"], fuel=["battery_charging"]).index) == ["BATT1", "BATT2", "OLDBL"]
    assert sorted(rows(mixed, ["duid"], owner=["B Co", "C Co"], region=["VIC1"]).index) == ["OLDBG", "OLDBL"]
    assert rows(mixed, ["region"], region=["NEM"]).index.tolist() == ["NEM"]
    assert sorted(rows(mixed, ["duid"], station=["NOBODY", "Dam"]).index) == ["HYDRO1", "NOBODY", "PUMP1"]


@pytest.fixture
def shaped(market):
    """A unit that runs when it is dear, over two hours and a month's end; one price is missing."""
    rng = np.random.default_rng(7)
    power, price = rng.uniform(0, 100, 24), rng.normal(80, 200, 24)
    price[5] = NAN
    snapshot = market(
        units=[{"duid": "U", "station": "U", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt", "capacity_mw": 100.0}],
        scada={"U": power}, price={"SA1": price}, start="2024-07-31T23:00",
    )  # fmt: skip
    return snapshot, power, price


@pytest.mark.fault("NUM-3")
def test_capture_price_does_not_depend_on_the_display_interval(shaped):
    snapshot, power, price = shaped
    known = ~np.isnan(price)
    right = (power * price)[known].sum() / power[known].sum()
    window = {"start": pd.Timestamp("2024-07-31T23:00"), "end": pd.Timestamp("2024-08-01T01:00")}
    row = rows(snapshot, ["duid"], **window).iloc[0]
    assert row["capture_price"] == pytest.approx(right, rel=1e-6)
    assert row["coverage"] == pytest.approx(23 / 24)
    assert row["energy_mwh"] == pytest.approx(power.sum() / 12, rel=1e-6)
    money = [
        StationOutput(**window, interval=i, duid=["U"], by="duid", values=["power", "revenue"])
        .run(snapshot)
        .frame["revenue"]
        .sum()
        for i in ("5m", "30m", "1h", "1d", "1M")
    ]
    assert money == pytest.approx([row["revenue"]] * 5, rel=1e-6)


def test_reading_without_price_counts_as_energy_and_is_noted(shaped):
    snapshot, *_ = shaped
    result = Revenue(last="all", by=["duid"]).run(snapshot)
    assert any("1 readings have no price" in n for n in result.notes)
    assert any("before loss factors, FCAS and contracts" in n for n in result.notes)


@pytest.mark.fault("TIM-3")
def test_settlement_basis_before_october_2021_pays_the_mean_of_six(market):
    power = [60.0, 0, 0, 0, 0, 0]
    price = [600.0, 0, 0, 0, 0, 0]
    unit = [{"duid": "U", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt"}]
    before = market(units=unit, scada={"U": power * 2}, price={"SA1": price * 2}, start="2021-09-30T23:30")
    window = {"start": pd.Timestamp("2021-09-30T23:30"), "end": pd.Timestamp("2021-10-01T00:30")}
    assert rows(before, ["duid"], **window)["revenue"].sum() == pytest.approx(2 * 5 * 600)
    # The first half hour is settled at 100 $/MWh, the second one (five-minute settlement) at its own prices.
    assert rows(before, ["duid"], **window, basis="settlement")["revenue"].sum() == pytest.approx(5 * 100 + 5 * 600)
    # A window that cuts the half hour still pays the whole half hour's mean.
    cut = {**window, "end": pd.Timestamp("2021-09-30T23:45")}
    assert rows(before, ["duid"], **cut, basis="settlement")["revenue"].sum() == pytest.approx(5 * 100)


def test_loss_factors_scale_money_only(market):
    snapshot = market(
        units=[
            {"duid": "U", "region": "SA1", "fuel": "wind", "fueltech": "wind", "mlf": 0.9},
            {"duid": "V", "region": "SA1", "fuel": "wind", "fueltech": "wind"},
        ],
        scada={"U": [12.0], "V": [12.0]}, price={"SA1": [100.0]},
    )  # fmt: skip
    result = Revenue(last="all", by=["duid"], loss_adjusted=True).run(snapshot)
    assert result.frame["revenue"].tolist() == pytest.approx([90, 100])
    assert result.frame["energy_mwh"].tolist() == pytest.approx([1, 1])
    assert any("1 units have no known loss factor" in n for n in result.notes)


def test_capacity_factor_counts_registered_hours_with_a_reading(market):
    """Registered from 00:30 with a reading missing: five intervals of 100 MW count, at 50 MW."""
    snapshot = market(
        units=[{"duid": "U", "region": "SA1", "fuel": "wind", "fueltech": "wind", "capacity_mw": 100.0,
                "registered_from": pd.Timestamp("2024-07-01T00:30")}],
        scada={"U": [90.0] * 6 + [50.0] * 5 + [NAN]}, price={"SA1": [10.0] * 12},
    )  # fmt: skip
    row = rows(snapshot, ["duid"]).iloc[0]
    assert row["capacity_factor"] == pytest.approx(0.5)
    assert row["energy_mwh"] == pytest.approx((90 * 6 + 50 * 5) / 12)


def test_owner_that_changes_shares_the_window_by_date(market):
    common = {"duid": "U", "region": "SA1", "fuel": "wind", "fueltech": "wind", "capacity_mw": 10.0}
    snapshot = market(
        units=[
            {**common, "owner": "Old", "valid_from": pd.Timestamp("2020-01-01")},
            {**common, "owner": "New", "valid_from": pd.Timestamp("2024-07-01T00:15"), "capacity_mw": 20.0},
        ],
        scada={"U": [12.0] * 6}, price={"SA1": [100.0] * 6},
    )  # fmt: skip
    found = rows(snapshot, ["owner"])
    assert found["energy_mwh"].to_dict() == pytest.approx({"Old": 3, "New": 3})
    assert found["capacity_mw"].to_dict() == {"Old": 10, "New": 20}
    assert rows(snapshot, ["duid"])["capacity_mw"].tolist() == [20]
    assert rows(snapshot, ["duid"])["capacity_factor"].tolist() == pytest.approx([6 / (10 / 4 + 20 / 4)])
    assert rows(snapshot, ["duid"], owner=["New"])["energy_mwh"].tolist() == pytest.approx([3])


def test_nothing_to_answer(mixed):
    assert len(Revenue().run(empty_snapshot()).frame) == 0
    late = Revenue(start=pd.Timestamp("2030-01-01"), end=pd.Timestamp("2030-01-02"), by=["region", "fuel"]).run(mixed)
    assert len(late.frame) == 0
    assert list(late.frame.columns)[:3] == ["region", "fuel", "energy_mwh"]


@pytest.mark.parametrize("by", [["region"], ["fuel", "region"], ["duid"], ["station", "owner"]])
def test_rows_are_never_more_than_announced(mixed, by):
    query = Revenue(last="all", by=by)
    assert len(query.run(mixed).frame) <= query.rows_at_most(mixed)


def test_a_unit_that_changes_hands_is_expected_of_each_owner_for_its_time(market):
    """A has U1 for the first half hour, then B has it; U2 is A's throughout. Nothing is missing."""
    unit = {"region": "SA1", "fuel": "wind", "fueltech": "wind"}
    units = [
        {"duid": "U1", "owner": "A", "valid_from": pd.NaT, **unit},
        {"duid": "U1", "owner": "B", "valid_from": pd.Timestamp("2024-07-01T00:30"), **unit},
        {"duid": "U2", "owner": "A", "valid_from": pd.NaT, **unit},
    ]
    snapshot = market(units=units, scada={"U1": [10.0] * 12, "U2": [1.0] * 12}, price={"SA1": [50.0] * 12})
    window = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
    result = Revenue(**window, by=["owner"]).run(snapshot)
    frame = result.frame.astype({"owner": str}).set_index("owner")
    assert frame["coverage"].to_dict() == {"A": 1.0, "B": 1.0}
    assert frame["energy_mwh"].to_dict() == pytest.approx({"A": 6.0, "B": 5.0})
    assert (result.expected, result.present) == (24, 24)
    alone = Revenue(**window, by=["duid"], owner=["B"]).run(snapshot)
    assert (alone.expected, alone.present) == (6, 6)
