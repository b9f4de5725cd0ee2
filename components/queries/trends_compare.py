"""Any two windows side by side: energy, prices and capture prices of a region, and their difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import param

from components.errors import Problem
from components.market_time import HOURS_PER_DISPATCH, Window
from components.metrics.capture import NOT_GENERATION
from components.metrics.fuels import intensity, year_before
from components.metrics.generation import renewable_share
from components.metrics.revenue import capture_price, ratio
from components.metrics.trends import relative
from components.queries.base import Instant, Names, PeriodQuery, Result, Span, register
from components.queries.fuel_sums import SUMS, FuelSums
from components.queries.generation import ROOFTOP
from components.queries.regional import REGION_ORDER, prices, regions_asked
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM

BY_FUEL = {"energy": "MWh", "average_power": "MW", "capture_price": "$/MWh"}
"""Quantities of each fuel -> unit."""
OF_REGION = {
    "price_flat": "$/MWh", "price_weighted": "$/MWh", "demand": "MWh", "generation": "MWh", "renewable_share": "",
    "intensity": "t/MWh",
}  # fmt: skip
"""Quantities of the region as a whole -> unit."""
QUANTITIES = {**BY_FUEL, **OF_REGION}
LABELS = {
    "energy": "Energy", "average_power": "Average power", "capture_price": "Capture price",
    "price_flat": "Price, time-weighted", "price_weighted": "Price, demand-weighted", "demand": "Operational demand",
    "generation": "Generation", "renewable_share": "Renewable share", "intensity": "Emissions intensity",
}  # fmt: skip
"""Quantity -> what pages call it."""
Key = tuple[str, str, str]
"""Region, quantity, fuel ("" for those of the region)."""


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures of one window, and what part of the readings behind each is there."""

    values: dict[Key, float]
    coverage: dict[Key, float]


@dataclass(eq=False)
class _Prices:
    """Sums over the intervals of a window: prices, money, demand, and how many there are of each."""

    price: float = 0.0
    priced: int = 0
    money: float = 0.0
    weight: float = 0.0
    demand: float = 0.0
    demanded: int = 0


def price_sums(snapshot: Snapshot, window: Window, asked: tuple[str, ...]) -> dict[str, _Prices]:
    """Sums of price and demand of each region asked for, at the native interval."""
    out = {region: _Prices() for region in asked}
    for price, demand in prices(snapshot, window, nem=NEM in asked):
        for region, s in out.items():
            rrp, load = price.row(region), demand.row(region)
            known, there = ~np.isnan(rrp), ~np.isnan(load)
            both = known & there
            s.price += float(rrp[known].sum())
            s.priced += int(known.sum())
            s.money += float((rrp[both] * load[both]).sum())
            s.weight += float(load[both].sum())
            s.demand += float(load[there].sum()) * HOURS_PER_DISPATCH
            s.demanded += int(there.sum())
    return out


def figures_of(snapshot: Snapshot, window: Window, region: list[str], *, interchange: bool) -> Figures:
    """Every quantity of a window."""
    asked = regions_asked(region)
    out = Figures({}, {})
    sums = FuelSums(snapshot, window, list(asked), interchange=interchange)
    gathered = sums.gathered(fine=False)
    by_region: dict[str, dict[str, dict[str, float]]] = {}
    for key, numbers in gathered.items():
        by_region.setdefault(key[0], {})[key[1]] = dict(zip(SUMS, numbers.tolist(), strict=True))
    for region_, fuels in by_region.items():
        for fuel, s in fuels.items():
            sign = -1.0 if FUELS[fuel].load else 1.0
            found = {
                "energy": s["energy"],
                "average_power": float(ratio(np.array(s["energy"]), np.array(sums.hours((region_, fuel, ""))))),
                "capture_price": float(capture_price(np.array(sign * s["money"]), np.array(sign * s["priced"]))),
            }
            for quantity, value in found.items():
                out.values[(region_, quantity, fuel)] = value
                out.coverage[(region_, quantity, fuel)] = _share(s["present"], s["expected"])
        _of_generation(out, region_, fuels)
    for region_, p in price_sums(snapshot, window, asked).items():
        whole = {
            "price_flat": (p.price / p.priced if p.priced else np.nan, p.priced),
            "price_weighted": (p.money / p.weight if p.weight else np.nan, p.priced),
            "demand": (p.demand if p.demanded else np.nan, p.demanded),
        }
        for quantity, (value, count) in whole.items():
            out.values[(region_, quantity, "")] = float(value)
            out.coverage[(region_, quantity, "")] = _share(count, window.expected)
    return out


def _of_generation(out: Figures, region: str, fuels: dict[str, dict[str, float]]) -> None:
    """Generation, renewable share and intensity from what the fuels add up to."""
    generating = {f: s for f, s in fuels.items() if f not in NOT_GENERATION}
    units = {f: s for f, s in generating.items() if f != ROOFTOP[0]}
    covered = _share(sum(s["present"] for s in generating.values()), sum(s["expected"] for s in generating.values()))
    tonnes, known = (sum(s[n] for s in units.values()) for n in ("tonnes", "with_factor"))
    found = {
        "generation": sum(s["energy"] for s in generating.values()) if generating else np.nan,
        # Without rooftop it would be another share: one of the units alone.
        "renewable_share": renewable_share({f: s["energy"] for f, s in generating.items()}) if ROOFTOP[0] in generating else np.nan,
        "intensity": float(intensity(np.array(tonnes), np.array(known))),
    }  # fmt: skip
    whole = sum(s["energy"] for s in units.values())
    for quantity, value in found.items():
        out.values[(region, quantity, "")] = float(value)
        out.coverage[(region, quantity, "")] = _share(known, whole) if quantity == "intensity" else covered


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


