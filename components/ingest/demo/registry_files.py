"""The demo's registry as AEMO publishes one: four tables of the monthly archive, CDEII, the registration list.

The lake's registry is what our own reader makes of these files, so that both ways into the lake agree.
"""

from __future__ import annotations

import pandas as pd

from components.ingest import mms
from components.ingest.demo.aemo_text import first_line, last_line, small_table
from components.ingest.demo.fleet import MARKET_START, Fleet
from components.ingest.demo.workbook import write_workbook
from components.ingest.registry import RegistryParts, build_units

PUBLISHED = pd.Timestamp("2000-01-01")
"""Date of every list of units: before any demo, so that it is the same whatever window is written."""
_SHEET = "PU and Scheduled Loads"
_FOREVER = pd.Timestamp("2999-12-31")
_ROLE_WORDS = {"Generating Unit": "GENERATOR", "Load": "LOAD", "Bidirectional Unit": "BIDIRECTIONAL"}

# Technology -> the registration list's words: fuel (primary, descriptor), technology (primary, descriptor).
_WORDS = {
    "coal_black": ("Fossil", "Black Coal", "Combustion", "Steam Sub-Critical"),
    "coal_brown": ("Fossil", "Brown Coal", "Combustion", "Steam Sub-Critical"),
    "gas_ccgt": ("Fossil", "Natural Gas", "Combustion", "Combined Cycle Gas Turbine (CCGT)"),
    "gas_ocgt": ("Fossil", "Natural Gas", "Combustion", "Open Cycle Gas turbines (OCGT)"),
    "gas_steam": ("Fossil", "Natural Gas", "Combustion", "Steam Sub-Critical"),
    "gas_recip": ("Fossil", "Natural Gas", "Combustion", "Spark Ignition Reciprocating Engine"),
    "gas_wcmg": ("Fossil", "Waste Coal Mine Gas", "Combustion", "Spark Ignition Reciprocating Engine"),
    "distillate": ("Fossil", "Diesel", "Combustion", "Compression Reciprocating Engine"),
    "bioenergy_biomass": ("Renewable/ Biomass / Waste", "Bagasse", "Combustion", "Steam Sub-Critical"),
    "bioenergy_biogas": ("Renewable/ Biomass / Waste", "Landfill Methane", "Combustion", "Spark Ignition"),
    "hydro": ("Hydro", "Water", "Renewable", "Hydro - Gravity"),
    "pumps": ("Hydro", "Water", "Renewable", "Pump Storage"),
    "wind": ("Wind", "Wind", "Renewable", "Wind - Onshore"),
    "solar_utility": ("Solar", "Solar", "Renewable", "Photovoltaic Tracking Flat Panel"),
    "battery": ("Battery Storage", "Grid", "Storage", "Battery and Inverter"),
}


def _numbered(names: pd.Series, letter: str) -> pd.Series:
    """Short ids for names, in alphabetical order."""
    known = {name: f"D{letter}{i + 1:04d}" for i, name in enumerate(sorted(set(names)))}
    return names.map(known)


