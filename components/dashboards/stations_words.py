"""Figures of stations and units in words: tiles, columns and cells, the same in every view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from components.charts import formats
from components.dashboards import links as to
from components.dashboards.stations_subject import MOST_MEMBERS, Subject


@dataclass(frozen=True)
class Figure:
    """One figure as tables show it: its column in an answer, and how it is written."""

    column: str
    label: str
    unit: str
    help: str
    write: Callable[[float], str]
    minor: bool = False

    @property
    def head(self) -> dict[str, Any]:
        """The column's head."""
        return {"label": self.label, "unit": self.unit, "help": self.help, "number": True, "minor": self.minor}

    def cell(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        """The cell of a row; what is missing is a dash."""
        value = float(row.get(self.column, np.nan))
        return {"t": self.write(value), "v": value if np.isfinite(value) else None}


def _fixed(digits: int, factor: float = 1.0) -> Callable[[float], str]:
    return lambda value: formats.number(value * factor, digits)


def gwh(mwh: float) -> str:
    """Energy in GWh; small amounts keep two significant digits, so that nothing but zero reads as zero."""
    size = abs(mwh) / 1000
    if not np.isfinite(mwh) or size == 0 or size >= 0.1:
        return formats.number(mwh / 1000, 1 if size >= 100 else 2)
    return formats.number(mwh / 1000, 4 if size >= 0.001 else 6)


def energy(mwh: float) -> str:
    """Energy in GWh, below one in MWh.

    >>> energy(1234.5), energy(46.1)
    ('1.23 GWh', '46.1 MWh')
    """
    return formats.energy(mwh) if not abs(mwh) < 1000 else f"{formats.significant(mwh)} MWh"


CAPACITY = Figure("capacity_mw", "Capacity", "MW", "Registered generating capacity", _fixed(1))
ENERGY = Figure("energy_mwh", "Energy", "GWh", "Generated; storage: discharged", gwh)
LOAD = Figure("load_mwh", "Load", "GWh", "Consumed by pumping or charging", gwh)
REVENUE = Figure("revenue", "Revenue", "", "Gross at spot, net of what the load paid", formats.money)
CAPTURE = Figure("capture_price", "Capture", "$/MWh", "Value of generation over energy", _fixed(2))
FLAT = Figure(
    "time_weighted_price", "Flat price", "$/MWh", "Mean price of the region over the same time", _fixed(2), minor=True
)
RATE = Figure("capture_rate", "Rate", "%", "Capture price over the mean price of the region", _fixed(1, 100))
FACTOR = Figure(
    "capacity_factor", "CF", "%", "Capacity factor: energy over capacity × hours registered and read", _fixed(1, 100)
)
RUNNING = Figure(
    "running_hours",
    "Running",
    "hours",
    "Hours in which power exceeded 5 % of the capacity of at least one unit",
    _fixed(1),
)
STARTS = Figure("starts", "Starts", "", "Times a unit rose above 5 % of its capacity", _fixed(0))
NEGATIVE_SHARE = Figure(
    "negative_share", "At < $0", "%", "Share of the energy that was generated at a negative price", _fixed(1, 100)
)
NEGATIVE_MONEY = Figure(
    "negative_revenue", "Earned < $0", "", "Revenue of the intervals with a negative price", formats.money, minor=True
)
COVERAGE = Figure(
    "coverage", "Coverage", "%", "Part of the expected readings that have power and price", _fixed(1, 100), minor=True
)

OF_UNITS = (CAPACITY, ENERGY, LOAD, REVENUE, CAPTURE, FACTOR, RUNNING, STARTS, NEGATIVE_SHARE, COVERAGE)
OF_MEMBERS = (
    CAPACITY, ENERGY, LOAD, REVENUE, CAPTURE, RATE, FACTOR, RUNNING, STARTS, NEGATIVE_SHARE, NEGATIVE_MONEY, COVERAGE,
)  # fmt: skip
OF_PERIODS = (
    ENERGY, LOAD, REVENUE, CAPTURE, FLAT, RATE, FACTOR, RUNNING, STARTS, NEGATIVE_SHARE, NEGATIVE_MONEY, COVERAGE,
)  # fmt: skip


def without_load(figures: Sequence[Figure], rows: Sequence[Mapping[Any, Any]]) -> list[Figure]:
    """The figures without the load where nothing consumed anything."""
    consumed = any(float(r.get("load_mwh", 0.0)) > 0 for r in rows)
    return [f for f in figures if consumed or f is not LOAD]


def coverage_words(row: Mapping[Any, Any]) -> list[str]:
    """How much of the power was read, and how much of that has a price where it is not all of it."""
    read, priced = float(row["read"]), float(row["coverage"])
    power = f"coverage {formats.percent(read)}"
    return (
        [power]
        if abs(read - priced) < 0.0005 or not np.isfinite(priced)
        else [power, f"with a price {formats.percent(priced)}"]
    )


def tiles(row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """The figures of one subject over the window."""

    def of(name: str) -> float:
        return float(row.get(name, np.nan))

    def known(name: str, unit: str) -> str:
        return unit if np.isfinite(of(name)) else ""

    below = of("negative_share")
    out = [
        {"label": "Energy", "value": energy(of("energy_mwh")).split(" ")[0], "unit": energy(of("energy_mwh")).partition(" ")[2]},
        {"label": "Revenue", "value": formats.money(of("revenue")), "note": "gross, at spot"},
        {
            "label": "Capture price", "value": formats.price(of("capture_price")), "unit": known("capture_price", "/MWh"),
            "note": _rate(of("capture_rate"), of("time_weighted_price")),
            "title": "Value of generation over energy; capture rate: that over the time-weighted price of the region",
        },
        {
            "label": "Capacity factor", "value": formats.percent(of("capacity_factor")),
            "note": f"of {formats.power(of('capacity_mw'))}" if np.isfinite(of("capacity_mw")) else "capacity unknown",
        },
        {
            "label": "Running", "value": formats.number(of("running_hours"), 0 if of("running_hours") >= 100 else 1),
            "unit": known("running_hours", "h"), "note": _starts(of("starts")),
            "title": "Hours in which power exceeded 5 % of the capacity of at least one unit, and how often a unit rose above it",
        },
        {
            "label": "At negative prices", "value": formats.percent(below),
            "note": f"{energy(of('negative_mwh'))}, {formats.money(of('negative_revenue'))}" if np.isfinite(below) else "",
            "title": "Share of the energy generated at a negative price; that energy, and what these intervals earned, net of what the load paid",
        },
    ]  # fmt: skip
    if of("load_mwh") > 0:
        out[0]["note"] = f"load {energy(of('load_mwh'))}"
        out[1]["note"] = f"net; load paid {formats.money(of('load_cost'))}"
    return out


def _rate(rate: float, flat: float) -> str:
    if not np.isfinite(flat):
        return ""
    words = f"flat {formats.price(flat)}"
    return f"{formats.percent(rate)} of {words}" if np.isfinite(rate) else words


def _starts(count: float) -> str:
    if not np.isfinite(count):
        return "capacity unknown"
    return f"{formats.number(count)} start{'' if count == 1 else 's'}"


def unit_chips(subject: Subject) -> list[dict[str, Any]]:
    """Chips of the whole station and each of its units; none where it is one unit."""
    if len(subject.units) < 2:
        return []
    out = [
        {
            "key": f"station:{subject.station}",
            "label": "Whole station",
            "on": subject.by == "station",
            "title": subject.station,
        }
    ]
    out += [
        {
            "key": f"duid:{d}",
            "label": d,
            "on": subject.by == "duid" and d == subject.name,
            "title": f"Unit {d} alone",
        }
        for d in subject.units
    ]
    more = len(subject.units) > MOST_MEMBERS
    label = f"Compare {MOST_MEMBERS} units" if more else "Compare units"
    return [*out, {"key": "compare-units", "label": label, "on": False, "title": "Side by side"}]


def facts(subject: Subject, address: to.Texts) -> list[dict[str, str]]:
    """Region, technology and owner, each a link to its page."""
    own = subject.own
    texts = {k: v for k, v in address.items() if k != "region"}
    region = {"region": [own["region"]]} if own["region"] else {}
    return [
        fact for fact in (
            {"text": subject.place, "href": to.region(own["region"], texts) if own["region"] else ""},
            {"text": subject.technology, "href": to.of("fueltech", own["fueltech"], texts | region) or ""},
            {"text": own["owner"], "href": to.of("owner", own["owner"], texts) or ""},
            {"text": "Spread, cycles, state of charge", "href": to.batteries({subject.by: subject.name}, texts)}
            if own["fuel"] == "battery" else {"text": "", "href": ""},
        ) if fact["text"]
    ]  # fmt: skip
