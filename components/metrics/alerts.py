"""Threshold alerts with hysteresis: raised at one threshold, cleared only at another one, so that they do not flutter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.config import AlertSettings


@dataclass(frozen=True)
class Rule:
    """When an alert is raised and when it is cleared; ``regions`` empty = in each region.

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


NAMES = ("price-extreme", "price-high", "price-negative", "renewable-share")
"""Names of the standing rules."""


def standing_rules(at: AlertSettings) -> tuple[Rule, ...]:
    """The standing rules at thresholds [$/MWh; share], in the order of :data:`NAMES`.

    >>> [rule.label for rule in standing_rules(AlertSettings(price_high=250.0, price_high_until=200.0))][1]
    'Price at or above $250/MWh'
    """
    extreme, high, negative, renewable = NAMES
    above = "Price at or above ${:,.6g}/MWh"
    return (
        Rule(extreme, above.format(at.price_extreme), "price", "high", at.price_extreme, at.price_extreme_until),
        Rule(high, above.format(at.price_high), "price", "high", at.price_high, at.price_high_until),
        Rule(
            negative, f"Price below ${at.price_negative:,.6g}/MWh", "price", "low",
            at.price_negative, at.price_negative_until,
        ),
        Rule(
            renewable, f"Renewable share at or above {100 * at.renewable_share:.4g}%", "renewable_share", "high",
            at.renewable_share, at.renewable_share_until, ("NEM",),
        ),
    )  # fmt: skip


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
