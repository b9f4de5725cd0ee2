"""Forecasts and targets of units, regional forecasts and FCAS prices against plain reads of AEMO's own files."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from components.ingest.run import ingest
from components.queries.curtailment_summary import CurtailmentSummary, CurtailmentUnits
from components.store.frames import open_snapshot
from components.store.lake import Lake

pytestmark = pytest.mark.real
MONTHS = ("2024-07", "2024-08", "2024-09", "2025-01", "2026-03")
START = "2024-07-01"


@pytest.fixture(scope="module")
def lake(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("farms") / "data")
    tables = ["semi_scheduled", "region", "price"]
    report = ingest(lake, str(real / "nemweb"), start=START, tables=tables, progress=False)
    assert report.aside == []
    return lake


def plain(folder: Path, word: str, month: str, table: str) -> list[dict[str, str]]:
    """Every row of a table in a month's file, as texts by column."""
    year, number = month.split("-")
    data = f"Data_Archive/Wholesale_Electricity/MMSDM/{year}/MMSDM_{year}_{number}/MMSDM_Historical_Data_SQLLoader/DATA"
    (path,) = [p for p in (folder / "nemweb" / data).glob("*.zip") if word in p.name]
    return rows_of(path, table)


def rows_of(path: Path, table: str) -> list[dict[str, str]]:
    out, names = [], []
    with zipfile.ZipFile(path) as archive:
        for row in csv.reader(io.StringIO(archive.read(archive.namelist()[0]).decode())):
            if row[0] == "I":
                names = row
            elif row[0] == "D" and row[2] == table:
                out.append(dict(zip(names, row, strict=True)))
    return out


@pytest.mark.parametrize("month", MONTHS)
def test_units_of_a_month(real: Path, lake: Lake, month: str):
    said = {r["SETTLEMENTDATE"]: r for r in plain(real, "DISPATCHLOAD", month, "UNIT_SOLUTION") if r["DUID"] == "HDWF2"}
    frame = lake.read("semi_scheduled", month)
    assert set(frame["duid"]) == {"HDWF2"}, "AGLHAL, a peaking plant, has a forecast of 0 throughout"
    assert len(frame) == len(said) == 1440
    assert frame["uigf"].sum() == pytest.approx(sum(float(r["UIGF"]) for r in said.values()), rel=1e-12)
    assert frame["cleared"].sum() == pytest.approx(sum(float(r["TOTALCLEARED"]) for r in said.values()), rel=1e-12)
    assert frame["semi_dispatch_cap"].sum() == sum(float(r["SEMIDISPATCHCAP"]) for r in said.values())
    lost = sum(max(0.0, float(r["UIGF"]) - float(r["TOTALCLEARED"])) for r in said.values())
    assert (frame["uigf"] - frame["cleared"]).clip(lower=0).sum() == pytest.approx(lost, rel=1e-9)


def test_a_next_day_report(real: Path, lake: Lake):
    (path,) = (real / "nemweb/Reports/Current/Next_Day_Dispatch").glob("*.zip")
    said = {r["SETTLEMENTDATE"]: float(r["UIGF"]) for r in rows_of(path, "UNIT_SOLUTION") if r["DUID"] == "HDWF2"}
    frame = lake.read("semi_scheduled", "2026-05")
    assert frame["time"].min() == pd.Timestamp("2026-05-14 04:05")
    assert frame["time"].max() == pd.Timestamp("2026-05-15 04:00")
    found = {f"{t:%Y/%m/%d %H:%M:%S}": mw for t, mw in zip(frame["time"], frame["uigf"], strict=True)}
    assert found == said


