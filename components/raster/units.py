"""Every unit over time as a picture: a row for each unit, a column for each bin; close up, lines of exact readings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from components.queries.units import STEP, UnitTable, unit_table
from components.raster.answers import Raster
from components.raster.bins import Bins
from components.raster.cells import Cells
from components.raster.rows import UnitRows, unit_rows
from components.store.snapshot import Chunk, Snapshot
from components.vocabulary import LOAD

SCALES = {"cf": 10_000.0, "mw": 1.0}
MISSING = -32_768
"""What stands for "no reading" in a picture of whole numbers."""
LARGEST = 32_000
MOST_LINES = 8
MOST_STAMPS = 1_500
"""So few rows over so few stamps are drawn as lines."""


@dataclass(frozen=True)
class UnitsAsk:
    """Power of units: which of them, which window, how large the picture may be.

    Parameters
    ----------
    start, end : the window ``(start, end]``, ISO 8601.
    region, fuel, group : which units in which order (:func:`~components.raster.rows.unit_rows`).
    value : ``cf`` = power over registered capacity (that of each month's end), ``mw`` = power [MW].
    agg : what a cell shows of its 5-minute readings: mean, max or min.
    low, high : rows wanted, from the bottom; ``high`` 0 = all.
    columns, rows : most cells wanted.
    """

    kind: ClassVar[str] = "units"
    start: str
    end: str
    region: str = "NEM"
    fuel: str = ""
    group: str = "fuel"
    value: str = "cf"
    agg: str = "mean"
    low: int = 0
    high: int = 0
    columns: int = 1_200
    rows: int = 640

    def answer(self, snapshot: Snapshot) -> Raster:
        """The picture, or lines where few units are seen over a short time."""
        arranged = unit_rows(snapshot, self.region, self.fuel, self.group)
        low = min(max(self.low, 0), max(len(arranged) - 1, 0))
        high = min(self.high, len(arranged)) if self.high > low else len(arranged)
        start, end = np.datetime64(self.start, "us"), np.datetime64(self.end, "us")
        stamps = int((end - start) // STEP)
        if 0 < high - low <= MOST_LINES and stamps <= MOST_STAMPS:
            return self._lines(snapshot, arranged, low, high, start, stamps)
        bins = Bins.over(start, end, self.columns)
        per = max(1, -(-(high - low) // self.rows))
        values = self._matrix(snapshot, arranged.duids[low:high], bins, per)
        scale = SCALES[self.value]
        finite = np.isfinite(values)
        reach = float(np.abs(values[finite]).max(initial=0.0))
        if self.value == "mw":
            scale = LARGEST / reach if reach else 1.0
        scaled = np.clip(np.rint(np.where(finite, values, 0) * scale), -LARGEST, LARGEST)
        words = {
            "mode": "image", "start": str(bins.origin), "end": str(bins.end), "minutes": bins.minutes,
            "low": low, "high": low + per * values.shape[0], "per": per, "of": len(arranged), "scale": scale,
            "least": float(values[finite].min(initial=0.0)), "most": float(values[finite].max(initial=0.0)),
            "known": int(finite.sum()),
        }  # fmt: skip
        return Raster(words, {"image": np.where(finite, scaled, MISSING).astype(np.int16)}, snapshot.version)

    def _matrix(self, snapshot: Snapshot, duids: tuple[str, ...], bins: Bins, per: int = 1) -> np.ndarray:
        """(rows, bins) float32, NaN = no reading; ``per`` neighbouring units share a row."""
        parts = bins.parts()
        cells = Cells(len(duids), parts.count, self.agg)
        place = {d: i for i, d in enumerate(duids)}
        table = unit_table(snapshot)
        wide = parts.readings
        for chunk in snapshot.chunks("scada"):
            # A month is made of whole parts, so positions on its grid are multiples of them.
            i = max(0, int((bins.origin - chunk.origin) // STEP))
            j = min(chunk.length, int((bins.end - chunk.origin) // STEP))
            here = np.array([k for k, d in enumerate(chunk.keys) if d in place and _live(chunk)[k]], np.int64)
            if i >= j or not len(here):
                continue
            first = int((chunk.origin + i * STEP - bins.origin) // parts.step)
            rows = np.array([place[chunk.keys[k]] for k in here], np.int64)
            scale, loads = self._registered(table, chunk, here)
            data = chunk.values[chunk.fields.index("mw")]
            # Neighbours of the file are read in one go, without copying; single rows one by one.
            for run in np.split(np.arange(len(here)), np.flatnonzero(np.diff(here) != 1) + 1):
                readings = data[here[run[0]] : here[run[-1]] + 1, i:j].reshape(len(run), -1, wide)
                cells.put(rows[run], first, readings, None if scale is None else scale[run])
            for k in np.flatnonzero(loads):
                readings = -np.abs(data[here[k] : here[k] + 1, i:j]).reshape(1, -1, wide)
                cells.put(rows[k : k + 1], first, readings, None if scale is None else scale[k : k + 1])
        return cells.pooled(per, bins.minutes // parts.minutes)

    def _registered(self, table: UnitTable, chunk: Chunk, here: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
        """What readings are multiplied by (None = nothing), and which of the units are loads, whose power is negative."""
        rows = table.spans(chunk)[-1][2][here]
        loads = table.role[rows] == LOAD
        if self.value != "cf":
            return None, loads
        capacity = table.capacity_mw[rows]
        return np.divide(1.0, capacity, out=np.full(len(rows), np.nan), where=capacity > 0), loads

    def _lines(
        self, snapshot: Snapshot, arranged: UnitRows, low: int, high: int, start: np.datetime64, stamps: int
    ) -> Raster:
        begin = np.datetime64("1970-01-01", "us")
        first = begin + ((start - begin) // STEP) * STEP
        values = self._matrix(snapshot, arranged.duids[low:high], Bins(first, 5, stamps + 1))
        least, most = float(np.nanmin(values, initial=0.0)), float(np.nanmax(values, initial=0.0))
        # All rows on one axis; shares of capacity at least from 0 to 100 %.
        words = {
            "mode": "lines", "start": str(first), "minutes": 5, "low": low, "high": high, "per": 1, "of": len(arranged),
            "least": least, "most": most, "axis": [least, max(most, 1.0) if self.value == "cf" else most or 1.0],
            "known": int(np.isfinite(values).sum()),
        }  # fmt: skip
        return Raster(words, {"values": values}, snapshot.version)


_live_rows: dict[Hashable, np.ndarray] = {}


def _live(chunk: Chunk) -> np.ndarray:
    """Which units have a reading in a month; looked at once, for many have none (retired or yet to come)."""
    known = _live_rows.get(chunk.identity)
    if known is None:
        if len(_live_rows) > 1_000:
            _live_rows.clear()
        values = chunk.values[chunk.fields.index("mw")]
        known = _live_rows[chunk.identity] = ~np.isnan(np.fmax.reduce(values, axis=1))
    return known
