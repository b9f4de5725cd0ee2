"""What batteries bought and sold, and how hard they worked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.revenue import UnitSums, capacity_factor, capture_price, ratio
from components.metrics.storage import (
    carry_over,
    cycles_per_day,
    per_year,
    round_trip,
    spread,
    storage_roles,
    utilisation,
)
from components.queries.base import Result, register
from components.queries.battery_days import days_of_batteries
from components.queries.battery_groups import NONE, BatteryGroups, Stores
from components.queries.pooling import UnitPool
from components.queries.rated import rated_sums
from components.queries.regional import aligned
from components.queries.units import readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import LOAD, REGIONS

TORN = (
    "Where one half of an older pair of DUIDs stands without the other, money by capacity and utilisation are missing: "
    "by=station puts both together."
)


@register
class Batteries(BatteryGroups):
    """Energy, prices and cycles of batteries over a window."""

    route = "batteries"
    title = "Batteries"
    description = (
        "Discharge and charge of batteries, the prices they had, what they earned and how often they turned over. "
        "Every unit is split by sign at the 5-minute interval before anything is added; old pairs of a generating and "
        "a charging DUID stand in one row of their station. Charging at a negative price is income. Gross: before "
        "loss factors, FCAS and contracts. Figures by capacity and utilisation pool units whose capacity is known."
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
        "revenue_per_mwh_year": ("$/MWh", "Revenue / storage (MWh) / days with a reading and a price x 365"),
        "revenue_per_mw_year": ("$/MW", "Revenue / registered capacity (MW) / days with a reading and a price x 365"),
        "cycles_per_day": ("", "Discharge / storage / days with readings, pooled over units of known storage"),
        "round_trip": ("", "Discharge / charge; null where nothing was charged"),
        "round_trip_margin": (
            "",
            "Storage / charge of the units of known storage: how far what they held before and after can move round_trip",
        ),
        "capacity_factor": ("", "Discharge / (capacity x hours in which the unit was registered and has a reading)"),
        "utilisation_registered": ("", "(Discharge + charge) / (capacity x hours registered)"),
        "utilisation_reporting": ("", "(Discharge + charge) / (capacity x hours with a reading)"),
        "registered_hours": ("h", "Unit hours of the window in which what discharges was registered"),
        "reporting_hours": ("h", "Unit hours of the window in which what discharges has a reading"),
        "capacity_mw": ("MW", "Registered generating capacity of the group's units with a reading"),
        "storage_mwh": ("MWh", "Energy storage of the group's units with a reading, counted with what discharges"),
        "coverage": ("", "Share of the expected readings that have both power and price"),
    }
    examples = ("last=7d", "last=30d&by=region", "last=30d&by=none&hour=17-20", "region=SA1&by=duid")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.groups_at_most(snapshot)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, table = self.window(snapshot), unit_table(snapshot)
        groups, chosen = self.groups(snapshot), self.chosen(snapshot)
        pool, stores = UnitPool(table, window, groups, chosen), Stores(table, chosen)
        per_day = window.calendar.intervals_a_day
        every: list[tuple[np.ndarray, np.ndarray]] = []
        for part in readings(snapshot, window, chosen):
            if (days := days_of_batteries(snapshot, table, part)) is not None:
                sums = pool.add_sums(part, UnitSums(*days.sum(axis=2)))
            else:
                price = aligned(snapshot, "price", "rrp", part.times, REGIONS)
                sums = pool.add(part, storage_roles(table.role[part.rows]), price)
            every.append((part.rows, np.vstack([sums.stack(), *rated_sums(table, part, sums)])))
        more = {name: np.zeros(pool.size) for name in _MORE}
        if every:
            rows, sides = (np.concatenate(found, axis=-1) for found in zip(*every, strict=True))
            sums, codes = UnitSums(*sides[:-2]), groups.codes[rows]
            in_registration, rated_hours = sides[-2:]
            gives = table.role[rows] != LOAD
            storage = np.where(gives & stores.with_mwh[rows], table.storage_mwh[rows], 0.0)
            capacity = np.where(gives & stores.with_mw[rows], table.capacity_mw[rows], 0.0)
            net = sums.earned - sums.paid
            moved = sums.energy + sums.load
            for name, values in (
                ("turned", np.where(storage > 0, sums.energy, 0.0)),
                ("filled", np.where(stores.with_mwh[rows], sums.load, 0.0)),
                ("storage_days", storage * sums.readings / per_day),
                ("priced_storage_days", storage * sums.priced / per_day),
                ("priced_capacity_days", capacity * sums.priced / per_day),
                ("revenue_with_storage", np.where(stores.with_mwh[rows], net, 0.0)),
                ("revenue_with_capacity", np.where(stores.with_mw[rows], net, 0.0)),
                ("moved", np.where(stores.with_mw[rows], moved, 0.0)),
                ("reported", np.where(gives, sums.readings, 0.0)),
                ("capacity_reported", capacity * sums.readings),
                ("rated_energy", in_registration),
                ("rated_hours", rated_hours),
            ):
                more[name] += pool.spread(codes, values)
        order = groups.ordered(np.flatnonzero(pool.field("readings") > 0))
        numbers = self._numbers(pool, stores, more)
        columns: dict[str, object] = dict(groups.columns(order))
        columns |= {name: numbers[name][order] for name in self.row_columns if name in numbers}
        expected = int(pool.expected().sum())
        return Result(
            pd.DataFrame(columns), {name: self.row_columns[name][0] for name in columns if name in numbers},
            window.start, window.end, tuple(self.words), "", "", expected or window.expected,
            int(pool.field("readings").sum()), snapshot.version, snapshot.sources,
            tuple(self._notes(pool, bool(stores.torn(*pool.members, pool.size)[order].any()))),
        )  # fmt: skip

    @staticmethod
    def _numbers(pool: UnitPool, stores: Stores, more: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Every figure of every group, divided once."""
        table, priced = pool.table, pool.field("priced") > 0
        gives = table.role != LOAD
        capacity = np.where(gives & stores.with_mw, np.nan_to_num(table.capacity_mw), 0.0)
        whole = ~stores.torn(*pool.members, pool.size)
        discharge, charge = pool.field("energy"), pool.field("load")
        discharge_price = capture_price(pool.field("earned"), pool.field("energy_priced"))
        charge_price = capture_price(pool.field("paid"), pool.field("load_priced"))
        storage_mwh = pool.rated(table.storage_mwh)

        def of_whole(values: np.ndarray) -> np.ndarray:
            return np.where(whole, values, np.nan)

        def use(intervals: np.ndarray) -> np.ndarray:
            return of_whole(utilisation(more["moved"], np.zeros(pool.size), intervals * HOURS_PER_DISPATCH))

        return {
            "discharge_mwh": discharge,
            "charge_mwh": charge,
            "discharge_price": discharge_price,
            "charge_price": charge_price,
            "spread": spread(discharge_price, charge_price),
            "revenue": np.where(priced, pool.field("earned") - pool.field("paid"), np.nan),
            "cost": np.where(priced, pool.field("paid"), np.nan),
            "discharge_revenue": np.where(priced, pool.field("earned"), np.nan),
            "revenue_per_mwh_year": of_whole(per_year(more["revenue_with_storage"], more["priced_storage_days"])),
            "revenue_per_mw_year": of_whole(per_year(more["revenue_with_capacity"], more["priced_capacity_days"])),
            "cycles_per_day": cycles_per_day(more["turned"], more["storage_days"]),
            "round_trip": round_trip(discharge, charge),
            "round_trip_margin": carry_over(storage_mwh, more["filled"]),
            "capacity_factor": capacity_factor(more["rated_energy"], more["rated_hours"]),
            "utilisation_registered": use(pool.expected_times(capacity)),
            "utilisation_reporting": use(more["capacity_reported"]),
            "registered_hours": pool.expected_times(gives.astype(float)) * HOURS_PER_DISPATCH,
            "reporting_hours": more["reported"] * HOURS_PER_DISPATCH,
            "capacity_mw": pool.rated(table.capacity_mw),
            "storage_mwh": storage_mwh,
            "coverage": ratio(pool.field("priced"), pool.expected()),
        }

    @staticmethod
    def _notes(pool: UnitPool, torn: bool) -> list[str]:
        notes = [
            "Revenue is gross spot revenue: before loss factors, FCAS and contracts; it is net of what charging cost."
        ]
        unpriced = int(pool.field("readings").sum() - pool.field("priced").sum())
        if unpriced:
            notes.append(f"{unpriced} readings have no price: their energy counts, their revenue is missing.")
        return [*notes, TORN] if torn else notes


_MORE = (
    "turned", "filled", "storage_days", "priced_storage_days", "priced_capacity_days", "revenue_with_storage",
    "revenue_with_capacity", "moved", "reported", "capacity_reported", "rated_energy", "rated_hours",
)  # fmt: skip

__all__ = ["NONE", "Batteries"]
