"""Columns of a picture over time: the finest round bins of which no more than so many cover a window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from components.market_time import DISPATCH_MINUTES, TIME_DTYPE

DAY = 24 * 60
STEPS = (
    5,
    10,
    15,
    30,
    60,
    120,
    180,
    240,
    360,
    480,
    720,
    *(DAY * days for days in (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 56)),
)
"""Lengths of bins [min]: parts of a day, so that no bin lies in two months, or whole days."""
_ORIGIN = np.datetime64("1970-01-05", "us")  # a Monday


@dataclass(frozen=True)
class Bins:
    """Bins of equal length; ``origin`` is where the first one begins, datetime64[us]."""

    origin: np.datetime64
    minutes: int
    count: int

    @classmethod
    def over(cls, start: np.datetime64, end: np.datetime64, most: int, least: int = DISPATCH_MINUTES) -> Bins:
        """Bins that cover ``(start, end]``: whole ones, so the first may begin earlier and the last end later.

        Parameters
        ----------
        most : number of bins not to be exceeded (by more than the two that the edges cut).
        least : shortest bin [min].

        >>> Bins.over(np.datetime64("2024-01-01"), np.datetime64("2024-01-08"), 400).minutes
        30
        """
        start, end = start.astype(TIME_DTYPE), end.astype(TIME_DTYPE)
        span = max(int((end - start) // np.timedelta64(1, "m")), DISPATCH_MINUTES)
        fitting = [s for s in STEPS if s >= least and span <= s * most]
        minutes = fitting[0] if fitting else math.ceil(span / most / DAY) * DAY
        step = np.timedelta64(minutes, "m").astype("timedelta64[us]")
        origin = _ORIGIN + ((start - _ORIGIN) // step) * step
        return cls(origin, minutes, max(1, -int((origin - end) // step)))

    @property
    def step(self) -> np.timedelta64:
        """Length of a bin."""
        return np.timedelta64(self.minutes, "m").astype("timedelta64[us]")

    @property
    def end(self) -> np.datetime64:
        """Where the last bin ends."""
        return self.origin + self.count * self.step

    @property
    def readings(self) -> int:
        """5-minute readings of a bin."""
        return self.minutes // DISPATCH_MINUTES

    def parts(self) -> Bins:
        """The same stretch in bins of a day at most, none of which lies in two months."""
        if self.minutes <= DAY:
            return self
        return Bins(self.origin, DAY, self.count * (self.minutes // DAY))
