"""What each row of the registry added up to over a window: read once, then put together by any grouping.

Groupings, their order and their filters only choose and add a few hundred rows, so a pivot table over years answers
at once. Rooftop solar, which no unit makes, is one row more for each region.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from components.market_time import Window
from components.metrics.revenue import capacity_factor, capture_price, ratio
from components.queries.flat_prices import flat_prices
from components.queries.monthly import regions_of
from components.queries.pooling import FIELDS, Groups
from components.queries.remembering import goes_with_them
from components.queries.revenue import Revenue, RevenuePool
from components.queries.units import UnitTable, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS, LOAD, NEM, REGIONS

UNKNOWN = "unknown"
"""Name of the region or owner of units whose own is not known; as a filter it means these units."""
ROOFTOP = "Rooftop solar"
"""What rooftop solar is called where stations, units or owners are groups."""
NUMBERS = (
    "energy_mwh", "load_mwh", "revenue", "load_cost", "capture_price", "capture_rate", "capacity_factor", "capacity_mw",
    "coverage",
)  # fmt: skip
MOST_WINDOWS = 24
"""Windows remembered for a version of the data; 0.1 MB each for a registry of a thousand rows."""

_ORDERS = {"region": (*REGIONS, UNKNOWN, NEM), "fuel": tuple(FUELS), "fueltech": tuple(FUELTECHS)}
OF_ROOFTOP = {"fuel": "rooftop", "fueltech": "solar_rooftop", "station": ROOFTOP, "duid": ROOFTOP, "owner": ROOFTOP}
"""Group of rooftop solar in each column but the region's."""


class _EachRow(Groups):
    """Every row of the registry a group of its own."""

    def __init__(self, table: UnitTable):
        super().__init__((), table, one_market=False)
        self.codes = np.arange(table.rows)

    def __len__(self) -> int:
        return len(self.codes)


class _RowPool(RevenuePool):
    """What the revenue question collects, by row of the registry; the rows after the last are rooftop's."""

    def rooftop_code(self, region: str) -> int:
        return self.table.rows + REGIONS.index(region)


