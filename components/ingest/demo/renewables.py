"""Wind and solar farms and small plant: what they could give, what is cleared, what the market does not steer."""

from __future__ import annotations

import numpy as np

from components.ingest.demo.clock import Grid
from components.ingest.demo.fleet import Fleet
from components.ingest.demo.noise import layered, stream, uniform
from components.ingest.demo.weather import RegionWeather, unit_solar_factors, unit_wind_factors


def potential(
    seed: int, fleet: Fleet, farms: np.ndarray, *, region: str, weather: RegionWeather, grid: Grid
) -> np.ndarray:
    """Unconstrained output of wind and solar farms [centi-MW] (K, T): the forecast AEMO calls UIGF."""
    out = np.zeros((len(farms), len(grid)), "int32")
    fueltech = fleet.column("fueltech")[farms]
    for name, factors in (("wind", _wind), ("solar_utility", _solar)):
        which = np.flatnonzero(fueltech == name)
        if len(which):
            duids = [fleet.duids[i] for i in farms[which]]
            mw = factors(seed, duids, region, weather, grid) * fleet.column("capacity_mw")[farms[which], None]
            out[which] = np.rint(mw * 100)
    return out


def _wind(seed: int, duids: list[str], region: str, weather: RegionWeather, grid: Grid) -> np.ndarray:
    return unit_wind_factors(seed, duids, region, weather, grid)


def _solar(seed: int, duids: list[str], region: str, weather: RegionWeather, grid: Grid) -> np.ndarray:
    return unit_solar_factors(seed, duids, weather, grid)


def cleared_output(
    seed: int, duids: list[str], could: np.ndarray, *, price: np.ndarray, capacity: np.ndarray, grid: Grid
) -> np.ndarray:
    """What is cleared of the potential [centi-MW] (K, T), never more than it.

    Economic: a farm steps back below its own price (certificates and contracts make it negative; some
    never do). Network: some farms are held below a line limit on the best days, whatever the price.
    """
    if not len(duids):
        return could
    draw = np.array([uniform(stream(seed, "bid", d), np.arange(3)) for d in duids])
    bid = np.where(draw[:, 0] < 0.3, -1e6, -12.0 - 58.0 * draw[:, 1])
    back = np.clip((bid[:, None] - price) / 10.0, 0.0, 1.0)
    allowed = could * (1.0 - 0.97 * back)
    keys = np.array([stream(seed, "grid", d) for d in duids], "uint64")
    strain = layered(keys, grid.stamps, ((2 * 288, 0.8), (60, 0.5)))
    weak = draw[:, 2] < 0.3
    limit = np.where(weak[:, None], 0.88 - 0.16 * np.clip(strain, -0.5, 2.5), 2.0) * capacity[:, None] * 100
    return np.minimum(np.trunc(np.minimum(allowed, limit)), could).astype("int32")


def embedded_output(
    seed: int, fleet: Fleet, units: np.ndarray, *, region: str, weather: RegionWeather, price: np.ndarray, grid: Grid
) -> np.ndarray:
    """Output of non-scheduled units [centi-MW] (K, T); it is behind the market's demand."""
    out = np.zeros((len(units), len(grid)), "int32")
    for row, unit in enumerate(units):
        duid, fueltech = fleet.duids[unit], fleet.column("fueltech")[unit]
        capacity = fleet.column("capacity_mw")[unit]
        noise = layered(stream(seed, "embedded", duid), grid.stamps, ((5 * 288, 0.7), (96, 0.5), (6, 0.3)))
        if fueltech == "wind":
            factor = unit_wind_factors(seed, [duid], region, weather, grid)[0]
        elif fueltech == "solar_utility":
            factor = unit_solar_factors(seed, [duid], weather, grid)[0]
        elif fueltech == "bioenergy_biomass":  # sugar is crushed from June to November
            season = np.clip(0.75 - 1.6 * np.cos(grid.year_angle - 0.75), 0.0, 1.0)
            factor = season * np.clip(0.70 + 0.12 * noise, 0.0, 0.98)
        elif fueltech == "hydro":
            factor = np.clip(0.38 - 0.18 * np.cos(grid.year_angle - 0.4) + 0.22 * noise, 0.0, 0.98)
        elif fueltech in ("distillate", "gas_recip"):
            factor = np.where(price > 290.0, 0.90, 0.0)
        else:
            factor = np.clip(0.72 + 0.12 * noise, 0.0, 0.98)
        out[row] = np.rint(factor * capacity * 100)
    return out
