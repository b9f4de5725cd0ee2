"""Price against something else, every 5-minute interval a point: how many fall where; close up, the points themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from components.charts.scales import stretch
from components.queries.units import STEP
from components.raster.answers import Raster
from components.raster.series import Series, series
from components.raster.shade import counts, logarithmic
from components.store.snapshot import Snapshot
from components.vocabulary import NEM

AGAINST = {
    "demand": ("Demand", "MW"),
    "renewables": ("Renewable share of generation", "%"),
    "wind": ("Wind", "MW"),
    "hour": ("Hour of day", "h"),
}
"""What the price can be set against -> name and unit."""
MOST_POINTS = 4_000
"""So few intervals are drawn as points."""


@dataclass(frozen=True)
class DensityAsk:
    """Intervals of a window ``(start, end]`` in one region (``NEM`` = the market as a whole).

    Parameters
    ----------
    against : one of :data:`AGAINST`.
    x_low, x_high : part of the x axis; equal = all of it.
    y_low, y_high : part of the price axis, in places (:func:`~components.charts.scales.stretch`); equal = all of it.
    columns, rows : pixels.
    """

    kind: ClassVar[str] = "density"
    start: str
    end: str
    region: str = NEM
    against: str = "demand"
    x_low: float = 0.0
    x_high: float = 0.0
    y_low: float = 0.0
    y_high: float = 0.0
    columns: int = 600
    rows: int = 300

    def answer(self, snapshot: Snapshot) -> Raster:
        """``count`` and ``image`` (shades), or ``x``, ``price`` and ``time`` of the points where they are few."""
        prices = series(snapshot, "price")
        part = prices.between(np.datetime64(self.start, "us"), np.datetime64(self.end, "us"))
        price = prices.row(self.region)[part]
        x = self._x(snapshot, prices, part)
        both = ~(np.isnan(price) | np.isnan(x))
        x, place = x[both], stretch(price[both]).astype(np.float32)
        full_x, full_y = self._full(x), _padded(place, 0.04)
        x_range = (self.x_low, self.x_high) if self.x_high > self.x_low else full_x
        y_range = (self.y_low, self.y_high) if self.y_high > self.y_low else full_y
        inside = (x >= x_range[0]) & (x <= x_range[1]) & (place >= y_range[0]) & (place <= y_range[1])
        seen = int(inside.sum())
        words = {
            "mode": "image", "x": list(x_range), "y": list(y_range), "full_x": list(full_x), "full_y": list(full_y),
            "seen": seen, "known": len(x), "total": part.stop - part.start,
        }  # fmt: skip
        if seen <= MOST_POINTS:
            words["mode"] = "points"
            times = prices.times(part)[both][inside].astype(np.int64) / 1000.0
            arrays = {"x": x[inside], "place": place[inside], "price": price[both][inside], "time": times}
            return Raster(words, arrays, snapshot.version)
        columns = min(self.columns, 288) if self.against == "hour" else self.columns
        found = counts(x, place, x_range, y_range, columns, self.rows)
        most = int(found.max(initial=0))
        words["most"] = most
        count = found.astype(np.uint16) if most < 2**16 else found
        return Raster(words, {"count": count, "image": logarithmic(found)}, snapshot.version)

    def _x(self, snapshot: Snapshot, prices: Series, part: slice) -> np.ndarray:
        if self.against == "hour":
            # In the middle of the interval: 00:05 covers the first five minutes of the day.
            minutes = (prices.times(part) - STEP // 2).astype("datetime64[s]").astype(np.int64) % 86_400
            return (minutes / 3600).astype(np.float32)
        return series(snapshot, self.against).row(self.region)[part]

    def _full(self, x: np.ndarray) -> tuple[float, float]:
        if self.against == "hour":
            return 0.0, 24.0
        return _padded(x, 0.02)


def _padded(values: np.ndarray, share: float) -> tuple[float, float]:
    """Lowest and highest with a margin."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = max((high - low) * share, 0.01)
    return low - margin, high + margin