@pytest.mark.parametrize("month", MONTHS)
def test_regional_forecasts_are_the_files_sums(real: Path, lake: Lake, month: str):
    rows = plain(real, "DISPATCHREGIONSUM", month, "REGIONSUM")
    physical = {}
    for row in rows:  # the run with intervention where there is one, else the other
        key = row["SETTLEMENTDATE"], row["REGIONID"]
        if key not in physical or float(row["INTERVENTION"]) >= float(physical[key]["INTERVENTION"]):
            physical[key] = row
    frame = lake.read("region", month)
    frame = frame[frame["source"] == "mmsdm"]
    for region in ("NSW1", "SA1"):
        mine = frame[frame["region"] == region]
        said = [r for (_, where), r in physical.items() if where == region]
        assert len(mine) == len(said) == 1440
        for tidy, aemo in (
            ("ss_wind_uigf", "SS_WIND_UIGF"), ("ss_wind_cleared", "SS_WIND_CLEAREDMW"),
            ("ss_solar_uigf", "SS_SOLAR_UIGF"), ("ss_solar_cleared", "SS_SOLAR_CLEAREDMW"),
        ):  # fmt: skip
            assert mine[tidy].sum() == pytest.approx(sum(float(r[aemo]) for r in said), rel=1e-12)


@pytest.mark.parametrize("month", MONTHS)
def test_fcas_prices_are_the_files(real: Path, lake: Lake, month: str):
    rows = plain(real, "DISPATCHPRICE", month, "PRICE")
    frame = lake.read("price", month)
    frame = frame[(frame["source"] == "mmsdm") & (frame["region"] == "SA1")]
    for service in ("raise6sec", "raisereg", "lower60sec", "lowerreg", "raise1sec", "lower1sec"):
        column = f"{service.upper()}RRP"
        said = [r.get(column) for r in rows if r["REGIONID"] == "SA1" and float(r["INTERVENTION"]) == 0]
        assert len(said) == len(frame) == 1440
        if column not in rows[0]:  # the archive's July 2024 is still of the version before the 1-second markets
            assert frame[f"{service}_rrp"].isna().all()
        else:
            assert frame[f"{service}_rrp"].sum() == pytest.approx(sum(map(float, said)), rel=1e-12)


def test_questions_about_a_month_are_plain_sums_over_the_files(real: Path, lake: Lake):
    snapshot, window = open_snapshot(lake), {"start": "2024-08-01", "end": "2024-09-01"}
    window = {name: pd.Timestamp(day) for name, day in window.items()}
    prices = {
        r["SETTLEMENTDATE"]: float(r["RRP"])
        for r in plain(real, "DISPATCHPRICE", "2024-08", "PRICE")
        if r["REGIONID"] == "SA1" and float(r["INTERVENTION"]) == 0
    }
    regions = [r for r in plain(real, "DISPATCHREGIONSUM", "2024-08", "REGIONSUM") if r["REGIONID"] == "SA1"]
    assert {r["INTERVENTION"] for r in regions} == {"0"}
    lost = {r["SETTLEMENTDATE"]: max(0.0, float(r["SS_WIND_UIGF"]) - float(r["SS_WIND_CLEAREDMW"])) for r in regions}
    row = CurtailmentSummary(**window, region=["SA1"], fuel=["wind"]).run(snapshot).frame.iloc[0]
    assert row["uigf_mwh"] == pytest.approx(sum(float(r["SS_WIND_UIGF"]) for r in regions) / 12, rel=1e-9)
    assert row["curtailed_mwh"] == pytest.approx(sum(lost.values()) / 12, rel=1e-9)
    assert row["economic_mwh"] == pytest.approx(sum(mw for t, mw in lost.items() if prices[t] <= 0) / 12, rel=1e-9)
    assert row["price"] == pytest.approx(sum(mw * prices[t] for t, mw in lost.items()) / sum(lost.values()), rel=1e-9)
    unit = CurtailmentUnits(**window, duid=["HDWF2"]).run(snapshot).frame.iloc[0]
    said = [r for r in plain(real, "DISPATCHLOAD", "2024-08", "UNIT_SOLUTION") if r["DUID"] == "HDWF2"]
    held = sum(max(0.0, float(r["UIGF"]) - float(r["TOTALCLEARED"])) for r in said) / 12
    # Frames of units are single precision.
    assert unit["curtailed_mwh"] == pytest.approx(held, rel=1e-5)
    assert unit["rate"] == pytest.approx(held / (sum(float(r["UIGF"]) for r in said) / 12), rel=1e-5)
