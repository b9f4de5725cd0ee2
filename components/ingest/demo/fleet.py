"""The demo's stations and units: the NEM's well-known ones by name, then invented ones, to any number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from io import StringIO

import numpy as np
import pandas as pd

from components.errors import UsageError
from components.ingest.demo.noise import stream, uniform
from components.schema import conform_units
from components.vocabulary import BIDIRECTIONAL, FUELTECHS, GENERATOR, LOAD, REGIONS

FEWEST, MOST = 10, 600
MARKET_START = pd.Timestamp("1998-12-13")
"""Every unit of the demo is registered from the market's first day on, so that any window is covered."""

# Region and technology -> MW of the whole, whatever number of units stands for it. Technologies that are
# not named here have the capacity of their named stations.
_TARGET_MW = {
    ("NSW1", "wind"): 2850.0, ("QLD1", "wind"): 1750.0, ("SA1", "wind"): 2400.0, ("TAS1", "wind"): 430.0,
    ("VIC1", "wind"): 4300.0, ("NSW1", "solar_utility"): 3700.0, ("QLD1", "solar_utility"): 3700.0,
    ("SA1", "solar_utility"): 650.0, ("VIC1", "solar_utility"): 1350.0, ("NSW1", "battery"): 1500.0,
    ("QLD1", "battery"): 1100.0, ("SA1", "battery"): 800.0, ("VIC1", "battery"): 1200.0,
}  # fmt: skip

# What the first units are, so that even a small demo has every region, the main fuels and enough plant.
_FIRST = (
    "NSW1 coal_black", "QLD1 coal_black", "VIC1 coal_brown", "NSW1 gas_ocgt", "QLD1 gas_ccgt", "SA1 gas_ccgt",
    "VIC1 gas_ocgt", "NSW1 hydro", "VIC1 hydro", "TAS1 hydro", "NSW1 wind", "QLD1 wind", "SA1 wind", "TAS1 wind",
    "VIC1 wind", "NSW1 solar_utility", "QLD1 solar_utility", "SA1 battery", "QLD1 pumps", "VIC1 battery",
    "NSW1 battery", "QLD1 hydro", "SA1 solar_utility", "VIC1 solar_utility", "QLD1 battery", "SA1 gas_ocgt",
    "NSW1 bioenergy_biomass", "QLD1 distillate", "NSW1 pumps", "SA1 gas_steam",
)  # fmt: skip

# What invented units are: (region, technology, share, MW from, MW to). Small ones are non-scheduled.
_INVENTED = (
    ("NSW1", "wind", 8, 60, 320), ("QLD1", "wind", 7, 60, 320), ("SA1", "wind", 7, 50, 180),
    ("VIC1", "wind", 11, 60, 320), ("TAS1", "wind", 1, 30, 120), ("NSW1", "solar_utility", 13, 40, 260),
    ("QLD1", "solar_utility", 13, 40, 260), ("SA1", "solar_utility", 4, 20, 110),
    ("VIC1", "solar_utility", 7, 40, 200), ("NSW1", "battery", 5, 50, 250), ("QLD1", "battery", 4, 50, 250),
    ("SA1", "battery", 4, 30, 150), ("VIC1", "battery", 4, 50, 250), ("NSW1", "bioenergy_biogas", 2, 1, 9),
    ("VIC1", "bioenergy_biogas", 2, 1, 9), ("QLD1", "bioenergy_biomass", 2, 5, 30), ("SA1", "gas_recip", 1, 5, 25),
    ("NSW1", "hydro", 2, 1, 20), ("TAS1", "hydro", 1, 1, 12), ("NSW1", "gas_recip", 1, 5, 25),
    ("SA1", "distillate", 1, 2, 15), ("VIC1", "gas_recip", 1, 3, 20), ("QLD1", "gas_recip", 1, 5, 25),
)  # fmt: skip
_TARGETED = ("wind", "solar_utility", "battery")
_PLACES = (
    "Amber", "Banksia", "Cassia", "Drover", "Ember", "Figtree", "Granite", "Heron", "Ironbark", "Jarrah", "Kestrel",
    "Lantern", "Mallee", "Nardoo", "Osprey", "Paperbark", "Quandong", "Redgum", "Saltbush", "Tussock", "Umber",
    "Vesper", "Wattle", "Yarrow", "Zephyr",
)  # fmt: skip
_LANDSCAPES = ("Ridge", "Plain", "Creek", "Hill", "Downs", "Bluff", "Flat", "Range", "Gully", "Point")
_KIND = {
    "wind": ("Wind Farm", "WF"), "solar_utility": ("Solar Farm", "SF"), "battery": ("Battery", "BT"),
    "bioenergy_biogas": ("Landfill Gas Plant", "LG"), "bioenergy_biomass": ("Sugar Mill", "BM"),
    "gas_recip": ("Gas Engines", "GE"), "hydro": ("Small Hydro", "HY"), "distillate": ("Diesel Plant", "DP"),
}  # fmt: skip
_EMISSIONS = {"bioenergy_biogas": 0.06, "bioenergy_biomass": 0.02, "gas_recip": 0.6, "distillate": 0.95}
_DISPATCHABLE = ("coal_black", "coal_brown", "gas_ccgt", "gas_steam", "gas_recip", "gas_ocgt", "hydro", "distillate")
_STANDS_IN = ("gas_ocgt", "gas_ccgt", "hydro", "coal_black", "coal_brown")


