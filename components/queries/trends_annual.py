"""Energy of each fuel year by year, as it was and by the year of 365 days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import param

from components.market_time import Window, bucket_end, bucket_name
from components.metrics.fuels import COMPARABLE, share_of_supply
from components.metrics.trends import annualised
from components.queries.base import Names, PeriodQuery, Result, Span, register
from components.queries.generation import INTERCHANGE, ROOFTOP, GenerationByFuel, Key, energy_and_readings
from components.queries.regional import REGION_ORDER, axis_of, long_frame, named, regions_asked
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS

YEARS = {"1y": "Calendar years", "fy": "Financial years (July–June)"}
"""Kinds of years -> label."""
LAST_DOC = (
    "Length up to the newest midnight, used where start and end are not given: all (everything there is), 5y, 24h ..."
)
_OWN_HOURS = {ROOFTOP[0], *(fuel for fuel, _ in INTERCHANGE)}


class TrendQuery(PeriodQuery):
    """What questions about years share: unless told otherwise they are about everything that is stored."""

    page = "trends"
    last = Span(default="all", doc=LAST_DOC)

    @property
    def shown_interval(self) -> str | None:
        return "1d"

    @property
    def grouping(self) -> str:
        """Buckets that the window is cut into; the window itself ends at a midnight, within a year or month."""
        return "1d"

    def _window(self, snapshot: Snapshot) -> Window:
        window = super()._window(snapshot)
        end = window.end
        if self.start is None and self.end is None and self.last == "all":
            # A day that has only begun would count by its night alone.
            end = end.normalize() if end.normalize() > window.start else end
        return replace(window, end=end, interval=self.grouping)


@dataclass(frozen=True, eq=False)
class Year:
    """One year's part of a window: its energies [MWh] and 5-minute readings by series."""

    start: np.datetime64
    window: Window
    intervals: int
    energy: dict[Key, float]
    readings: dict[Key, int]
    expected: int
    present: int

    def days(self, key: Key) -> float:
        """Days read of a series: those of its region's fuel with the most readings; rooftop, interchange: their own."""
        if key[1] in _OWN_HOURS:
            return self.readings.get(key, 0) / 288
        own = [n for k, n in self.readings.items() if k[0] == key[0] and k[1] not in _OWN_HOURS]
        return max(own, default=0) / 288


