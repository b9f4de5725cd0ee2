"""Prices of the frequency control (FCAS) markets over a window."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.market_time import HOURS_PER_DISPATCH
from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.prices import FCAS
from components.queries.regional import REGION_ORDER, blocks, named
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

DEAR = 300.0
"""From here on a price counts as dear [$/MW/h]."""


@register
class FcasPrices(PeriodQuery):
    """Means and extremes of FCAS prices by region and market."""

    route = "prices/fcas"
    page = "prices"
    title = "FCAS prices in sum"
    description = (
        "Time-weighted mean, extremes and dear hours of the prices for frequency control (FCAS): ten markets, raise and lower, "
        "of which the 1-second ones began in October 2023. In $ per MW enabled and hour; a market without a known price has "
        "no row. Over time they are in prices/regional?market=…"
    )
    dataset = "price"
    row_columns = {
        "region": ("", "Region"),
        "market": ("", "Market: " + ", ".join(FCAS)),
        "mean": ("$/MW/h", "Time-weighted mean"),
        "min": ("$/MW/h", "Lowest price"),
        "max": ("$/MW/h", "Highest price"),
        "max_time": ("", "When it was first reached (end of the interval)"),
        "hours_above_300": ("h", "Hours at $300 or more"),
        "coverage": ("", "Share of the window's 5-minute intervals with a price"),
    }
    examples = ("last=30d", "last=1y&region=SA1&market=raisereg&market=lowerreg")

    region = Names(
        default=[], vocabulary="region", doc="Regions; none or NEM = the five apart: these markets have no NEM price."
    )
    market = Choices(default=list(FCAS), objects=FCAS, doc="Markets; none named = all ten.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(REGIONS) * len(self.market)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        asked = [r for r in REGIONS if not self.region or r in self.region or "NEM" in self.region]
        markets = [m for m in FCAS if m in self.market]
        rows, present = [], 0
        for market in markets:
            total, count, dear = (np.zeros(len(asked)) for _ in range(3))
            low, high = np.full(len(asked), np.inf), np.full(len(asked), -np.inf)
            when = np.full(len(asked), np.datetime64("NaT", "us"))
            for block in blocks(snapshot, "price", f"{market}_rrp", window, asked):
                values = block.values
                known = ~np.isnan(values)
                total += np.where(known, values, 0.0).sum(axis=1)
                count += known.sum(axis=1)
                dear += (known & (values >= DEAR)).sum(axis=1)
                low = np.minimum(low, np.where(known, values, np.inf).min(axis=1))
                top = np.where(known, values, -np.inf)
                best = top.max(axis=1)
                when = np.where(best > high, block.times[top.argmax(axis=1)], when)
                high = np.maximum(high, best)
            present += int(count.sum())
            rows += [
                (r, market, total[i] / count[i], low[i], high[i], when[i], dear[i] * HOURS_PER_DISPATCH, count[i])
                for i, r in enumerate(asked)
                if count[i]
            ]
        rows.sort(key=lambda row: (REGIONS.index(row[0]), FCAS.index(row[1])))
        frame = pd.DataFrame(rows, columns=list(self.row_columns))
        numbers = ("mean", "min", "max", "hours_above_300", "coverage")
        frame = frame.astype(dict.fromkeys(numbers, "float64") | {"max_time": "datetime64[us]"})
        frame["coverage"] /= window.expected or np.nan
        for column, order in (("region", list(REGION_ORDER)), ("market", list(FCAS))):
            frame[column] = named(order, np.array([order.index(name) for name in frame[column]], int))
        return Result(
            frame, {n: self.row_columns[n][0] for n in numbers}, window.start, window.end, ("region", "market"), "", "",
            window.expected * len(asked) * len(markets), present, snapshot.version, snapshot.sources,
        )  # fmt: skip


__all__ = ["FcasPrices"]
