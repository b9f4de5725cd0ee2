"""Questions about years against figures computed straight from AEMO's own files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from earlier_market import JUNE, LOADS, WEEK, imported

from components.queries.figures import GenerationFigures
from components.queries.trends_annual import AnnualEnergy
from components.queries.trends_capacity import InService
from components.queries.trends_compare import Comparison
from components.queries.trends_daily import DailyTrend
from components.queries.trends_emissions import Emissions
from components.queries.trends_evening import EveningPeak
from components.queries.trends_penetration import Penetration
from components.store.snapshot import Snapshot

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A week of the whole market by region and fuel."""
    return imported(real / "earlier/week_2022_01", tmp_path_factory.mktemp("week") / "data")


@pytest.fixture(scope="module")
def june(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A month of 264 units, half-hourly, without prices."""
    return imported(real / "earlier/june_2017", tmp_path_factory.mktemp("june") / "data")


def test_week_energies_by_year_are_those_of_the_files(week, reference):
    frame = AnnualEnergy(**WEEK, by="fueltech").run(week).frame
    assert set(frame["period"].astype(str)) == {"2022"}
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
    days = (WEEK["end"] - WEEK["start"]) / pd.Timedelta(days=1)
    assert frame["days"].to_numpy() == pytest.approx(days)
    np.testing.assert_allclose(frame["annualised_mwh"], frame["energy_mwh"] * 365 / days, rtol=1e-9)
    assert set(frame["partial"]) == {1}


def test_june_energies_by_financial_year_are_those_of_the_files(june, reference):
    frame = AnnualEnergy(**JUNE, region=["NEM"], year="fy").run(june).frame
    assert set(frame["period"].astype(str)) == {"FY17"}
    # The files have loads above zero.
    total = sum(-e if str(f) in LOADS else e for f, e in zip(frame["fuel"], frame["energy_mwh"], strict=True))
    assert total / 1000 == pytest.approx(
        reference["full_nem_2017_06_30min"]["scada_30min"]["total_energy_gwh"], rel=1e-6
    )
    assert frame["days"].to_numpy() == pytest.approx(30)
    assert frame["year_share"].to_numpy() == pytest.approx(30 / 365)


def test_week_days_average_to_the_weeks_energy(week, reference):
    span = {"start": pd.Timestamp("2022-01-10"), "end": WEEK["end"]}
    daily = DailyTrend(**span, region=["SA1"], series=["wind", "thermal"], smooth="7d").run(week).frame
    wind = daily[daily["series"] == "wind"]
    assert wind["mw"].mean() == pytest.approx(wind["smoothed_mw"].iloc[-1])
    energy = reference["week_2022_01_energy_mwh"]["SA1"]["wind"]
    first = GenerationFigures(start=WEEK["start"], end=span["start"], region=["SA1"]).run(week).frame.set_index("fuel")
    assert wind["mw"].sum() * 24 == pytest.approx(energy - first.loc["wind", "energy_mwh"], rel=1e-6)
    gas = daily[daily["series"] == "thermal"]["mw"].sum() * 24
    figures = GenerationFigures(**span, region=["SA1"]).run(week).frame.set_index("fuel")["energy_mwh"]
    assert gas == pytest.approx(sum(figures.get(f, 0.0) for f in ("coal", "gas", "distillate")), rel=1e-6)


def test_june_demand_by_day_averages_to_that_of_the_files(june, reference):
    daily = DailyTrend(**JUNE, series=["demand"], smooth="30d").run(june).frame
    for region, figures in reference["full_nem_2017_06_30min"]["regional_demand"].items():
        own = daily[daily["region"] == region]
        assert own["mw"].mean() == pytest.approx(figures["mean"], rel=1e-6)
        assert own["smoothed_mw"].iloc[-1] == pytest.approx(figures["mean"], rel=1e-6)
        assert own["smoothed_mw"].iloc[:-1].isna().all()


def test_penetration_is_not_known_without_rooftop(week):
    assert Penetration(**WEEK, interval="1d").run(week).frame.empty


def test_week_evening_and_comparison_agree_with_the_figures_of_the_same_hours(week):
    figures = GenerationFigures(**WEEK, region=["VIC1"], hour=[17, 18, 19, 20, 21], interchange=True).run(week).frame
    right = {str(f): mw for f, mw in zip(figures["fuel"], figures["average_mw"], strict=True)}
    evening = EveningPeak(**WEEK, region=["VIC1"]).run(week).frame
    found = {str(p): mw for p, mw in zip(evening["part"], evening["mw"], strict=True) if str(p) in right}
    assert found == pytest.approx(right, rel=1e-6)
    assert evening["mw_before"].isna().all()
    compared = Comparison(**WEEK, region=["VIC1"]).run(week).frame
    whole = GenerationFigures(**WEEK, region=["VIC1"]).run(week).frame
    energies = compared[compared["quantity"] == "energy"]
    assert energies["value"].tolist() == pytest.approx(whole["energy_mwh"].tolist())
    assert energies["other"].isna().all()


def test_june_capacity_and_emissions_say_what_they_do_not_know(june):
    capacity = InService(**JUNE, region=["NEM"], interval="1M").run(june).frame
    known = capacity.set_index("fuel")
    assert 20_000 < known.loc["coal", "capacity_mw"] < 24_000
    emissions = Emissions(**JUNE, region=["NEM"]).run(june).frame
    # The earlier dashboard's registry has no emissions factors.
    assert emissions["energy_mwh"].notna().all()
    assert emissions["emissions_t"].isna().all()
