"""What records and alerts are of: one number for each region and the market at every 5-minute interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.market_time import Window
from components.metrics.generation import renewable_shares, sum_units, terms
from components.metrics.prices import demand_weighted
from components.queries.regional import STEP, aligned
from components.queries.units import UnitTable, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS, RENEWABLE_FUELS

PLACES = (*REGIONS, NEM)
"""Order of the rows of every measure."""
_NOT_GENERATION = ("battery", "battery_charging", "pumps", "imports", "exports")
_GROUPS = ("wind", "solar", "hydro", "other")
"""What units are added up to; ``hydro`` holds every other renewable fuel, ``other`` what is not renewable."""


@dataclass(frozen=True)
class Measure:
    """One measure: its label, its unit, the dataset it comes from, and which extremes of it are records."""

    label: str
    unit: str
    dataset: str
    sides: tuple[str, ...] = ("high",)


MEASURES: dict[str, Measure] = {
    "price": Measure("Price", "$/MWh", "price", ("high", "low")),
    "demand": Measure("Operational demand", "MW", "region", ("high", "low")),
    "renewable_share": Measure("Renewable share", "", "scada", ("high", "low")),
    "wind": Measure("Wind", "MW", "scada"),
    "solar": Measure("Solar", "MW", "scada"),
    "rooftop": Measure("Rooftop solar", "MW", "rooftop"),
    "battery": Measure("Battery discharge", "MW", "scada"),
    "battery_charging": Measure("Battery charging", "MW", "scada"),
}


def with_market(values: np.ndarray) -> np.ndarray:
    """The five regions and the market as their sum, which is known where all of them are (6, T)."""
    return np.vstack([values, values.sum(axis=0)])


def measures(snapshot: Snapshot, times: np.ndarray, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Measures on complete ascending 5-minute stamps: name -> (6, T) in the order of :data:`PLACES`, NaN = missing.

    Price of the market: weighted by demand. Renewable share: as ``metrics.generation.renewable_share``, known only where
    rooftop solar is. Battery charging is positive. Units without a region count in the market.
    """
    wanted = set(names)
    out: dict[str, np.ndarray] = {}
    if wanted & {"price", "demand"}:
        demand = aligned(snapshot, "region", "demand", times, REGIONS)
        out["demand"] = with_market(demand)
        if "price" in wanted:
            price = aligned(snapshot, "price", "rrp", times, REGIONS)
            out["price"] = np.vstack([price, demand_weighted(price, demand)])
    if wanted & {"rooftop", "renewable_share"}:
        out["rooftop"] = with_market(aligned(snapshot, "rooftop", "mw", times, REGIONS))
    if wanted & {"wind", "solar", "battery", "battery_charging", "renewable_share"}:
        units = unit_sums(snapshot, times)
        out |= {name: units[name] for name in ("wind", "solar", "battery")}
        out["battery_charging"] = -units["battery_charging"]
        if "renewable_share" in wanted:
            out["renewable_share"] = _shares({n: units[n] for n in _GROUPS}, out["rooftop"])
    return {name: out[name] for name in MEASURES if name in wanted}


def renewable_parts(snapshot: Snapshot, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Renewable generation and all generation (6, T) [MW], rooftop solar in both; NaN where one of them is missing."""
    units = unit_sums(snapshot, times)
    roof = with_market(aligned(snapshot, "rooftop", "mw", times, REGIONS))
    known = ~np.isnan(np.stack([units[n] for n in _GROUPS])).all(axis=0) & ~np.isnan(roof)
    green = sum(np.nan_to_num(units[n]) for n in ("wind", "solar", "hydro")) + roof
    total = green + np.nan_to_num(units["other"])
    return np.where(known, green, np.nan), np.where(known, total, np.nan)


def _shares(groups: dict[str, np.ndarray], roof: np.ndarray) -> np.ndarray:
    some = ~np.isnan(np.stack(list(groups.values()))).all(axis=0)
    power = [{**{g: v[i] for g, v in groups.items()}, "rooftop": roof[i]} for i in range(len(PLACES))]
    share = np.vstack([renewable_shares(p, roof.shape[1]) for p in power])
    return np.where(some & ~np.isnan(roof), share, np.nan)


def unit_sums(snapshot: Snapshot, times: np.ndarray) -> dict[str, np.ndarray]:
    """Power of wind, solar, hydro (and other renewables), other, battery, battery_charging: (6, T) each [MW].

    Batteries are split by sign before they are added. Of the market a sum is known where any unit has a reading.
    """
    names = (*_GROUPS, "battery", "battery_charging")
    sums = np.full((len(names), len(REGIONS) + 1, len(times)), np.nan)
    if len(times):
        table = unit_table(snapshot)
        positive, negative = _codes(table, names)
        window = Window(pd.Timestamp(times[0] - STEP), pd.Timestamp(times[-1]), "5m")
        for part in readings(snapshot, window):
            rows = part.rows
            chosen, parts, series = terms(table.role[rows], positive[rows], negative[rows])
            added = sum_units(part.values, chosen, parts, series, len(names) * (len(REGIONS) + 1))
            at = int((part.times[0] - times[0]) // STEP)
            sums[:, :, at : at + len(part.times)] = added.reshape(len(names), len(REGIONS) + 1, -1)
    market = np.where(np.isnan(sums).all(axis=1), np.nan, np.nansum(sums, axis=1))
    # Units without a region have a row of their own, which only the market counts.
    return {name: np.vstack([sums[i, :-1], market[i]]) for i, name in enumerate(names)}


def _codes(table: UnitTable, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Series of each registry row's generation and consumption; -1 = in none of them."""
    codes = np.full(len(table.kinds), -1)
    for kind, (region, fuel, _) in enumerate(table.kinds):
        group = fuel
        if fuel not in names or fuel in ("hydro", "other"):
            group = "" if fuel in _NOT_GENERATION else "hydro" if fuel in RENEWABLE_FUELS else "other"
        if group:
            place = REGIONS.index(region) if region in REGIONS else len(REGIONS)
            codes[kind] = names.index(group) * (len(REGIONS) + 1) + place
    return codes[table.gives], codes[table.takes]