@dataclass(frozen=True, eq=False)
class RowTotals:
    """Sums of every registry row (and of rooftop by region, after them) over a window.

    ``sums`` (8, N) are :data:`~components.queries.pooling.FIELDS` [MWh, $, intervals], ``rated_energy`` and
    ``rated_hours`` (N,) the two sides of a capacity factor [MWh], ``expected`` (N,) the readings there should be,
    ``flat`` (5,) the mean price of each region [$/MWh], NaN where there is none.
    """

    table: UnitTable
    window: Window
    sums: np.ndarray
    rated_energy: np.ndarray
    rated_hours: np.ndarray
    expected: np.ndarray
    flat: np.ndarray
    without_loss_factor: frozenset[str]
    _names: dict[str, tuple[np.ndarray, list[str]]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """N: registry rows and five of rooftop."""
        return self.table.rows + len(REGIONS)

    def field(self, name: str) -> np.ndarray:
        """One of :data:`~components.queries.pooling.FIELDS` (N,)."""
        return self.sums[FIELDS.index(name)]

    def names(self, word: str) -> tuple[np.ndarray, list[str]]:
        """Each row's place (N,) among the distinct names of a grouping column, and these names in their order.

        Regions, fuels and technologies stand in the vocabulary's order, other names by letter.
        """
        if word not in self._names:
            groups = Groups((word,), self.table, one_market=False)
            own = [key[0] or UNKNOWN for key in groups.keys]
            every = [own[code] for code in groups.codes.tolist()]
            every += list(REGIONS) if word == "region" else [OF_ROOFTOP[word]] * len(REGIONS)
            order = {name: i for i, name in enumerate(_ORDERS.get(word, ()))}
            distinct = sorted(set(every), key=lambda name: (order.get(name, len(order)), name.casefold(), name))
            place = {name: i for i, name in enumerate(distinct)}
            self._names[word] = np.array([place[name] for name in every], np.int64), distinct
        return self._names[word]

    def chosen(self, mask: np.ndarray | None, *, rooftop: np.ndarray) -> np.ndarray:
        """(N,) bool from the registry rows asked for (None = all) and the regions whose rooftop solar is."""
        return np.concatenate([np.ones(self.table.rows, bool) if mask is None else mask, rooftop])

    def pooled(self, codes: np.ndarray, count: int, chosen: np.ndarray) -> dict[str, np.ndarray]:
        """The figures of each group: numerators and denominators are added up, then divided.

        Parameters
        ----------
        codes : (N,) group of each row, 0 … count-1.
        chosen : (N,) bool, the rows that count.

        Returns
        -------
        dict : :data:`NUMBERS`, and ``readings``, ``priced``, ``expected`` [5-minute intervals]; (count,) each.
        """
        table = self.table
        live = chosen & (self.field("readings") > 0)

        def add(values: np.ndarray, rows: np.ndarray = live) -> np.ndarray:
            return np.bincount(codes[rows], values[rows], count)

        sums = dict(zip(FIELDS, (add(values) for values in self.sums), strict=True))
        # A unit is expected in each of its rows that is asked for, as soon as it has a reading in one of them.
        seen = np.zeros(int(table.unit.max(initial=-1)) + 1, bool)
        units = live[: table.rows]
        seen[table.unit[units]] = True
        due = live.copy()
        due[: table.rows] = chosen[: table.rows] & seen[table.unit]
        priced = sums["priced"] > 0
        place = np.concatenate([regions_of(table, np.arange(table.rows)), np.arange(len(REGIONS))])
        mean = np.append(np.nan_to_num(self.flat), 0.0)[place]
        return {
            "energy_mwh": sums["energy"],
            "load_mwh": sums["load"],
            "revenue": np.where(priced, sums["earned"] - sums["paid"], np.nan),
            "load_cost": np.where(priced, sums["paid"], np.nan),
            "capture_price": capture_price(sums["earned"], sums["energy_priced"]),
            "capture_rate": ratio(sums["earned"], add(self.field("energy_priced") * mean)),
            "capacity_factor": capacity_factor(add(self.rated_energy), add(self.rated_hours)),
            "capacity_mw": self._capacity(codes, count, units),
            "coverage": ratio(sums["priced"], add(self.expected, due)),
            "readings": sums["readings"],
            "priced": sums["priced"],
            "expected": add(self.expected, due),
        }

    def _capacity(self, codes: np.ndarray, count: int, live: np.ndarray) -> np.ndarray:
        """Registered generating capacity of each group's units [MW]: one unit counts once, as its last row says."""
        table = self.table
        rows = np.flatnonzero(live)[::-1]  # a unit's rows stand in the order of their dates
        _, last = np.unique(np.stack([table.unit[rows], codes[rows]]), axis=1, return_index=True)
        rows = rows[last]
        rows = rows[(table.role[rows] != LOAD) & ~np.isnan(table.capacity_mw[rows])]
        known = np.bincount(codes[rows], minlength=count) > 0
        return np.where(known, np.bincount(codes[rows], table.capacity_mw[rows], count), np.nan)


_kept: WeakKeyDictionary[Snapshot, OrderedDict[Hashable, RowTotals]] = WeakKeyDictionary()
_lock = Lock()


def _forget() -> None:
    with _lock:
        _kept.clear()


goes_with_them(_forget)


def row_totals(
    snapshot: Snapshot, window: Window, *, basis: str = "dispatch", loss_adjusted: bool = False
) -> RowTotals:
    """What each registry row adds up to over a window; worked out once for a version of the data."""
    key = (window.start, window.end, window.calendar, basis, loss_adjusted)
    with _lock:
        kept = _kept.setdefault(snapshot, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    made = _make(snapshot, window, basis, loss_adjusted)
    with _lock:
        kept[key] = made
        while len(kept) > MOST_WINDOWS:
            kept.popitem(last=False)
    return made


def _make(snapshot: Snapshot, window: Window, basis: str, loss_adjusted: bool) -> RowTotals:
    calendar, table = window.calendar, unit_table(snapshot)
    everything = Revenue(
        start=window.start, end=window.end, month=list(calendar.months), hour=list(calendar.hours),
        weekday=list(calendar.weekdays), basis=basis, loss_adjusted=loss_adjusted,
    )  # fmt: skip
    pool = _RowPool(everything, snapshot, _EachRow(table))
    pool.collect()
    count = table.rows + len(REGIONS)
    return RowTotals(
        table, window, pool.pool.sums[:, :count], pool.rated_energy[:count], pool.rated_hours[:count],
        pool.expected()[:count], flat_prices(snapshot, window), frozenset(pool.without_loss_factor),
    )  # fmt: skip
