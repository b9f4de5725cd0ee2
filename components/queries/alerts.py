"""Threshold alerts over a window: the standing rules, or one of the visitor's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components import config
from components.errors import Problem
from components.market_time import dispatch_stamps
from components.metrics.alerts import NAMES, Rule, spells, standing_rules
from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.measures import MEASURES, PLACES, measures
from components.queries.regional import STEP, named, regions_asked
from components.store.snapshot import Snapshot

LEAD = pd.Timedelta(days=1)
"""Looked at before the window, so that an alert that stood at its start is known to."""
OWN = "own"


def standing() -> tuple[Rule, ...]:
    """The standing rules as the settings put them."""
    return standing_rules(config.active().alerts)


def labels() -> dict[str, str]:
    """What each standing rule is called."""
    return {rule.name: rule.label for rule in standing()}


@register
class Alerts(PeriodQuery):
    """When thresholds were crossed, with hysteresis."""

    route = "alerts"
    page = "overview"
    title = "Alerts"
    description = (
        "Stretches of time in which an alert stood. side=high: raised at or above `on`, cleared below `off`; side=low: raised "
        "below `on`, cleared at or above `off`. A missing reading changes nothing. Standing rules: "
        + ", ".join(NAMES)
        + "; their thresholds are settings of the server (`alerts`), and every row tells its own"
        + ". With `metric` and `on` a rule of your own takes their place. Alerts are looked for from a day before the window."
    )
    dataset = "price"
    row_columns = {
        "rule": ("", "Name of the rule; own for one given by parameters"),
        "metric": ("", "Measure"),
        "side": ("", "high or low"),
        "region": ("", "Region, or NEM"),
        "start": ("", "Start of the interval that raised it"),
        "end": ("", "End of the last interval before it was cleared, null while it stands"),
        "active": ("", "1 while it stands, else 0"),
        "peak": ("", "Most extreme value meanwhile, in `unit`"),
        "peak_time": ("", "End of the interval of the most extreme value"),
        "on": ("", "Threshold at which it is raised"),
        "off": ("", "Threshold at which it is cleared"),
        "unit": ("", "Unit of values and thresholds; empty for shares"),
    }
    examples = ("last=7d", "rule=price-negative&region=SA1", "metric=wind&on=3000&off=2800&region=NEM&last=30d")

    rule = Choices(default=list(NAMES), objects=NAMES, doc="Standing rules; one or more.")
    region = Names(
        default=[], vocabulary="region", doc="Regions; none = the five apart, the NEM where a rule is about it."
    )
    metric: Any = param.Selector(default="", objects=["", *MEASURES], doc="Measure of a rule of your own.")
    side: Any = param.Selector(default="high", objects=["high", "low"], doc="Side of a rule of your own.")
    on = param.Number(default=None, allow_None=True, bounds=(-1e6, 1e6), doc="Raised at this value (your own rule).")
    off = param.Number(default=None, allow_None=True, bounds=(-1e6, 1e6), doc="Cleared at this value; none = on.")

    def check(self, snapshot: Snapshot) -> list[Problem]:
        problems = super().check(snapshot)
        if bool(self.metric) != (self.on is not None):
            name, missing = ("on", "metric") if self.on is not None else ("metric", "on")
            problems.append(Problem(name, str(getattr(self, name)), f"a rule of your own needs `{missing}` as well"))
        elif self.metric:
            try:
                self.rules()
            except ValueError as wrong:
                problems.append(Problem("off", str(self.off), str(wrong)))
        return problems

    def rules(self) -> tuple[Rule, ...]:
        """The rules looked at."""
        if not self.metric or self.on is None:
            return tuple(r for r in standing() if r.name in self.rule)
        off = float(self.on if self.off is None else self.off)
        return (Rule(OWN, f"{MEASURES[self.metric].label} {self.side}", self.metric, self.side, float(self.on), off),)

    def places(self, rule: Rule) -> tuple[str, ...]:
        """Where a rule is looked at."""
        asked = regions_asked(self.region)
        return tuple(r for r in rule.regions if not self.region or r in asked) if rule.regions else asked

    def rows_at_most(self, snapshot: Snapshot) -> int:
        count = sum(len(self.places(r)) for r in self.rules())
        window, held_by = self.window(snapshot), self.held(snapshot)
        if held_by is None:
            return 0
        length = min(window.end, held_by[1]) - max(window.start, held_by[0])
        held = max(0, length // pd.Timedelta(minutes=5))
        return count * (min(window.expected, held) // 2 + 1)

    @staticmethod
    def held(snapshot: Snapshot) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """From where to where there is anything to look at."""
        names = ("price", "region", "scada", "rooftop")
        firsts = [t for n in names if (t := snapshot.first(n)) is not None]
        lasts = [t for n in names if (t := snapshot.last(n)) is not None]
        return (min(firsts) - pd.Timedelta(minutes=30), max(lasts)) if firsts else None

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, rules = self.window(snapshot), self.rules()
        held = self.held(snapshot)
        rows: list[dict[str, Any]] = []
        present = expected = 0
        times = np.empty(0, "datetime64[us]")
        if held is not None and window.end > window.start:
            begin, end = max(window.start - LEAD, held[0]), min(window.end, held[1])
            times = dispatch_stamps(begin, end) if begin < end else times
        if len(times):
            values = measures(snapshot, times, {r.metric for r in rules})
            inside = int(np.searchsorted(times, np.datetime64(window.start, "us"), side="right"))
            for rule in rules:
                for place in self.places(rule):
                    series = values[rule.metric][PLACES.index(place)]
                    expected += window.expected
                    present += int((~np.isnan(series[inside:])).sum())
                    rows += [_row(rule, place, times, series, s) for s in spells(series, rule) if s.last >= inside]
        frame = pd.DataFrame(rows, columns=list(self.row_columns))
        for column in ("start", "end", "peak_time"):
            frame[column] = frame[column].astype("datetime64[us]")
        for column in ("peak", "on", "off"):
            frame[column] = frame[column].astype("float64")
        frame["active"] = frame["active"].astype("int64")
        names = (*NAMES, OWN)
        for column, words in (
            ("rule", names),
            ("metric", tuple(MEASURES)),
            ("side", ("high", "low")),
            ("region", PLACES),
        ):
            frame[column] = named(words, np.array([words.index(w) for w in frame[column]], int))
        frame = frame.sort_values(["start", "region", "rule"], kind="stable", ignore_index=True)
        return Result(
            frame,
            {},
            window.start,
            window.end,
            ("rule", "region"),
            "",
            "",
            expected,
            present,
            snapshot.version,
            snapshot.sources,
        )


def _row(rule: Rule, place: str, times: np.ndarray, series: np.ndarray, spell: Any) -> dict[str, Any]:
    values = series[spell.first : spell.last + 1]
    peak = spell.first + int((np.nanargmax if rule.side == "high" else np.nanargmin)(values))
    return {
        "rule": rule.name, "metric": rule.metric, "side": rule.side, "region": place, "start": times[spell.first] - STEP,
        "end": np.datetime64("NaT") if spell.open else times[spell.last], "active": int(spell.open),
        "peak": series[peak], "peak_time": times[peak], "on": rule.on, "off": rule.off, "unit": MEASURES[rule.metric].unit,
    }  # fmt: skip


__all__ = ["Alerts", "labels", "standing"]
