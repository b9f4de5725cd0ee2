"""The registry built from AEMO's own lists, held against 939 units that were put together independently.

What the two may differ in, unit by unit: the old Snowy region (abolished in 2008, no region of today), three small
units that AEMO's list and open registries call differently, and storage 0 against "none".
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from components.ingest import archive, mms
from components.ingest.registry import RegistryParts, build_units, merge_units

pytestmark = pytest.mark.real

SCADA = "Reports/Current/Dispatch_SCADA/PUBLIC_DISPATCHSCADA_202512270005_0000000495867506.zip"
TABLES = ("DUDETAILSUMMARY", "DUDETAIL", "STATION", "PARTICIPANT")


def text_of(path: Path) -> tuple[pd.DataFrame, pd.Timestamp | None]:
    """The only table of a file, as text, and when it was published."""
    data = path.read_bytes()
    if path.suffix.lower() == ".zip":
        ((_, data),) = archive.unpack(data, path.name)
    assert isinstance(data, bytes)
    opened = mms.open_mms(data, path.name)
    (key,) = opened.tables()
    return mms.read_table(opened, key).astype(object), opened.published


def workbook_parts(real: Path) -> RegistryParts:
    parts = RegistryParts()
    kinds = {parts.add_workbook(book) for book in sorted((real / "registration").glob("*.xlsx"))}
    assert kinds == {"registration", "generation_information"}
    return parts


def table_parts(real: Path) -> RegistryParts:
    parts = RegistryParts()
    for path in (real / "nemweb/Reports/Current/CDEII").glob("*.CSV"):
        parts.add_table("CDEII", *text_of(path))
    for path in sorted((real / "nemweb/Data_Archive").rglob("*.zip")):
        table = next((t for t in TABLES if f"_{t}_" in path.name), None)
        if table:
            parts.add_table(table, *text_of(path))
    return parts


@pytest.fixture(scope="module")
def scada(real: Path) -> pd.DataFrame:
    frame, _ = text_of(real / "nemweb" / SCADA)
    return pd.DataFrame({"duid": frame["DUID"], "mw": frame["SCADAVALUE"].astype(float)})


@pytest.fixture(scope="module")
def registries(real: Path, scada: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """From the workbooks, from the tables, from both in one run."""
    books, tables = workbook_parts(real), table_parts(real)
    both = RegistryParts([*books.claims, *tables.claims], tables.summaries, tables.names)
    return build_units(books, scada["duid"]), build_units(tables, scada["duid"]), build_units(both, scada["duid"])


@pytest.fixture(scope="module")
def today(registries) -> pd.DataFrame:
    return registries[2].drop_duplicates("duid", keep="last").set_index("duid")


@pytest.fixture(scope="module")
def known(real: Path, today: pd.DataFrame) -> pd.DataFrame:
    """The reference beside ours, for every unit that both have."""
    reference = pd.read_csv(real / "reference/duids.csv").set_index("duid")
    assert len(reference) == 939
    return reference.join(today.add_prefix("our_"), how="inner")


def test_regions_agree(known):
    told = known[known["region"].notna()]
    differ = set(told.index[told["region"] != told["our_region"]])
    assert len(told) > 840
    assert differ <= {"SNOWY1", "SNOWY2", "SNOWY3", "SNOWY4", "SNOWY5", "SNOWYGJP", "SNWYGJP2"}


def test_fuels_and_technologies_agree(known):
    told = known[known["fuel_tech"].notna()]
    assert len(told) > 700
    small = {"GEORGTN2", "PMATTAEP", "TERALBA"}  # diesel, biomass and landfill gas after AEMO's own lists
    assert set(told.index[told["fuel_group"].str.lower().replace("load", "pumps") != told["our_fuel"]]) <= small
    techs = told["fuel_tech"].str.replace(r"battery_.*", "battery", regex=True)
    assert set(told.index[techs != told["our_fueltech"]]) <= small


def test_capacities_of_registered_units_are_equal(known):
    told = known[(known["in_registration_2026"] == 1) & known["reg_cap_mw"].notna()]
    assert len(told) == 563
    assert (told["our_capacity_mw"] - told["reg_cap_mw"]).abs().max() < 1e-9


def test_storage_agrees(known):
    theirs, ours = known["storage_mwh"].fillna(0), known["our_storage_mwh"].fillna(0)
    # Shoalhaven's two unit groups, 9,200 and 480 MWh, are added here.
    assert set(known.index[(theirs - ours).abs() > 1e-9]) <= {"SHGEN"}


def test_aemos_own_emission_factors_are_equal(known):
    told = known[(known["emissions_source"] != "opennem_stations") & known["emissions_factor_tco2e_per_mwh"].notna()]
    assert (told["our_emissions_t_per_mwh"] - told["emissions_factor_tco2e_per_mwh"]).abs().max() < 1e-6


def test_schedules_differ_only_where_the_list_has_a_star(known):
    """The list prints Non-Scheduled* and **: dispatched and reported as semi-scheduled or scheduled."""
    told = known[(known["in_registration_2026"] == 1) & known["schedule_type"].notna()]
    assert set(told.index[told["schedule_type"].str.strip() != told["our_schedule_type"]]) == {
        "CATHROCK", "CNUNDAWF", "LKBONNY1", "MTMILLAR", "STARHLWF", "WPWF", "YARWUN_1",
    }  # fmt: skip


def test_one_interval_of_the_whole_nem(real: Path, today, scada):
    reference = json.loads((real / "reference/reference.json").read_text())["single_current_files"][SCADA]
    rows = scada.join(today, on="duid")
    assert rows["mw"].sum() == pytest.approx(reference["total_mw"], abs=1e-6)
    assert rows["fuel"].notna().all()
    by_region = rows.groupby("region")["mw"].sum()
    for region, mw in reference["by_region_mw"].items():
        assert by_region.get(region, 0.0) == pytest.approx(mw, abs=1e-4), region
    ours = {"?": "unmapped", "Load": "pumps", "Pseudo": "other"}
    by_fuel = rows.groupby("fuel")["mw"].sum()
    for group, mw in reference["by_fuel_group_mw"].items():
        assert by_fuel.get(ours.get(group, group.lower()), 0.0) == pytest.approx(mw, abs=1e-4), group


def test_june_2017_by_region_and_technology(real: Path, registries):
    reference = json.loads((real / "reference/reference.json").read_text())["full_nem_2017_06_30min"]["scada_30min"]
    units = registries[2]
    then = units[units["valid_from"].isna() | (units["valid_from"] <= pd.Timestamp("2017-06-01"))]
    then = then.drop_duplicates("duid", keep="last").set_index("duid")
    energy = pd.Series(reference["energy_mwh_by_duid"], name="mwh").to_frame().join(then[["region", "fueltech"]])
    ours = energy.groupby(["region", "fueltech"])["mwh"].sum() / 1000
    told = {k: v for k, v in reference["energy_gwh_by_region_fuel_tech"].items() if v}
    for key, gwh in told.items():
        region, tech = key.split("|")
        assert ours[region, tech] == pytest.approx(gwh, abs=0.0006), key
    assert ours[ours.abs() > 1e-9].size == len(told)


def test_registered_dates_and_dated_values_of_a_known_unit(registries):
    units = registries[2].set_index("duid")
    hallett = units.loc["AGLHAL"]
    assert set(hallett["registered_from"]) == {pd.Timestamp("2001-12-18")}
    assert hallett["registered_to"].isna().all()
    assert hallett["capacity_mw"].drop_duplicates().tolist() == [220.0, 180.0, 217.0]
    assert hallett.loc[hallett["valid_from"] == "2016-07-01", "mlf"].tolist() == [0.99]
    assert set(units.loc["HWPS1", "registered_to"]) == {pd.Timestamp("2017-04-01")}


def test_two_runs_in_any_order_equal_one(registries):
    books, tables, both = registries
    assert merge_units(books, tables).equals(both)
    assert merge_units(tables, books).equals(both)
    assert merge_units(both, books).equals(both)
