"""Workbooks are read by their words: sheets by name, header rows by content, columns by heading."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from components.errors import FileRejected
from components.ingest.registry import RegistryParts, build_units
from components.ingest.registry_workbooks import read_generation_information, read_registration, read_workbook

REGISTRATION = (
    "Participant", "Station Name", "Region", "Dispatch Type", "Classification", "Fuel Source - Primary",
    "Fuel Source - Descriptor", "Technology Type - Primary", "Technology Type - Descriptor", "DUID",
    "Reg Cap generation (MW)", "Reg Cap consumption (MW)", "Maximum storage capacity ",
)  # fmt: skip
BATTERY = ("Owner A", "Alpha  BESS", "SA1", "Bidirectional Unit", "Scheduled ", "Battery Storage", "Grid", "Storage",
           "Battery", "ALPB1", 100, None, None)  # fmt: skip
BATTERY_AGAIN = (*BATTERY[:10], 100, 80, 200)
SOLAR = ("Owner B", "Beta Solar", "NSW1", "Generating Unit", "Non-Scheduled*", "Solar", "Solar", "Renewable", "-",
         "BETASF1", "-", 12.5, "-")  # fmt: skip
NO_DUID = (
    "Owner C",
    "Mill",
    "QLD1",
    "Generating Unit",
    "Non-Scheduled",
    "Renewable",
    "Bagasse",
    "-",
    "-",
    "-",
    24,
    None,
    None,
)


def workbook(sheets: dict[str, list[tuple]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def units_of(*books: bytes) -> pd.DataFrame:
    parts = RegistryParts()
    for book in books:
        parts.add_workbook(book, pd.Timestamp("2026-05-01"))
    return build_units(parts).set_index("duid")


def test_registration_list():
    book = workbook({"PU and Scheduled Loads": [REGISTRATION, BATTERY, BATTERY_AGAIN, SOLAR, NO_DUID]})
    units = units_of(book)
    assert list(units.index) == ["ALPB1", "BETASF1"]
    alpha = units.loc["ALPB1"]
    assert alpha[["station", "owner", "region", "fuel", "role", "schedule_type"]].tolist() == [
        "Alpha BESS", "Owner A", "SA1", "battery", "bidirectional", "Scheduled",
    ]  # fmt: skip
    # Two rows of one DUID print its own capacity twice, never to be added.
    assert (alpha["capacity_mw"], alpha["storage_mwh"]) == (100.0, 200.0)
    beta = units.loc["BETASF1"]
    assert (beta["schedule_type"], beta["fueltech"], beta["capacity_mw"]) == ("Semi-Scheduled", "solar_utility", 12.5)


def test_a_title_above_moved_columns_and_another_case_change_nothing():
    plain = workbook({"PU and Scheduled Loads": [REGISTRATION, BATTERY_AGAIN, SOLAR]})
    turned = [tuple(reversed(r)) for r in (tuple(w.upper() for w in REGISTRATION), BATTERY_AGAIN, SOLAR)]
    other = workbook({"Overview": [("x",)], "pu and scheduled loads ": [("The list",), (), *turned]})
    assert units_of(other).equals(units_of(plain))


GENERATION = (
    "Region", "Asset Type", "Site Name", "Owner", "Technology Type", "Fuel Type", "DUID", "Nameplate Capacity (MW)",
    "Storage Capacity (MWh)", "Unit Status", "Dispatch Type", "Closure Date", "Fuel Bucket Summary",
)  # fmt: skip


def test_generation_information_adds_unit_groups_and_knows_closures():
    rows = [
        ("Existing Generation and New Developments",),
        GENERATION,
        ("NSW1", "Existing Plant", "Old", "O", "Turbine - Steam Sub Critical", "Fossil - Black Coal", " OLD1", 250, None,
         "Retired", "S", pd.Timestamp("2023-04-28").to_pydatetime(), "Coal"),
        ("NSW1", "Existing Plant", "Old", "O", "Turbine - Steam Sub Critical", "Fossil - Black Coal", "OLD1", 250, None,
         "Retired", "S", pd.Timestamp("2023-04-28").to_pydatetime(), "Coal"),
        ("SA1", "Existing Plant", "Bat", "O", "Storage - Battery", "Other - Other", "BAT1", 100, 150, "In Service", "S",
         pd.Timestamp("2050-01-01").to_pydatetime(), "Battery Storage"),
        ("QLD1", "Project", "Idea", "O", "Wind Turbine - Onshore", "Wind - Wind", None, 500, None, "Publicly Announced",
         "SS", None, "Wind"),
    ]  # fmt: skip
    units = units_of(workbook({"ExistingGeneration&NewDevs": rows}))
    assert list(units.index) == ["BAT1", "OLD1"]
    old = units.loc["OLD1"]
    assert (old["capacity_mw"], old["fueltech"], old["registered_to"]) == (
        500.0, "coal_black", pd.Timestamp("2023-04-28"),
    )  # fmt: skip
    bat = units.loc["BAT1"]
    assert (bat["fuel"], bat["storage_mwh"]) == ("battery", 150.0)
    # An expected closure is not an end of registration.
    assert pd.isna(bat["registered_to"])


def test_the_registration_list_wins_over_generation_information():
    rows = [
        GENERATION,
        ("SA1", "Existing Plant", "ALPHA BATTERY", "Other", "Storage - Battery", "Other - Other", "ALPB1", 90, 150,
         "In Service", "S", None, "Battery Storage"),
    ]  # fmt: skip
    first = workbook({"ExistingGeneration&NewDevs": rows})
    second = workbook({"PU and Scheduled Loads": [REGISTRATION, BATTERY]})
    for units in (units_of(first, second), units_of(second, first)):
        assert units.loc["ALPB1", ["station", "owner"]].tolist() == ["Alpha BESS", "Owner A"]
        # Only what the list leaves open comes from the other.
        assert (units.loc["ALPB1", "capacity_mw"], units.loc["ALPB1", "storage_mwh"]) == (100.0, 150.0)


@pytest.mark.parametrize("cut", [0, 1, 700, -1])
def test_what_is_no_workbook_is_refused(cut):
    whole = workbook({"PU and Scheduled Loads": [REGISTRATION, SOLAR]})
    with pytest.raises(FileRejected, match="xlsx"):
        read_registration(whole[:cut] if cut else b"")
    with pytest.raises(FileRejected, match="xlsx"):
        read_workbook(b"<html><body>403 Forbidden</body></html>")


def test_another_workbook_is_refused_with_what_was_expected(tmp_path: Path):
    path = tmp_path / "budget.xlsx"
    path.write_bytes(workbook({"Sheet1": [("a", "b")], "Sheet2": []}))
    with pytest.raises(FileRejected, match=r"budget.xlsx.*'PU and Scheduled Loads'.*'ExistingGeneration&NewDevs'"):
        RegistryParts().add_workbook(path)
    with pytest.raises(FileRejected, match="found 'Sheet1', 'Sheet2'"):
        read_registration(path)


def test_a_sheet_without_its_header_or_units_is_refused():
    headless = workbook({"PU and Scheduled Loads": [SOLAR]})
    with pytest.raises(FileRejected, match="no row holds the column names"):
        read_registration(headless)
    with pytest.raises(FileRejected, match="lists no unit"):
        read_registration(workbook({"PU and Scheduled Loads": [REGISTRATION, NO_DUID]}))
    with pytest.raises(FileRejected, match="lists no unit"):
        read_generation_information(workbook({"ExistingGeneration&NewDevs": [GENERATION]}))