@register
class AnnualEnergy(TrendQuery):
    """Energy of each fuel in every year of a window."""

    route = "trends/annual"
    title = "Energy by year"
    description = (
        "Energy of each fuel in every calendar or financial year, and annualised: energy x 365 / days read. A year that "
        "window or data cut is annualised by the days it has and marked `partial`; mind that half a year is no whole one by "
        "its season. A leap year's figure is 365/366 of its energy."
    )
    row_columns: ClassVar = {
        "time": ("", "Begin of the year"),
        "period": ("", "Its name; FY25 is July 2024 to June 2025"),
        "region": ("", "Region; NEM is the whole market, empty are units without a region"),
        "fuel": ("", "Fuel"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
        "energy_mwh": ("MWh", "Energy read, loads negative; null where the fuel has no reading in the year"),
        "days": ("", "Days read: of the fuel of the region that has the most readings; rooftop and interchange: their own"),
        "annualised_mwh": ("MWh", "Energy x 365 / days"),
        "change_mwh": ("MWh", "Annualised energy minus that of the year before; null where either is missing"),
        "share": ("", "Part of everything above zero in the region and year; null for loads"),
        "year_share": ("", "Part of the year's intervals that are read"),
        "partial": ("", f"1 where less than {COMPARABLE:.0%} of the year is read, else 0"),
        "coverage": ("", "Readings present / expected in the year's part of the window, over everything asked for"),
    }  # fmt: skip
    examples = ("region=NEM", "region=SA1&year=fy&by=fueltech", "start=2023-01-01&end=2025-01-01&region=NEM")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one for all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all. Shares are of all fuels in any case.")
    by: Any = param.Selector(default="fuel", objects=["fuel", "fueltech"], doc="Fuels, or the finer fuel technologies.")
    year: Any = param.Selector(default="1y", objects=list(YEARS), doc="Calendar years (1y) or financial years (fy).")
    interchange = param.Boolean(
        default=False, doc="Add imports (+) and exports (-) of each region; the NEM as a whole has none."
    )

    @property
    def grouping(self) -> str:
        return str(self.year)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        fuels = len(FUELTECHS if self.by == "fueltech" else FUELS)
        return len(self._axis(snapshot)) * (len(regions_asked(self.region)) + 1) * fuels

    def _axis(self, snapshot: Snapshot) -> Any:
        return axis_of(snapshot, self.window(snapshot), "scada", "rooftop")

    def years(self, snapshot: Snapshot) -> list[Year]:
        """Every year of the window that can hold data."""
        window, axis = self.window(snapshot), self._axis(snapshot)
        same = {n: getattr(self, n) for n in ("month", "hour", "weekday", "region", "by", "interchange")}
        out = []
        for begin, end in zip(axis.starts, bucket_end(axis.starts, axis.interval), strict=True):
            part = replace(window, start=max(window.start, pd.Timestamp(begin)), end=min(window.end, pd.Timestamp(end)))
            question = GenerationByFuel(**same, start=part.start, end=part.end, interval=self.year, agg="sum")
            answer, readings = energy_and_readings(question, snapshot)
            keys = [answer.frame[name].astype(str) for name in answer.series]
            tech = keys[2] if len(keys) > 2 else pd.Series("", index=answer.frame.index)
            found = zip(keys[0], keys[1], tech, answer.frame["mwh"], strict=True) if len(answer.frame) else ()
            whole = int(window.calendar.count(np.array([begin]), np.array([end]))[0])
            energy = {(r, f, t): float(mwh) for r, f, t, mwh in found}
            out.append(Year(begin, part, whole, energy, readings, answer.expected, answer.present))
        return out

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        years = [y for y in self.years(snapshot) if y.energy]
        keys = sorted({key for y in years for key in y.energy}, key=_rank)
        energy = np.array([[y.energy.get(k, np.nan) for y in years] for k in keys]).reshape(len(keys), len(years))
        read = np.array([[y.days(k) for y in years] for k in keys]).reshape(energy.shape)
        intervals = np.array([y.intervals for y in years], float)
        lengths = np.array([_days(y.start, self.year) for y in years], float)
        part = np.divide(read * 288, intervals, out=np.zeros(energy.shape), where=intervals > 0)
        days = part * lengths  # of hours or weekdays alone: the days that they stand for
        yearly = annualised(energy, days)
        covered = np.array([y.present / y.expected if y.expected else np.nan for y in years])
        numbers = {
            "energy_mwh": energy, "days": days, "annualised_mwh": yearly,
            "change_mwh": np.diff(yearly, axis=1, prepend=np.nan) if years else yearly,
            "share": _shares(keys, energy), "year_share": part, "partial": (part < COMPARABLE).astype(np.int64),
            "coverage": np.broadcast_to(covered, energy.shape),
        }  # fmt: skip
        keep = [i for i, key in enumerate(keys) if not self.fuel or key[1] in self.fuel]
        names: dict[str, Sequence[str]] = {"region": [keys[i][0] for i in keep], "fuel": [keys[i][1] for i in keep]}
        if self.by == "fueltech":
            names["fueltech"] = [keys[i][2] for i in keep]
        starts = np.array([y.start for y in years], "datetime64[us]")
        frame = long_frame(starts, names, {n: v[keep] for n, v in numbers.items()})
        words = [bucket_name(s, self.year) for s in starts]
        frame.insert(1, "period", pd.Series(named(words, np.repeat(np.arange(len(words)), len(keep)))))
        return Result(
            frame, {n: self.row_columns[n][0] for n in numbers}, window.start, window.end, tuple(names), self.year, "start",
            sum(y.expected for y in years) or window.expected, sum(y.present for y in years), snapshot.version,
            snapshot.sources, tuple(_notes(words, starts, numbers["year_share"])),
        )  # fmt: skip


def _days(start: np.datetime64, kind: str) -> int:
    """Length of a year."""
    begin = np.array([start], "datetime64[us]")
    return int((bucket_end(begin, kind) - begin)[0] / np.timedelta64(1, "D"))


def _notes(words: Sequence[str], starts: np.ndarray, part: np.ndarray) -> list[str]:
    out = ["Annualised: energy x 365 / days read."]
    cut = [word for at, word in enumerate(words) if part.size and part[:, at].max() < COMPARABLE]
    if cut:
        out.append(f"Not whole, annualised by the days there are: {', '.join(cut)}.")
    return out


def _shares(keys: Sequence[Key], energy: np.ndarray) -> np.ndarray:
    """Part of each series in everything above zero of its region and year."""
    out = np.full(energy.shape, np.nan)
    for region in {k[0] for k in keys}:
        rows = [i for i, k in enumerate(keys) if k[0] == region]
        out[rows] = share_of_supply(energy[rows], np.array([not FUELS[keys[i][1]].load for i in rows]))
    return out


def _rank(key: Key) -> tuple:
    region, fuel, tech = key
    fuels, techs = list(FUELS), list(FUELTECHS)
    return (
        REGION_ORDER.index(region) if region in REGION_ORDER else -1,
        region,
        fuels.index(fuel) if fuel in FUELS else len(fuels),
        techs.index(tech) if tech in FUELTECHS else len(techs),
        tech,
    )


__all__ = ["YEARS", "AnnualEnergy", "TrendQuery"]
