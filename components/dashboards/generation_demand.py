"""Demand over the stack: which one is drawn, its energy and its hours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from components.dashboards.answers import ANSWERS
from components.dashboards.series import column
from components.market_time import Window
from components.queries.base import Result
from components.queries.demand import Demand
from components.store.snapshot import Snapshot

LABELS = {"underlying": "Underlying demand", "demand": "Demand"}


class Daily:
    """Energy of some series day by day, and the hours that were read.

    Always by day, whatever interval is drawn: figures of a window do not depend on how it is drawn.

    Parameters
    ----------
    energy, power : the same question with ``agg="sum"`` and ``agg="mean"``, by day.
    name : their column [MWh and MW].
    """

    def __init__(self, energy: Result, power: Result, window: Window, name: str):
        days = np.unique(energy.frame["time"].to_numpy("datetime64[us]"))
        self.energy = column(energy, days, name, ["region"])
        self.power = column(power, days, name, ["region"])
        low = np.maximum(days, np.datetime64(window.start, "us"))
        high = np.minimum(days + np.timedelta64(1, "D"), np.datetime64(window.end, "us"))
        self.full = window.calendar.count(low, high) / 12

    def hours(self, names: Sequence[str]) -> np.ndarray:
        """Hours read of each day: the longest of the series named; the whole day where they are all at zero power."""
        longest, known = np.zeros(len(self.full)), np.zeros(len(self.full), bool)
        for name in names:
            energy, power = self.energy[name], self.power[name]
            moving = np.isfinite(energy) & (power != 0)
            # A mean is the sum over the readings, so both together tell how many 5 minutes there were.
            longest[moving] = np.maximum(longest[moving], np.rint(12 * energy[moving] / power[moving]) / 12)
            known |= np.isfinite(energy)
        return np.where(known & (longest == 0), self.full, longest)


def demand_figures(
    snapshot: Snapshot, window: Window, daily: Callable[[str], Demand]
) -> dict[str, tuple[float, float]]:
    """Energy [MWh] of underlying and of operational demand, and the hours each was read.

    Of several regions only the days that all of them have. ``daily`` gives the question by day for an ``agg``.
    """
    energy, power = (ANSWERS.ask(snapshot, daily(agg)) for agg in ("sum", "mean"))
    out = {}
    for name in LABELS:
        own = Daily(energy, power, window, name)
        sums = np.sum(list(own.energy.values()), axis=0) if own.energy else np.empty(0)
        known = np.isfinite(sums)
        out[name] = float(sums[known].sum()), float(own.hours(list(own.energy))[known].sum())
    return out


def drawn_demand(figures: dict[str, tuple[float, float]]) -> str:
    """``underlying``; ``demand`` where rooftop is mostly unknown."""
    return "underlying" if 2 * figures["underlying"][1] >= figures["demand"][1] else "demand"