def registry_tables(fleet: Fleet) -> dict[str, bytes]:
    """DUDETAIL, DUDETAILSUMMARY, STATION, PARTICIPANT and CDEII as the texts of AEMO's files."""
    units = fleet.units()
    station, participant = _numbered(units["station"], "S"), _numbered(units["owner"], "P")
    start = pd.Series(MARKET_START, index=units.index)
    changed = pd.Series(PUBLISHED, index=units.index)
    role = units["dispatch_type"].map(_ROLE_WORDS)
    detail = pd.DataFrame(
        {
            "EFFECTIVEDATE": start, "DUID": units["duid"], "VERSIONNO": 1.0, "REGISTEREDCAPACITY": units["capacity_mw"],
            "MAXCAPACITY": units["capacity_mw"], "DISPATCHTYPE": role, "MAXSTORAGECAPACITY": units["storage_mwh"],
            "LASTCHANGED": changed,
        }
    )  # fmt: skip
    summary = pd.DataFrame(
        {
            "DUID": units["duid"], "START_DATE": start, "END_DATE": pd.Series(_FOREVER, index=units.index),
            "DISPATCHTYPE": role, "REGIONID": units["region"], "STATIONID": station, "PARTICIPANTID": participant,
            "LASTCHANGED": changed, "TRANSMISSIONLOSSFACTOR": units["mlf"],
            "SCHEDULE_TYPE": units["schedule_type"].str.upper(),
        }
    )  # fmt: skip
    names = pd.DataFrame({"STATIONID": station, "STATIONNAME": units["station"]}).drop_duplicates("STATIONID")
    owners = pd.DataFrame({"PARTICIPANTID": participant, "NAME": units["owner"]}).drop_duplicates("PARTICIPANTID")
    factors = pd.DataFrame(
        {
            "STATIONNAME": units["station"], "DUID": units["duid"], "GENSETID": units["duid"],
            "REGIONID": units["region"], "CO2E_EMISSIONS_FACTOR": units["emissions_t_per_mwh"],
            "CO2E_ENERGY_SOURCE": units["fueltech"].map(lambda f: _WORDS[f][1]), "CO2E_DATA_SOURCE": "DEMO",
        }
    )  # fmt: skip
    archive = "PARTICIPANT_REGISTRATION"
    return {
        "DUDETAIL": _text("DVD_DUDETAIL", small_table(archive, "DUDETAIL", 3, detail)),
        "DUDETAILSUMMARY": _text("DVD_DUDETAILSUMMARY", small_table(archive, "DUDETAILSUMMARY", 4, summary)),
        "STATION": _text("DVD_STATION", small_table(archive, "STATION", 1, names)),
        "PARTICIPANT": _text("DVD_PARTICIPANT", small_table(archive, "PARTICIPANT", 1, owners)),
        "CDEII": _text("CO2EII_AVAILABLE_GENERATORS", small_table("CO2EII", "PUBLISHING", 1, factors)),
    }


def _text(report: str, lines: list[str]) -> bytes:
    kind = "MONTHLY_ARCHIVE" if report.startswith("DVD_") else ""
    return "".join([first_line(report, PUBLISHED, 1, kind), *lines, last_line(len(lines) + 2)]).encode()


def registration_workbook(fleet: Fleet) -> bytes:
    """The participants' registration list, an xlsx with the sheet that AEMO has."""
    columns = [
        "Participant", "Station Name", "Region", "Dispatch Type", "Category", "Classification",
        "Fuel Source - Primary", "Fuel Source - Descriptor", "Technology Type - Primary",
        "Technology Type - Descriptor", "DUID", "Reg Cap generation (MW)", "Reg Cap consumption (MW)",
        "Maximum Storage Capacity",
    ]  # fmt: skip
    units = fleet.units()
    mw = units["capacity_mw"].astype(object)
    storage = units["storage_mwh"].astype(object).where(units["storage_mwh"].notna(), None)
    words = [_WORDS[f] for f in units["fueltech"]]
    filled = [
        units["owner"], units["station"], units["region"], units["dispatch_type"], ["Market"] * len(units),
        units["schedule_type"], *zip(*words, strict=True), units["duid"], mw.where(units["role"] != "load", None),
        mw.where(units["role"] != "generator", None), storage,
    ]  # fmt: skip
    rows: list[list[str | float | None]] = [[*columns], *(list(row) for row in zip(*filled, strict=True))]
    return write_workbook(_SHEET, rows, PUBLISHED)


def demo_units(fleet: Fleet) -> pd.DataFrame:
    """The registry that the demo's own files tell of (``schema.UNITS_COLUMNS``)."""
    parts = RegistryParts()
    for name, text in registry_tables(fleet).items():
        for frame in mms.read_tables(text, name).values():
            parts.add_table(name, frame, PUBLISHED)
    parts.add_workbook(registration_workbook(fleet))
    return build_units(parts, fleet.duids)
