"""Threshold alerts with hysteresis: raised at one threshold, cleared only at another one, so that they do not flutter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rule:
    """When an alert is raised and when it is cleared.

    ``high``: raised at or above ``on``, cleared below ``off`` (which is not above ``on``).
    ``low``: raised below ``on``, cleared at or above ``off`` (which is not below ``on``).

    Raises
    ------
    ValueError
        When the thresholds stand the wrong way round.
    """

    name: str
    label: str
    metric: str
    side: str
    on: float
    off: float
    regions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.off > self.on if self.side == "high" else self.off < self.on:
            raise ValueError("an alert is cleared on the other side of the threshold at which it is raised")


RULES: tuple[Rule, ...] = (
    Rule("price-extreme", "Price at or above $5,000/MWh", "price", "high", 5000.0, 1000.0),
    Rule("price-high", "Price at or above $300/MWh", "price", "high", 300.0, 200.0),
    Rule("price-negative", "Price below $0/MWh", "price", "low", 0.0, 10.0),
    Rule("renewable-share", "Renewable share at or above 70%", "renewable_share", "high", 0.70, 0.65, ("NEM",)),
)
"""The standing rules; ``regions`` empty = each region."""


@dataclass(frozen=True)
class Spell:
    """Positions of the first and last interval of an alert; ``open`` where it was not cleared up to the series' end."""

    first: int
    last: int
    open: bool


def raised(values: np.ndarray, rule: Rule) -> np.ndarray:
    """Whether the alert stands in each interval (T,) bool; a missing reading changes nothing."""
    with np.errstate(invalid="ignore"):
        if rule.side == "high":
            begins, ends = values >= rule.on, values < rule.off
        else:
            begins, ends = values < rule.on, values >= rule.off
    code = np.where(begins, 1, np.where(ends, -1, 0))
    told = np.maximum.accumulate(np.where(code != 0, np.arange(len(values)), -1)) if len(values) else code
    return np.asarray((told >= 0) & (code[told] == 1))


def spells(values: np.ndarray, rule: Rule) -> list[Spell]:
    """The alerts of a series, in the order of time.

    >>> rule = Rule("", "", "price", "high", 300.0, 200.0)
    >>> spells(np.array([50.0, 310.0, 250.0, 199.0, 250.0, 300.0]), rule)
    [Spell(first=1, last=2, open=False), Spell(first=5, last=5, open=True)]
    """
    on = np.r_[False, raised(values, rule), False]
    edges = np.flatnonzero(on[1:] != on[:-1])
    return [Spell(int(a), int(b) - 1, int(b) == len(values)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
