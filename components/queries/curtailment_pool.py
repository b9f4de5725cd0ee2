"""Curtailment added up over windows, by region and by unit; what whole months add up to is remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

import numpy as np

from components.market_time import HOURS_PER_DISPATCH, Window
from components.metrics.buckets import Axis, Means
from components.metrics.curtailment import BAND_EDGES, FIELDS, curtailed, economic, sums, sums_by_price
from components.queries.monthly import add_by_month, in_days, regions_of, remembered
from components.queries.regional import Month, aligned, blocks, months
from components.queries.units import Readings, UnitTable, readings
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

DATASET = "semi_scheduled"
FUELS_CURTAILED = ("wind", "solar")
HOW_TO_READ_UNITS = (
    "Forecasts of single units are not in the stored data. `aemo-dashboard ingest --source … --tables semi_scheduled` "
    "reads them from AEMO's DISPATCHLOAD and next-day dispatch reports (UIGF by unit: from 2024)."
)
UNIT_FIELDS = (*FIELDS, "capped_hours", "cap_hours", "readings")
"""What is added up of units besides: hours under a semi-dispatch cap and hours in which that is known [h], intervals."""
AT_ONCE = 16
"""Units whose month is in memory at the same time."""


def regional(
    snapshot: Snapshot, window: Window, fuel: str, keys: Sequence[str] = REGIONS
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Stamps (T,), forecast, target and price (regions, T) of a window's intervals that count, month by month."""
    for block in blocks(snapshot, "region", f"ss_{fuel}_uigf", window, keys):
        yield (
            block.times, block.values,
            aligned(snapshot, "region", f"ss_{fuel}_cleared", block.times, keys),
            aligned(snapshot, "price", "rrp", block.times, keys),
        )  # fmt: skip


def regional_sums(snapshot: Snapshot, window: Window, fuel: str) -> np.ndarray:
    """:data:`~components.metrics.curtailment.FIELDS` of each region over a window (fields, 5)."""
    return _by_month(snapshot, window, fuel, ("curtailed", fuel), sums, (len(FIELDS), len(REGIONS)))


def regional_sums_by_price(snapshot: Snapshot, window: Window, fuel: str) -> np.ndarray:
    """Hours, forecast and curtailed energy of each region in each price band over a window (3, 5, bands)."""
    shape = (3, len(REGIONS), len(BAND_EDGES) + 1)
    return _by_month(snapshot, window, fuel, ("curtailed by price", fuel), sums_by_price, shape)


def _by_month(
    snapshot: Snapshot, window: Window, fuel: str, name: Hashable, add_up: Callable[..., np.ndarray], shape: tuple[int, ...]
) -> np.ndarray:  # fmt: skip
    """Sums over a window of what ``add_up`` makes of forecast, target and price; of whole months remembered."""
    total = np.zeros(shape)
    for month in months(snapshot, window, "region", "price"):

        def added(month: Month = month) -> np.ndarray:
            parts = [add_up(u, c, p) for _, u, c, p in regional(snapshot, month.window, fuel)]
            return np.sum(parts, axis=0) if parts else np.zeros(shape)

        total += remembered((name, month.identity), added) if month.whole else added()
    return total


COLUMNS = ("uigf", "cleared", "curtailed", "economic", "network")
"""Powers of a region and fuel in an interval [MW]."""
PLACES = (*REGIONS, NEM)
Series = tuple[str, str]
"""Region (or NEM) and fuel."""


