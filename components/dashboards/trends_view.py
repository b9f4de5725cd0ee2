"""What the views of the trends page share: one region, a window of years, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from components.charts import formats
from components.dashboards.view import View
from components.market_time import Window
from components.metrics.trends import SMOOTHINGS
from components.queries.base import PeriodQuery
from components.queries.trends_annual import YEARS, AnnualEnergy
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGION_NAMES

Q = TypeVar("Q", bound=PeriodQuery)
YEAR = {"year": {name: label.partition(" (")[0] for name, label in YEARS.items()}}
"""The control of the kind of years."""
SMOOTH_LABELS = {name: "Each day" if days == 1 else f"{days}-day mean, trailing" for name, days in SMOOTHINGS.items()}
"""Smoothing -> what it does, in days."""
SMOOTH = {"smooth": {name: label.removesuffix(", trailing") for name, label in SMOOTH_LABELS.items()}}
"""The control of the smoothing; cards say that it trails."""
GROUP_LABELS = {"renewable": "Renewable", "thermal": "Thermal"}


class TrendView(View):
    """A view of one region, or the market, over the page's window."""

    by_interval = False

    def region(self) -> str:
        """The region that is chosen, where it is one; else the whole market."""
        chosen = list(self.page.ask_region())
        return chosen[0] if len(chosen) == 1 else NEM

    def name(self) -> str:
        """The region in words."""
        return REGION_NAMES[self.region()]

    def asked(self, kind: type[Q], **values: Any) -> Q:
        """A question about the region, over the window that the address names."""
        return self.page.ask(kind, region=[self.region()], **values)

    @property
    def years(self) -> str:
        """``1y`` or ``fy``."""
        return str(self.page.ask(AnnualEnergy).year)

    def said(self, window: Window, *more: str) -> str:
        """Window and further words, for a card's head."""
        calendar = [
            f"only {n} {', '.join(self.page.texts[n])}" for n in ("month", "weekday", "hour") if n in self.page.texts
        ]
        return " · ".join(w for w in (formats.window(window.start, window.end), *calendar, *more) if w)

    def nothing(self, snapshot: Snapshot, window: Window, what: str, dataset: str = "scada") -> None:
        """Every card says that there is nothing, and where there is."""
        reason = f"{what} for {self.name()} in {formats.window(window.start, window.end)}."
        for card in self.cards:
            card.empty(reason, actions=self.page.nearest_window(snapshot, dataset, window))


def number_cell(value: float, digits: int = 0, *, sign: bool = False, sub: str = "") -> dict[str, Any]:
    """A number in a table with the value it is sorted by; ``sign``: a gain has a plus."""
    text = formats.number(value, digits)
    known = bool(np.isfinite(value))
    plus = "+" if sign and known and value > 0 and any(c in "123456789" for c in text) else ""
    cell: dict[str, Any] = {"t": plus + text, "v": float(value) if known else None}
    return cell | ({"sub": sub} if sub else {})


def change_words(share: float) -> str:
    """A relative change with its sign, "" where there is none."""
    if not np.isfinite(share):
        return ""
    return ("+" if share > 0 else "") + formats.percent(share)


def head(label: str, unit: str = "", help: str = "", *, minor: bool = False) -> dict[str, Any]:
    """Head of a number column."""
    return {"label": label, "unit": unit, "help": help, "number": True} | ({"minor": True} if minor else {})


def fuel_order(names: Sequence[str] | Mapping[str, Any]) -> list[str]:
    """Fuels as tables list them: the top of the stack first, loads below."""
    above = [f for f in reversed(FUELS) if f in names and not FUELS[f].load]
    return above + [f for f in FUELS if f in names and FUELS[f].load]


__all__ = [
    "GROUP_LABELS", "SMOOTH", "SMOOTH_LABELS", "YEAR", "TrendView", "change_words", "fuel_order", "head", "number_cell",
]  # fmt: skip
