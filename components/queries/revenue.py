"""Energy, spot revenue, capture price and capacity factor by any grouping of units."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import param

from components.market_time import SETTLEMENT_CHANGE, Window
from components.metrics.prices import settlement_price
from components.metrics.revenue import UnitSums, capacity_factor, capture_price, ratio
from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.monthly import money_of_rooftop, money_of_units
from components.queries.pooling import FIELDS, Collected, Groups, PoolFigures, UnitPool
from components.queries.rated import rated_sums
from components.queries.regional import STEP, aligned, blocks
from components.queries.units import Readings, matching, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS, NEM, REGIONS

GROUPS = ("region", "fuel", "fueltech", "station", "duid", "owner")
_ROOFTOP = {"fuel": "rooftop", "fueltech": "solar_rooftop"}


@register
class Revenue(PeriodQuery):
    """Energy and spot revenue of groups of units over a window."""

    route = "analysis/revenue"
    page = "revenue"
    title = "Revenue"
    description = (
        "Energy, gross spot revenue, capture price and capacity factor, summed at the 5-minute interval at the price of "
        "each unit's region. Gross: before loss factors (unless loss_adjusted), FCAS and contracts. Storage stands in "
        "one row: energy is its discharge, load its charging, revenue is net of what its load paid."
    )
    row_columns = {
        "region": ("", "Region (with by=region); NEM with region=NEM; empty where a unit's is unknown"),
        "fuel": ("", "Fuel (with by=fuel)"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
        "station": ("", "Station (with by=station)"),
        "duid": ("", "Unit (with by=duid)"),
        "owner": ("", "Owner (with by=owner)"),
        "energy_mwh": ("MWh", "Energy generated; small negatives of generators kept; storage: discharge"),
        "load_mwh": ("MWh", "Energy consumed by loads and storage, positive"),
        "revenue": ("$", "Gross spot revenue, net of load_cost"),
        "load_cost": ("$", "What the load paid at spot; negative where it was paid to consume"),
        "capture_price": ("$/MWh", "Revenue of generation / energy, over intervals with both; null without energy"),
        "capacity_mw": (
            "MW",
            "Registered generating capacity of the group's units with a reading; null where none is known",
        ),
        "capacity_factor": ("", "Energy / (capacity x hours registered and read), pooled over units"),
        "coverage": ("", "Share of the expected readings that have both power and price"),
    }
    examples = ("last=7d&by=region&by=fuel", "last=30d&by=station&fuel=wind", "last=1y&by=owner&region=NSW1")

    by = Choices(
        default=["fuel"], objects=GROUPS, doc="Grouping; one or more of region, fuel, fueltech, station, duid, owner."
    )
    region = Names(
        default=[], vocabulary="region", doc="Regions; none = all, NEM = all as one, whatever else is named."
    )
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels; storage belongs to battery and battery_charging.")
    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")
    basis: Any = param.Selector(
        default="dispatch",
        objects=["dispatch", "settlement"],
        doc="Price each 5 minutes at its own price, or before October 2021 at the mean of its half hour, as it was settled.",
    )
    loss_adjusted = param.Boolean(default=False, doc="Multiply money by the marginal loss factor where it is known.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        sizes = {"region": 7, "fuel": len(FUELS), "fueltech": len(FUELTECHS)}
        if set(self.by) <= set(sizes):
            return int(np.prod([sizes[b] for b in self.by]))
        return 2 * len(unit_table(snapshot).duid)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        return RevenuePool(self, snapshot).result()


MOST_SHARED = 512
"""Units x stretches that are held on to for another grouping of the same: six units over seven years."""
MOST_COLLECTED = 4
"""Windows and units held on to; some 0.1 MB each."""


@dataclass(frozen=True, eq=False)
class _Collected:
    """What few units added up to over a window: the same for a station and for its units."""

    pool: Collected
    rated: tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...]
    without_loss_factor: frozenset[str]


_collected: WeakKeyDictionary[Snapshot, OrderedDict[Hashable, _Collected]] = WeakKeyDictionary()
_lock = Lock()


class RevenuePool:
    """Numerators and denominators pooled over units; divided once, at the end.

    ``groups``, ``window`` and ``chosen`` rows are those of the question unless others are given.
    """

    def __init__(
        self, query: Revenue, snapshot: Snapshot, groups: Groups | None = None, window: Window | None = None,
        chosen: np.ndarray | None = None,
    ):  # fmt: skip
        self.query, self.snapshot = query, snapshot
        self.window: Window = window or query.window(snapshot)
        self.table = unit_table(snapshot)
        self.groups = Groups(query.by, self.table, one_market=NEM in query.region) if groups is None else groups
        filters = {name: getattr(query, name) for name in ("region", "fuel", "station", "duid", "owner")}
        self.chosen = matching(self.table, **filters) if chosen is None else chosen
        self.pool = UnitPool(self.table, self.window, self.groups, self.chosen, spare=len(REGIONS) + 1)
        self.rated_energy, self.rated_hours = np.zeros(self.pool.size), np.zeros(self.pool.size)
        self.rooftop: dict[tuple[str, int], int] = {}
        self.without_loss_factor: set[str] = set()
        self._rated: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def price(self, times: np.ndarray) -> np.ndarray:
        """Prices of the five regions on these stamps (5, T), on the basis asked for."""
        if self.query.basis == "dispatch" or times[0] > np.datetime64(SETTLEMENT_CHANGE):
            return aligned(self.snapshot, "price", "rrp", times, REGIONS)
        # Whole half hours, also where the window or the registry cuts one.
        half = np.timedelta64(30, "m")
        origin = np.datetime64("1970-01-01", "us")
        low = origin + ((times[0] - STEP - origin) // half) * half
        high = origin + (-((origin - times[-1]) // half)) * half
        whole = np.arange(low + STEP, high + STEP, STEP)
        price = aligned(self.snapshot, "price", "rrp", whole, REGIONS)
        mean = settlement_price(whole, price)
        settled = np.where(whole <= np.datetime64(SETTLEMENT_CHANGE), mean, price)
        return settled[:, (times - whole[0]) // STEP]

    def add(self, part: Readings) -> None:
        """Add a stretch of readings."""
        table, rows = self.table, part.rows
        factor = np.where(np.isnan(table.mlf[rows]), 1.0, table.mlf[rows]) if self.query.loss_adjusted else None
        sums = money_of_units(self.snapshot, table, part, self.query.basis, lambda: self.price(part.times))
        sums = self.pool.add_sums(part, sums, factor)
        if factor is not None:
            unknown = np.isnan(table.mlf[rows]) & (sums.readings > 0)
            self.without_loss_factor.update(table.duid[rows][unknown])
        self.add_capacity(part, sums)

    def add_capacity(self, part: Readings, sums: UnitSums) -> None:
        """Energy and capacity-hours of units with a known capacity, within their registration."""
        self._rated.append((part.rows, *rated_sums(self.table, part, sums)))

    def add_rooftop(self) -> None:
        """Rooftop solar as a fuel without capacity, where groups are regions or fuels."""
        q = self.query
        if not set(q.by) <= {"region", "fuel", "fueltech"} or q.station or q.duid or q.owner:
            return
        if q.fuel and "rooftop" not in q.fuel:
            return
        for block in blocks(self.snapshot, "rooftop", "mw", self.window, REGIONS):
            sums = money_of_rooftop(self.snapshot, block, q.basis, partial(self.price, block.times))
            for i, region in enumerate(REGIONS):
                wanted = not q.region or NEM in q.region or region in q.region
                if not wanted or not sums.readings[i]:
                    continue
                code = self.rooftop_code(region)
                self.pool.sums[:, code] += sums.stack()[:, i]
                self.rooftop[region, code] = self.rooftop.get((region, code), 0) + int(sums.readings[i])

    def rooftop_code(self, region: str) -> int:
        """The group that a region's rooftop solar belongs to."""
        named = {"region": NEM if NEM in self.query.region else region, **_ROOFTOP}
        return self.groups.code(tuple(named[b] for b in self.query.by))

    def collect(self) -> None:
        """Read everything; what few units add up to is held on to for another grouping of the same."""
        few = self.chosen.tobytes() if self.chosen is not None else None
        window, query = self.window, self.query
        key = (window.start, window.end, window.calendar, query.basis, query.loss_adjusted, few)
        with _lock:
            known = _collected.setdefault(self.snapshot, OrderedDict())
            found = known.get(key)
        if found is not None:
            self.pool.take_over(found.pool)
            self._rated, self.without_loss_factor = list(found.rated), set(found.without_loss_factor)
        else:
            for part in readings(self.snapshot, self.window, self.chosen):
                self.add(part)
            made = self.pool.collected()
            if few is not None and made is not None and sum(len(rows) for rows, *_ in self._rated) <= MOST_SHARED:
                with _lock:
                    known[key] = _Collected(made, tuple(self._rated), frozenset(self.without_loss_factor))
                    while len(known) > MOST_COLLECTED:
                        known.popitem(last=False)
        if self._rated:
            rows, energy, hours = (np.concatenate(columns) for columns in zip(*self._rated, strict=True))
            self.rated_energy += self.pool.spread(self.groups.codes[rows], energy)
            self.rated_hours += self.pool.spread(self.groups.codes[rows], hours)
        self.add_rooftop()

    def expected(self) -> np.ndarray:
        """Readings that each group should have."""
        expected = self.pool.expected()
        for (_, code), count in self.rooftop.items():
            expected[code] += max(count, self.window.expected)
        return expected

    def figures(self) -> PoolFigures:
        """Everything the answer holds, but for its frame."""
        self.collect()
        expected, capacity = self.expected(), self.pool.rated(self.table.capacity_mw)
        s = dict(zip(FIELDS, self.pool.sums, strict=True))
        priced = s["priced"] > 0
        numbers = {
            "energy_mwh": s["energy"],
            "load_mwh": s["load"],
            "revenue": np.where(priced, s["earned"] - s["paid"], np.nan),
            "load_cost": np.where(priced, s["paid"], np.nan),
            "capture_price": capture_price(s["earned"], s["energy_priced"]),
            "capacity_mw": capacity,
            "capacity_factor": capacity_factor(self.rated_energy, self.rated_hours),
            "coverage": ratio(s["priced"], expected),
        }
        return PoolFigures(
            self.groups.ordered(np.flatnonzero(s["readings"] > 0)), numbers, int(expected.sum()) or self.window.expected,
            int(s["readings"].sum()), tuple(self.notes(s)),
        )  # fmt: skip

    def result(self) -> Result:
        """The answer."""
        q, found = self.query, self.figures()
        columns: dict[str, object] = dict(self.groups.columns(found.order))
        columns |= {name: values[found.order] for name, values in found.numbers.items()}
        units = {name: self.query.row_columns[name][0] for name in found.numbers}
        return Result(
            pd.DataFrame(columns), units, self.window.start, self.window.end, tuple(q.by), "", "",
            found.expected, found.present, self.snapshot.version, self.snapshot.sources, found.notes,
        )  # fmt: skip

    def notes(self, sums: dict[str, np.ndarray]) -> list[str]:
        """What the reader of these figures must know."""
        notes = ["Revenue is gross spot revenue: before " +
                 ("" if self.query.loss_adjusted else "loss factors, ") + "FCAS and contracts."]  # fmt: skip
        unpriced = int(sums["readings"].sum() - sums["priced"].sum())
        if unpriced:
            notes.append(f"{unpriced} readings have no price: their energy counts, their revenue is missing.")
        if self.without_loss_factor:
            notes.append(f"{len(self.without_loss_factor)} units have no known loss factor; 1 was used.")
        if self.rooftop:
            notes.append("Rooftop solar is an estimate, valued at the regional price; it is not paid at spot.")
        return notes
