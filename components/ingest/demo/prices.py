"""Prices from scarcity: a region's tightness, the price at each tightness, FCAS, the cumulative price."""

from __future__ import annotations

import numpy as np

from components.ingest.demo.clock import Grid
from components.ingest.demo.noise import layered, stream
from components.ingest.demo.price_curve import LEVELS, TIGHTNESS
from components.vocabulary import REGIONS

FLOOR = -1000.0
# Market price cap by the day it begins [$/MWh]. The simulation goes on with the last one; what a page says
# about the cap comes from elsewhere.
_CAPS = (
    ("1998-12-13", 5000.0), ("2002-04-01", 10000.0), ("2010-07-01", 12500.0), ("2012-07-01", 12900.0),
    ("2013-07-01", 13100.0), ("2014-07-01", 13500.0), ("2015-07-01", 13800.0), ("2016-07-01", 14000.0),
    ("2017-07-01", 14200.0), ("2018-07-01", 14500.0), ("2019-07-01", 14700.0), ("2020-07-01", 15000.0),
    ("2021-07-01", 15100.0), ("2022-07-01", 15500.0), ("2023-07-01", 16600.0), ("2024-07-01", 17500.0),
    ("2025-07-01", 20300.0),
)  # fmt: skip
_CAP_STARTS = np.array([d for d, _ in _CAPS], "datetime64[us]")
_CAP_VALUES = np.array([c for _, c in _CAPS])

# How much of a region's tightness is its own residual demand and how much its neighbours' (rows: region).
_MIX = np.array(
    [  # NSW1  QLD1  SA1   TAS1  VIC1
        [0.62, 0.22, 0.02, 0.00, 0.14],
        [0.24, 0.72, 0.00, 0.00, 0.04],
        [0.05, 0.00, 0.66, 0.00, 0.29],
        [0.05, 0.00, 0.05, 0.55, 0.35],
        [0.18, 0.03, 0.16, 0.08, 0.55],
    ]
)
# Mean and spread of residual demand [MW] (demand less wind and utility solar at the reference capacities).
_MEAN = np.array([6000.0, 4700.0, 475.0, 980.0, 3250.0])
_SPREAD = np.array([2250.0, 2050.0, 930.0, 180.0, 1750.0])

# Tasmania's few dear hours come from its own bids and link, not from the mainland's scarcity.
_STIR = {"TAS1": 1.6}
_HIGH, _MORE = 0.9, 0.6
_SLOW = ((20 * 288, 1.0), (5 * 288, 0.8))
_FAST = ((72, 0.55), (18, 0.5), (4, 0.4), (1, 0.45))
FCAS = tuple(f"{side}{service}" for side in ("raise", "lower") for service in ("1sec", "6sec", "60sec", "5min", "reg"))
VERY_FAST = np.datetime64("2023-10-09T13:00", "us")
"""Until here there were no 1-second markets."""
_FCAS_LEVEL = {
    "raise1sec": 0.4, "raise6sec": 2.2, "raise60sec": 1.1, "raise5min": 0.6, "raisereg": 6.5,
    "lower1sec": 0.1, "lower6sec": 0.5, "lower60sec": 0.5, "lower5min": 0.3, "lowerreg": 3.5,
}  # fmt: skip
_FCAS_LAYERS = ((288, 0.6), (36, 0.6), (6, 0.5), (1, 0.3))
WEEK = 7 * 288


def price_cap(times: np.ndarray) -> np.ndarray:
    """Market price cap [$/MWh] at interval-ending stamps; each holds from its first interval on."""
    at = np.searchsorted(_CAP_STARTS, np.asarray(times, "datetime64[us]") - np.timedelta64(1, "us"), side="right") - 1
    return _CAP_VALUES[np.clip(at, 0, None)]


def tightness(seed: int, residual: np.ndarray, grid: Grid) -> np.ndarray:
    """How scarce power is (regions, T), about standardised: own and neighbours' residual demand, plant, chance.

    ``residual`` [MW] (regions, T) is demand less wind and solar, regions in the order of ``REGIONS``.
    """
    own = (residual - _MEAN[:, None]) / _SPREAD[:, None]
    shared = layered(stream(seed, "plant"), grid.stamps, _SLOW)
    autumn = 0.16 * np.cos(grid.year_angle - 2.6)
    # Summed by hand: a matrix product may round differently with the window's length.
    tight = sum(_MIX[:, i, None] * own[i] for i in range(len(REGIONS))) + 0.10 * shared + autumn
    for row, region in enumerate(REGIONS):
        tight[row] += 0.10 * layered(stream(seed, "plant", region), grid.stamps, _SLOW)
        # Beyond a point more demand no longer makes it much tighter: what decides then is who rebids, interval by
        # interval. So a hot summer has more dear evenings, not one evening that is dear for hours.
        high = np.clip(tight[row] - _HIGH, 0.0, None)
        tight[row] += _MORE * np.tanh(high / _MORE) - high
        # Rebidding and constraints stir the price most when there is little in reserve.
        stir = 0.11 + 0.30 / (1.0 + np.exp(-3.0 * (tight[row] - 0.9)))
        tight[row] += _STIR.get(region, 1.0) * stir * layered(stream(seed, "bids", region), grid.stamps, _FAST)
    return tight


def energy_price(region: str, tight: np.ndarray, cap: np.ndarray) -> np.ndarray:
    """Regional reference price [$/MWh] (T,) at a tightness, between floor and cap."""
    price = np.interp(tight, TIGHTNESS[region], LEVELS[region])
    top = LEVELS[region][-1]
    # The part of the curve above $1,000 scales with the cap of the day.
    high = price > 1000.0
    price = np.where(high, 1000.0 + (price - 1000.0) * (cap - 1000.0) / (top - 1000.0), price)
    return np.clip(price, FLOOR, cap)


def fcas_price(seed: int, service: str, region: str, *, energy: np.ndarray, grid: Grid, cap: np.ndarray) -> np.ndarray:
    """Price of one frequency service [$/MW/h] (T,); raise services are dear when energy is, lower ones when it is cheap."""
    shared = layered(stream(seed, "fcas", service), grid.stamps, _FCAS_LAYERS)
    own = layered(stream(seed, "fcas", service, region), grid.stamps, _FCAS_LAYERS)
    stress = (
        np.clip(energy - 150.0, 0, 3000.0) / 150.0 if service.startswith("raise") else np.clip(-energy, 0, 300.0) / 40.0
    )
    return np.clip(_FCAS_LEVEL[service] * np.exp(0.9 * shared + 0.35 * own) * (1.0 + 0.35 * stress), 0.0, cap)


def cumulative(units: np.ndarray) -> np.ndarray:
    """Sum of the week (2016 intervals) ending at each price; ``units`` are whole numbers, so sums are exact.

    The first 2015 results lack part of their week: callers pad by a week and drop them.
    """
    total = np.cumsum(units)
    out = total.copy()
    out[WEEK:] -= total[:-WEEK]
    return out
