"""The demo's time grid: 5-minute stamps as integers since 1970, whole calendar months, sun and season."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from components.market_time import TIME_DTYPE

STEPS_PER_DAY = 288
STEP = np.timedelta64(5, "m").astype("timedelta64[us]")
EPOCH = np.datetime64("1970-01-01", "us")


@dataclass(frozen=True)
class Grid:
    """Consecutive interval-ending stamps ``first … last`` in 5-minute steps since 1970."""

    first: int
    last: int

    @cached_property
    def stamps(self) -> np.ndarray:
        """Stamp numbers (T,)."""
        return np.arange(self.first, self.last + 1)

    @cached_property
    def times(self) -> np.ndarray:
        """Stamps as datetime64[us] (T,)."""
        return (EPOCH + self.stamps * STEP).astype(TIME_DTYPE)

    @cached_property
    def hour(self) -> np.ndarray:
        """Hour of the day at the middle of the interval, 0 … 24."""
        return ((self.stamps - 0.5) % STEPS_PER_DAY) / 12.0

    @cached_property
    def day(self) -> np.ndarray:
        """Day number since 1970 the interval lies in."""
        return (self.stamps - 1) // STEPS_PER_DAY

    @cached_property
    def weekday(self) -> np.ndarray:
        """0 = Monday."""
        return (self.day + 3) % 7

    @cached_property
    def year_angle(self) -> np.ndarray:
        """Position in the year as an angle, 0 = 1 January (a year of 365.2425 days)."""
        return 2 * np.pi * ((self.stamps / STEPS_PER_DAY) % 365.2425) / 365.2425

    def padded(self, before: int, after: int) -> Grid:
        """The grid with more steps on both sides."""
        return Grid(self.first - before, self.last + after)

    def __len__(self) -> int:
        return self.last - self.first + 1


def month_grid(month: str) -> Grid:
    """Every stamp of a calendar month: 00:05 on its first day … 00:00 after its last."""
    begin = np.datetime64(month, "M")
    first = int((begin.astype("datetime64[us]") - EPOCH) // STEP)
    after = int(((begin + 1).astype("datetime64[us]") - EPOCH) // STEP)
    return Grid(first + 1, after)


def months_between(start: pd.Timestamp, end: pd.Timestamp) -> list[str]:
    """Calendar months that ``(start, end]`` touches, as ``"2024-07"``."""
    last = end - pd.Timedelta(microseconds=1)
    return [str(m) for m in pd.period_range(start, last, freq="M")]


def sun_height(grid: Grid, latitude: float, longitude: float) -> np.ndarray:
    """Sine of the sun's elevation, negative at night (T,).

    Spencer's short form of the declination; the equation of time to a minute.
    """
    angle = grid.year_angle
    declination = 0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle) - 0.006758 * np.cos(2 * angle)
    equation_h = (9.87 * np.sin(2 * angle - 2.80) - 7.53 * np.cos(angle - 1.41) - 1.5 * np.sin(angle - 1.41)) / 60
    hour_angle = np.deg2rad(15.0) * (grid.hour + (longitude - 150.0) / 15.0 + equation_h - 12.0)
    lat = np.deg2rad(latitude)
    return np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(hour_angle)


def tracking_shape(height: np.ndarray) -> np.ndarray:
    """Clear-sky output of a single-axis tracker, 0 … 1, from the sine of the sun's elevation.

    A tracker reaches its plateau soon after sunrise; the air mass takes the rest away near the horizon.
    """
    up = np.clip(height, 0.0, 1.0)
    return np.minimum(1.0, 1.12 * up**0.42 * (1.0 - np.exp(-9.0 * up)) * (0.80 + 0.20 * up))


def fixed_shape(height: np.ndarray) -> np.ndarray:
    """Clear-sky output of panels on many roofs, 0 … 1."""
    up = np.clip(height, 0.0, 1.0)
    return 0.92 * up**1.15
