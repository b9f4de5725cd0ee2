"""Weather by region and unit: wind, cloud, temperature. Fronts move from South Australia eastwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import Grid, fixed_shape, sun_height, tracking_shape
from components.ingest.demo.noise import layered, stream

HOUR, DAY = 12, 288


@dataclass(frozen=True)
class Climate:
    """Where a region lies and what its weather is like.

    ``front_lag`` hours after South Australia a front arrives, ``front`` how much of the wind it is;
    ``wind_shift`` moves the mean capacity factor, ``night_wind`` the daily cycle of it.
    """

    latitude: float
    longitude: float
    front_lag: int
    front: float
    wind_shift: float
    night_wind: float
    mean_temp: float
    annual_temp: float
    daily_temp: float
    cloud: float


CLIMATES = {
    "NSW1": Climate(-32.8, 149.5, 16, 0.60, -0.95, 0.35, 17.5, 6.5, 5.0, 0.05),
    "QLD1": Climate(-25.5, 149.8, 30, 0.15, -0.95, 0.75, 22.0, 5.0, 5.0, -0.10),
    "SA1": Climate(-33.8, 138.5, 0, 0.80, -0.90, 0.25, 17.0, 6.0, 5.5, -0.05),
    "TAS1": Climate(-42.0, 147.0, 14, 0.60, -0.78, 0.10, 12.0, 4.5, 4.0, 0.45),
    "VIC1": Climate(-37.3, 144.3, 8, 0.80, -0.90, 0.20, 15.0, 6.0, 5.0, 0.25),
}

_FRONT_LAYERS = ((5 * DAY, 0.35), (2 * DAY, 0.8), (16 * HOUR, 0.65), (5 * HOUR, 0.28), (HOUR, 0.10))
_LOCAL_LAYERS = ((3 * DAY, 0.5), (18 * HOUR, 0.6), (4 * HOUR, 0.45), (HOUR, 0.22), (3, 0.07))
_CLOUD_LAYERS = ((4 * DAY, 0.6), (DAY, 0.75), (5 * HOUR, 0.45), (HOUR, 0.2))
_PATCH_LAYERS = ((6 * HOUR, 0.5), (9, 0.55), (2, 0.45))
_TEMP_LAYERS = ((8 * DAY, 0.6), (3 * DAY, 0.9), (DAY, 0.4))


@dataclass(frozen=True)
class RegionWeather:
    """One region's weather over a grid, each (T,): standardised wind, sun, clearness, °C."""

    wind: np.ndarray
    height: np.ndarray
    overcast: np.ndarray
    temperature: np.ndarray

    def cut(self, part: slice) -> RegionWeather:
        """A stretch of it."""
        return RegionWeather(self.wind[part], self.height[part], self.overcast[part], self.temperature[part])


def region_weather(seed: int, region: str, grid: Grid) -> RegionWeather:
    """The weather of a region; it depends on nothing but seed, region and time."""
    c = CLIMATES[region]
    stamps = grid.stamps
    front = layered(stream(seed, "front"), stamps - c.front_lag * HOUR, _FRONT_LAYERS)
    own = layered(stream(seed, "wind", region), stamps, _FRONT_LAYERS)
    share = c.front
    wind = share * front + np.sqrt(1 - share * share) * own
    local_hour = grid.hour + (c.longitude - 150.0) / 15.0
    wind = wind + c.night_wind * np.cos(2 * np.pi * (local_hour - 22.5) / 24) + 0.12 * np.cos(grid.year_angle - 4.4)
    overcast = layered(stream(seed, "cloud", region), stamps, _CLOUD_LAYERS) + 0.25 * front + c.cloud
    heat = layered(stream(seed, "heat"), stamps - c.front_lag * HOUR, _TEMP_LAYERS)
    heat = 0.75 * heat + 0.66 * layered(stream(seed, "heat", region), stamps, _TEMP_LAYERS)
    temperature = (
        c.mean_temp
        + c.annual_temp * np.cos(grid.year_angle - 0.30)
        + c.daily_temp * np.cos(2 * np.pi * (local_hour - 15.0) / 24)
        + (3.2 + 1.2 * np.cos(grid.year_angle - 0.2)) * heat
        - 1.0 * np.clip(overcast, 0, 2)
    )
    return RegionWeather(wind, sun_height(grid, c.latitude, c.longitude), overcast, temperature)


def wind_factor(standardised: np.ndarray, shift: float) -> np.ndarray:
    """Capacity factor 0 … 1 of standardised wind: a logistic power curve with a calm end and rated output."""
    raw = 1.0 / (1.0 + np.exp(-(1.45 * standardised + shift)))
    return np.clip((raw - 0.035) / 0.885, 0.0, 0.985)


def clearness(overcast: np.ndarray, patch: np.ndarray | float = 0.0) -> np.ndarray:
    """Share of clear-sky output that comes through, about 0.15 … 1."""
    thick = 1.0 / (1.0 + np.exp(-(1.9 * overcast - 1.9)))
    broken = 4.0 * thick * (1.0 - thick)
    return np.clip(1.0 - 0.80 * thick - 0.30 * broken * np.clip(patch, -0.5, 2.0), 0.06, 1.0)


def region_wind_factor(weather: RegionWeather, region: str) -> np.ndarray:
    """Mean capacity factor of a region's wind farms: flatter than one farm's."""
    return wind_factor(0.92 * weather.wind, CLIMATES[region].wind_shift)


def region_solar_factor(weather: RegionWeather) -> np.ndarray:
    """Mean capacity factor of a region's solar farms."""
    return 0.93 * tracking_shape(weather.height) * clearness(0.9 * weather.overcast)


def rooftop_factor(weather: RegionWeather) -> np.ndarray:
    """Capacity factor of a region's roofs."""
    return 0.80 * fixed_shape(weather.height) * clearness(0.9 * weather.overcast)


def unit_wind_factors(seed: int, duids: list[str], region: str, weather: RegionWeather, grid: Grid) -> np.ndarray:
    """Capacity factor of each wind farm (K, T)."""
    keys = np.array([stream(seed, "farm", d) for d in duids], "uint64")
    local = layered(keys, grid.stamps, _LOCAL_LAYERS)
    return wind_factor(0.86 * weather.wind + 0.48 * local, CLIMATES[region].wind_shift)


def unit_solar_factors(seed: int, duids: list[str], weather: RegionWeather, grid: Grid) -> np.ndarray:
    """Capacity factor of each solar farm (K, T); nothing at night, patchy under broken cloud."""
    keys = np.array([stream(seed, "farm", d) for d in duids], "uint64")
    patch = layered(keys, grid.stamps, _PATCH_LAYERS)
    return 0.96 * tracking_shape(weather.height) * clearness(0.9 * weather.overcast + 0.25 * patch, patch)
