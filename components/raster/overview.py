"""The whole archive in a strip: lowest, mean and highest price of every day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from components.raster.answers import Raster
from components.raster.bins import DAY, Bins
from components.raster.cells import divided, extreme, totals
from components.raster.series import ORDER, everything, series
from components.store.snapshot import Snapshot
from components.vocabulary import NEM


@dataclass(frozen=True)
class OverviewAsk:
    """Prices of one region over everything there is; ``NEM`` = lowest and highest of any region, weighted mean."""

    kind: ClassVar[str] = "overview"
    region: str = NEM
    columns: int = 900

    def answer(self, snapshot: Snapshot) -> Raster:
        """``low``, ``high``, ``mean`` (bins,) [$/MWh]."""
        window = everything(snapshot)
        bins = Bins.over(np.datetime64(window.start, "us"), np.datetime64(window.end, "us"), self.columns, least=DAY)
        values = series(snapshot, "price").covering(bins.origin, bins.count * bins.readings)
        cells = values.reshape(len(ORDER), bins.count, bins.readings)
        own = cells[[ORDER.index(self.region)]]
        spread = cells if self.region == NEM else own
        arrays = {
            "low": extreme(extreme(spread, "min"), "min", axis=0),
            "high": extreme(extreme(spread, "max"), "max", axis=0),
            "mean": divided(*totals(own))[0],
        }
        words = {"start": str(bins.origin), "end": str(bins.end), "minutes": bins.minutes}
        return Raster(words, arrays, snapshot.version)
