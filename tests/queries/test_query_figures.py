"""Figures by fuel: energy, money, capacity factor, emissions, by hand and the same as other questions'."""

import numpy as np
import pandas as pd
import pytest

from components.queries.figures import GenerationFigures
from components.queries.generation import GenerationByFuel
from components.queries.revenue import Revenue
from components.store.snapshot import empty_snapshot

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}


def rows(snapshot, **more) -> dict:
    result = GenerationFigures(**{**HOUR, **more}).run(snapshot)
    return {key: row.to_dict() for key, row in result.frame.set_index(list(result.series)).iterrows()}


def test_an_hour_by_hand(mixed):
    found = rows(mixed)
    coal = found["NSW1", "coal"]  # COAL1 120 MW of 200; COAL2 60, then -2, of 100; $50
    assert coal["energy_mwh"] == pytest.approx(149)
    assert (coal["average_mw"], coal["hours"]) == pytest.approx((149, 1))
    assert (coal["value"], coal["capture_price"]) == pytest.approx((7450, 50))
    assert coal["capacity_factor"] == pytest.approx(149 / 300)
    assert coal["capacity_mw"] == pytest.approx(300)
    assert coal["share"] == pytest.approx(149 / (149 + 900))
    assert coal["coverage"] == 1
    battery, charging = found["SA1", "battery"], found["SA1", "battery_charging"]
    # Each sells 100 MW in half of the hour: BATT1 at $100, BATT2 at -$100; bought the other way round.
    assert (battery["energy_mwh"], battery["value"]) == pytest.approx((100, 50 * 100 - 50 * 100))
    assert (charging["energy_mwh"], charging["value"]) == pytest.approx((-100, 0))
    assert battery["capacity_factor"] == pytest.approx(100 / 150)
    pumps = found["QLD1", "pumps"]
    assert (pumps["energy_mwh"], pumps["value"], pumps["capture_price"]) == pytest.approx((-240, -4800, 20))
    assert np.isnan([pumps["share"], pumps["capacity_factor"], pumps["emissions_t"]]).all()
    assert found["TAS1", "rooftop"]["value"] == pytest.approx(900 * 40)
    stranger = found["", "unmapped"]
    assert stranger["energy_mwh"] == pytest.approx(6)
    assert np.isnan([stranger["value"], stranger["capture_price"], stranger["capacity_factor"]]).all()


@pytest.mark.parametrize("region", [[], ["NEM"], ["SA1", "QLD1"], ["NEM", "SA1"]])
@pytest.mark.parametrize("by", ["fuel", "fueltech"])
def test_energy_is_that_of_generation_by_fuel(mixed, region, by):
    over_time = GenerationByFuel(**HOUR, region=region, by=by, interval="30m", agg="sum", interchange=True).run(mixed)
    keys = list(over_time.series)
    right = over_time.frame.astype(dict.fromkeys(keys, str)).groupby(keys)["mwh"].sum().to_dict()
    found = rows(mixed, region=region, by=by, interchange=True)
    assert {k: row["energy_mwh"] for k, row in found.items()} == pytest.approx(right)


def test_money_and_capacity_factor_are_those_of_revenue(mixed):
    right = Revenue(**HOUR, by=["region", "fuel"]).run(mixed).frame.set_index(["region", "fuel"])
    found = rows(mixed)
    for key in [("NSW1", "coal"), ("QLD1", "hydro"), ("SA1", "wind"), ("SA1", "battery"), ("VIC1", "rooftop")]:
        own = right.loc[key]
        assert found[key]["value"] == pytest.approx(own["revenue"] + own["load_cost"])
        assert found[key]["capture_price"] == pytest.approx(own["capture_price"])
        assert found[key]["capacity_factor"] == pytest.approx(own["capacity_factor"], nan_ok=True)


def test_interchange_has_energy_but_no_value(mixed):
    found = rows(mixed, region=["NSW1"], interchange=True)
    assert found["NSW1", "imports"]["energy_mwh"] == pytest.approx(100)
    assert found["NSW1", "exports"]["energy_mwh"] == pytest.approx(-50)
    assert found["NSW1", "imports"]["share"] == pytest.approx(100 / (149 + 900 + 100))
    assert np.isnan([found["NSW1", "imports"]["value"], found["NSW1", "imports"]["factor_coverage"]]).all()
    assert ("NEM", "imports") not in rows(mixed, region=["NEM"], interchange=True)


def test_regions_put_together_are_pooled(mixed):
    apart = rows(mixed, region=["SA1", "VIC1"], interchange=True)
    whole = rows(mixed, region=["SA1", "VIC1"], interchange=True, together=True)
    assert {region for region, _ in whole} == {"SA1+VIC1"}
    battery = whole["SA1+VIC1", "battery"]
    assert battery["energy_mwh"] == pytest.approx(100 + 12)
    assert battery["capture_price"] == pytest.approx(12 * 300 / 112)  # SA1 earned nothing in all
    assert battery["capacity_factor"] == pytest.approx(112 / 180)
    assert whole["SA1+VIC1", "rooftop"]["average_mw"] == pytest.approx(1800)
    assert whole["SA1+VIC1", "exports"]["energy_mwh"] == apart["SA1", "exports"]["energy_mwh"] == pytest.approx(-50)
    assert set(rows(mixed, region=["SA1"], together=True)) == set(rows(mixed, region=["SA1"]))


