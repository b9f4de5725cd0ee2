"""All prices as strips, one for each region: lowest to highest price of every bin, and how often prices lie where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from components.charts.scales import price_span, strip_places
from components.queries.units import STEP
from components.raster.answers import Raster
from components.raster.bins import Bins
from components.raster.cells import divided, extreme, totals
from components.raster.series import ORDER, series
from components.raster.shade import counts, logarithmic
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

SHADES = 51
"""Shades of the density: five strips, each of its own colour, share the 255 of a byte."""
MOST_STAMPS = 1_500
"""So few stamps are drawn as lines of exact prices."""


@dataclass(frozen=True)
class PricesAsk:
    """Prices of a window ``(start, end]``.

    Parameters
    ----------
    region : one region, or ``NEM`` = a strip for each of the five.
    columns : most bins.
    height : pixels of all strips together.
    """

    kind: ClassVar[str] = "prices"
    start: str
    end: str
    region: str = NEM
    columns: int = 1_200
    height: int = 480

    @property
    def regions(self) -> tuple[str, ...]:
        """Strips from the bottom up; the first region is the topmost."""
        return REGIONS[::-1] if self.region == NEM else (self.region,)

    def answer(self, snapshot: Snapshot) -> Raster:
        """``low``, ``high``, ``mean`` (strips, bins) [$/MWh], and ``image`` (shades of the density) or ``lines``."""
        start, end = np.datetime64(self.start, "us"), np.datetime64(self.end, "us")
        bins = Bins.over(start, end, self.columns)
        known = series(snapshot, "price")
        whole = known.covering(bins.origin, bins.count * bins.readings)
        values = whole[[ORDER.index(r) for r in self.regions]]
        cells = values.reshape(len(values), bins.count, bins.readings)
        arrays = {"low": extreme(cells, "min"), "high": extreme(cells, "max"), "mean": divided(*totals(cells))}
        bottom, top = price_span(values)
        words = {
            "start": str(bins.origin), "end": str(bins.end), "minutes": bins.minutes, "regions": list(self.regions),
            "bottom": bottom, "top": top, "known": int(np.isfinite(values).sum()), "total": values.size, "mode": "image",
        }  # fmt: skip
        if int((end - start) // STEP) <= MOST_STAMPS:
            words["mode"] = "lines"
            exact = snapshot.blocks("price", "rrp", pd.Timestamp(bins.origin), pd.Timestamp(bins.end), REGIONS)
            lines = np.full((len(values), bins.count * bins.readings), np.nan)
            for block in exact:
                at = ((block.times - bins.origin) // STEP).astype(np.int64) - 1
                lines[:, at] = block.values[[REGIONS.index(r) for r in self.regions]]
            return Raster(words, arrays | {"lines": lines}, snapshot.version)
        rows = max(24, self.height // len(values))
        column = np.repeat(np.arange(bins.count, dtype=np.float32) + np.float32(0.5), bins.readings)
        strips = []
        for row in values:
            there = ~np.isnan(row)
            place = strip_places(row[there], bottom, top).astype(np.float32)
            strips.append(counts(column[there], place, (0.0, float(bins.count)), (0.0, 1.0), bins.count, rows))
        image = logarithmic(np.vstack(strips), SHADES)
        return Raster(words, arrays | {"image": image}, snapshot.version)
