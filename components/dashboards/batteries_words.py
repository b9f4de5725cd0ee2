"""Figures of batteries in words: tiles, columns and cells, the same in every view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from components.charts import formats
from components.dashboards.stations_words import Figure, energy, gwh

MOST_MARGIN = 0.1
"""A round trip is shown where what was stored before and after can move it by no more than this."""


def _fixed(digits: int, factor: float = 1.0) -> Callable[[float], str]:
    return lambda value: formats.number(value * factor, digits)


@dataclass(frozen=True)
class Ranked:
    """A figure that batteries are ranked by: how tables write it, and the unit and size of a chart of it."""

    figure: Figure
    unit: str
    factor: float = 1.0
    digits: int = 0
    called: str = ""

    @property
    def name(self) -> str:
        """What it is called within a sentence."""
        label = self.called or self.figure.label
        return label if label.isupper() else f"{label[0].lower()}{label[1:]}"


def _ranked(
    column: str, label: str, unit: str, help: str, digits: int, *, factor: float = 1.0, chart: str = "",
    minor: bool = False, write: Callable[[float], str] | None = None, called: str = "",
) -> Ranked:  # fmt: skip
    figure = Figure(column, label, unit, help, write or _fixed(digits, factor), minor)
    return Ranked(figure, chart or unit, factor, digits, called)


RANKED: dict[str, Ranked] = {
    r.figure.column: r
    for r in (
        _ranked("revenue", "Net revenue", "", "Gross at spot: earned by discharge less paid for charge", 3, factor=1e-6, chart="$M", write=formats.money),
        _ranked("revenue_per_mwh_year", "Net per MWh", "$k/year", "Net revenue per MWh of storage and year of 365 days, over days with a reading and a price", 1, factor=1e-3, chart="$k a year per MWh", called="Net revenue per MWh of storage"),
        _ranked("revenue_per_mw_year", "Net per MW", "$k/year", "Net revenue per MW of registered capacity and year of 365 days, over days with a reading and a price", 1, factor=1e-3, chart="$k a year per MW", called="Net revenue per MW"),
        _ranked("spread", "Spread", "$/MWh", "Discharge price less charge price", 2),
        _ranked("discharge_price", "Earned", "$/MWh", "What a MWh discharged earned on average", 2, called="Price earned"),
        _ranked("charge_price", "Paid", "$/MWh", "What a MWh charged cost on average; below zero it was income", 2, called="Price paid"),
        _ranked("discharge_mwh", "Discharged", "GWh", "Energy out, never netted across units", 2, factor=1e-3, write=gwh),
        _ranked("charge_mwh", "Charged", "GWh", "Energy in", 2, factor=1e-3, write=gwh),
        _ranked("cycles_per_day", "Cycles", "per day", "Discharge over storage and days with readings", 2, chart="per day"),
        _ranked("round_trip", "Round trip", "%", "Discharge over charge; shown once ten times the storage was charged, so that what was stored before and after moves it by a tenth at most", 1, factor=100),
        _ranked("capacity_factor", "CF", "%", "Capacity factor of discharge: energy out over capacity × hours registered and read", 1, factor=100, called="Capacity factor of discharge"),
        _ranked("utilisation_registered", "Use, registered", "%", "Energy out and in over capacity × hours registered", 1, factor=100, minor=True, called="Use of hours registered"),
        _ranked("utilisation_reporting", "Use, reporting", "%", "Energy out and in over capacity × hours with a reading", 1, factor=100, minor=True, called="Use of hours reporting"),
    )
}  # fmt: skip
"""Column of ``/api/batteries`` -> how it is written; the first one is what batteries are ranked by unless asked otherwise."""

CAPACITY = Figure("capacity_mw", "Power", "MW", "Registered generating capacity", _fixed(0))
STORAGE = Figure("storage_mwh", "Storage", "MWh", "Registered energy storage", _fixed(0))
COVERAGE = Figure(
    "coverage", "Coverage", "%", "Part of the expected readings that have power and price", _fixed(1, 100), minor=True
)
COLUMNS: tuple[Figure, ...] = (
    CAPACITY, STORAGE,
    *(RANKED[c].figure for c in (
        "discharge_mwh", "charge_mwh", "charge_price", "discharge_price", "spread", "revenue", "revenue_per_mwh_year",
        "revenue_per_mw_year", "cycles_per_day", "round_trip", "capacity_factor", "utilisation_registered",
        "utilisation_reporting",
    )),
    COVERAGE,
)  # fmt: skip
"""Columns of the ranking's table."""


