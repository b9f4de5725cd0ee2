"""The demo's prices and weather look like a year of the real market (2023), for several seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.ingest.demo import prices
from components.ingest.demo.clock import Grid, month_grid
from components.ingest.demo.fleet import build_fleet
from components.ingest.demo.market import simulate_month
from components.ingest.demo.outlook import outlook
from components.ingest.demo.price_curve import LEVELS, TIGHTNESS
from components.vocabulary import REGIONS

SEEDS = (1, 2, 7, 42)
# The real market, January to September 2023 (AEMO's price and demand files): time-weighted mean [$/MWh], share of
# intervals below $0, share above $300, mean demand [MW].
TARGETS = {
    "NSW1": (106.15, 0.046, 0.01012, 7645),
    "QLD1": (98.44, 0.115, 0.02084, 6046),
    "SA1": (96.09, 0.222, 0.04860, 1322),
    "TAS1": (57.73, 0.077, 0.00182, 1160),
    "VIC1": (64.57, 0.194, 0.00825, 4811),
}


@pytest.fixture(scope="module")
def years() -> dict[int, np.ndarray]:
    """Regional prices of 2023 (regions, T) by seed."""
    grid = Grid(month_grid("2023-01").first, month_grid("2023-12").last)
    assert len(grid) == 365 * 288
    return {seed: outlook(seed, grid).price / 1e5 for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("region", REGIONS)
def test_a_year_of_prices_is_like_the_real_one(years: dict[int, np.ndarray], seed: int, region: str):
    mean, negative, dear, _ = TARGETS[region]
    price = years[seed][REGIONS.index(region)]
    assert price.mean() == pytest.approx(mean, rel=0.25)
    assert (price < 0).mean() == pytest.approx(negative, abs=0.10)
    assert dear / 3 < (price > 300).mean() < dear * 3


@pytest.mark.real
def test_the_targets_are_those_of_the_real_files(real: Path):
    folder = real / "aemo.com.au/aemo/data/nem/priceanddemand"
    for region, (mean, negative, dear, demand) in TARGETS.items():
        rows = pd.concat(pd.read_csv(f) for f in sorted(folder.glob(f"PRICE_AND_DEMAND_2023??_{region}.csv")))
        assert len(rows) == 273 * 288
        assert rows["RRP"].mean() == pytest.approx(mean, abs=0.01)
        assert (rows["RRP"] < 0).mean() == pytest.approx(negative, abs=0.0006)
        assert (rows["RRP"] > 300).mean() == pytest.approx(dear, abs=0.00001)
        assert rows["TOTALDEMAND"].mean() == pytest.approx(demand, abs=0.6)


@pytest.mark.parametrize("seed", SEEDS)
def test_prices_have_spikes_to_the_cap_and_cheap_noons(years: dict[int, np.ndarray], seed: int):
    price = years[seed]
    assert price.max() > 15_000
    assert price.min() < -90
    hour = month_grid("2023-01").hour[:288]
    by_hour = price.reshape(5, -1, 288).mean(axis=1)
    noon, evening = (
        by_hour[:, (hour > 11) & (hour < 13)].mean(axis=1),
        by_hour[:, (hour > 17) & (hour < 19)].mean(axis=1),
    )
    assert (evening > 2 * noon).all()
    related = np.corrcoef(np.clip(price, -200, 300))
    assert related[REGIONS.index("VIC1"), REGIONS.index("SA1")] > 0.6
    assert related[REGIONS.index("NSW1"), REGIONS.index("QLD1")] > 0.6


@pytest.fixture(scope="module")
def output() -> pd.DataFrame:
    """Mean power and potential of the units over twelve months."""
    fleet = build_fleet(90, 3)
    energy = np.zeros(90)
    uigf, cleared, demand, steps = np.zeros((2, 5)), np.zeros((2, 5)), np.zeros(5), 0
    for month in range(1, 13):
        result = simulate_month(fleet, 3, f"2023-{month:02d}")
        energy += result.scada.sum(axis=1) / 100
        demand += result.demand.sum(axis=1) / 100
        for i, fuel in enumerate(("wind", "solar")):
            uigf[i] += result.uigf[fuel].sum(axis=1) / 100
            cleared[i] += result.cleared[fuel].sum(axis=1) / 100
        steps += len(result.grid)
    units = fleet.units().assign(mw=energy / steps)
    units.attrs |= {"uigf": uigf / steps, "cleared": cleared / steps, "demand": demand / steps}
    return units


def test_wind_and_solar_have_plausible_capacity_factors(output: pd.DataFrame):
    for fuel, low, high in (("wind", 0.25, 0.40), ("solar", 0.18, 0.30)):
        rows = output[output["fuel"] == fuel]
        groups = rows.groupby("region")[["mw", "capacity_mw"]].sum()
        factors = groups["mw"] / groups["capacity_mw"]
        assert factors.between(low, high).all(), factors
        assert (rows["mw"] / rows["capacity_mw"]).between(low - 0.04, high + 0.04).all()


def test_curtailment_is_a_few_percent(output: pd.DataFrame):
    lost = 1 - output.attrs["cleared"].sum(axis=1) / output.attrs["uigf"].sum(axis=1)
    assert 0.02 < lost[0] < 0.12
    assert 0.03 < lost[1] < 0.20


def test_levels_of_demand_and_of_the_mix_are_the_real_ones(output: pd.DataFrame):
    for region, level in zip(REGIONS, output.attrs["demand"], strict=True):
        assert level == pytest.approx(TARGETS[region][3], rel=0.10)
    mix = output[output["role"] == "generator"].groupby("fuel")["mw"].sum()
    share = mix / mix.sum()
    assert 0.45 < share["coal"] < 0.68
    assert 0.03 < share["gas"] < 0.10
    assert 0.05 < share["hydro"] < 0.12
    assert 0.13 < share["wind"] < 0.25
    assert 0.07 < share["solar"] < 0.16


@pytest.mark.parametrize(
    ("stamp", "cap"),
    [
        ("2020-07-01 00:00", 14700), ("2020-07-01 00:05", 15000), ("2022-07-01 00:05", 15500),
        ("2023-12-01 12:00", 16600), ("2025-07-01 00:00", 17500), ("2025-07-01 00:05", 20300), ("2029-01-01", 20300),
    ],
)  # fmt: skip
def test_the_cap_changes_with_the_first_interval_of_july(stamp: str, cap: float):
    assert prices.price_cap(np.array([stamp], "datetime64[us]"))[0] == cap


@pytest.mark.parametrize("region", REGIONS)
def test_the_supply_curve_only_rises_and_ends_at_floor_and_cap(region: str):
    assert (np.diff(TIGHTNESS[region]) > 0).all()
    assert (np.diff(LEVELS[region]) > 0).all()
    price = prices.energy_price(region, np.array([-9.0, 9.0]), np.array([17500.0, 17500.0]))
    assert price.tolist() == [-1000.0, 17500.0]


def test_the_week_of_the_cumulative_price_by_hand():
    ones = np.ones(2016 + 3, "int64")
    assert prices.cumulative(ones)[[0, 2014, 2015, 2016, 2018]].tolist() == [1, 2015, 2016, 2016, 2016]
    rising = np.arange(2018)
    assert prices.cumulative(rising)[2017] == sum(range(2, 2018))
