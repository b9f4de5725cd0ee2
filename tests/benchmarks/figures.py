"""What a measurement is: figures of several runs beside their baseline's, a target, and whether it was met."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np


class Skipped(Exception):
    """A part that cannot be measured here; the message says why in one line."""


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes
    ----------
    key : name that stays the same from run to run; what is said about a miss is kept under it.
    what : what was measured, in words.
    unit : of ``values`` and ``base``.
    values : one figure per run.
    base : the baseline's figures, each of the same run as the value beside it.
    against : what the baseline is.
    target : what ``values`` (or, with a baseline, their ratio to it) should reach; None = only shown.
    at_least : the target is a lower bound.
    by_value : the target is one of the value although there is a baseline.
    """

    key: str
    what: str
    unit: str
    values: Sequence[float]
    base: Sequence[float] = field(default=())
    against: str = ""
    target: float | None = None
    at_least: bool = False
    by_value: bool = False

    @property
    def value(self) -> float:
        """Median over the runs, NaN without any."""
        return statistics.median(self.values) if self.values else math.nan

    @property
    def base_value(self) -> float:
        """Median of the baseline's runs, NaN without any."""
        return statistics.median(self.base) if self.base else math.nan

    @property
    def ratio(self) -> float:
        """Median of the ratios of each run to its baseline; of the medians where their number differs; else NaN."""
        if not self.base:
            return math.nan
        if len(self.base) != len(self.values):
            return self.value / self.base_value if self.base_value else math.nan
        pairs = [v / b for v, b in zip(self.values, self.base, strict=True) if b]
        return statistics.median(pairs) if pairs else math.nan

    @property
    def in_ratio(self) -> bool:
        """True where the target is one of the ratio."""
        return bool(self.base) and not self.by_value

    @property
    def reached(self) -> float:
        """What is held against the target."""
        return self.ratio if self.in_ratio else self.value

    @property
    def met(self) -> bool | None:
        """Whether the target was reached; None where there is none. What could not be measured is not met."""
        if self.target is None:
            return None
        return self.reached >= self.target if self.at_least else self.reached <= self.target

    @property
    def missed_by(self) -> float:
        """Distance from the target as a share of it, 0 where it was met or there is none."""
        if self.met is not False or not self.target:
            return 0.0
        return abs(self.reached / self.target - 1)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and worst; NaN without any."""
    if not len(values):
        return dict.fromkeys(("p50", "p95", "worst"), math.nan)
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": float(p50), "p95": float(p95), "worst": float(max(values))}


def to_json(figure: Figure) -> dict[str, Any]:
    """A figure as plain data; digits nobody could have measured are left out."""

    def short(values: Sequence[float]) -> list[float]:
        return [float(f"{v:.5g}") for v in values]

    return {**asdict(figure), "values": short(figure.values), "base": short(figure.base)}


def from_json(given: dict[str, Any]) -> Figure:
    """The figure that :func:`to_json` wrote."""
    return Figure(**given)
