"""Prices by day and time of day: a column for each day, a row for each stretch of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from components.raster.answers import Raster
from components.raster.bins import DAY, Bins
from components.raster.cells import Cells
from components.raster.series import ORDER, series
from components.store.snapshot import Snapshot
from components.vocabulary import NEM

SLOTS = (5, 30, 60)
"""Lengths of a row [min]."""
MOST_CELLS = 160_000


@dataclass(frozen=True)
class CalendarAsk:
    """Prices of one region (``NEM`` = demand-weighted) on the days of a window.

    Parameters
    ----------
    agg : what a cell shows of its prices: mean, max or min.
    low, high : hours of the day wanted.
    columns : most columns.
    """

    kind: ClassVar[str] = "calendar"
    start: str
    end: str
    region: str = NEM
    agg: str = "mean"
    low: float = 0.0
    high: float = 24.0
    columns: int = 1_000

    def answer(self, snapshot: Snapshot) -> Raster:
        """``price`` (rows, columns) [$/MWh], the first row the earliest of the day."""
        bins = Bins.over(np.datetime64(self.start, "us"), np.datetime64(self.end, "us"), self.columns, least=DAY)
        days = bins.minutes // DAY
        first, last = max(0.0, min(self.low, 23.0)), min(24.0, max(self.high, 1.0))
        slot = next((s for s in SLOTS if (last - first) * 60 / s * bins.count <= MOST_CELLS), SLOTS[-1])
        begin, end = int(first * 60 // slot), int(-(-last * 60 // slot))
        values = series(snapshot, "price").covering(bins.origin, bins.count * days * 288)[ORDER.index(self.region)]
        # Each day becomes a row of slots, of which only those wanted are kept.
        slots = values.reshape(bins.count, days, DAY // slot, slot // 5)[:, :, begin:end]
        cells = Cells(bins.count, end - begin, self.agg)
        cells.put(np.arange(bins.count), 0, slots.transpose(0, 2, 1, 3).reshape(bins.count, end - begin, -1))
        price = np.ascontiguousarray(cells.pooled(1, 1).T)
        words = {
            "start": str(bins.origin), "end": str(bins.end), "minutes": bins.minutes, "slot": slot,
            "low": begin * slot / 60, "high": end * slot / 60, "known": int(np.isfinite(slots).sum()), "total": slots.size,
        }  # fmt: skip
        return Raster(words, {"price": price}, snapshot.version)
