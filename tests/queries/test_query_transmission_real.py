"""Flows of VIC1-NSW1 and what NSW1 and SA1 exchange, against plain sums over AEMO's own files."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.ingest.run import ingest
from components.queries.exchange import RegionExchangeTotals
from components.queries.link_duration import LinkDuration
from components.queries.link_summary import LinkCongestion, LinkSummary
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.vocabulary import NEM, REGIONS

pytestmark = pytest.mark.real
MONTHS = ("2021-04", "2021-05")
ONE = "PUBLIC_DISPATCHIS_202508201810_0000000477155219.zip"


def rows_of(path: Path, table: str) -> list[dict[str, str]]:
    """Rows of one table of an AEMO file, by the names of its own header."""
    with zipfile.ZipFile(path) as archive:
        text = io.TextIOWrapper(archive.open(archive.namelist()[0]), newline="")
        heads: dict[tuple[str, ...], list[str]] = {}
        out = []
        for row in csv.reader(text):
            if row[0] == "I":
                heads[tuple(row[1:3])] = row
            elif row[0] == "D" and row[2] == table:
                out.append(dict(zip(heads[tuple(row[1:3])], row, strict=False)))
    return out


def physical(rows: list[dict[str, str]], key: str) -> dict[tuple[str, str], dict[str, str]]:
    """One row for each stamp and name: of the run with intervention where there is one, the last one of doubles."""
    out: dict[tuple[str, str], dict[str, str]] = {}
    for row in sorted(rows, key=lambda r: float(r["INTERVENTION"])):
        out[row["SETTLEMENTDATE"], row[key]] = row
    return out


def archived(real: Path, month: str, table: str, key: str) -> dict[tuple[str, str], dict[str, str]]:
    year, number = month.split("-")
    folder = real / f"nemweb/Data_Archive/Wholesale_Electricity/MMSDM/{year}/MMSDM_{year}_{number}"
    name = "DISPATCHINTERCONNECTORRES" if table == "INTERCONNECTORRES" else "DISPATCHREGIONSUM"
    path = folder / f"MMSDM_Historical_Data_SQLLoader/DATA/PUBLIC_DVD_{name}_{year}{number}010000.zip"
    return physical(rows_of(path, table), key)


@pytest.fixture(scope="module")
def snapshot(real: Path, tmp_path_factory: pytest.TempPathFactory):
    lake = Lake(tmp_path_factory.mktemp("links") / "data")
    for source, window in (
        ("nemweb/Data_Archive", {"start": "2021-04-01", "end": "2021-06-01"}),
        ("nemweb/Reports/Current/DispatchIS_Reports", {}),
    ):
        report = ingest(lake, str(real / source), tables=["flow", "region", "price"], progress=False, **window)
        assert not report.failed
    return open_snapshot(lake)


def window(month: str) -> dict:
    start = pd.Timestamp(month)
    return {"start": start, "end": start + pd.DateOffset(months=1)}


@pytest.mark.parametrize("month", MONTHS)
def test_summary_is_the_plain_sum_of_the_file(real, reference, snapshot, month):
    rows = [
        r
        for (_, link), r in archived(real, month, "INTERCONNECTORRES", "INTERCONNECTORID").items()
        if link == "VIC1-NSW1"
    ]

    def numbers(name: str) -> list[float]:
        return [float(r[name]) for r in rows]

    metered, target = numbers("METEREDMWFLOW"), numbers("MWFLOW")
    limits = [
        e if f >= 0 else i for f, e, i in zip(target, numbers("EXPORTLIMIT"), numbers("IMPORTLIMIT"), strict=True)
    ]
    full = [f for f, limit in zip(target, limits, strict=True) if f * limit > 0 and f / limit >= 0.98]
    asked = {**window(month), "interconnector": ["VIC1-NSW1"]}
    found = LinkSummary(**asked).run(snapshot).frame.iloc[0]
    # A month's last five minutes are stamped in the next one; both are stored.
    assert found["hours"] * 12 == pytest.approx(len(rows), abs=0.01)
    assert found["energy_forward_mwh"] == pytest.approx(sum(v for v in metered if v > 0) / 12, rel=1e-6)
    assert found["energy_reverse_mwh"] == pytest.approx(-sum(v for v in metered if v < 0) / 12, rel=1e-6)
    assert found["losses_mwh"] == pytest.approx(sum(numbers("MWLOSSES")) / 12, rel=1e-6)
    assert found["hours_at_limit_forward"] * 12 == pytest.approx(sum(f > 0 for f in full))
    assert found["hours_at_limit_reverse"] * 12 == pytest.approx(sum(f < 0 for f in full))
    assert len(full) > 50
    assert found["hours_binding"] * 12 == pytest.approx(sum(v != 0 for v in numbers("MARGINALVALUE")))
    assert np.isnan(found["value"])  # these files hold no price of VIC1
    said = reference["mmsdm_5_days_per_month"][month.replace("-", "")]["DISPATCHINTERCONNECTORRES"]["VIC1-NSW1"]
    dispatched = LinkSummary(**asked, flow="target").run(snapshot).frame.iloc[0]
    for name in ("energy_forward_mwh", "energy_reverse_mwh"):
        assert dispatched[name] == pytest.approx(said[name], rel=1e-6)
    curve = LinkDuration(**asked, flow="target").run(snapshot).frame["mw"]
    assert (curve.iloc[0], curve.iloc[-1]) == pytest.approx(
        (said["mwflow_mw"]["max"], said["mwflow_mw"]["min"]), rel=1e-6
    )


@pytest.mark.parametrize("month", MONTHS)
def test_exchange_is_the_plain_sum_of_the_file(real, snapshot, month):
    rows = archived(real, month, "REGIONSUM", "REGIONID")
    found = RegionExchangeTotals(**window(month), region=["NSW1", "SA1", NEM]).run(snapshot).frame.set_index("region")
    for region in ("NSW1", "SA1"):
        net = [float(r["NETINTERCHANGE"]) for (_, name), r in rows.items() if name == region]
        assert found.loc[region, "exports_mwh"] == pytest.approx(sum(v for v in net if v > 0) / 12, rel=1e-6)
        assert found.loc[region, "imports_mwh"] == pytest.approx(-sum(v for v in net if v < 0) / 12, rel=1e-6)
    # Two regions of five and one link of six: neither the market nor any loss can be told.
    assert np.isnan(found.loc[NEM, "exports_mwh"])
    assert found["losses_mwh"].isna().all()


def test_a_whole_interval_of_the_market(real, snapshot):
    """All regions and links at 18:10 on 20 August 2025: losses of the regions are those of the links within AEMO's rounding."""
    path = real / "nemweb/Reports/Current/DispatchIS_Reports" / ONE
    links = physical(rows_of(path, "INTERCONNECTORRES"), "INTERCONNECTORID")
    prices = {r["REGIONID"]: float(r["RRP"]) for r in rows_of(path, "PRICE") if float(r["INTERVENTION"]) == 0}
    last = {"last": "latest"}
    regions = RegionExchangeTotals(**last, region=[*REGIONS, NEM]).run(snapshot).frame.set_index("region")
    lost = sum(float(r["MWLOSSES"]) for r in links.values())
    assert regions.loc[list(REGIONS), "losses_mwh"].sum() == pytest.approx(regions.loc[NEM, "losses_mwh"], abs=1e-4)
    assert regions.loc[NEM, "net_interchange_mwh"] * 12 == pytest.approx(122.91, abs=0.01)
    assert regions.loc[NEM, "losses_mwh"] * 12 == pytest.approx(
        lost, rel=0.03
    )  # AEMO's own two figures: 122.9 and 119.9 MW
    # Basslink's losses all count in Tasmania.
    assert regions.loc["TAS1", "losses_mwh"] * 12 == pytest.approx(330.17 - 320.72778, abs=1e-3)
    heywood = LinkSummary(**last, interconnector=["V-SA"]).run(snapshot).frame.iloc[0]
    assert heywood["value"] == pytest.approx(-443.01248 * (prices["SA1"] - prices["VIC1"]) / 12, rel=1e-5)
    states = LinkCongestion(**last).run(snapshot).frame
    now = {r["interconnector"]: r["state"] for r in states[states["hours"] > 0].to_dict("records")}
    assert now["N-Q-MNSP1"] == "reverse"  # -110.9 of -110.9 MW
    assert now["NSW1-QLD1"] == "reverse"
    assert now["T-V-MNSP1"] == "forward"  # 320.7 of 321.4 MW
    assert now["V-SA"] == "below"
