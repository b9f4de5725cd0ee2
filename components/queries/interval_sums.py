"""Power by region and fuel, interval by interval, of months that are over: kept on the disk and mapped.

A day of all units lies in as many places of a month's frame as there are units; here it lies in one. With it stands how
many readings each unit has on each day, so that coverage needs no look at the units either.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from components.metrics.generation import AS_READ, sum_units, terms
from components.queries import kept_sums
from components.queries.monthly import DAY, key_of
from components.queries.units import Readings, Stretch, UnitTable, unit_table
from components.stopping import stop_if_unwanted
from components.store.snapshot import Snapshot
from components.store.sums import keepable

KIND = "intervals"
DATASET = "scada"


@dataclass(frozen=True, eq=False)
class IntervalSums:
    """A stretch of whole days: power of each series, readings of each unit.

    Attributes
    ----------
    names : region and fuel of each of S series, a line each; storage is split, loads are negative.
    power : (days, S, 288) [MW], NaN where no unit of the series has a reading.
    counts : (days, units of the stretch), readings.
    """

    names: str
    power: np.ndarray
    counts: np.ndarray

    @cached_property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Region ("" = none) and fuel of each series."""
        parts = (line.partition("\t") for line in self.names.splitlines())
        return tuple((region, fuel) for region, _, fuel in parts)

    def power_of(self, part: Readings, series: np.ndarray) -> np.ndarray:
        """Power of some series at the stamps of a part of the stretch (len(series), T) [MW]."""
        first, last = _places(part)
        low, high = first // DAY, -(-last // DAY)
        whole = self.power[low:high, series].transpose(1, 0, 2).reshape(len(series), (high - low) * DAY)
        return whole[:, first - low * DAY : last - low * DAY]

    def power_together(self, part: Readings, codes: np.ndarray, count: int) -> np.ndarray:
        """Power of series put together (count, T) [MW], NaN where none of a sum is known.

        Parameters
        ----------
        codes : (S,) which sum each series is part of, -1 = none.
        """
        series = np.flatnonzero(codes >= 0)
        every = np.arange(len(series))
        return sum_units(self.power_of(part, series), every, np.full(len(series), AS_READ), codes[series], count)

    def counts_of(self, part: Readings) -> np.ndarray:
        """Readings of each unit of a part of the stretch (K,)."""
        assert part.keep is not None
        first, last = _places(part)
        low, high = -(-first // DAY), last // DAY
        edges = [(first, low * DAY), (high * DAY, last)] if low <= high else [(first, last)]
        counts = self.counts[low : max(low, high)].sum(axis=0, dtype=np.int64)[part.keep]
        for begin, end in edges:
            if begin == end:
                continue
            of_day = self.counts[begin // DAY][part.keep]
            counts[of_day == DAY] += end - begin
            for place in np.flatnonzero((of_day > 0) & (of_day < DAY)).tolist():
                cut = part.unit(place)[begin - first : end - first]
                counts[place] += len(cut) - np.count_nonzero(np.isnan(cut))
        return counts


keepable(IntervalSums)


def kept_intervals(table: UnitTable, part: Readings) -> IntervalSums | None:
    """The sums of the stretch that SCADA readings lie in; None where nobody kept them."""
    stretch = part.within
    if stretch is None or part.keep is None or not _in_days(stretch):
        return None
    found: IntervalSums | None = kept_sums.mapped(key_of(KIND, table, stretch))
    return found


def intervals_to_keep(snapshot: Snapshot) -> Iterator[tuple[Hashable, Callable[[], IntervalSums]]]:
    """The sums of every month but the newest, which the next publication would change: key and what makes them."""
    table = unit_table(snapshot)
    for chunk in snapshot.chunks(DATASET)[:-1]:
        for begin, end, rows in table.spans(chunk):
            stop_if_unwanted()
            stretch = Stretch(chunk, begin, end, rows)
            if _in_days(stretch):
                yield key_of(KIND, table, stretch), partial(interval_sums, table, stretch)


def interval_sums(table: UnitTable, stretch: Stretch) -> IntervalSums:
    """What the units of a stretch of whole days add up to."""
    index: dict[tuple[str, str], int] = {}
    codes = np.array([index.setdefault((region, fuel), len(index)) for region, fuel, _ in table.kinds], int)
    rows, values = stretch.rows, stretch.values
    days = (stretch.end - stretch.begin) // DAY
    counts = DAY - np.isnan(values).reshape(len(rows), days, DAY).sum(axis=2, dtype=np.uint16)
    live = counts.any(axis=1)
    units, parts, series = terms(
        table.role[rows],
        np.where(live, codes[table.gives[rows]], -1),
        np.where(live, codes[table.takes[rows]], -1),
    )
    used, packed = np.unique(series, return_inverse=True)
    power = sum_units(values, units, parts, packed, len(used)).reshape(len(used), days, DAY)
    keys = list(index)
    return IntervalSums(
        "\n".join("\t".join(keys[code]) for code in used.tolist()),
        np.ascontiguousarray(power.transpose(1, 0, 2)),
        np.ascontiguousarray(counts.T),
    )


def _in_days(stretch: Stretch) -> bool:
    return stretch.begin % DAY == 0 and stretch.end % DAY == 0 and stretch.chunk.dataset == DATASET


def _places(part: Readings) -> tuple[int, int]:
    """Positions of a part's first stamp and of the one after its last, in its stretch."""
    assert part.within is not None
    first = part.first - part.within.begin
    return first, first + len(part.times)
