"""The pivot table and the bars on a real week of the whole market, against AEMO's readings added up by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from components.queries.revenue_over_time import RevenueOverTime
from components.queries.revenue_pivot import RevenuePivot
from components.store.snapshot import Snapshot

pytestmark = pytest.mark.real
WINDOW = {"start": pd.Timestamp("2022-01-09T23:55"), "end": pd.Timestamp("2022-01-17")}
LOADS = ("pumps", "battery_charging")
NO_UNITS = ("demand", "imports", "exports")
ADDED = ["energy_mwh", "load_mwh", "revenue", "load_cost"]


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A week of January 2022, one pseudo-unit for each region and technology, from the files of the earlier dashboard."""
    from components.ingest.legacy import import_folder
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(tmp_path_factory.mktemp("revenue-week") / "data")
    import_folder(lake, real / "earlier/week_2022_01", progress=False)
    return open_snapshot(lake)


@pytest.fixture(scope="module")
def by_hand(real: Path) -> pd.DataFrame:
    """Energy and money of each region and technology, straight from the files: Σ MW / 12 and Σ MW / 12 · RRP."""
    folder = real / "earlier/week_2022_01"
    power = pd.read_parquet(folder / "scada5.parquet")
    power["regionid"], power["tech"] = power["duid"].str[:4].str.rstrip("_"), power["duid"].str.partition("_")[2]
    both = power.merge(pd.read_parquet(folder / "prices5.parquet"), on=["settlementdate", "regionid"], how="left")
    assert both["rrp"].notna().all()
    both["mwh"] = both["scadavalue"].where(~both["tech"].isin(LOADS), both["scadavalue"].abs()) / 12
    both["money"] = both["mwh"] * both["rrp"]
    return both[~both["tech"].isin(NO_UNITS)].groupby(["regionid", "tech"])[["mwh", "money"]].sum()


def level(frame: pd.DataFrame, depth: int, by: list[str]) -> pd.DataFrame:
    return frame[frame["level"] == depth].astype(dict.fromkeys(by, str)).set_index(by)


def test_energies_are_those_of_the_reference(week, reference):
    rows = level(RevenuePivot(**WINDOW, by=["region", "fueltech"], depth=2).run(week).frame, 2, ["region", "fueltech"])
    for region, techs in reference["week_2022_01_energy_mwh"].items():
        for tech, mwh in techs.items():
            if tech in NO_UNITS:
                continue
            row = rows.loc[(region, "battery" if tech.startswith("battery") else tech)]
            assert row["load_mwh" if tech in LOADS else "energy_mwh"] == pytest.approx(mwh, abs=1e-3), (region, tech)
    reference_total = sum(
        mwh for techs in reference["week_2022_01_energy_mwh"].values() for tech, mwh in techs.items() if tech not in (*NO_UNITS, *LOADS)
    )  # fmt: skip
    total = RevenuePivot(**WINDOW, total=True).run(week).frame.iloc[0]
    assert total["energy_mwh"] == pytest.approx(reference_total, abs=0.02)
    assert total["coverage"] == 1


def test_money_is_what_the_files_add_up_to(week, by_hand):
    frame = RevenuePivot(**WINDOW, by=["region", "fueltech"], depth=2, total=True).run(week).frame
    rows = level(frame, 2, ["region", "fueltech"])
    for (region, tech), own in by_hand.iterrows():
        row = rows.loc[(region, "battery" if tech.startswith("battery") else tech)]
        if tech in LOADS:
            assert row["load_cost"] == pytest.approx(own["money"], rel=1e-5, abs=0.01), (region, tech)
        else:
            assert row["revenue"] + row["load_cost"] == pytest.approx(own["money"], rel=1e-5, abs=0.01), (region, tech)
    loads = by_hand.index.get_level_values("tech").isin(LOADS)
    earned, paid = by_hand["money"][~loads].sum(), by_hand["money"][loads].sum()
    total = frame.iloc[0]
    assert total["revenue"] == pytest.approx(earned - paid, rel=1e-6)
    assert total["load_cost"] == pytest.approx(paid, rel=1e-5)
    assert total["capture_price"] == pytest.approx(earned / by_hand["mwh"][~loads].sum(), rel=1e-6)


def test_capture_rate_of_wind_in_south_australia(week, by_hand, real):
    """What wind got per MWh over the mean of the week's prices."""
    prices = pd.read_parquet(real / "earlier/week_2022_01/prices5.parquet")
    flat = prices[prices["regionid"] == "SA1"]["rrp"].mean()
    wind = by_hand.loc[("SA1", "wind")]
    row = RevenuePivot(**WINDOW, by=["fuel"], region=["SA1"], fuel=["wind"]).run(week).frame.iloc[0]
    assert row["capture_price"] == pytest.approx(wind["money"] / wind["mwh"], rel=1e-6)
    assert row["capture_rate"] == pytest.approx(wind["money"] / wind["mwh"] / flat, rel=1e-6)


@pytest.mark.parametrize("interval", ["1h", "1d", "7d"])
def test_bars_add_up_to_the_total(week, interval):
    total = RevenuePivot(**WINDOW, total=True).run(week).frame.iloc[0]
    bars = RevenueOverTime(**WINDOW, by=["fueltech"], top=5, interval=interval).run(week).frame
    assert bars[ADDED].sum().to_dict() == pytest.approx(total[ADDED].to_dict(), rel=1e-9)
    assert bars["fueltech"].nunique() == 6


def test_any_order_of_levels_has_the_same_total(week):
    totals = [
        RevenuePivot(**WINDOW, by=by, depth=len(by), total=True).run(week).frame
        for by in (["owner", "fuel", "station"], ["station", "region"], ["duid"])
    ]
    for frame in totals:
        finest = frame[frame["level"] == frame["level"].max()]
        assert finest[ADDED].sum().to_dict() == pytest.approx(totals[0].iloc[0][ADDED].to_dict())
