"""Energy, spot revenue, capture price and capacity factor by any grouping of units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import SETTLEMENT_CHANGE, Window
from components.metrics.prices import settlement_price
from components.metrics.revenue import UnitSums, capacity_factor, capture_price, ratio, unit_sums
from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.regional import STEP, aligned, blocks
from components.queries.units import Readings, UnitTable, matching, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS, GENERATOR, LOAD, NEM, REGIONS

GROUPS = ("region", "fuel", "fueltech", "station", "duid", "owner")
_FIELDS = ("energy", "load", "energy_priced", "load_priced", "earned", "paid", "readings", "priced")
_ROOFTOP = {"fuel": "rooftop", "fueltech": "solar_rooftop"}
_BATTERY = {"battery_charging": "battery", "battery_discharging": "battery"}


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
        return _Pool(self, snapshot).result()


class _Groups:
    """The groups of a question: a code per registry row, and the names behind each code."""

    def __init__(self, by: list[str], table: UnitTable, *, one_market: bool):
        columns = []
        for word in by:
            values = getattr(table, word)
            if word == "region" and one_market:
                values = np.full(table.rows, NEM, object)
            elif word == "fuel":
                # A load's fuel is what it is registered as; storage is one row, whatever its DUIDs are.
                own = [
                    n[0] if r == LOAD else p[0]
                    for p, n, r in zip(table.positive, table.negative, table.role, strict=True)
                ]
                values = np.array([_BATTERY.get(f, f) for f in own], object)
            elif word == "fueltech":
                own = [
                    n[1] if r == LOAD else p[1]
                    for p, n, r in zip(table.positive, table.negative, table.role, strict=True)
                ]
                values = np.array([_BATTERY.get(f, f) for f in own], object)
            columns.append(values.tolist())
        self.by = by
        self._index: dict[tuple[str, ...], int] = {}
        self.codes = np.array([self.code(key) for key in zip(*columns, strict=True)], np.int64)

    def code(self, key: tuple[str, ...]) -> int:
        """The code of a group, a new one where it is new."""
        return self._index.setdefault(key, len(self._index))

    def __len__(self) -> int:
        return len(self._index)

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """Names of every group, by code."""
        return list(self._index)


class _Pool:
    """Numerators and denominators pooled over units; divided once, at the end."""

    def __init__(self, query: Revenue, snapshot: Snapshot):
        self.query, self.snapshot = query, snapshot
        self.window: Window = query.window(snapshot)
        self.table = unit_table(snapshot)
        self.groups = _Groups(query.by, self.table, one_market=NEM in query.region)
        space = len(self.groups) + len(REGIONS) + 1
        self.sums = np.zeros((len(_FIELDS), space))
        self.rated_energy, self.rated_hours = np.zeros(space), np.zeros(space)
        self.readings = np.zeros(space)
        # One unit in one group: its readings, and the registry row that held last.
        self.members: dict[tuple[int, int], tuple[float, int]] = {}
        self.rooftop: dict[tuple[str, int], int] = {}
        self.without_loss_factor: set[str] = set()

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
        """Add a stretch of readings.

        A unit's sums over a whole month depend on the version alone: rollups stored with it would be read here.
        """
        table, rows = self.table, part.rows
        place = {r: i for i, r in enumerate(REGIONS)}
        region = np.array([place.get(r, -1) for r in table.region[rows]], np.int64)
        sums = unit_sums(part.values, table.role[rows], region, self.price(part.times))
        if self.query.loss_adjusted:
            factor = np.where(np.isnan(table.mlf[rows]), 1.0, table.mlf[rows])
            sums.earned *= factor
            sums.paid *= factor
            unknown = np.isnan(table.mlf[rows]) & (sums.readings > 0)
            self.without_loss_factor.update(table.duid[rows][unknown])
        codes = self.groups.codes[rows]
        live = sums.readings > 0
        size = self.sums.shape[1]
        for i, column in enumerate(sums.stack()):
            self.sums[i] += np.bincount(codes[live], column[live], size)
        self.add_capacity(part, sums, codes)
        for unit, code, row, count in zip(
            table.unit[rows][live].tolist(), codes[live].tolist(), rows[live].tolist(), sums.readings[live].tolist(),
            strict=True,
        ):  # fmt: skip
            known, _ = self.members.get((unit, code), (0.0, row))
            self.members[unit, code] = (known + count, row)

    def add_capacity(self, part: Readings, sums: UnitSums, codes: np.ndarray) -> None:
        """Energy and capacity-hours of units with a known capacity, within their registration."""
        table, rows = self.table, part.rows
        capacity = table.capacity_mw[rows]
        rated = (capacity > 0) & (table.role[rows] != LOAD) & (sums.readings > 0)
        energy, count = sums.energy.copy(), sums.readings.copy()
        first, last = part.times[0] - STEP, part.times[-1]
        outside = rated & ((table.registered_from[rows] > first) | (table.registered_to[rows] < last))
        for k in np.flatnonzero(outside):
            inside = (part.times > table.registered_from[rows[k]]) & (part.times <= table.registered_to[rows[k]])
            own = unit_sums(
                part.values[k : k + 1, inside], table.role[rows[k : k + 1]], np.array([-1]), np.empty((0, inside.sum()))
            )
            energy[k], count[k] = own.energy[0], own.readings[0]
        size = self.sums.shape[1]
        self.rated_energy += np.bincount(codes[rated], energy[rated], size)
        self.rated_hours += np.bincount(codes[rated], (capacity * count)[rated] * 5 / 60, size)

    def add_rooftop(self) -> None:
        """Rooftop solar as a fuel without capacity, where groups are regions or fuels."""
        q = self.query
        if not set(q.by) <= {"region", "fuel", "fueltech"} or q.station or q.duid or q.owner:
            return
        if q.fuel and "rooftop" not in q.fuel:
            return
        for block in blocks(self.snapshot, "rooftop", "mw", self.window, REGIONS):
            wanted = np.array([not q.region or NEM in q.region or r in q.region for r in REGIONS])
            values = np.where(wanted[:, None], block.values, np.nan)
            sums = unit_sums(values, np.full(5, GENERATOR, object), np.arange(5), self.price(block.times))
            for i, region in enumerate(REGIONS):
                if not sums.readings[i]:
                    continue
                named = {"region": NEM if NEM in q.region else region, **_ROOFTOP}
                code = self.groups.code(tuple(named[b] for b in q.by))
                self.sums[:, code] += sums.stack()[:, i]
                self.rooftop[region, code] = self.rooftop.get((region, code), 0) + int(sums.readings[i])

    def result(self) -> Result:
        q, table = self.query, self.table
        chosen = matching(table, region=q.region, fuel=q.fuel, station=q.station, duid=q.duid, owner=q.owner)
        for part in readings(self.snapshot, self.window, chosen):
            self.add(part)
        self.add_rooftop()
        size = self.sums.shape[1]
        expected, capacity = np.zeros(size), np.full(size, np.nan)
        last = np.array([row for _, row in self.members.values()], np.int64)
        should = table.expected(last, self.window)
        for (_, code), (count, row), most in zip(self.members, self.members.values(), should.tolist(), strict=True):
            expected[code] += max(count, most)
            mw = table.capacity_mw[row]
            if table.role[row] != LOAD and not np.isnan(mw):
                capacity[code] = mw + (0.0 if np.isnan(capacity[code]) else capacity[code])
        for (_, code), count in self.rooftop.items():
            expected[code] += max(count, self.window.expected)
        s = dict(zip(_FIELDS, self.sums, strict=True))
        found = np.flatnonzero(s["readings"] > 0)
        keys = self.groups.keys
        order = sorted(found.tolist(), key=lambda c: _rank(q.by, keys[c]))
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
        columns: dict[str, object] = {
            word: pd.Categorical([keys[c][i] for c in order], categories=list(dict.fromkeys(keys[c][i] for c in order)))
            for i, word in enumerate(q.by)
        }
        columns |= {name: values[order] for name, values in numbers.items()}
        units = {name: self.query.row_columns[name][0] for name in numbers}
        return Result(
            pd.DataFrame(columns), units, self.window.start, self.window.end, tuple(q.by), "", "",
            int(expected.sum()) or self.window.expected, int(s["readings"].sum()),
            self.snapshot.version, self.snapshot.sources, tuple(self.notes(s)),
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


def _rank(by: list[str], key: tuple[str, ...]) -> tuple:
    orders = {"region": [*REGIONS, "", NEM], "fuel": list(FUELS), "fueltech": list(FUELTECHS)}
    rank = []
    for word, value in zip(by, key, strict=True):
        order = orders.get(word, [])
        rank.append((order.index(value) if value in order else len(order), value))
    return tuple(rank)
