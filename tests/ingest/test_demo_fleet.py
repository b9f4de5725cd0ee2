"""The demo's units: real stations by name, invented ones marked, and enough plant at any size."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import UsageError
from components.ingest.demo.fleet import FEWEST, MOST, build_fleet
from components.ingest.demo.registry_files import PUBLISHED, demo_units, registry_tables
from components.vocabulary import FUELTECHS, REGIONS

PEAK = {"NSW1": 14000, "QLD1": 11000, "SA1": 2800, "TAS1": 1600, "VIC1": 9500}


@given(units=st.integers(FEWEST, MOST), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_any_number_of_units_is_a_whole_market(units: int, seed: int):
    table = build_fleet(units, seed).table
    assert len(table) == units
    assert table["duid"].is_unique
    assert list(table["duid"]) == sorted(table["duid"])
    assert set(table["region"]) == set(REGIONS)
    assert (table["capacity_mw"] > 0).all()
    assert table["storage_mwh"].notna().equals(table["fueltech"] == "battery")
    assert table["mlf"].between(0.9, 1.02).all()
    assert set(table["fueltech"]) <= set(FUELTECHS)
    # Nothing but weather-free plant and half of a region's links has to meet its highest demand.
    firm = table[
        (table["schedule"] == "Scheduled") & ~table["fueltech"].isin(["battery", "pumps", "wind", "solar_utility"])
    ]
    capacity = firm.groupby("region")["capacity_mw"].sum()
    for region, peak in PEAK.items():
        assert capacity[region] > 0.85 * peak


def test_thirty_units_already_have_every_main_fuel():
    table = build_fleet(30, 1).table
    fuels = set(table["fueltech"].map(FUELTECHS))
    assert {"coal", "gas", "hydro", "wind", "solar", "battery", "pumps", "bioenergy", "distillate"} <= fuels
    assert not table["invented"].any()


def test_the_well_known_stations_are_there_as_they_are():
    fleet = build_fleet(300, 1).units().set_index("duid")
    eraring = fleet.loc[["ER01", "ER02", "ER03", "ER04"]]
    assert set(eraring["station"]) == {"Eraring Power Station"}
    assert set(eraring["capacity_mw"]) == {720.0}
    assert set(eraring["owner"]) == {"Origin Energy Electricity Limited"}
    facts = fleet.loc[["LYA1", "HPR1", "W/HOE#1", "PUMP1", "MACARTH1", "WOOLNTH1", "GORDON"]]
    assert list(facts["region"]) == ["VIC1", "SA1", "QLD1", "QLD1", "VIC1", "TAS1", "TAS1"]
    assert list(facts["fueltech"]) == ["coal_brown", "battery", "hydro", "pumps", "wind", "wind", "hydro"]
    assert list(facts["role"]) == ["generator", "bidirectional", "generator", "load"] + ["generator"] * 3
    assert list(facts["schedule_type"][-3:]) == ["Semi-Scheduled", "Non-Scheduled", "Scheduled"]
    assert fleet.loc["HPR1", "dispatch_type"] == "Bidirectional Unit"
    assert fleet.loc["HPR1", "storage_mwh"] == 194.0


def test_what_is_invented_says_so():
    table = build_fleet(600, 1).table
    assert table["invented"].sum() == 338
    for name in ("station", "owner"):
        assert table.loc[table["invented"], name].str.endswith("(invented)").all()
        assert not table.loc[~table["invented"], name].str.contains("invented").any()


def test_a_smaller_demo_has_units_of_the_larger_one():
    small, large = build_fleet(60, 1), build_fleet(250, 1)
    assert set(small.duids) <= set(large.duids)


@pytest.mark.parametrize("units", [0, FEWEST - 1, MOST + 1])
def test_too_few_or_too_many_units_are_refused(units: int):
    with pytest.raises(UsageError, match="10 to 600 units"):
        build_fleet(units, 1)


@pytest.mark.parametrize("units", [30, 340])
def test_the_registry_read_back_from_the_files_is_the_fleet(units: int):
    """Every column comes through AEMO's tables and workbook exactly; only ``origin`` is the readers' own."""
    fleet = build_fleet(units, 4)
    expected, found = fleet.units(), demo_units(fleet)
    columns = [c for c in expected if c != "origin"]
    pd.testing.assert_frame_equal(found[columns], expected[columns], check_exact=True)
    assert found["origin"].str.contains("registration@20000101").all()
    assert (expected["fuel"] != "unmapped").all()


def test_lists_of_units_are_dated_before_any_demo():
    text = registry_tables(build_fleet(30, 1))["DUDETAIL"].decode()
    assert text.startswith("C,DEMO.WORLD,DVD_DUDETAIL,AEMO,PUBLIC,2000/01/01,00:00:00,")
    assert pd.Timestamp("2000-01-01") == PUBLISHED
    assert text.endswith(f'C,"END OF REPORT",{text.count(chr(10))}\r\n')
