"""What questions about the prices of a whole window share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from components.market_time import TIME_DTYPE, Window
from components.queries.base import Names, PeriodQuery, Result
from components.queries.regional import prices, regions_asked
from components.store.snapshot import Block, Snapshot
from components.vocabulary import NEM, REGIONS

REGION_DOC = "Regions; none = the five apart, NEM = the demand-weighted price of all."
ORDER = (*REGIONS, NEM)
"""Order of rows."""


def gathered(
    snapshot: Snapshot, window: Window, asked: Sequence[str], *, column: str = "rrp"
) -> tuple[Block, np.ndarray]:
    """Prices of these regions (NEM among them or not) with their native minutes in one block, and their demand."""
    times, values, native, demand = [], [], [], []
    for price, load in prices(snapshot, window, nem=NEM in asked, column=column):
        rows = [price.keys.index(r) for r in asked]
        times.append(price.times)
        values.append(price.values[rows])
        native.append(price.native_minutes()[rows])
        demand.append(load.values[rows])
    keys = tuple(asked)
    if not times:
        empty = np.empty((len(keys), 0))
        return Block(np.empty(0, TIME_DTYPE), keys, empty, empty.astype("uint8")), empty
    block = Block(np.concatenate(times), keys, np.concatenate(values, axis=1), np.concatenate(native, axis=1))
    return block, np.concatenate(demand, axis=1)


class PricePeriodQuery(PeriodQuery):
    """What statistics, bands and duration share: all prices of a window, region by region."""

    dataset = "price"
    page = "prices"

    region = Names(default=[], vocabulary="region", doc=REGION_DOC)

    def gathered(self, snapshot: Snapshot) -> tuple[tuple[str, ...], Block, np.ndarray]:
        """The regions asked for, their prices and native minutes in one block, and their demand."""
        asked = regions_asked(self.region)
        return asked, *gathered(snapshot, self.window(snapshot), asked)

    def answer(
        self, snapshot: Snapshot, frame: pd.DataFrame, units: dict[str, str], block: Block, series: tuple[str, ...]
    ) -> Result:
        """The result around a frame, with the coverage of the prices behind it."""
        window = self.window(snapshot)
        return Result(
            frame, units, window.start, window.end, series, "", "", window.expected * len(block.keys),
            int((~np.isnan(block.values)).sum()), snapshot.version, snapshot.sources,
        )  # fmt: skip
