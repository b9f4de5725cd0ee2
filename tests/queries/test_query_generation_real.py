"""Figures, time of day, year on year and utilisation against figures computed straight from AEMO's own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from earlier_market import JUNE, LOADS, WEEK, imported

from components.queries.figures import GenerationFigures
from components.queries.time_of_day import DemandTimeOfDay, GenerationTimeOfDay, PricesTimeOfDay
from components.queries.utilisation import GenerationUtilisation
from components.queries.year_on_year import GenerationYearOnYear
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A week of the whole market by region and fuel."""
    return imported(real / "earlier/week_2022_01", tmp_path_factory.mktemp("week") / "data")


@pytest.fixture(scope="module")
def june(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A month of 264 units, half-hourly, without prices."""
    return imported(real / "earlier/june_2017", tmp_path_factory.mktemp("june") / "data")


@pytest.fixture(scope="module")
def january(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Prices and demand of New South Wales in January 2023."""
    from components.ingest.run import ingest
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(tmp_path_factory.mktemp("january") / "data")
    name = "aemo.com.au/aemo/data/nem/priceanddemand/PRICE_AND_DEMAND_202301_NSW1.csv"
    ingest(lake, str(real / name), progress=False)
    return open_snapshot(lake)


def test_week_energy_by_region_and_technology(week, reference):
    frame = GenerationFigures(**WEEK, by="fueltech").run(week).frame
    found = {
        (r, t): -e if t in LOADS else e
        for r, t, e in zip(frame["region"], frame["fueltech"], frame["energy_mwh"], strict=True)
    }
    right = {
        (region, tech): value
        for region, fuels in reference["week_2022_01_energy_mwh"].items()
        for tech, value in fuels.items()
        if tech not in ("demand", "imports", "exports")
    }
    assert found == pytest.approx(right, rel=1e-6, abs=1e-3)
    assert frame["coverage"].tolist() == [1.0] * len(frame)


def test_week_market_is_the_sum_of_its_regions(week):
    apart = GenerationFigures(**WEEK).run(week).frame.groupby("fuel", observed=True)[["energy_mwh", "value"]].sum()
    whole = GenerationFigures(**WEEK, region=["NEM"]).run(week).frame.set_index("fuel")
    for fuel, row in apart.iterrows():
        assert whole.loc[fuel, "energy_mwh"] == pytest.approx(row["energy_mwh"])
        assert whole.loc[fuel, "value"] == pytest.approx(row["value"])


def test_week_time_of_day_holds_the_week_s_energy(week, reference):
    """Seven whole days: mean of every slot x its hours x 7 days."""
    days = {"start": pd.Timestamp("2022-01-10"), "end": pd.Timestamp("2022-01-17")}
    frame = GenerationTimeOfDay(**days, by="fueltech", interval="5m").run(week).frame
    assert set(frame["days"]) == {7}
    found = frame.groupby(["region", "fueltech"], observed=True)["mean"].sum() * 7 / 12
    figures = GenerationFigures(**days, by="fueltech").run(week).frame.set_index(["region", "fueltech"])["energy_mwh"]
    assert found.to_dict() == pytest.approx(figures.to_dict(), rel=1e-6, abs=1e-3)
    # The reference begins one stamp earlier, so it differs by that stamp at most.
    solar = reference["week_2022_01_energy_mwh"]["SA1"]["solar_utility"]
    assert found["SA1", "solar_utility"] == pytest.approx(solar, rel=1e-3)


def test_a_year_before_the_week_nothing_is_known(week):
    frame = GenerationYearOnYear(**WEEK, region=["NEM"]).run(week).frame
    assert len(frame) > 0
    for column in ("energy_mwh_before", "energy_mwh_change", "capture_price_before", "coverage_before"):
        assert frame[column].isna().all()


def test_june_energy_is_that_of_its_units(june, reference):
    energy = reference["full_nem_2017_06_30min"]["scada_30min"]["energy_mwh_by_duid"]
    units = june.units.set_index("duid")
    right: dict[tuple[str, str], float] = {}
    for duid, mwh in energy.items():
        assert units.loc[duid, "role"] in ("generator", "load")
        load = units.loc[duid, "role"] == "load"
        key = (units.loc[duid, "region"], "pumps" if load else units.loc[duid, "fuel"])
        right[key] = right.get(key, 0.0) + (-abs(mwh) if load else mwh)
    frame = GenerationFigures(**JUNE).run(june).frame
    found = {(r, f): e for r, f, e in zip(frame["region"], frame["fuel"], frame["energy_mwh"], strict=True)}
    assert found == pytest.approx(right, rel=1e-5, abs=0.5)
    assert frame["value"].isna().all()  # no prices: unknown, not $0
    assert frame["capture_price"].isna().all()


def test_june_utilisation_is_the_capacity_factor(june):
    factors = GenerationFigures(**JUNE, region=["NEM"]).run(june).frame.set_index("fuel")["capacity_factor"].dropna()
    frame = GenerationUtilisation(**JUNE, region=["NEM"], interval="1M").run(june).frame.set_index("fuel")
    assert len(factors) >= 4
    assert frame["utilisation"].to_dict() == pytest.approx(factors.to_dict())
    assert (frame["utilisation"] < 1).all()


def test_june_demand_by_time_of_day(june, reference):
    frame = DemandTimeOfDay(**JUNE).run(june).frame
    right = reference["full_nem_2017_06_30min"]["regional_demand"]
    for region in REGIONS:
        own = frame[frame["region"] == region]
        assert set(own["days"]) == {30}
        assert own["mean"].mean() == pytest.approx(right[region]["mean"], rel=1e-6)
        assert own["max"].max() == pytest.approx(right[region]["max"])
        # "max_at" is the end of the half hour
        start = pd.Timestamp(right[region]["max_at"]) - pd.Timedelta(minutes=30)
        assert own.loc[own["max"].idxmax(), "time_of_day"] == f"{start:%H:%M}"


def test_january_prices_by_time_of_day(january, reference):
    right = reference["price_and_demand_by_month"]["NSW1|2023-01"]
    window = {"start": pd.Timestamp("2023-01-01"), "end": pd.Timestamp("2023-02-01")}
    frame = PricesTimeOfDay(**window, region=["NSW1"], interval="5m").run(january).frame
    assert len(frame) == 288
    assert frame["mean"].mean() == pytest.approx(right["twap_aud_mwh"], rel=1e-6)
    assert frame["max"].max() == pytest.approx(right["max_aud_mwh"])
    assert frame["min"].min() == pytest.approx(right["min_aud_mwh"])
    start = pd.Timestamp(right["max_at_first"]) - pd.Timedelta(minutes=5)
    assert frame.loc[frame["max"].idxmax(), "time_of_day"] == f"{start:%H:%M}"
    assert np.isfinite(frame[["p5", "median", "p95"]].to_numpy()).all()