@dataclass(frozen=True, eq=False)
class Fleet:
    """The units of a demo, sorted by DUID; ``table`` has one row each (see ``stations.csv``)."""

    table: pd.DataFrame

    @cached_property
    def duids(self) -> tuple[str, ...]:
        """DUIDs, ascending."""
        return tuple(self.table["duid"])

    def column(self, name: str) -> np.ndarray:
        """One column as an array."""
        return self.table[name].to_numpy()

    def where(
        self, *, region: str | None = None, fueltech: str | None = None, schedule: str | None = None
    ) -> np.ndarray:
        """Positions of the units that match, ascending."""
        keep = np.ones(len(self.table), bool)
        for name, value in (("region", region), ("fueltech", fueltech), ("schedule", schedule)):
            if value is not None:
                keep &= self.column(name) == value
        return np.flatnonzero(keep)

    def units(self) -> pd.DataFrame:
        """The registry's rows (``schema.UNITS_COLUMNS``)."""
        t = self.table
        role = np.where(t.fueltech == "battery", BIDIRECTIONAL, np.where(t.fueltech == "pumps", LOAD, GENERATOR))
        dispatch = {GENERATOR: "Generating Unit", LOAD: "Load", BIDIRECTIONAL: "Bidirectional Unit"}
        return conform_units(
            t.assign(
                fuel=t.fueltech.map(FUELTECHS),
                role=role,
                dispatch_type=[dispatch[r] for r in role],
                schedule_type=t.schedule,
                registered_from=MARKET_START,
            )
        )


def _named() -> pd.DataFrame:
    text = files("components.ingest.demo").joinpath("stations.csv").read_text(encoding="utf-8")
    table = pd.read_csv(StringIO(text), dtype={"duid": str})
    table["invented"] = False
    return table


def _selection(table: pd.DataFrame, units: int) -> pd.DataFrame:
    """The named units that a demo of so many has: first the indispensable ones, then each group in proportion."""
    group = table["region"] + " " + table["fueltech"]
    rank = table.groupby(group).cumcount()
    size = group.map(group.value_counts())
    first = group.map({g: i for i, g in enumerate(_FIRST)}).where(rank == 0)
    order = np.where(first.isna(), 1000 + (rank + 0.5) / size, first)
    return table.iloc[np.argsort(order, kind="stable")[:units]]


