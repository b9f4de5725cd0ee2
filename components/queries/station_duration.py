"""The power that stations or units exceeded for each share of the time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components.errors import Problem, QueryError
from components.market_time import HOURS_PER_DISPATCH
from components.metrics.generation import AS_READ, CONSUMED, sum_units
from components.metrics.prices import duration
from components.queries.base import Names, PeriodQuery, Result, register
from components.queries.regional import named
from components.queries.units import UnitCoverage, matching, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import LOAD

MOST_SERIES = 40
"""All readings of a window are held at once to be put in order, so no question may be about more."""


@register
class StationDuration(PeriodQuery):
    """Power duration curves of stations or units."""

    route = "generation/duration"
    page = "stations"
    title = "Power duration curve"
    description = (
        "Net power of the window's 5-minute intervals from the highest to the lowest, by the share of the time in which "
        f"each was exceeded; loads below zero. At most {MOST_SERIES} stations or units at a time."
    )
    row_columns = {
        "station": ("", "Station"),
        "duid": ("", "Unit (with by=duid, in place of station)"),
        "exceedance": ("", "Share of the time with more power: 0 = the highest, 1 = the lowest"),
        "mw": ("MW", "Net power"),
        "hours": ("h", "Hours with more power, of those that were read"),
    }
    examples = ("station=Eraring&last=30d", "duid=ER01&duid=ER02&by=duid&last=1y&steps=200")

    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    region = Names(default=[], vocabulary="region", doc="Regions; none or NEM = all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")
    by: Any = param.Selector(default="station", objects=["station", "duid"], doc="One curve per station or per unit.")
    steps = param.Integer(default=100, bounds=(10, 1000), doc="Number of steps between the highest and lowest power.")

    def _chosen(self, snapshot: Snapshot) -> np.ndarray | None:
        return matching(
            unit_table(snapshot),
            region=self.region, fuel=self.fuel, station=self.station, duid=self.duid, owner=self.owner,
        )  # fmt: skip

    def _series(self, snapshot: Snapshot) -> int:
        names, chosen = getattr(unit_table(snapshot), self.by), self._chosen(snapshot)
        return len(set(names if chosen is None else names[chosen]))

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self._series(snapshot) * (self.steps + 1)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        if (count := self._series(snapshot)) > MOST_SERIES:
            told = f"name at most {MOST_SERIES} stations or units, this asks for {count}"
            raise QueryError([Problem(self.by, "", told)])
        window, table, chosen = self.window(snapshot), unit_table(snapshot), self._chosen(snapshot)
        names, codes = np.unique(getattr(table, self.by).astype(str), return_inverse=True)
        coverage = UnitCoverage(table, window, chosen)
        found: dict[int, list[np.ndarray]] = {}
        for part in readings(snapshot, window, chosen):
            live = np.flatnonzero(coverage.add(part) > 0)
            used, local = np.unique(codes[part.rows[live]], return_inverse=True)
            kinds = np.where(table.role[part.rows[live]] == LOAD, CONSUMED, AS_READ)
            for code, power in zip(used.tolist(), sum_units(part.values, live, kinds, local, len(used)), strict=True):
                found.setdefault(code, []).append(power[~np.isnan(power)])
        order = sorted(found, key=lambda c: names[c])
        shares = np.linspace(0, 1, self.steps + 1)
        power, hours = [], []
        for code in order:
            sample = np.concatenate(found.pop(code))
            power.append(duration(sample, shares))
            hours.append(shares * len(sample) * HOURS_PER_DISPATCH)
        words = [str(names[c]) for c in order]
        frame = pd.DataFrame(
            {
                self.by: named(words, np.repeat(np.arange(len(words)), len(shares))),
                "exceedance": np.tile(shares, len(words)),
                "mw": np.concatenate(power) if power else np.empty(0),
                "hours": np.concatenate(hours) if hours else np.empty(0),
            }
        )
        expected, present = coverage.totals()
        return Result(
            frame, {"exceedance": "", "mw": "MW", "hours": "h"}, window.start, window.end, (self.by,), "", "",
            expected or window.expected, present, snapshot.version, snapshot.sources,
        )  # fmt: skip
