"""Power by region and fuel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import param

from components.market_time import Window, label_side
from components.metrics.buckets import HOW, KeyedMeans
from components.metrics.generation import NEGATIVE, POSITIVE, signed, sum_units, terms
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.grid import Grid
from components.queries.interval_sums import IntervalSums, kept_intervals
from components.queries.monthly import DAY, days_of_series, in_days, readings_of_units, rooftop_days
from components.queries.regional import REGION_ORDER, axis_of, blocks, months, regions_asked, shown_buckets
from components.queries.units import Readings, UnitCoverage, readings, unit_table
from components.store.snapshot import Block, Snapshot
from components.vocabulary import FUELS, FUELTECHS, GENERATOR, LOAD, NEM, REGIONS

ROOFTOP = ("rooftop", "solar_rooftop")
INTERCHANGE = (("imports", "imports"), ("exports", "exports"))
_FUEL_ORDER = {name: i for i, name in enumerate(FUELS)}
_TECH_ORDER = {name: i for i, name in enumerate(FUELTECHS)}

Key = tuple[str, str, str]
"""Region, fuel, fuel technology of a series ("" for the technology where fuels are not told apart further)."""


@register
class GenerationByFuel(WindowQuery):
    """Average power by region and fuel, loads below zero."""

    route = "generation/by-fuel"
    page = "generation"
    title = "Generation by fuel"
    description = (
        "Average power of each fuel in each region, from SCADA and the rooftop estimate. Loads (battery charging, "
        "pumps, exports) are negative. Bidirectional units are split before they are added or averaged."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region; NEM is the whole market, empty are units without a region"),
        "fuel": ("", "Fuel"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
        "mw": (
            "MW",
            "Average power over the interval (its lowest or highest with agg), null where no unit has a reading",
        ),
        "mwh": ("MWh", "Energy of the interval (agg=sum), in place of mw; the missing adds nothing"),
    }
    examples = (
        "last=1d&region=NSW1",
        "last=7d&interval=30m&region=NEM",
        "last=1d&by=fueltech&region=VIC1",
        "last=30d&interval=1d&agg=sum&hour=17-20",
    )

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one series for all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all.")
    by: Any = param.Selector(default="fuel", objects=["fuel", "fueltech"], doc="Fuels, or the finer fuel technologies.")
    agg: Any = param.Selector(
        default="mean",
        objects=list(HOW),
        doc="What a bucket shows of its 5-minute power: mean, min, max, or sum = energy (column mwh in place of mw).",
    )
    interchange = param.Boolean(
        default=False, doc="Add imports (+) and exports (-) of each region; the NEM as a whole has none."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * self.series_at_most(snapshot)

    def series_at_most(self, snapshot: Snapshot) -> int:
        """Upper bound of the number of series: what the registry has in these regions."""
        table, asked = unit_table(snapshot), regions_asked(self.region)
        at = 1 if self.by == "fueltech" else 0
        series = {(r, ROOFTOP[0]) for r in asked}
        series |= {(r, pair[0]) for r in asked for pair in INTERCHANGE if self.interchange}
        for region, *pair in table.kinds:
            if self.fuel and pair[0] not in self.fuel:
                continue
            if NEM in asked:
                series.add((NEM, pair[at]))
            if region in asked or (region not in REGIONS and not self.region):
                series.add((region, pair[at]))
        return len(series)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        return _ByFuel(self, snapshot).result()


def energy_and_readings(query: GenerationByFuel, snapshot: Snapshot) -> tuple[Result, dict[Key, int]]:
    """The answer, and how many 5-minute stamps of the window each of its series has a reading at."""
    query.ensure(snapshot)
    collected = _ByFuel(query, snapshot)
    result = collected.result()
    return result, {key: int(collected.means.readings(key).sum()) for key in cast(list[Key], collected.means.keys)}


class _ByFuel:
    """One answer in the making: series are opened as the data brings them up."""

    def __init__(self, query: GenerationByFuel, snapshot: Snapshot):
        self.query, self.snapshot = query, snapshot
        self.window: Window = query.window(snapshot)
        self.asked = regions_asked(query.region)
        self.fine = query.by == "fueltech"
        self.fuels = frozenset(query.fuel)
        self.axis = axis_of(snapshot, self.window, "scada", "rooftop", *(["region"] if query.interchange else []))
        self.means = KeyedMeans(self.axis, query.agg)
        self.expected = self.present = 0
        self.notes: list[str] = []
        self.days: dict[bool, list[tuple[list[Key], np.ndarray, np.ndarray, np.ndarray]]] = {}  # the market's or not

    def wants(self, fuel: str) -> bool:
        return not self.fuels or fuel in self.fuels

    def add(self, key: Key, times: np.ndarray, values: np.ndarray) -> None:
        self.means.add([key], times, values[None, :])

    # -- units ---------------------------------------------------------------------------------------

    def key_codes(self, layer: str) -> tuple[list[Key], np.ndarray, np.ndarray]:
        """Series of every registry row's generation and consumption in one layer: regions apart, or NEM."""
        table = unit_table(self.snapshot)
        index: dict[Key, int] = {}
        codes = np.full(len(table.kinds), -1)
        named = bool(self.query.region)
        for kind, (home, fuel, tech) in enumerate(table.kinds):
            region = NEM if layer == NEM else home
            # Units without a known region belong to no region asked for by name.
            elsewhere = layer != NEM and region not in self.asked and (named or region in REGIONS)
            if not elsewhere and self.wants(fuel):
                codes[kind] = index.setdefault((region, fuel, tech if self.fine else ""), len(index))
        return list(index), codes[table.gives], codes[table.takes]

    def add_units(self) -> None:
        table = unit_table(self.snapshot)
        apart = [self.key_codes("")] if any(r != NEM for r in self.asked) else []
        layers = apart + ([self.key_codes(NEM)] if NEM in self.asked else [])
        gives, takes = table.role != LOAD, table.role != GENERATOR
        chosen = np.zeros(table.rows, bool)
        for _, positive, negative in layers:
            chosen |= (gives & (positive >= 0)) | (takes & (negative >= 0))
        coverage = UnitCoverage(table, self.window, chosen)
        for part in readings(self.snapshot, self.window, chosen):
            counts = readings_of_units(table, part)
            kept = kept_intervals(table, part) if counts is None else None
            counts = coverage.add(part, kept.counts_of(part) if kept is not None else counts)
            live = counts > 0
            for keys, positive, negative in layers:
                if self.add_days(part, keys) or self.add_intervals(part, keys, kept or kept_intervals(table, part)):
                    continue
                units, kinds, series = terms(
                    table.role[part.rows],
                    np.where(live, positive[part.rows], -1),
                    np.where(live, negative[part.rows], -1),
                )
                used, packed = np.unique(series, return_inverse=True)
                sums = sum_units(part.values, units, kinds, packed, len(used))
                self.means.add([keys[code] for code in used.tolist()], part.times, sums)
        expected, present = coverage.totals()
        self.expected += expected
        self.present += present
        homeless = sorted(table.duid[coverage.rows][table.region[coverage.rows] == ""])
        if homeless and (not self.query.region or NEM in self.asked):
            shown = ", ".join(homeless[:5]) + (" …" if len(homeless) > 5 else "")
            self.notes.append(
                f"{len(homeless)} units without a known region ({shown}) are counted in the NEM and shown under an empty region."
            )

    def add_days(self, part: Readings, keys: Sequence[Key]) -> bool:
        """Add what whole days add up to, where that is enough; returns whether it was."""
        if self.query.agg not in ("mean", "sum") or not in_days(self.axis.interval) or not keys:
            return False
        days = days_of_series(unit_table(self.snapshot), part, market=keys[0][0] == NEM, fine=self.fine)
        if days is None:
            return False
        wanted = set(keys)
        rows = [i for i, key in enumerate(days.keys) if key in wanted]
        found = [days.keys[i] for i in rows], part.times[DAY - 1 :: DAY], days.totals[rows], days.counts[rows]
        self.days.setdefault(keys[0][0] == NEM, []).append(found)
        return True

    def put_days_together(self) -> None:
        """Spread the days of many months over the buckets at once."""
        for found in self.days.values():
            index = {key: i for i, key in enumerate(dict.fromkeys(key for keys, *_ in found for key in keys))}
            ends = np.concatenate([times for _, times, *_ in found])
            totals, counts = np.zeros((len(index), len(ends))), np.zeros((len(index), len(ends)), np.int32)
            at = 0
            for keys, times, sums, read in found:
                place = [index[key] for key in keys], slice(at, at + len(times))
                totals[place], counts[place] = sums, read
                at += len(times)
            self.means.add_sums(list(index), ends, totals, counts)

    def add_intervals(self, part: Readings, keys: Sequence[Key], kept: IntervalSums | None) -> bool:
        """Add what is kept of single intervals, where that is enough; returns whether it was."""
        if kept is None or self.fine:
            return False
        market = bool(keys) and keys[0][0] == NEM
        place = {key[:2]: code for code, key in enumerate(keys)}
        codes = np.array([place.get((NEM if market else region, fuel), -1) for region, fuel in kept.keys], np.int64)
        used, packed = np.unique(codes[codes >= 0], return_inverse=True)
        if market:
            codes[codes >= 0] = packed
            power = kept.power_together(part, codes, len(used))
        else:
            power = kept.power_of(part, np.flatnonzero(codes >= 0)[np.argsort(packed)])
        self.means.add([keys[code] for code in used.tolist()], part.times, power)
        return True

    # -- regional series -----------------------------------------------------------------------------

    def add_rooftop(self) -> None:
        if not self.wants(ROOFTOP[0]):
            return
        tech = ROOFTOP[1] if self.fine else ""
        market = NEM in self.asked
        wanted = REGIONS if market else tuple(r for r in self.asked if r in REGIONS)
        regions: set[str] = set()
        sums = []
        by_day = self.query.agg in ("mean", "sum") and in_days(self.axis.interval)
        days: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for block in self.rooftop(wanted, days if by_day else None):
            known = ~np.isnan(block.values)
            regions.update(r for r, k in zip(wanted, known, strict=True) if k.any())
            self.present += int(known.sum())
            for region, values in zip(wanted, block.values, strict=True):
                if region in self.asked and region in regions:
                    self.add((region, ROOFTOP[0], tech), block.times, values.astype(np.float64))
            # A sum over regions is known only where all of them are.
            sums.append((block.times, block.values.sum(axis=0, dtype=np.float64)))
        if days:
            ends, totals, counts = (np.concatenate(found, axis=-1) for found in zip(*days, strict=True))
            own = [REGIONS.index(r) for r in wanted]
            self.present += int(counts[own].sum())
            regions.update(r for r, i in zip(wanted, own, strict=True) if counts[i].any())
            rows = [REGIONS.index(r) for r in wanted if r in self.asked] + ([len(REGIONS)] if market else [])
            keys = [((*REGIONS, NEM)[i], ROOFTOP[0], tech) for i in rows]
            self.means.add_sums(keys, ends, totals[rows], counts[rows])
        if market and regions:
            for times, values in sums:
                self.add((NEM, ROOFTOP[0], tech), times, values)
            if absent := [r for r in REGIONS if r not in regions]:
                self.notes.append(
                    f"Rooftop solar of {', '.join(absent)} is not known, so that of the NEM is not either."
                )
        self.expected += len(REGIONS if market and regions else regions) * self.window.expected
        last, scada = self.snapshot.last("rooftop"), self.snapshot.last("scada")
        if regions:
            self.notes.append(
                "Rooftop solar is AEMO's half-hourly estimate, shown at constant power over its half hour."
            )
        if last is not None and scada is not None and last < min(self.window.end, scada):
            self.notes.append(f"Rooftop solar is known until {last:%Y-%m-%d %H:%M}; later intervals have no value yet.")

    def rooftop(
        self, wanted: Sequence[str], days: list[tuple[np.ndarray, np.ndarray, np.ndarray]] | None
    ) -> Iterator[Block]:
        """Rooftop solar month by month; what is remembered of the days of whole months goes to ``days``, if any."""
        for month in months(self.snapshot, self.window, "rooftop"):
            if days is not None and month.whole:
                days.append((month.day_ends, *rooftop_days(self.snapshot, month)))
            else:
                yield from blocks(self.snapshot, "rooftop", "mw", month.window, wanted)

    def add_interchange(self) -> None:
        regions = [r for r in self.asked if r != NEM]
        if not self.query.interchange or not regions or not any(self.wants(fuel) for fuel, _ in INTERCHANGE):
            return
        seen: set[str] = set()
        for block in blocks(self.snapshot, "region", "net_interchange", self.window, regions):
            for i, region in enumerate(regions):
                if np.isnan(block.values[i]).all():
                    continue
                seen.add(region)
                self.present += int((~np.isnan(block.values[i])).sum())
                flow = -block.values[i]  # NETINTERCHANGE is + for exports
                for (fuel, tech), part in zip(INTERCHANGE, (POSITIVE, NEGATIVE), strict=True):
                    if self.wants(fuel):
                        self.add((region, fuel, tech if self.fine else ""), block.times, signed(flow, part))
        self.expected += len(seen) * self.window.expected

    # -- the answer ----------------------------------------------------------------------------------

    def result(self) -> Result:
        if len(self.axis):
            self.add_units()
            self.put_days_together()
            self.add_rooftop()
            self.add_interchange()
        keys = sorted(
            cast(list[Key], self.means.keys),
            key=lambda k: (REGION_ORDER.index(k[0]) if k[0] in REGION_ORDER else -1, k[0],
                           _FUEL_ORDER.get(k[1], 99), _TECH_ORDER.get(k[2], 99), k[2]),
        )  # fmt: skip
        values = self.means.result(keys)
        keep = shown_buckets(self.axis, self.window, ~np.isnan(values))
        column = "mwh" if self.query.agg == "sum" else "mw"
        names: dict[str, Sequence[str]] = {"region": [k[0] for k in keys], "fuel": [k[1] for k in keys]}
        series: tuple[str, ...] = ("region", "fuel")
        if self.fine:
            names["fueltech"] = [k[2] for k in keys]
            series = ("region", "fuel", "fueltech")
        grid = Grid(self.axis.labels[keep], names, {column: values[:, keep]})
        return Result(
            grid, {column: self.query.row_columns[column][0]}, self.window.start, self.window.end, series, self.window.interval,
            label_side(self.window.interval), self.expected or self.window.expected, self.present,
            self.snapshot.version, self.snapshot.sources, tuple(self.notes),
        )  # fmt: skip
