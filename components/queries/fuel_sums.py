"""What is added up over a window for each region and fuel: energy, money, capacity-hours, emissions, readings.

Series and signs are those of ``generation/by-fuel``: storage is split, loads are negative, rooftop of the market counts
where that of every region is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from components.market_time import HOURS_PER_DISPATCH, Window
from components.metrics.fuels import emissions
from components.metrics.generation import NEGATIVE, POSITIVE, signed
from components.metrics.revenue import unit_sums
from components.queries.generation import INTERCHANGE, ROOFTOP
from components.queries.monthly import money_of_units
from components.queries.rated import rated_sums
from components.queries.regional import aligned, blocks, regions_asked
from components.queries.units import Readings, UnitCoverage, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import GENERATOR, LOAD, NEM, REGIONS

SUMS = (
    "energy", "priced", "money", "rated_energy", "capacity_hours", "tonnes", "with_factor", "present", "expected",
)  # fmt: skip
"""What is added up for each series; loads' energy and money are negative, ``capacity_hours`` is in MWh."""

Key = tuple[str, str, str]
"""Region, fuel, fuel technology of a series ("" for the technology where fuels are not told apart further)."""


class FuelSums:
    """Sums by series (region, fuel, technology); regions are put together at the end.

    Parameters
    ----------
    region : regions asked for, as in ``generation/by-fuel``.
    interchange : with imports and exports.

    Attributes
    ----------
    priceless : readings without a price.
    """

    def __init__(self, snapshot: Snapshot, window: Window, region: Sequence[str], *, interchange: bool):
        self.snapshot, self.window, self.region = snapshot, window, list(region)
        self.asked = regions_asked(region)
        self.table = unit_table(snapshot)
        self.sums: dict[Key, np.ndarray] = {}
        self.own_hours: dict[Key, float] = {}
        self.stamps: dict[str, int] = {}
        self.priceless = 0
        self._add_units()
        self._add_rooftop()
        if interchange:
            self._add_interchange()

    # -- units ---------------------------------------------------------------------------------------

    def _add_units(self) -> None:
        table = self.table
        chosen = None
        if self.region and NEM not in self.region:
            chosen = np.isin(table.region, self.region)
        by_kind = np.zeros((len(SUMS), len(table.kinds)))
        coverage = UnitCoverage(table, self.window, chosen)
        for part in readings(self.snapshot, self.window, chosen):
            self._add_part(part, by_kind, coverage)
        rows, intervals = coverage.expected()
        for side, other in ((table.gives, LOAD), (table.takes, GENERATOR)):
            mine = table.role[rows] != other
            np.add.at(by_kind[SUMS.index("expected")], side[rows[mine]], intervals[mine])
        present = by_kind[SUMS.index("present")]
        for kind, key in enumerate(table.kinds):
            if present[kind] > 0:
                self._add(key, by_kind[:, kind])

    def _add_part(self, part: Readings, by_kind: np.ndarray, coverage: UnitCoverage) -> None:
        table, rows = self.table, part.rows
        sums = money_of_units(
            self.snapshot, table, part, "dispatch", lambda: aligned(self.snapshot, "price", "rrp", part.times, REGIONS)
        )
        coverage.add(part, sums.readings)
        rated_energy, capacity_hours = rated_sums(table, part, sums)
        tonnes, with_factor = emissions(sums.energy, table.emissions[rows])
        none = np.zeros(len(rows))
        gives = [sums.energy, sums.energy_priced, sums.earned, rated_energy, capacity_hours, tonnes, with_factor]
        takes = [-sums.load, -sums.load_priced, -sums.paid, none, none, none, none]
        live = sums.readings > 0
        for side, parts, other in ((table.gives, gives, LOAD), (table.takes, takes, GENERATOR)):
            mine = live & (table.role[rows] != other)
            for at, values in enumerate([*parts, sums.readings]):
                np.add.at(by_kind[at], side[rows[mine]], values[mine])
        self.priceless += int((sums.readings - sums.priced)[live].sum())
        for region in self._layers():
            own = live if region == NEM else live & (table.region[rows] == region)
            self.stamps[region] = self.stamps.get(region, 0) + _stamps(part, sums.readings, own)

    def _layers(self) -> list[str]:
        """Regions of the answer; units without one have hours of their own."""
        return [*self.asked, *([] if self.region else [""])]

    def _add(self, key: Key, values: np.ndarray, hours: float | None = None) -> None:
        self.sums[key] = self.sums.get(key, np.zeros(len(SUMS))) + values
        if hours is not None:
            self.own_hours[key] = self.own_hours.get(key, 0.0) + hours

    # -- regional series -----------------------------------------------------------------------------

    def _add_rooftop(self) -> None:
        """Rooftop solar of each region; of the market where that of every region is known."""
        present: dict[str, int] = {}
        for block in blocks(self.snapshot, "rooftop", "mw", self.window, REGIONS):
            price = aligned(self.snapshot, "price", "rrp", block.times, REGIONS)
            everywhere = ~np.isnan(block.values).any(axis=0)
            for layer in self.asked:
                rows = np.arange(len(REGIONS)) if layer == NEM else np.array([REGIONS.index(layer)])
                values = np.where(everywhere, block.values, np.nan)[rows] if layer == NEM else block.values[rows]
                own = unit_sums(values, np.full(len(rows), GENERATOR, object), rows, price)
                count = int(own.readings.max(initial=0))
                if not count and layer not in present:
                    continue
                present[layer] = present.get(layer, 0) + count
                total = [own.energy.sum(), own.energy_priced.sum(), own.earned.sum(), 0, 0, 0, 0, count, 0]
                self._add((layer, *ROOFTOP), np.array(total, float), count * HOURS_PER_DISPATCH)
        for layer in present:
            self.sums[(layer, *ROOFTOP)][SUMS.index("expected")] = self.window.expected

    def _add_interchange(self) -> None:
        regions = [r for r in self.asked if r != NEM]
        if not regions:
            return
        for block in blocks(self.snapshot, "region", "net_interchange", self.window, regions):
            for region, values in zip(regions, block.values, strict=True):
                known = ~np.isnan(values)
                count = int(known.sum())
                if not count:
                    continue
                for (fuel, tech), part in zip(INTERCHANGE, (POSITIVE, NEGATIVE), strict=True):
                    # NETINTERCHANGE is + for exports.
                    energy = float(signed(-values[known], part).sum() * HOURS_PER_DISPATCH)
                    total = np.array([energy, 0, np.nan, 0, 0, 0, 0, count, 0])
                    self._add((region, fuel, tech), total, count * HOURS_PER_DISPATCH)
                    self.sums[(region, fuel, tech)][SUMS.index("expected")] = self.window.expected

    # -- the answer ----------------------------------------------------------------------------------

    def gathered(self, *, fine: bool) -> dict[Key, np.ndarray]:
        """:data:`SUMS` by the answer's keys: regions or the market, technologies apart (``fine``) or put together."""
        out: dict[Key, np.ndarray] = {}
        for (region, fuel, tech), values in self.sums.items():
            own = region in self.asked or (region not in (*REGIONS, NEM) and not self.region)
            units = fuel not in (ROOFTOP[0], *(f for f, _ in INTERCHANGE))
            for layer in [*([region] if own else []), *([NEM] if NEM in self.asked and units else [])]:
                key = (layer, fuel, tech if fine else "")
                out[key] = out.get(key, np.zeros(len(SUMS))) + values
        return out

    def hours(self, key: Key) -> float:
        """Hours read of a series."""
        region, fuel, _ = key
        for (own_region, own_fuel, _), hours in self.own_hours.items():
            if (own_region, own_fuel) == (region, fuel):
                return hours
        return self.stamps.get(region, 0) * HOURS_PER_DISPATCH


def _stamps(part: Readings, counts: np.ndarray, own: np.ndarray) -> int:
    """Stamps of a stretch at which any of these units has a reading."""
    most = int(counts[own].max(initial=0))
    if not most or most == len(part.times):
        return most
    return int((~np.isnan(part.values[own])).any(axis=0).sum())
