"""A station's or unit's output over time in the making: from the days of its units where these are kept, else from readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.market_time import Window, bucket_end, label_side
from components.metrics.buckets import Means
from components.queries.base import Result
from components.queries.grid import Grid
from components.queries.monthly import DAY, add_by_month, in_days
from components.queries.regional import axis_of, blocks, shown_buckets
from components.queries.unit_days import UnitDays, kept_days
from components.queries.units import Readings, UnitCoverage, readings, unit_table
from components.stopping import stop_if_unwanted
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

if TYPE_CHECKING:
    from components.queries.stations import StationOutput

FEW_READINGS = 100_000
"""Readings that are kept between the two looks at them: a station's month."""


class Output:
    """One answer in the making: which series and buckets it has is told by a first look, its rows by stretches of time."""

    def __init__(self, query: StationOutput, snapshot: Snapshot):
        query.ensure(snapshot)
        self.query, self.snapshot = query, snapshot
        self.window: Window = query.window(snapshot)
        self.table = unit_table(snapshot)
        self.axis = axis_of(snapshot, self.window, "scada")
        self.chosen = query.chosen(snapshot)
        self.names, self.codes = self.table.words(query.by)
        self.coverage = UnitCoverage(self.table, self.window, self.chosen)
        self.by_day = in_days(self.window.interval) and query.agg in ("mean", "sum") and "split" not in query.values
        self._look()

    def _look(self) -> None:
        """Series with a reading, each in the region of its first; buckets from the first reading to the last."""
        self.home: dict[int, str] = {}
        self.few: list[tuple[Readings, UnitDays | None]] = []
        room = FEW_READINGS
        begin: np.ndarray | None = None
        last: Readings | None = None
        for part in readings(self.snapshot, self.window, self.chosen) if len(self.axis) else ():
            stop_if_unwanted()
            kept = self._whole_days(part)
            counts = None if kept is None else kept.counts[part.keep].sum(axis=1, dtype=np.int64)
            live = self.coverage.add(part, counts) > 0
            room -= len(part.rows) * len(part.times) if kept is None else 0
            if room >= 0:
                self.few.append((part, kept))
            for code, region in zip(
                self.codes[part.rows][live].tolist(), self.table.region[part.rows][live], strict=True
            ):
                self.home.setdefault(code, region)
            if live.any():
                begin, last = _read_at(part)[:1] if begin is None else begin, part
        self.few = self.few if room >= 0 else []
        self.order = sorted(self.home)  # names are in order
        self.place = np.full(len(self.names), -1)
        self.place[self.order] = np.arange(len(self.order))
        present = np.zeros((1, len(self.axis)), bool)
        if begin is not None and last is not None:
            present[:, self.axis.runs(np.concatenate([begin, _read_at(last)[-1:]]))[1]] = True
        self.keep = shown_buckets(self.axis, self.window, present)

    @property
    def rows(self) -> int:
        """Rows of the answer."""
        return len(self.order) * len(self.keep)

    def head(self, grid: Grid | None = None) -> Result:
        """The answer with these rows, by default without any."""
        query, window = self.query, self.window
        expected, present = self.coverage.totals()
        notes = (
            ("Revenue is gross spot revenue: before loss factors, FCAS and contracts.",)
            if "revenue" in query.values
            else ()
        )
        grid = self.grid(0, 0) if grid is None else grid
        return Result(
            grid, {c: query.row_columns[c][0] for c in grid.numbers}, window.start, window.end, (query.by,),
            window.interval, label_side(window.interval), expected or window.expected, present,
            self.snapshot.version, self.snapshot.sources, notes,
        )  # fmt: skip

    def _whole_days(self, part: Readings) -> UnitDays | None:
        """What is kept of the days of a month, where that is enough.

        Not where a unit has readings on a part of a day only: other units may have some then.
        """
        if not self.by_day or part.keep is None:
            return None
        kept = kept_days(self.snapshot, self.table, part)
        if kept is None:
            return None
        counts = kept.counts[part.keep]
        holes = ((counts > 0) & (counts < DAY)).any()
        if holes or ("revenue" in self.query.values and (kept.priced[part.keep] != counts).any()):
            return None
        return kept

    def _spread(self, part: Readings, kept: UnitDays) -> Sequence[np.ndarray]:
        """When the days of a month end (D,), and the power, revenue and readings of each series on them (S, D)."""
        assert part.stretch is not None
        assert part.keep is not None
        local = self.place[self.codes[part.rows]]
        units, to = part.keep[local >= 0], local[local >= 0]
        days = np.arange(part.stretch.begin // DAY + 1, part.stretch.end // DAY + 1)
        shape = len(self.order), len(days)
        power, money, present = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int32)
        np.add.at(power, to, kept.power[units])
        np.add.at(money, to, kept.money[units])
        np.maximum.at(present, to, kept.counts[units].astype(np.int32))
        return part.stretch.chunk.origin + days * np.timedelta64(1, "D"), power, money, present

    def _add_prices(self, window: Window, to: Mapping[str, Means]) -> None:
        for block in blocks(self.snapshot, "price", "rrp", window, REGIONS):
            to["price"].add(block.times, block.values)

    def frames(self, rows: int) -> Iterator[pd.DataFrame]:
        """The rows in pieces of about so many, in order."""
        if not self.rows:
            return
        buckets = max(1, rows // len(self.order))
        for first in range(int(self.keep[0]), int(self.keep[-1]) + 1, buckets):
            stop_if_unwanted()
            yield self.grid(first, min(first + buckets, int(self.keep[-1]) + 1)).frame()

    def grid(self, first: int, stop: int) -> Grid:
        """The rows of the buckets from ``first`` to before ``stop``."""
        query, axis = self.query, replace(self.axis, starts=self.axis.starts[first:stop])
        columns: list[str] = [c for c in ("mw", "mw_out", "mw_in", "revenue") if c in query.columns()]
        series: dict[str, Means] = {
            c: Means(len(self.order), axis, "sum" if c == "revenue" else query.agg) for c in columns
        }
        price = Means(len(REGIONS), axis)
        if len(axis):
            end = bucket_end(axis.starts[-1:], axis.interval)[0]
            window = replace(
                self.window,
                start=max(self.window.start, pd.Timestamp(axis.starts[0])), end=min(self.window.end, pd.Timestamp(end)),
            )  # fmt: skip
            everything = (first, stop) == (0, len(self.axis)) and self.few
            days: list[Sequence[np.ndarray]] = []
            found = ((part, self._whole_days(part)) for part in readings(self.snapshot, window, self.chosen))
            for part, kept in self.few if everything else found:
                stop_if_unwanted()
                if kept is not None:
                    days.append(self._spread(part, kept))
                    continue
                local = self.place[self.codes[part.rows]]
                sums = query.sums(self.snapshot, part, self.table.role[part.rows], local, len(self.order))
                for name, values in sums.items():
                    series[name].add(part.times, values)
            if days:
                ends, power, money, present = (np.concatenate(sums, axis=-1) for sums in zip(*days, strict=True))
                series["mw"].add_runs(ends, power, present)
                if "revenue" in series:
                    series["revenue"].add_runs(ends, money, present)
            if "price" in query.values:
                add_by_month(self.snapshot, window, ("price",), "price of regions", {"price": price}, self._add_prices)
        named = {c: c.replace("mw", "mwh") if query.agg == "sum" else c for c in columns if c != "revenue"}
        numbers: dict[str, np.ndarray] = {named[c]: series[c].result() for c in named}
        if "price" in query.values:
            by_region = dict(zip(REGIONS, price.result(), strict=True))
            blank = np.full(len(axis), np.nan)
            rows = [by_region.get(self.home[c], blank) for c in self.order]
            numbers["price"] = np.vstack(rows) if rows else np.empty((0, len(axis)))
        if "revenue" in query.values:
            numbers["revenue"] = series["revenue"].result()
        keep = self.keep[(self.keep >= first) & (self.keep < stop)] - first
        return Grid(
            axis.labels[keep],
            {query.by: [str(self.names[c]) for c in self.order]},
            {k: v[:, keep] for k, v in numbers.items()},
        )


def _read_at(part: Readings) -> np.ndarray:
    """The stamps at which any unit has a reading."""
    return part.times[~np.isnan(part.values).all(axis=0)]