@register
class Comparison(PeriodQuery):
    """Two windows side by side."""

    route = "trends/compare"
    page = "trends"
    title = "Two windows compared"
    description = (
        "Energy, average power and capture price of each fuel, time- and demand-weighted price, demand, generation, renewable "
        "share and emissions intensity in a window and in another one (the same dates a year before unless named), with the "
        "difference, absolute and relative, and the coverage of both. Windows of different length: compare average power."
    )
    row_columns: ClassVar = {
        "region": ("", "Region, or NEM"),
        "quantity": ("", "What is compared: " + ", ".join(QUANTITIES)),
        "fuel": ("", "Fuel; empty for quantities of the whole region"),
        "value": ("", "In the window, in `unit`"),
        "other": ("", "In the other window, in `unit`"),
        "change": ("", "Value - other, in `unit`; null where either is missing"),
        "change_share": ("", "Change / size of other; null where that is nothing"),
        "unit": ("", "Unit of value, other and change"),
        "coverage": ("", "Readings present / expected in the window (of the intensity: energy with a known factor)"),
        "coverage_other": ("", "The same in the other window"),
    }  # fmt: skip
    examples = (
        "region=SA1&last=30d",
        "region=NEM&start=2024-07-01&end=2025-01-01&other_start=2023-07-01&other_end=2024-01-01",
    )

    last = Span(
        default="1y", doc="Length up to the newest midnight, used where start and end are not given: 1y, 30d ..."
    )
    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one for all.")
    other_start = Instant(
        default=None, allow_None=True, doc="Start of the other window; default: a year before `start`."
    )
    other_end = Instant(default=None, allow_None=True, doc="End of the other window; default: a year before the end.")
    interchange = param.Boolean(
        default=False, doc="Add imports (+) and exports (-) of each region; the NEM as a whole has none."
    )

    @property
    def shown_interval(self) -> str | None:
        return "1d"

    def check(self, snapshot: Snapshot) -> list[Problem]:
        problems = super().check(snapshot)
        if self.other_start is not None and self.other_end is not None and self.other_end < self.other_start:
            told = f"lies before other_start {self.other_start.isoformat()}"
            problems.append(Problem("other_end", self.other_end.isoformat(), told))
        return problems

    def other(self, snapshot: Snapshot) -> Window:
        """The window that is compared with. A side that is not named keeps the length of the first window."""
        window = self.window(snapshot)
        length = window.end - window.start
        start, end = self.other_start, self.other_end
        if start is None and end is None:
            start, end = year_before(window.start), year_before(window.end)
        elif start is None:
            start = end - length
        elif end is None:
            end = start + length
        return replace(window, start=start, end=end)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return (len(regions_asked(self.region)) + 1) * (len(BY_FUEL) * len(FUELS) + len(OF_REGION))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, other = self.window(snapshot), self.other(snapshot)
        now, then = (figures_of(snapshot, w, self.region, interchange=self.interchange) for w in (window, other))
        keys = sorted({*now.values, *then.values}, key=_rank)
        value, before = (np.array([s.values.get(k, np.nan) for k in keys], float) for s in (now, then))
        covered = [np.array([s.coverage.get(k, np.nan) for k in keys], float) for s in (now, then)]
        columns: dict[str, Any] = {}
        for at, name in enumerate(("region", "quantity", "fuel")):
            words = [k[at] for k in keys]
            columns[name] = pd.Categorical(words, categories=list(dict.fromkeys(words)))
        columns |= {
            "value": value, "other": before, "change": value - before, "change_share": relative(value - before, before),
            "unit": pd.Categorical([QUANTITIES[k[1]] for k in keys], categories=list(dict.fromkeys(QUANTITIES.values()))),
            "coverage": covered[0], "coverage_other": covered[1],
        }  # fmt: skip
        numbers = [n for n in self.row_columns if n in columns and n not in ("region", "quantity", "fuel", "unit")]
        flat = [c for k, c in now.coverage.items() if k[1] == "price_flat"]
        expected = window.expected * max(len(flat), 1)
        present = round(float(np.nansum(flat)) * window.expected)
        return Result(
            pd.DataFrame(columns), dict.fromkeys(numbers, ""), window.start, window.end, ("region", "quantity", "fuel"),
            "", "", expected, present, snapshot.version, snapshot.sources, tuple(_notes(window, other)),
        )  # fmt: skip


def _notes(window: Window, other: Window) -> list[str]:
    out = [f"The other window: {other.start:%Y-%m-%d %H:%M} to {other.end:%Y-%m-%d %H:%M}."]
    if window.expected != other.expected:
        out.append("The windows are of different length: compare average power and prices, not energy.")
    return out


def _rank(key: Key) -> tuple:
    region, quantity, fuel = key
    fuels = list(FUELS)
    return (
        REGION_ORDER.index(region) if region in REGION_ORDER else -1,
        list(QUANTITIES).index(quantity),
        fuels.index(fuel) if fuel in FUELS else -1,
    )


__all__ = ["BY_FUEL", "LABELS", "OF_REGION", "QUANTITIES", "Comparison"]