def _invented(seed: int, count: int) -> pd.DataFrame:
    """So many invented units, spread over regions and technologies; their names say that they are invented."""
    share = np.array([s for *_, s, _, _ in _INVENTED], float)
    exact = share / share.sum() * count
    numbers = np.floor(exact).astype(int)
    numbers[np.argsort(numbers - exact, kind="stable")[: count - numbers.sum()]] += 1
    rows = []
    for (region, fueltech, _, low, high), number in zip(_INVENTED, numbers, strict=True):
        label, code = _KIND[fueltech]
        small = fueltech not in _TARGETED
        for i in range(number):
            place = (i * 7 + len(fueltech) * 3 + REGIONS.index(region) * 5) % 250
            name = f"{_PLACES[place % 25]} {_LANDSCAPES[place // 25]}"
            duid = f"X{region[0]}{code}{i + 1:03d}"
            size = low * (high / low) ** float(uniform(stream(seed, "size", duid), 0))
            hours = (1.0, 2.0, 2.0, 4.0)[int(4 * float(uniform(stream(seed, "hours", duid), 0)))]
            rows.append(
                {
                    "duid": duid,
                    "station": f"{name} {label} {region[:-1]} (invented)",
                    "owner": f"{_PLACES[(place * 3 + 1) % 25]} Energy Pty Ltd (invented)",
                    "region": region,
                    "fueltech": fueltech,
                    "schedule": "Non-Scheduled"
                    if small
                    else "Scheduled"
                    if fueltech == "battery"
                    else "Semi-Scheduled",
                    "capacity_mw": round(size, 1),
                    "storage_mwh": round(size * hours, 1) if fueltech == "battery" else np.nan,
                    "emissions_t_per_mwh": _EMISSIONS.get(fueltech, 0.0),
                    "invented": True,
                }
            )
    return pd.DataFrame(rows)


def _scaled(table: pd.DataFrame, targets: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Capacities stretched so that each region's technologies add up to their targets."""
    table = table.copy()
    scheduled = table["schedule"] != "Non-Scheduled"
    for (region, fueltech), target in targets.items():
        rows = scheduled & (table["region"] == region) & (table["fueltech"] == fueltech)
        if not rows.any():
            continue
        made_up = rows & table["invented"]
        fixed = table.loc[rows & ~made_up, "capacity_mw"].sum()
        free = table.loc[made_up, "capacity_mw"].sum()
        if free and 0.2 < (target - fixed) / free < 2.0:
            change, factor = made_up, (target - fixed) / free
        else:
            change, factor = rows, target / (fixed + free)
        for name in ("capacity_mw", "storage_mwh"):
            table.loc[change, name] = (table.loc[change, name] * factor).round(1)
    return table


def build_fleet(units: int, seed: int) -> Fleet:
    """The fleet of a demo with so many units.

    Up to the number of well-known stations' units they are all real ones (the fewer, the bigger each, so
    that the plant still meets the demand); beyond it invented wind, solar, battery and small plant follows.

    Raises
    ------
    UsageError
        For fewer than 10 or more than 600 units.
    """
    if not FEWEST <= units <= MOST:
        raise UsageError(f"a demo has {FEWEST} to {MOST} units, not {units}")
    named = _named()
    chosen = _selection(named, units)
    scheduled = named[named["schedule"] != "Non-Scheduled"]
    sums = scheduled.groupby(["region", "fueltech"], as_index=False)["capacity_mw"].sum()
    targets = dict(zip(zip(sums["region"], sums["fueltech"], strict=True), sums["capacity_mw"], strict=True))
    targets.update(_TARGET_MW)
    present = set(zip(chosen["region"], chosen["fueltech"], strict=True))
    for (region, fueltech), mw in list(targets.items()):
        if fueltech in _DISPATCHABLE and (region, fueltech) not in present:
            # Plant that this small demo leaves out is lent to another technology of the region.
            other = next((f for f in _STANDS_IN if (region, f) in present), None)
            if other:
                targets[region, other] += mw
    if units > len(chosen):
        chosen = pd.concat([chosen, _invented(seed, units - len(chosen))], ignore_index=True)
    table = _scaled(chosen, targets).sort_values("duid", kind="stable").reset_index(drop=True)
    loss = [float(uniform(stream(seed, "mlf", s), 0)) for s in table["station"]]
    table["mlf"] = np.round(0.90 + 0.12 * np.array(loss), 4)
    return Fleet(table)
