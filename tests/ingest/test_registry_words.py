"""AEMO's words for fuels, dispatch types and schedules, in the spellings of every source."""

from __future__ import annotations

import pytest

from components.ingest.fuel_words import classify, is_pseudo, role_of, schedule_of
from components.vocabulary import FUELTECHS


@pytest.mark.parametrize(
    ("fuel", "technology", "expected"),
    [
        # registration list: fuel source primary + descriptor, technology primary + descriptor
        ("Fossil Black Coal", "Combustion Steam Sub-Critical", "coal_black"),
        ("Fossil Brown Coal", "Combustion Steam Sub-Critical", "coal_brown"),
        ("Fossil Natural Gas", "Combustion Combined Cycle Gas Turbine (CCGT)", "gas_ccgt"),
        ("Fossil Natural Gas", "Combustion Open Cycle Gas turbines (OCGT)", "gas_ocgt"),
        ("Fossil Natrual Gas/ Diesel", "Combustion OCGT", "gas_ocgt"),
        ("Fossil Natural Gas / Fuel Oil", "Combustion Steam Sub-Critical", "gas_steam"),
        ("Fossil Natural Gas", "Combustion Spark Ignition Reciprocating Engine", "gas_recip"),
        ("Fossil Coal Seam Methane", "Combustion Open Cycle Gas turbines (OCGT)", "gas_ocgt"),
        ("Fossil Waste Coal Mine Gas", "Combustion Spark Ignition Reciprocating Engine", "gas_wcmg"),
        ("Fossil Ethane", "Combustion Open Cycle Gas turbines (OCGT)", "gas_ocgt"),
        ("Fossil Kerosene", "Combustion Open Cycle Gas turbines (OCGT)", "distillate"),
        ("Fossil Diesel", "Combustion Compression Reciprocating Engine", "distillate"),
        ("Renewable/ Biomass / Waste Bagasse", "Combustion Steam Sub-Critical", "bioenergy_biomass"),
        ("Renewable/ Biomass / Waste and Fossil Bagasse and Diesel", "Combustion", "bioenergy_biomass"),
        ("Renewable/ Biomass / Waste Landfill Methane / Landfill Gas", "Combustion", "bioenergy_biogas"),
        ("Renewable/ Biomass / Waste Sewerage / Waste Water", "Renewable Pump Storage", "bioenergy_biogas"),
        ("Hydro Water", "Renewable Hydro - Gravity", "hydro"),
        ("Hydro Water", "Renewable Pump Storage", "hydro"),
        ("Battery Storage Solar", "Storage Battery and Inverter", "battery"),
        ("solar Solar", "Renewable Photovoltaic Tracking Flat panel", "solar_utility"),
        ("Wind Wind", "Renewable Wind - Onshore", "wind"),
        # generation information, CDEII, the earlier dashboard
        ("Fossil - Natural Gas Pipeline", "Turbine - CCGT", "gas_ccgt"),
        ("Natural Gas (Pipeline)", "", "gas_other"),
        ("Kerosene - non aviation", "", "distillate"),
        ("Landfill biogas methane", "", "bioenergy_biogas"),
        ("Coal mine waste gas", "", "gas_wcmg"),
        ("Water", "", "hydro"),
        ("CCGT", "", "gas_ccgt"),
        ("Gas other", "", "gas_other"),
        ("Rooftop Solar", "", "solar_rooftop"),
        ("Pseudo", "", "other"),
        ("", "", "unmapped"),
        ("Unobtainium", "", "unmapped"),
    ],
)
def test_fuel_words(fuel, technology, expected):
    assert classify(fuel, technology) == (FUELTECHS[expected], expected)


def test_coal_alone_is_brown_in_victoria_and_black_in_queensland():
    assert classify("Coal", region="VIC1").fueltech == "coal_brown"
    assert classify("Coal", region="QLD1").fueltech == "coal_black"


def test_a_load_that_stores_water_is_a_pump_and_never_hydro():
    assert classify("Hydro Water", "Hydro - Gravity", dispatch_type="Load").fuel == "pumps"
    assert classify("- -", dispatch_type="LOAD", station="Shoalhaven Power Station And Pumps").fuel == "pumps"
    assert classify("Battery Storage Grid", dispatch_type="Load").fuel == "battery"


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("GENERATOR", "generator"), ("Generating Unit", "generator"), ("Load", "load"),
        ("NORMALLY_ON_LOAD", "load"), ("Bidirectional Unit", "bidirectional"), ("BIDIRECTIONAL", "bidirectional"),
        ("", ""),
    ],
)  # fmt: skip
def test_dispatch_types(words, role):
    assert role_of(words) == role


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("SCHEDULED", "Scheduled"), ("Scheduled ", "Scheduled"), ("Scheduled*", "Scheduled"),
        ("SEMI-SCHEDULED", "Semi-Scheduled"), ("SS", "Semi-Scheduled"), ("Non-Scheduled*", "Semi-Scheduled"),
        ("NON-SCHEDULED", "Non-Scheduled"), ("NS", "Non-Scheduled"), ("Non-Scheduled**", "Scheduled"), ("", ""),
    ],
)  # fmt: skip
def test_schedule_words_with_the_lists_stars(words, schedule):
    """One star: dispatched and reported as semi-scheduled; two: as scheduled (the list's own overview sheet)."""
    assert schedule_of(words) == schedule


def test_pseudo_ids_are_told_from_names_that_begin_alike():
    assert is_pseudo("RT_VIC12")
    assert is_pseudo("DG_TAS1")
    assert not is_pseudo("RT54")
    assert not is_pseudo("DG_OTHER")
