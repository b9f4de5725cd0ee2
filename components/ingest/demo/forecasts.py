"""What the demo market is forecast to do: runs for the next hour and for the hours to the end of the next trading day.

A run knows the market's future and is wrong by more the further it looks; half of what a price stands above $300/MWh it
does not see coming. Like the market it is a pure function of seed and time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import EPOCH, STEP, STEPS_PER_DAY, Grid
from components.ingest.demo.noise import smooth, stream
from components.ingest.demo.outlook import Outlook, outlook
from components.vocabulary import REGIONS

HALF_HOUR = 6
FIVE_MINUTE_STEPS = 12
"""A five-minute run looks an hour ahead."""
_TRADING_DAY = 4 * 12
"""A trading day ends at 04:00 [5-minute steps after midnight]."""
_LONGEST = 2 * STEPS_PER_DAY
_UNSEEN = 300.0


@dataclass(frozen=True)
class Run:
    """One forecast: ``stamps`` interval-ending 5-minute numbers (n,), ``price`` [$/MWh] and ``demand`` [MW] (regions, n)."""

    minutes: int
    stamps: np.ndarray
    price: np.ndarray
    demand: np.ndarray

    @property
    def times(self) -> np.ndarray:
        """Stamps as datetime64[us] (n,)."""
        return np.asarray(EPOCH + self.stamps * STEP)


class Forecaster:
    """Makes runs whose first interval ends at a stamp of ``first … last`` (5-minute numbers since 1970)."""

    def __init__(self, seed: int, first: int, last: int):
        self._seed = seed
        self._market: Outlook = outlook(seed, Grid(first - HALF_HOUR, last + _LONGEST))
        price = self._market.price / 1e5
        self._seen = np.where(price > _UNSEEN, _UNSEEN + 0.5 * (price - _UNSEEN), price)

    def five_minutes(self, first: int) -> Run:
        """The next hour by five minutes."""
        return self._run(5, first + np.arange(FIVE_MINUTE_STEPS))

    def half_hours(self, first: int) -> Run:
        """Half hours, the first of which ends at ``first``, to the end of the next trading day (known from 12:30 on)."""
        inside = (first - 1) % STEPS_PER_DAY
        days = 2 if inside >= 150 else 1
        end = first - 1 - inside + days * STEPS_PER_DAY + _TRADING_DAY
        return self._run(30, np.arange(first, end + 1, HALF_HOUR))

    def _run(self, minutes: int, stamps: np.ndarray) -> Run:
        width = minutes // 5
        at = stamps - self._market.grid.first
        ahead = np.sqrt((stamps - stamps[0] + width) / 12.0)  # hours, under a root: errors add up like a walk's
        shape = (len(REGIONS), len(stamps))
        price, demand = np.empty(shape), np.empty(shape)
        for row, region in enumerate(REGIONS):
            seen = _mean_before(self._seen[row], at, width)
            load = _mean_before(self._market.demand[row], at, width)
            wrong = [
                smooth(stream(self._seed, "forecast", what, region, str(stamps[0])), np.arange(len(stamps)), 6)
                for what in ("price", "demand")
            ]
            price[row] = seen + 0.05 * ahead * wrong[0] * (np.abs(seen) + 15.0)
            demand[row] = load * (1.0 + 0.006 * ahead * wrong[1])
        return Run(minutes, stamps, np.rint(price * 1e5) / 1e5, np.rint(demand * 100) / 100)


def _mean_before(values: np.ndarray, at: np.ndarray, width: int) -> np.ndarray:
    """Mean of the ``width`` steps that end at each of ``at``."""
    return np.asarray(np.mean([values[at - back] for back in range(width)], axis=0))


__all__ = ["FIVE_MINUTE_STEPS", "HALF_HOUR", "Forecaster", "Run"]