def test_a_filter_leaves_shares_as_they_are(mixed):
    all_of_them = rows(mixed, region=["NEM"])
    only = rows(mixed, region=["NEM"], fuel=["wind", "unmapped"])
    assert set(only) == {("NEM", "wind"), ("NEM", "unmapped")}
    assert only["NEM", "wind"]["share"] == all_of_them["NEM", "wind"]["share"]
    assert sum(r["share"] for r in all_of_them.values() if r["share"] > 0) == pytest.approx(1)


def test_shares_of_technologies_add_up_to_the_fuels(market):
    snapshot = market(
        units=[
            {"duid": "A", "region": "SA1", "fuel": "gas", "fueltech": "gas_ccgt"},
            {"duid": "B", "region": "SA1", "fuel": "gas", "fueltech": "gas_steam"},
            {"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind"},
        ],
        scada={"A": [60.0] * 12, "B": [-10.0] * 12, "W": [50.0] * 12},
    )
    found = rows(snapshot, by="fueltech")
    assert found["SA1", "gas", "gas_ccgt"]["share"] == pytest.approx(0.6)
    assert found["SA1", "gas", "gas_steam"]["share"] == pytest.approx(-0.1)
    assert found["SA1", "wind", "wind"]["share"] == pytest.approx(0.5)


def test_emissions_say_how_much_of_the_energy_they_know(market):
    units = [
        {"duid": "A", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", "emissions_t_per_mwh": 0.9},
        {"duid": "B", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", "emissions_t_per_mwh": 0.6},
        {"duid": "C", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black"},
        {"duid": "W", "region": "NSW1", "fuel": "wind", "fueltech": "wind"},
    ]
    power = {"A": 300.0, "B": 100.0, "C": 100.0, "W": 50.0}
    found = rows(market(units=units, scada={d: [p] * 12 for d, p in power.items()}))
    coal = found["NSW1", "coal"]
    assert coal["emissions_t"] == pytest.approx(300 * 0.9 + 100 * 0.6)
    assert coal["intensity"] == pytest.approx(330 / 400)
    assert coal["factor_coverage"] == pytest.approx(400 / 500)
    wind = found["NSW1", "wind"]
    assert np.isnan([wind["emissions_t"], wind["intensity"]]).all()
    assert wind["factor_coverage"] == 0


def test_a_unit_that_stands_still_earns_and_emits_nothing_not_something_unknown(market):
    gas = {"duid": "G", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt", "emissions_t_per_mwh": 0.6}
    found = rows(market(units=[gas], scada={"G": [0.0] * 12}, price={"SA1": [80.0] * 12}))["SA1", "gas"]
    assert (found["value"], found["emissions_t"]) == (0, 0)
    assert np.isnan([found["capture_price"], found["intensity"]]).all()


def test_hours_are_those_in_which_any_unit_was_read(market):
    """A unit that is switched off in the second half is no gap; where none is read there is one."""
    snapshot = market(
        units=[
            {"duid": d, "region": "SA1", "fuel": f, "fueltech": f} for d, f in (("W", "wind"), ("S", "solar"))
        ],
        scada={"W": [12.0] * 6 + [np.nan] * 6, "S": [6.0] * 9 + [np.nan] * 3},
        rooftop={r: [30.0, 30.0] for r in ("NSW1", "QLD1", "SA1", "TAS1", "VIC1")},
    )  # fmt: skip
    found = rows(snapshot, region=["SA1"])
    assert found["SA1", "wind"]["hours"] == pytest.approx(0.75)
    assert found["SA1", "wind"]["average_mw"] == pytest.approx(6 / 0.75)
    assert found["SA1", "wind"]["coverage"] == pytest.approx(0.5)
    assert found["SA1", "rooftop"]["hours"] == pytest.approx(1)


def test_a_missing_price_is_no_income_of_zero(market):
    snapshot = market(
        units=[{"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"W": [12.0] * 12},
        price={"SA1": [60.0] * 6 + [np.nan] * 6},
    )
    found = rows(snapshot)["SA1", "wind"]
    assert (found["energy_mwh"], found["value"], found["capture_price"]) == pytest.approx((12, 360, 60))
    no_price = market(
        units=[{"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind"}], scada={"W": [1.0] * 12}
    )
    assert np.isnan(rows(no_price)["SA1", "wind"]["value"])


def test_rooftop_of_the_market_needs_every_region(market):
    snapshot = market(rooftop={"SA1": [100.0, 100.0], "NSW1": [50.0]})
    assert ("NEM", "rooftop") not in rows(snapshot, region=["NEM"])
    assert rows(snapshot, region=["SA1"])["SA1", "rooftop"]["energy_mwh"] == pytest.approx(100)


def test_nothing_at_all():
    assert GenerationFigures().run(empty_snapshot()).frame.empty