def told(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """A row of ``/api/batteries`` as it is shown: without a round trip that says little."""
    margin = float(row.get("round_trip_margin", np.nan))
    return dict(row) if margin <= MOST_MARGIN else {**row, "round_trip": np.nan}


def cells(row: Mapping[Any, Any], figures: Sequence[Figure] = COLUMNS) -> list[dict[str, Any]]:
    """Cells of a row of ``/api/batteries``."""
    shown = told(row)
    return [f.cell(shown) for f in figures]


def narrow(figure: Figure) -> Figure:
    """A figure that is left out on a phone."""
    return replace(figure, minor=True)


def tiles(row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """The figures of the chosen batteries over the window."""
    shown = told(row)

    def of(name: str) -> float:
        return float(shown.get(name, np.nan))

    def unit(name: str, words: str) -> str:
        return words if np.isfinite(of(name)) else ""

    def amount(label: str, name: str, note: str, title: str) -> dict[str, Any]:
        value, _, words = energy(of(name)).partition(" ")
        return {"label": label, "value": value, "unit": words, "note": note, "title": title}

    trip, margin = of("round_trip"), float(row.get("round_trip_margin", np.nan))
    return [
        amount("Discharged", "discharge_mwh", f"earned {formats.price(of('discharge_price'))}/MWh", "Energy out and what a MWh of it earned on average"),
        amount("Charged", "charge_mwh", f"paid {formats.price(of('charge_price'))}/MWh", "Energy in and what a MWh of it cost on average; below zero it was income"),
        {"label": "Spread", "value": formats.price(of("spread")), "unit": unit("spread", "/MWh"), "note": "earned less paid"},
        {"label": "Net revenue", "value": formats.money(of("revenue")), "note": f"{formats.money(of('discharge_revenue'))} less {formats.money(of('cost'))}", "title": "Gross at spot: what discharge earned less what charging cost"},
        {"label": "Per MWh of storage", "value": formats.money(of("revenue_per_mwh_year")), "unit": unit("revenue_per_mwh_year", "/year"), "note": f"of {formats.number(of('storage_mwh'))} MWh" if np.isfinite(of("storage_mwh")) else "storage unknown"},
        {"label": "Per MW", "value": formats.money(of("revenue_per_mw_year")), "unit": unit("revenue_per_mw_year", "/year"), "note": f"of {formats.power(of('capacity_mw'))}" if np.isfinite(of("capacity_mw")) else "capacity unknown"},
        {"label": "Cycles", "value": formats.number(of("cycles_per_day"), 2), "unit": unit("cycles_per_day", "a day"),
         "note": f"round trip {formats.percent(trip)}" if np.isfinite(trip) else "round trip: too short a window" if np.isfinite(margin) else "storage unknown",
         "title": "Discharge over storage and days; round trip: discharge over charge, shown once ten times the storage was charged"},
        {"label": "Use", "value": formats.percent(of("utilisation_registered")), "note": f"of hours reported {formats.percent(of('utilisation_reporting'))}, CF {formats.percent(of('capacity_factor'))}",
         "title": "Energy out and in over capacity × hours registered, and × hours with a reading; CF: energy out over capacity × hours registered and read"},
    ]  # fmt: skip
