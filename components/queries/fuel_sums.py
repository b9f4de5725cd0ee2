"""What is added up over a window for each region and fuel: energy, money, capacity-hours, emissions, readings.

Series and signs are those of ``generation/by-fuel``: storage is split, loads are negative, rooftop of the market counts
where that of every region is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from components.market_time import HOURS_PER_DISPATCH, Window
from components.metrics.fuels import emissions
from components.metrics.generation import NEGATIVE, POSITIVE, signed
from components.metrics.revenue import unit_sums
from components.queries.generation import INTERCHANGE, ROOFTOP
from components.queries.monthly import money_of_rooftop, money_of_units, rooftop_of_month
from components.queries.pooling import FIELDS
from components.queries.rated import rated_sums
from components.queries.regional import aligned, blocks, months, regions_asked
from components.queries.units import Readings, UnitCoverage, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import GENERATOR, LOAD, NEM, REGIONS

SUMS = (
    "energy", "priced", "money", "rated_energy", "capacity_hours", "tonnes", "with_factor", "price_readings",
    "factor_readings", "present", "expected",
)  # fmt: skip
"""What is added up for each series; loads' energy and money are negative, ``capacity_hours`` is in MWh.

``price_readings``/``factor_readings`` count readings with a price, or of units with an emissions factor: without any, money or
emissions are unknown; a unit that stands still has 0 of them.
"""

MOST_WAITING = 16_384
"""Units x stretches that are put together at once."""
Key = tuple[str, str, str]
"""Region, fuel, fuel technology of a series ("" for the technology where fuels are not told apart further)."""


class Known(NamedTuple):
    """What is known of a stretch of ``rows`` series: ``stamps`` at which any has a reading, ``readings`` of all."""

    rows: int
    stamps: int
    readings: int

    @classmethod
    def of(cls, there: np.ndarray) -> Known:
        """From which readings (rows, T) there are."""
        return cls(len(there), int(there.any(axis=0).sum()), int(there.sum()))


class FuelSums:
    """Sums by fuel technology and layer: a region, several put together, the market, units without a region.

    Parameters
    ----------
    region : regions asked for, as in ``generation/by-fuel``.
    interchange : with imports and exports.
    together : the regions named are one layer, called ``NSW1+VIC1``.

    Attributes
    ----------
    priceless : readings without a price.
    """

    def __init__(
        self, snapshot: Snapshot, window: Window, region: Sequence[str], *, interchange: bool, together: bool = False
    ):
        self.snapshot, self.window, self.region = snapshot, window, list(region)
        self.table = unit_table(snapshot)
        self.layers = _layers(region, self.table.region.tolist(), together)
        self.kinds: dict[Key, np.ndarray] = {}
        self.regional: dict[Key, np.ndarray] = {}
        self.own_hours: dict[Key, float] = {}
        self.stamps: dict[str, int] = {}
        self.priceless = 0
        self._expected = window.expected
        self._homes: dict[tuple[str, ...], np.ndarray] = {}
        self._waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
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
        waiting = 0
        coverage = UnitCoverage(table, self.window, chosen)
        for part in readings(self.snapshot, self.window, chosen):
            self._add_part(part, coverage)
            waiting += len(part.rows)
            if waiting > MOST_WAITING:
                waiting = self._put_together(by_kind)
        self._put_together(by_kind)
        rows, intervals = coverage.expected()
        for side, other in ((table.gives, LOAD), (table.takes, GENERATOR)):
            mine = table.role[rows] != other
            np.add.at(by_kind[SUMS.index("expected")], side[rows[mine]], intervals[mine])
        present = by_kind[SUMS.index("present")]
        for kind, key in enumerate(table.kinds):
            if present[kind] > 0:
                self.kinds[key] = by_kind[:, kind]

    def _put_together(self, by_kind: np.ndarray) -> int:
        """Spread the sums of many months over the kinds at once."""
        if self._waiting:
            rows, gives, takes = (np.concatenate(found, axis=-1) for found in zip(*self._waiting, strict=True))
            for side, parts, other in ((self.table.gives, gives, LOAD), (self.table.takes, takes, GENERATOR)):
                mine = self.table.role[rows] != other
                for at, values in enumerate(parts):
                    by_kind[at] += np.bincount(side[rows[mine]], values[mine], by_kind.shape[1])
        self._waiting = []
        return 0

    def _add_part(self, part: Readings, coverage: UnitCoverage) -> None:
        table, rows = self.table, part.rows
        sums = money_of_units(
            self.snapshot, table, part, "dispatch", lambda: aligned(self.snapshot, "price", "rrp", part.times, REGIONS)
        )
        coverage.add(part, sums.readings)
        rated_energy, capacity_hours = rated_sums(table, part, sums)
        tonnes, with_factor = emissions(sums.energy, table.emissions[rows])
        with_factors = np.where(np.isnan(table.emissions[rows]), 0.0, sums.readings)
        none = np.zeros(len(rows))
        gives = [
            sums.energy,
            sums.energy_priced,
            sums.earned,
            rated_energy,
            capacity_hours,
            tonnes,
            with_factor,
            sums.priced,
            with_factors,
        ]
        takes = [-sums.load, -sums.load_priced, -sums.paid, none, none, none, none, sums.priced, none]
        live = sums.readings > 0
        given, taken = (np.array([*parts, sums.readings])[:, live] for parts in (gives, takes))
        self._waiting.append((rows[live], given, taken))
        self.priceless += int((sums.readings - sums.priced)[live].sum())
        for layer, members in self.layers.items():
            own = live if members is None else live & self._within(members)[rows]
            self.stamps[layer] = self.stamps.get(layer, 0) + _stamps(part, sums.readings, own)

    def _within(self, members: tuple[str, ...]) -> np.ndarray:
        """Which rows of the registry stand in one of these regions."""
        if members not in self._homes:
            self._homes[members] = np.isin(self.table.region, members)
        return self._homes[members]

    # -- regional series -----------------------------------------------------------------------------

    def _add_regional(
        self, key: Key, energy: float, known: Known, priced: float = 0.0, money: float = 0.0, prices: float = 0.0
    ) -> None:
        """Add a stretch of a series that is no unit's."""
        if not known.stamps and key not in self.regional:
            return
        total = np.array([energy, priced, money, 0, 0, 0, 0, prices, 0, known.readings, 0], float)
        self.regional[key] = self.regional.get(key, np.zeros(len(SUMS))) + total
        self.regional[key][SUMS.index("expected")] = self._expected * known.rows
        self.own_hours[key] = self.own_hours.get(key, 0.0) + known.stamps * HOURS_PER_DISPATCH

    def _add_rooftop(self) -> None:
        """Rooftop solar of each region; of the market where that of every region is known."""

        def price(times: np.ndarray) -> np.ndarray:
            return aligned(self.snapshot, "price", "rrp", times, REGIONS)

        for month in months(self.snapshot, self.window, "rooftop"):
            read = partial(blocks, self.snapshot, "rooftop", "mw", month.window, REGIONS)
            if month.whole:
                own, length = rooftop_of_month(self.snapshot, month, "dispatch", price)
            else:
                block = next(read(), None)
                if block is None:
                    continue
                own = money_of_rooftop(self.snapshot, block, "dispatch", partial(price, block.times))
                length = len(block.times)
            complete = bool((own.readings == length).all())
            for layer, members in self.layers.items():
                rows = np.array([i for i, r in enumerate(REGIONS) if members is None or r in members], int)
                if complete and len(rows):  # known everywhere, so the market's is one series of as many readings
                    count = 1 if members is None else len(rows)
                    known, sums = Known(count, length, count * length), own.stack()[:, rows]
                else:
                    block = next(read())
                    values = block.values[rows]
                    if members is None:
                        values = np.where(np.isnan(values).any(axis=0), np.nan, values)
                    there = ~np.isnan(values)
                    known = Known.of(there[:1] if members is None else there)
                    sums = unit_sums(values, np.full(len(rows), GENERATOR, object), rows, price(block.times)).stack()
                of = dict(zip(FIELDS, sums.sum(axis=1).tolist(), strict=True))
                key = (layer, *ROOFTOP)
                self._add_regional(key, of["energy"], known, of["energy_priced"], of["earned"], of["priced"])

    def _add_interchange(self) -> None:
        """Imports and exports of every layer but the market."""
        for block in blocks(self.snapshot, "region", "net_interchange", self.window, REGIONS):
            for layer, members in self.layers.items():
                if members is None:
                    continue
                values = -block.values[
                    [i for i, r in enumerate(REGIONS) if r in members]
                ]  # NETINTERCHANGE is + for exports
                known = Known.of(~np.isnan(values))
                for (fuel, tech), part in zip(INTERCHANGE, (POSITIVE, NEGATIVE), strict=True):
                    energy = float(np.nansum(signed(values, part)) * HOURS_PER_DISPATCH)
                    self._add_regional((layer, fuel, tech), energy, known)

    # -- the answer ----------------------------------------------------------------------------------

    def gathered(self, *, fine: bool) -> dict[Key, np.ndarray]:
        """:data:`SUMS` by layer and fuel, technologies apart (``fine``) or put together."""
        out: dict[Key, np.ndarray] = {}
        found = [
            ((layer, fuel, tech), values)
            for (region, fuel, tech), values in self.kinds.items()
            for layer, members in self.layers.items()
            if members is None or region in members
        ]
        for (layer, fuel, tech), values in [*found, *self.regional.items()]:
            key = (layer, fuel, tech if fine else "")
            out[key] = out.get(key, np.zeros(len(SUMS))) + values
        return out

    def hours(self, key: Key) -> float:
        """Hours read of a series."""
        for (layer, fuel, _), hours in self.own_hours.items():
            if (layer, fuel) == key[:2]:
                return hours
        return self.stamps.get(key[0], 0) * HOURS_PER_DISPATCH


def _layers(region: Sequence[str], homes: Sequence[str], together: bool) -> dict[str, tuple[str, ...] | None]:
    """Name of each layer -> the regions it is made of; None = all, units without one included."""
    asked = regions_asked(region)
    if together and len(asked) > 1 and region and NEM not in asked:
        return {"+".join(asked): asked}
    strange = [] if region else sorted(set(homes) - set(REGIONS))
    return {layer: None if layer == NEM else (layer,) for layer in (*asked, *strange)}


def _stamps(part: Readings, counts: np.ndarray, own: np.ndarray) -> int:
    """Stamps of a stretch at which any of these units has a reading."""
    most = int(counts[own].max(initial=0))
    if not most or most == len(part.times):
        return most
    return int((~np.isnan(part.values[own])).any(axis=0).sum())
