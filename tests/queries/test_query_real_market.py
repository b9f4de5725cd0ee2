"""Questions against figures computed straight from AEMO's own files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import PriceStats, RegionalPrices
from components.queries.revenue import Revenue
from components.queries.running import Running
from components.queries.stations import StationOutput
from components.schema import DATASETS
from components.store.snapshot import Snapshot

pytestmark = pytest.mark.real

MONTHS = ("202001", "202409")
"""A month of high prices, and one of negative revenue."""
STATISTICS = {
    "twap_aud_mwh": "mean",
    "median_aud_mwh": "median",
    "max_aud_mwh": "max",
    "min_aud_mwh": "min",
    "vwap_aud_mwh": "volume_weighted",
    "n_negative": "negative_intervals",
    "n_intervals": "intervals",
}


@pytest.fixture(scope="module")
def mmsdm(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two months of MMSDM archive tables: NSW1 and SA1, AGLHAL and HDWF2, five days a month."""
    from components.ingest.run import ingest
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(tmp_path_factory.mktemp("mmsdm") / "data")
    for month in MONTHS:
        start = pd.Timestamp(f"{month}01")
        ingest(
            lake, str(real / "nemweb"), start=start, end=start + pd.DateOffset(months=1),
            tables=["price", "region", "scada", "units"], progress=False,
        )  # fmt: skip
    return open_snapshot(lake)


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A week of the whole market by region and fuel, from the files of the earlier dashboard."""
    from components.ingest.legacy import import_folder
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(tmp_path_factory.mktemp("week") / "data")
    import_folder(lake, real / "earlier/week_2022_01", progress=False)
    return open_snapshot(lake)


def test_one_interval_of_the_whole_market_loses_no_unit(real, reference, tmp_path):
    """493 units of 2025-12-27 00:05, with no registry but what their names tell."""
    from components.ingest.run import ingest
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    name = "Reports/Current/Dispatch_SCADA/PUBLIC_DISPATCHSCADA_202512270005_0000000495867506.zip"
    lake = Lake(tmp_path / "data")
    ingest(lake, str(real / "nemweb" / name), progress=False)
    right = reference["single_current_files"][name]
    result = GenerationByFuel(last="latest", region=["NEM"]).run(open_snapshot(lake))
    assert result.frame["mw"].sum() == pytest.approx(right["total_mw"], rel=1e-6)
    assert (result.present, result.expected) == (right["n_duids"], right["n_duids"])
    assert "unmapped" in set(result.frame["fuel"])


def month_window(month: str) -> dict:
    start = pd.Timestamp(f"{month}01")
    return {"start": start, "end": start + pd.DateOffset(months=1)}


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("duid", ["AGLHAL", "HDWF2"])
def test_energy_and_revenue_of_a_unit(mmsdm, reference, month, duid):
    tables = reference["mmsdm_5_days_per_month"][month]
    row = Revenue(**month_window(month), by=["duid"], duid=[duid]).run(mmsdm).frame.iloc[0]
    assert row["energy_mwh"] == pytest.approx(tables["DISPATCH_UNIT_SCADA"][duid]["energy_mwh"], rel=1e-6)
    assert row["revenue"] == pytest.approx(tables["DISPATCH_UNIT_SCADA_revenue_aud_at_SA1_RRP"][duid], rel=1e-6)
    assert row["capture_price"] == pytest.approx(row["revenue"] / row["energy_mwh"])


@pytest.mark.parametrize("month", MONTHS)
def test_revenue_is_the_same_at_every_interval(mmsdm, reference, month):
    right = reference["mmsdm_5_days_per_month"][month]["DISPATCH_UNIT_SCADA_revenue_aud_at_SA1_RRP"]["HDWF2"]
    for interval in ("5m", "30m", "1d", "1M"):
        query = StationOutput(**month_window(month), interval=interval, by="duid", duid=["HDWF2"], values=["revenue"])
        assert query.run(mmsdm).frame["revenue"].sum() == pytest.approx(right, rel=1e-6)


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("region", ["NSW1", "SA1"])
def test_price_statistics(mmsdm, reference, month, region):
    right = reference["mmsdm_5_days_per_month"][month]["DISPATCHPRICE"]["regions"][region]
    row = PriceStats(**month_window(month), region=[region]).run(mmsdm).frame.iloc[0]
    assert {k: row[c] for k, c in STATISTICS.items()} == pytest.approx({k: right[k] for k in STATISTICS}, rel=1e-6)
    assert str(row["min_time"]) == right["min_at_first"]
    assert str(row["max_time"]) == right["max_at_first"]


@pytest.mark.parametrize("month", MONTHS)
def test_daily_mean_prices_are_of_days_that_hold_their_midnight(mmsdm, reference, month):
    right = reference["mmsdm_5_days_per_month"][month]["DISPATCHPRICE"]["regions"]["SA1"]["daily_mean"]
    frame = RegionalPrices(**month_window(month), interval="1d", region=["SA1"]).run(mmsdm).frame.dropna()
    found = dict(zip(frame["time"].dt.strftime("%Y-%m-%d"), frame["price"], strict=True))
    assert found == pytest.approx({day: v["mean"] for day, v in right.items()}, rel=1e-6)


def test_week_by_region_and_fuel_technology(week, reference):
    window = {"start": pd.Timestamp("2022-01-09T23:55"), "end": pd.Timestamp("2022-01-17")}
    result = GenerationByFuel(**window, interval="5m", by="fueltech").run(week)
    energy = result.frame.groupby(["region", "fueltech"], observed=True)["mw"].sum() / 12
    loads = ("pumps", "battery_charging")
    found = {(r, t): -v if t in loads else v for (r, t), v in energy.items()}
    right = {
        (region, tech): value
        for region, fuels in reference["week_2022_01_energy_mwh"].items()
        for tech, value in fuels.items()
        if tech not in ("demand", "imports", "exports")
    }
    assert found == pytest.approx(right, rel=1e-6, abs=1e-3)
    assert result.coverage == 1
    whole = GenerationByFuel(**window, interval="1h", region=["NEM"]).run(week).frame
    # The first hour holds one stamp (00:00), the others twelve.
    hours = whole["time"].map({whole["time"].iloc[0]: 1 / 12}).fillna(1.0)
    signed = sum(-v if t in loads else v for (_, t), v in right.items())
    assert (whole["mw"] * hours).sum() == pytest.approx(signed, rel=1e-6)


def test_week_revenue_has_the_energy_of_generation(week, reference):
    window = {"start": pd.Timestamp("2022-01-09T23:55"), "end": pd.Timestamp("2022-01-17")}
    rows = Revenue(**window, by=["region", "fuel"]).run(week).frame.set_index(["region", "fuel"])
    right = reference["week_2022_01_energy_mwh"]
    for region, fuels in right.items():
        if "battery_charging" in fuels:
            own = rows.loc[(region, "battery")]
            assert own["energy_mwh"] == pytest.approx(fuels["battery_discharging"], abs=1e-3)
            assert own["load_mwh"] == pytest.approx(fuels["battery_charging"], abs=1e-3)
        if "pumps" in fuels:
            assert rows.loc[(region, "pumps"), "load_mwh"] == pytest.approx(fuels["pumps"], abs=1e-3)


def test_week_demand(week, reference):
    """Half-hourly demand: the row stamped 00:00 begins at 23:30."""
    frame = (
        Demand(start=pd.Timestamp("2022-01-09T23:30"), end=pd.Timestamp("2022-01-17"), interval="5m").run(week).frame
    )
    found = (frame.groupby("region", observed=True)["demand"].sum() / 12).to_dict()
    assert found == pytest.approx({r: v["demand"] for r, v in reference["week_2022_01_energy_mwh"].items()}, rel=1e-6)


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("duid", ["AGLHAL", "HDWF2"])
def test_running_and_negative_prices_of_a_unit(real, mmsdm, reference, month, duid):
    """Interval by interval in plain Python, with the registered capacities; rates against AEMO's sums."""
    window = month_window(month)
    capacities = pd.read_csv(real / "reference/duids.csv").set_index("duid")["reg_cap_mw"]
    capacity = float(capacities[duid])
    units = mmsdm.units.assign(capacity_mw=lambda u: u["duid"].map(capacities))
    snapshot = Snapshot("with capacities", {d: mmsdm.chunks(d) for d in DATASETS}, units)
    running = starts = 0
    below = money = 0.0
    last = None
    power = mmsdm.block("scada", "mw", window["start"], window["end"], [duid])
    found = mmsdm.block("price", "rrp", window["start"], window["end"], ["SA1"])
    price = dict(zip(found.times.tolist(), found.values[0].tolist(), strict=True))
    for time, mw in zip(power.times.tolist(), power.values[0].tolist(), strict=True):
        if mw != mw:
            continue
        above = mw > 0.05 * capacity
        running += above
        starts += above and last is False
        last = above
        if price[time] < 0:
            below += mw / 12
            money += mw / 12 * price[time]
    row = Running(**window, by=["duid"], duid=[duid]).run(snapshot).frame.iloc[0]
    tables = reference["mmsdm_5_days_per_month"][month]
    flat = tables["DISPATCHPRICE"]["regions"]["SA1"]["twap_aud_mwh"]
    revenue = tables["DISPATCH_UNIT_SCADA_revenue_aud_at_SA1_RRP"][duid]
    energy = tables["DISPATCH_UNIT_SCADA"][duid]["energy_mwh"]
    assert running > 100
    assert row["starts"] == starts
    assert row["running_hours"] == pytest.approx(running / 12)
    assert row["negative_mwh"] == pytest.approx(below, rel=1e-6)
    assert row["negative_revenue"] == pytest.approx(money, rel=1e-6)
    assert row["negative_share"] == pytest.approx(below / energy, rel=1e-6)
    assert row["time_weighted_price"] == pytest.approx(flat, rel=1e-6)
    assert row["capture_rate"] == pytest.approx(revenue / energy / flat, rel=1e-6)
