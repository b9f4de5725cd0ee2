"""Mean prices of the regions over time; what months add up to is remembered."""

from __future__ import annotations

from functools import partial

import numpy as np

from components.market_time import Window
from components.metrics.revenue import ratio
from components.queries.monthly import remembered
from components.queries.regional import blocks, months
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS


def flat_prices(snapshot: Snapshot, window: Window) -> np.ndarray:
    """Time-weighted mean price of the five regions over a window (5,) [$/MWh]; NaN without any price."""

    def added_up(part: Window) -> np.ndarray:
        sums = np.zeros((2, len(REGIONS)))
        for block in blocks(snapshot, "price", "rrp", part, REGIONS):
            missing = np.isnan(block.values)
            sums += np.where(missing, 0.0, block.values).sum(axis=1), (~missing).sum(axis=1)
        return sums

    parts = [
        remembered(("flat prices", month.identity), partial(added_up, month.window))
        if month.whole
        else added_up(month.window)
        for month in months(snapshot, window, "price")
    ]
    return ratio(*np.sum(parts, axis=0)) if parts else np.full(len(REGIONS), np.nan)
