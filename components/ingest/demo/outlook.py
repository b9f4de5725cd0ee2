"""Weather, demand and prices of all regions over any stretch of time, before a single unit runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo import prices
from components.ingest.demo.clock import Grid
from components.ingest.demo.demand import rooftop_power, underlying_demand
from components.ingest.demo.weather import (
    RegionWeather,
    region_solar_factor,
    region_weather,
    region_wind_factor,
)
from components.vocabulary import REGIONS

# Capacities that scarcity is measured with [MW]; whatever number of units stands for them, prices are the same.
REFERENCE_WIND = {"NSW1": 2850.0, "QLD1": 1750.0, "SA1": 2400.0, "TAS1": 430.0, "VIC1": 4300.0}
REFERENCE_SOLAR = {"NSW1": 3700.0, "QLD1": 3700.0, "SA1": 650.0, "TAS1": 0.0, "VIC1": 1350.0}


@dataclass(frozen=True)
class Outlook:
    """What is settled before any unit runs; rows are regions in the order of ``REGIONS``.

    ``weather`` by region; ``demand``, ``rooftop`` [MW] and ``price`` [1e-5 $/MWh, whole numbers] (regions, T).
    It depends on nothing but seed and time, so prices are the same for any number of units.
    """

    grid: Grid
    weather: dict[str, RegionWeather]
    demand: np.ndarray
    rooftop: np.ndarray
    price: np.ndarray

    def part(self, grid: Grid) -> slice:
        """Where a grid inside this one lies."""
        return slice(grid.first - self.grid.first, grid.last - self.grid.first + 1)


def residual_demand(demand: np.ndarray, weather: dict[str, RegionWeather]) -> np.ndarray:
    """Demand less the wind and solar that the weather offers [MW] (regions, T)."""
    free = [
        REFERENCE_WIND[r] * region_wind_factor(weather[r], r) + REFERENCE_SOLAR[r] * region_solar_factor(weather[r])
        for r in REGIONS
    ]
    return demand - np.array(free)


def outlook(seed: int, grid: Grid) -> Outlook:
    """Weather, demand and prices over a grid."""
    weather = {r: region_weather(seed, r, grid) for r in REGIONS}
    rooftop = np.array([rooftop_power(r, weather[r]) for r in REGIONS])
    demand = np.array([underlying_demand(seed, r, weather[r], grid) for r in REGIONS]) - rooftop
    tight = prices.tightness(seed, residual_demand(demand, weather), grid)
    cap = prices.price_cap(grid.times)
    price = np.array([prices.energy_price(r, tight[i], cap) for i, r in enumerate(REGIONS)])
    return Outlook(grid, weather, demand, rooftop, np.rint(price * 1e5).astype("int64"))
