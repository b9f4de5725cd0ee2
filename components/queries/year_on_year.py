"""The same window a year before: energy, power and capture price of each fuel, then and now."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components.metrics.fuels import COMPARABLE, difference, leap_days, year_before
from components.queries.base import Names, PeriodQuery, Result, register
from components.queries.figures import GenerationFigures
from components.queries.regional import REGION_ORDER, regions_asked
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS

COMPARED = {"energy_mwh": "MWh", "average_mw": "MW", "capture_price": "$/MWh"}
"""Figures that are compared -> unit."""
_WORDS = {"energy_mwh": "Energy", "average_mw": "Average power", "capture_price": "Capture price"}


def _columns() -> dict[str, tuple[str, str]]:
    out = {
        "region": ("", "Region; NEM is the whole market, empty are units without a region"),
        "fuel": ("", "Fuel"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
    }
    for name, unit in COMPARED.items():
        out[name] = (unit, f"{_WORDS[name]} in the window")
        out[f"{name}_before"] = (unit, f"{_WORDS[name]} in the same window a year before; null where it is not covered")
        out[f"{name}_change"] = (unit, "Now minus a year before; null where either window is not covered")
    out["coverage"] = ("", "Share of the expected readings of power in the window")
    out["coverage_before"] = ("", "The same a year before; null where the fuel has no reading at all")
    return out


@register
class GenerationYearOnYear(PeriodQuery):
    """Fuels in a window and in the same window a year before."""

    route = "generation/year-on-year"
    page = "generation"
    title = "Generation year on year"
    description = (
        "Energy, average power and capture price of each fuel over the window and over the same calendar days a year before. "
        "A 29 February has no counterpart: window edges within it become 1 March 00:00. Figures of a year before are null "
        f"where less than {COMPARABLE:.0%} of its expected readings are there."
    )
    row_columns = _columns()
    examples = ("last=30d&region=NEM", "start=2024-07-01&end=2024-08-01&by=fueltech")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one for all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all.")
    by: Any = param.Selector(default="fuel", objects=["fuel", "fueltech"], doc="Fuels, or the finer fuel technologies.")
    interchange = param.Boolean(
        default=False, doc="Add imports (+) and exports (-) of each region; the NEM as a whole has none."
    )
    together = param.Boolean(default=False, doc="The regions named as one, called by all their names (NSW1+VIC1).")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return (len(regions_asked(self.region)) + 1) * len(FUELTECHS if self.by == "fueltech" else FUELS)

    def both(self, snapshot: Snapshot) -> tuple[GenerationFigures, GenerationFigures]:
        """The question about the window, and about the same window a year before."""
        window = self.window(snapshot)
        same = {
            n: getattr(self, n) for n in ("month", "hour", "weekday", "region", "fuel", "by", "interchange", "together")
        }
        edges = [(window.start, window.end), (year_before(window.start), year_before(window.end))]
        now, before = (GenerationFigures(**same, start=start, end=end) for start, end in edges)
        return now, before

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        asked = self.both(snapshot)
        answers = [question.run(snapshot) for question in asked]
        return compare(answers[0], answers[1])


def compare(now: Result, before: Result) -> Result:
    """Two answers about figures by fuel, the later one first, as one with their differences."""
    keys = list(now.series)
    frames = [answer.frame.astype(dict.fromkeys(keys, str)).set_index(keys) for answer in (now, before)]
    index = sorted(frames[0].index.union(frames[1].index).tolist(), key=_rank)
    if index:
        frames = [frame.reindex(pd.MultiIndex.from_tuples(index, names=keys)) for frame in frames]
    covered = [frame["coverage"].to_numpy(float) for frame in frames]
    there = np.nan_to_num(covered[1]) >= COMPARABLE
    comparable = there & (np.nan_to_num(covered[0]) >= COMPARABLE)
    columns: dict[str, Any] = {}
    for at, name in enumerate(keys):
        words = [key[at] for key in index]
        columns[name] = pd.Categorical(words, categories=list(dict.fromkeys(words)))
    units: dict[str, str] = {}
    for name, unit in COMPARED.items():
        value, then = (frame[name].to_numpy(float) for frame in frames)
        columns[name] = value
        columns[f"{name}_before"] = np.where(there, then, np.nan)
        columns[f"{name}_change"] = difference(value, then, comparable)
        units |= {name: unit, f"{name}_before": unit, f"{name}_change": unit}
    columns |= {"coverage": covered[0], "coverage_before": covered[1]}
    units |= {"coverage": "", "coverage_before": ""}
    return Result(
        pd.DataFrame(columns), units, now.start, now.end, now.series, "", "", now.expected, now.present, now.version,
        now.source, (*now.notes, *_notes(now, before, comparable)),
    )  # fmt: skip


def _notes(now: Result, before: Result, comparable: np.ndarray) -> list[str]:
    out = []
    if before.start is not None and before.end is not None:
        out.append(f"A year before: {before.start:%Y-%m-%d %H:%M} to {before.end:%Y-%m-%d %H:%M}.")
    if now.start is not None and now.end is not None and before.start is not None and before.end is not None:
        more = leap_days(now.start, now.end) - leap_days(before.start, before.end)
        if more:
            longer = "The window" if more > 0 else "The window a year before"
            out.append(f"{longer} holds a 29 February that the other has not: compare average power, not energy.")
    if len(comparable) and not comparable.all():
        out.append(f"Compared is what has at least {COMPARABLE:.0%} of its readings in both windows.")
    return out


def _rank(key: tuple[str, ...]) -> tuple:
    orders = (list(REGION_ORDER), list(FUELS), list(FUELTECHS))
    return tuple(
        (order.index(word) if word in order else -1 if at == 0 else len(order), word)
        for at, (order, word) in enumerate(zip(orders, key, strict=False))
    )
