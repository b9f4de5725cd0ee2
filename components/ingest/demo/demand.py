"""What people use: underlying demand by region, and the sun on their roofs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import Grid
from components.ingest.demo.noise import layered, stream
from components.ingest.demo.weather import RegionWeather, rooftop_factor


@dataclass(frozen=True)
class Load:
    """A region's consumers.

    ``base_mw`` mean of underlying demand at mild weather; ``cooling``/``heating`` extra share per °C
    beyond the comfortable band; ``rooftop_mw`` installed on roofs; ``swing`` how far the day's shape is
    followed (industry is flat); ``sub_regions`` the parts that AEMO lists beside the region, with shares.
    """

    base_mw: float
    cooling: float
    heating: float
    rooftop_mw: float
    swing: float
    sub_regions: tuple[tuple[str, float], ...] = ()


LOADS = {
    "NSW1": Load(8620.0, 0.021, 0.0125, 6300.0, 1.00),
    "QLD1": Load(6980.0, 0.019, 0.0040, 5700.0, 0.80, (("QLDC", 0.16), ("QLDN", 0.17), ("QLDS", 0.67))),
    "SA1": Load(1690.0, 0.028, 0.0135, 2350.0, 1.05),
    "TAS1": Load(1125.0, 0.004, 0.0145, 290.0, 0.60, (("TASN", 0.42), ("TASS", 0.58))),
    "VIC1": Load(5360.0, 0.026, 0.0125, 4300.0, 1.00),
}

# Underlying demand by hour of a mild working day, 00:00 … 24:00, relative to its mean.
_DAY_SHAPE = np.array(
    [0.885, 0.835, 0.790, 0.770, 0.785, 0.845, 0.945, 1.015, 1.055, 1.075, 1.090, 1.100, 1.100,
     1.095, 1.085, 1.090, 1.110, 1.150, 1.145, 1.095, 1.045, 0.995, 0.960, 0.925, 0.885]
)  # fmt: skip
_LAYERS = ((4 * 288, 0.5), (288, 0.5), (36, 0.35), (6, 0.22), (1, 0.12))


def underlying_demand(seed: int, region: str, weather: RegionWeather, grid: Grid) -> np.ndarray:
    """Underlying demand [MW] (T,): operational demand plus rooftop."""
    load = LOADS[region]
    shape = np.interp(grid.hour, np.arange(25), _DAY_SHAPE) / 1.0115
    daily = 1.0 + load.swing * (shape - 1.0)
    evening = np.exp(-(((grid.hour - 18.3) / 1.8) ** 2)) + 0.6 * np.exp(-(((grid.hour - 7.4) / 1.3) ** 2))
    winter = np.clip(-np.cos(grid.year_angle - 0.35), 0.0, 1.0)
    weekend = np.where(grid.weekday == 6, 0.925, np.where(grid.weekday == 5, 0.945, 1.0))
    working = 0.35 + 0.65 * np.exp(-(((grid.hour - 12.5) / 5.5) ** 4))
    weekend = 1.0 - (1.0 - weekend) * working * 1.35
    # People feel yesterday's heat too: cooling and heating follow a felt temperature that swings less than the air's.
    felt = weather.temperature
    comfort = load.cooling * np.clip(felt - 22.5, 0, None) ** 1.12 + load.heating * np.clip(16.0 - felt, 0, None)
    awake = 0.72 + 0.28 * np.clip(np.interp(grid.hour, [0, 4, 7, 17, 20, 24], [0.3, 0.0, 0.8, 1.0, 1.0, 0.3]), 0, 1)
    noise = layered(stream(seed, "demand", region), grid.stamps, _LAYERS)
    december = (grid.year_angle > 2 * np.pi * 357 / 365) | (grid.year_angle < 2 * np.pi * 8 / 365)
    holiday = np.where(december, 0.94, 1.0)
    seasonal = 1.0 + 0.075 * load.swing * winter * evening
    return load.base_mw * daily * seasonal * weekend * holiday * (1.0 + comfort * awake) * (1.0 + 0.0155 * noise)


def rooftop_power(region: str, weather: RegionWeather) -> np.ndarray:
    """Power of the roofs [MW] (T,)."""
    return LOADS[region].rooftop_mw * rooftop_factor(weather)
