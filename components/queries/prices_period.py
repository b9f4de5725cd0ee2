"""What questions about the prices of a whole window share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from components.market_time import TIME_DTYPE, Window
from components.metrics.prices import demand_weighted
from components.queries.base import Names, PeriodQuery, Result
from components.queries.regional import aligned, blocks, regions_asked
from components.store.snapshot import Block, Snapshot
from components.vocabulary import NEM, REGIONS

REGION_DOC = "Regions; none = the five apart, NEM = the demand-weighted price of all."
ORDER = (*REGIONS, NEM)
"""Order of rows."""


def gathered(
    snapshot: Snapshot, window: Window, asked: Sequence[str], *, column: str = "rrp"
) -> tuple[Block, np.ndarray]:
    """Prices of these regions (NEM among them or not) with their native minutes in one block, and their demand."""
    keys, read = tuple(asked), REGIONS if NEM in asked else tuple(asked)
    stamps = list(blocks(snapshot, "price", column, window, ()))
    if not stamps:
        empty = np.empty((len(keys), 0))
        return Block(np.empty(0, TIME_DTYPE), keys, empty, empty.astype("uint8")), empty
    times = np.concatenate([b.times for b in stamps])
    values = aligned(snapshot, "price", column, times, read)
    demand = aligned(snapshot, "region", "demand", times, read)
    if NEM in asked:
        rows = [(*REGIONS, NEM).index(r) for r in asked]
        values = np.vstack([values, demand_weighted(values, demand)])[rows]
        demand = np.vstack([demand, demand.sum(axis=0)])[rows]
    lengths = {b.minutes if isinstance(b.minutes, int) else -1 for b in stamps}
    if len(lengths) == 1 and -1 not in lengths:
        return Block(times, keys, values, lengths.pop()), demand
    return Block(times, keys, values, _native(blocks(snapshot, "price", column, window, read), values, keys)), demand


def _native(found: Iterable[Block], values: np.ndarray, asked: Sequence[str]) -> np.ndarray:
    """Native minutes of prices put together from blocks; the market's are the longest of the regions'."""
    native, at = np.empty(values.shape, "uint8"), 0
    for block in found:
        here = slice(at, at + len(block.times))
        if isinstance(block.minutes, int):
            native[:, here] = np.where(np.isnan(values[:, here]), 0, block.minutes)
        else:
            for row, region in enumerate(asked):
                native[row, here] = (
                    block.minutes.max(axis=0) if region == NEM else block.minutes[block.keys.index(region)]
                )
        at = here.stop
    return native


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
