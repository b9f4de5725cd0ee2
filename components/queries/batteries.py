"""What batteries bought and sold, and how hard they worked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.errors import Problem
from components.metrics.revenue import capture_price, ratio
from components.metrics.storage import cycles_per_day, round_trip, spread, storage_roles
from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.pooling import Groups, UnitPool
from components.queries.regional import aligned
from components.queries.units import matching, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import LOAD, NEM, REGIONS

NONE = "none"


@register
class Batteries(PeriodQuery):
    """Energy, prices and cycles of batteries over a window."""

    route = "batteries"
    page = "batteries"
    title = "Batteries"
    description = (
        "Discharge and charge of batteries, the prices they had, what they earned and how often they turned over. "
        "Every unit is split by sign at the 5-minute interval before anything is added; old pairs of a generating and "
        "a charging DUID stand in one row of their station. Charging at a negative price is income. Gross: before "
        "loss factors, FCAS and contracts."
    )
    row_columns = {
        "station": ("", "Station (with by=station)"),
        "duid": ("", "Unit (with by=duid)"),
        "region": ("", "Region (with by=region); NEM with region=NEM; empty where a unit's is unknown"),
        "owner": ("", "Owner (with by=owner)"),
        "discharge_mwh": ("MWh", "Energy discharged"),
        "charge_mwh": ("MWh", "Energy charged, positive"),
        "discharge_price": ("$/MWh", "What a MWh discharged earned on average, over intervals with a price"),
        "charge_price": ("$/MWh", "What a MWh charged cost on average, over intervals with a price; can be negative"),
        "spread": ("$/MWh", "Discharge price - charge price"),
        "revenue": ("$", "Gross spot revenue, net of cost: discharge_revenue - cost"),
        "cost": ("$", "What charging cost at spot; negative where it was income"),
        "discharge_revenue": ("$", "What the discharge earned at spot"),
        "cycles_per_day": ("", "Discharge / storage / days with readings, pooled over units of known storage"),
        "round_trip": ("", "Discharge / charge; null where nothing was charged"),
        "capacity_mw": ("MW", "Registered generating capacity of the group's units with a reading"),
        "storage_mwh": ("MWh", "Energy storage of the group's units with a reading, counted with what discharges"),
        "coverage": ("", "Share of the expected readings that have both power and price"),
    }
    examples = ("last=7d", "last=30d&by=region", "last=30d&by=none&hour=17-20", "region=SA1&by=duid")

    by = Choices(
        default=["station"],
        objects=("station", "duid", "region", "owner", NONE),
        doc="Grouping; one or more of station, duid, region, owner; or none = one row for all.",
    )
    region = Names(
        default=[], vocabulary="region", doc="Regions; none = all, NEM = all as one, whatever else is named."
    )
    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")

    def check(self, snapshot: Snapshot) -> list[Problem]:
        problems = super().check(snapshot)
        if NONE in self.by and len(self.by) > 1:
            problems.append(Problem("by", ",".join(self.by), "none stands alone"))
        return problems

    def _chosen(self, snapshot: Snapshot) -> np.ndarray:
        """Registry rows of the batteries asked for."""
        table = unit_table(snapshot)
        kinds = ["battery", "battery_charging"]
        chosen = matching(table, region=self.region, fuel=kinds, station=self.station, duid=self.duid, owner=self.owner)
        return np.ones(table.rows, bool) if chosen is None else chosen

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return 1 if self.by == [NONE] else int(self._chosen(snapshot).sum())

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, table = self.window(snapshot), unit_table(snapshot)
        by = [word for word in self.by if word != NONE]
        groups = Groups(by, table, one_market=NEM in self.region)
        chosen = self._chosen(snapshot)
        pool = UnitPool(table, window, groups, chosen)
        turned, storage_days = np.zeros(pool.size), np.zeros(pool.size)
        for part in readings(snapshot, window, chosen):
            price = aligned(snapshot, "price", "rrp", part.times, REGIONS)
            sums = pool.add(part, storage_roles(table.role[part.rows]), price)
            storage, codes = table.storage_mwh[part.rows], groups.codes[part.rows]
            known = (storage > 0) & (table.role[part.rows] != LOAD)
            days = sums.readings / window.calendar.intervals_a_day
            turned += pool.spread(codes[known], sums.energy[known])
            storage_days += pool.spread(codes[known], (storage * days)[known])
        order = groups.ordered(np.flatnonzero(pool.field("readings") > 0))
        expected, priced = pool.expected(), pool.field("priced") > 0
        discharge_price = capture_price(pool.field("earned"), pool.field("energy_priced"))
        charge_price = capture_price(pool.field("paid"), pool.field("load_priced"))
        numbers = {
            "discharge_mwh": pool.field("energy"),
            "charge_mwh": pool.field("load"),
            "discharge_price": discharge_price,
            "charge_price": charge_price,
            "spread": spread(discharge_price, charge_price),
            "revenue": np.where(priced, pool.field("earned") - pool.field("paid"), np.nan),
            "cost": np.where(priced, pool.field("paid"), np.nan),
            "discharge_revenue": np.where(priced, pool.field("earned"), np.nan),
            "cycles_per_day": cycles_per_day(turned, storage_days),
            "round_trip": round_trip(pool.field("energy"), pool.field("load")),
            "capacity_mw": pool.rated(table.capacity_mw),
            "storage_mwh": pool.rated(table.storage_mwh),
            "coverage": ratio(pool.field("priced"), expected),
        }
        columns: dict[str, object] = dict(groups.columns(order))
        columns |= {name: values[order] for name, values in numbers.items()}
        return Result(
            pd.DataFrame(columns), {name: self.row_columns[name][0] for name in numbers}, window.start, window.end,
            tuple(by), "", "", int(expected.sum()) or window.expected, int(pool.field("readings").sum()),
            snapshot.version, snapshot.sources, tuple(self._notes(pool)),
        )  # fmt: skip

    @staticmethod
    def _notes(pool: UnitPool) -> list[str]:
        notes = [
            "Revenue is gross spot revenue: before loss factors, FCAS and contracts; it is net of what charging cost."
        ]
        unpriced = int(pool.field("readings").sum() - pool.field("priced").sum())
        if unpriced:
            notes.append(f"{unpriced} readings have no price: their energy counts, their revenue is missing.")
        return notes
