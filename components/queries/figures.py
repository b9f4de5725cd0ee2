"""Energy, money, capacity factor and emissions of each fuel over a window: the table that is the chart's legend.

Sums are those of :mod:`components.queries.fuel_sums`, so energies agree with ``generation/by-fuel?agg=sum``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import param

from components.metrics.fuels import intensity, share_of_supply
from components.metrics.revenue import capacity_factor, capture_price, ratio
from components.queries.base import Names, PeriodQuery, Result, register
from components.queries.fuel_sums import SUMS, FuelSums, Key
from components.queries.generation import INTERCHANGE, ROOFTOP
from components.queries.regional import REGION_ORDER, regions_asked
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS

_FUELS, _TECHS = list(FUELS), list(FUELTECHS)
_NO_PLANT = tuple(fuel for fuel, _ in INTERCHANGE)


@register
class GenerationFigures(PeriodQuery):
    """Energy, money, capacity factor and emissions of each fuel over a window."""

    route = "generation/figures"
    page = "generation"
    title = "Figures by fuel"
    description = (
        "Energy, share, average power, spot value, capture price, capacity factor and emissions of each fuel, summed at "
        "the 5-minute interval. Loads are negative, storage stands in two rows. Value is gross: before loss factors, FCAS "
        "and contracts; interchange has none."
    )
    row_columns = {
        "region": ("", "Region; NEM is the whole market, empty are units without a region"),
        "fuel": ("", "Fuel"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
        "energy_mwh": ("MWh", "Energy, loads negative"),
        "share": ("", "Part of the energy of everything above zero (imports included where asked for); null for loads"),
        "average_mw": ("MW", "Energy / hours read"),
        "hours": ("h", "Hours read: those in which any unit of the region has a reading (rooftop, interchange: their own)"),
        "capture_price": ("$/MWh", "Value / energy over intervals with a price: what a MWh earned (loads: paid)"),
        "value": ("$", "Power x regional price x time; loads: what they paid, negative"),
        "capacity_factor": ("", "Energy / (capacity x hours registered and read), pooled over units; null for loads"),
        "capacity_mw": ("MW", "Capacity in service, on average over the hours read; null where none is known"),
        "emissions_t": ("t", "Energy x emissions factor of the registry (CO2-e), of units with a factor; null without any"),
        "intensity": ("t/MWh", "Emissions / energy of units with a factor"),
        "factor_coverage": ("", "Part of the energy whose emissions factor is known"),
        "coverage": ("", "Share of the expected readings of power that are there"),
    }  # fmt: skip
    examples = ("last=7d&region=NSW1", "last=1y&region=NEM&by=fueltech", "last=30d&region=SA1&interchange=1")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one for all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all. Shares are of all fuels in any case.")
    by: Any = param.Selector(default="fuel", objects=["fuel", "fueltech"], doc="Fuels, or the finer fuel technologies.")
    interchange = param.Boolean(
        default=False, doc="Add imports (+) and exports (-) of each region; the NEM as a whole has none."
    )
    together = param.Boolean(
        default=False, doc="The regions named as one, called by all their names (NSW1+VIC1); their figures are pooled."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return (len(regions_asked(self.region)) + 1) * len(FUELTECHS if self.by == "fueltech" else FUELS)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        sums = FuelSums(snapshot, window, self.region, interchange=self.interchange, together=self.together)
        gathered = sums.gathered(fine=self.by == "fueltech")
        keys = sorted(gathered, key=_rank)
        s = dict(zip(SUMS, np.array([gathered[k] for k in keys]).reshape(-1, len(SUMS)).T, strict=True))
        hours = np.array([sums.hours(k) for k in keys])
        energy, with_factor = s["energy"], s["with_factor"]
        plant = np.array([fuel not in _NO_PLANT for _, fuel, _ in keys], bool)
        sign = np.array([-1.0 if FUELS[fuel].load else 1.0 for _, fuel, _ in keys])
        numbers = {
            "energy_mwh": energy,
            "share": _shares(keys, energy),
            "average_mw": ratio(energy, hours),
            "hours": hours,
            "capture_price": capture_price(sign * s["money"], sign * s["priced"]),
            "value": np.where(s["price_readings"] > 0, s["money"], np.nan),
            "capacity_factor": capacity_factor(s["rated_energy"], s["capacity_hours"]),
            "capacity_mw": np.where(s["capacity_hours"] > 0, ratio(s["capacity_hours"], hours), np.nan),
            "emissions_t": np.where(s["factor_readings"] > 0, s["tonnes"], np.nan),
            "intensity": intensity(s["tonnes"], with_factor),
            "factor_coverage": np.where(plant & (energy > 0), ratio(with_factor, energy), np.nan),
            "coverage": ratio(s["present"], s["expected"]),
        }
        keep = [i for i, (_, fuel, _) in enumerate(keys) if not self.fuel or fuel in self.fuel]
        names = ("region", "fuel", "fueltech") if self.by == "fueltech" else ("region", "fuel")
        columns: dict[str, Any] = {}
        for at, name in enumerate(names):
            words = [keys[i][at] for i in keep]
            columns[name] = pd.Categorical(words, categories=list(dict.fromkeys(words)))
        columns |= {name: values[keep] for name, values in numbers.items()}
        return Result(
            pd.DataFrame(columns), {n: self.row_columns[n][0] for n in numbers}, window.start, window.end,
            names, "", "", int(s["expected"][keep].sum()) or window.expected, int(s["present"][keep].sum()),
            snapshot.version, snapshot.sources, tuple(_notes(sums)),
        )  # fmt: skip


def _notes(sums: FuelSums) -> list[str]:
    """What the reader of these figures must know."""
    out = ["Value is gross spot value: before loss factors, FCAS and contracts."]
    if sums.priceless:
        out.append(f"{sums.priceless} readings have no price: their energy counts, their value is missing.")
    if any(fuel == ROOFTOP[0] for _, fuel, _ in sums.regional):
        out.append("Rooftop solar is an estimate, valued at the regional price; it is not paid at spot.")
    return out


def _shares(keys: Sequence[Key], energy: np.ndarray) -> np.ndarray:
    """Part of each series in everything above zero of its region, fuel by fuel."""
    out = np.full(len(keys), np.nan)
    for region in {k[0] for k in keys}:
        rows = [i for i, k in enumerate(keys) if k[0] == region]
        fuels = list(dict.fromkeys(keys[i][1] for i in rows))
        totals = np.array([sum(energy[i] for i in rows if keys[i][1] == fuel) for fuel in fuels])
        shares = dict(zip(fuels, share_of_supply(totals, np.array([not FUELS[f].load for f in fuels])), strict=True))
        for i in rows:
            whole = totals[fuels.index(keys[i][1])]
            out[i] = shares[keys[i][1]] * energy[i] / whole if whole else shares[keys[i][1]]
    return out


def _rank(key: Key) -> tuple:
    region, fuel, tech = key
    return (
        REGION_ORDER.index(region) if region in REGION_ORDER else -1,
        region,
        _FUELS.index(fuel) if fuel in FUELS else len(_FUELS),
        _TECHS.index(tech) if tech in FUELTECHS else len(_TECHS),
        tech,
    )