def regional_means(
    snapshot: Snapshot, window: Window, axis: Axis, series: Sequence[Series], columns: Sequence[str], how: str = "mean"
) -> dict[str, Means]:
    """Buckets of each series: of the columns named, and with ``money`` also what the money is divided by (``priced``).

    The NEM's are those of the sum of the five regions, each split at its own price, missing where one of them is.
    What the days of whole months add up to is remembered for every region and fuel.
    """
    names = (*columns, "priced") if "money" in columns else tuple(columns)
    every = [(r, f) for r in PLACES for f in FUELS_CURTAILED] if in_days(axis.interval) else list(series)
    found = {n: Means(len(every), axis, "mean" if n in ("money", "priced") else how) for n in names}
    fuels = list(dict.fromkeys(f for _, f in every))
    rows = {f: np.array([i for i, (_, own) in enumerate(every) if own == f]) for f in fuels}

    def add(part: Window, to: Mapping[str, Means]) -> None:
        for fuel in fuels:
            places = [every[i][0] for i in rows[fuel]]
            # Of a few regions only these are read.
            keys = REGIONS if NEM in places else tuple(dict.fromkeys(places))
            for times, uigf, cleared, price in regional(snapshot, part, fuel, keys):
                for name, values in _powers(uigf, cleared, price, names):
                    to[name].add(times, of_places(values, places, keys), rows[fuel])

    if len(axis):
        add_by_month(snapshot, window, ("region", "price"), ("curtailed", names), found, add)
    if len(every) == len(series):
        return found
    asked = [every.index(s) for s in series]
    parts = {n: Means(len(asked), axis, m.how) for n, m in found.items()}
    for name, part in parts.items():
        part.counts, part.totals = found[name].counts[asked], found[name].totals[asked]
    return parts


def _powers(
    uigf: np.ndarray, cleared: np.ndarray, price: np.ndarray, names: Sequence[str]
) -> Iterator[tuple[str, np.ndarray]]:
    """The columns of these names, one after the other."""
    lost = curtailed(uigf, cleared)
    cheap = economic(lost, price) if "economic" in names or "network" in names else lost
    for name in names:
        yield (
            name,
            uigf if name == "uigf" else cleared if name == "cleared" else lost if name == "curtailed"
            else cheap if name == "economic" else lost - cheap if name == "network"
            else lost * price if name == "money" else np.where(np.isnan(price), np.nan, lost),
        )  # fmt: skip


def of_places(values: np.ndarray, places: Sequence[str], keys: Sequence[str]) -> np.ndarray:
    """Rows of these places from those of the regions ``keys``; the NEM's is their sum, NaN where one is missing."""
    if list(places) == list(keys):
        return values
    return np.vstack([values.sum(axis=0) if r == NEM else values[keys.index(r)] for r in places])


def unit_readings(snapshot: Snapshot, window: Window, chosen: np.ndarray | None) -> Iterator[Readings]:
    """Forecasts of units in a window, as :func:`~components.queries.units.readings`."""
    return readings(snapshot, window, chosen, DATASET, "uigf")


def others_of(
    snapshot: Snapshot, table: UnitTable, rows: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Target, cap and price (K, T) beside the forecasts of these registry rows; no region, no price."""
    duids = table.duid[rows].tolist()
    cleared, cap = (aligned(snapshot, DATASET, c, times, duids) for c in ("cleared", "semi_dispatch_cap"))
    prices = np.vstack([aligned(snapshot, "price", "rrp", times, REGIONS), np.full(len(times), np.nan)])
    return cleared, cap, prices[regions_of(table, rows)]


def unit_sums(snapshot: Snapshot, table: UnitTable, part: Readings) -> np.ndarray:
    """:data:`UNIT_FIELDS` of each unit of a stretch (fields, K)."""

    def added(uigf: np.ndarray, rows: np.ndarray, times: np.ndarray) -> np.ndarray:
        parts = [np.empty((len(UNIT_FIELDS), 0))]
        for at in range(0, len(rows), AT_ONCE):
            some = slice(at, at + AT_ONCE)
            forecast = uigf[some].astype(np.float64)
            cleared, cap, price = others_of(snapshot, table, rows[some], times)
            known = ~(np.isnan(forecast) | np.isnan(cleared))
            capped = [(known & (cap > 0)).sum(axis=1), (known & ~np.isnan(cap)).sum(axis=1)]
            more = [*(HOURS_PER_DISPATCH * np.array(capped)), known.sum(axis=1)]
            parts.append(np.vstack([sums(forecast, cleared, price), *more]))
        return np.hstack(parts)

    stretch = part.stretch
    if stretch is None or part.keep is None:
        return added(part.values, part.rows, part.times)
    prices = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    key = (DATASET, prices, table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end)
    whole: np.ndarray = remembered(key, lambda: added(stretch.values, stretch.rows, stretch.times))
    return whole[:, part.keep]
