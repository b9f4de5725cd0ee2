"""The table beside the stack, which is its legend: figures of each fuel, their totals, demand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.layers import Layer
from components.charts.palette import Palette
from components.dashboards.generation_view import number_cell, top_down
from components.metrics.generation import renewable_share
from components.vocabulary import UNMAPPED

COLUMNS = [
    {"label": "Fuel", "help": "Click: this fuel alone; shift or ctrl and click: one more"},
    {"label": "Energy", "unit": "GWh", "number": True, "help": "Sum of power × time at 5 minutes; loads are negative"},
    {"label": "Share", "unit": "%", "number": True, "help": "Part of everything above zero in the chart"},
    {"label": "Average", "unit": "MW", "number": True, "minor": True, "help": "Energy over the hours that were read; what is missing is not zero"},
    {"label": "Capture", "unit": "$/MWh", "number": True, "help": "Value over energy: what a MWh earned (loads: paid) at spot"},
    {"label": "Value", "unit": "$M", "number": True, "help": "Power × regional price × time, gross, before losses and contracts; loads: what they paid, negative"},
    {"label": "CF", "unit": "%", "number": True, "help": "Capacity factor: energy over capacity × hours registered and read"},
    {"label": "Emissions", "unit": "kt", "number": True, "minor": True, "help": "Energy × emissions factor of the registry (CO2-e), of units with a factor; unknown is not zero"},
    {"label": "Intensity", "unit": "t/MWh", "number": True, "minor": True, "help": "Emissions over the energy of units with a factor"},
]  # fmt: skip
CHANGE_COLUMNS = [
    COLUMNS[0],
    {"label": "First", "unit": "MW", "number": True, "help": "Power in the window's first bucket"},
    {"label": "Last", "unit": "MW", "number": True, "help": "Power in the window's last bucket"},
    {"label": "Change", "unit": "MW", "number": True, "help": "Last minus first"},
    {"label": "On average", "unit": "MW", "number": True, "help": "Mean of all buckets minus the first"},
]  # fmt: skip
_NOT_GENERATION = ("battery", "imports")


@dataclass(frozen=True)
class FuelFigures:
    """Figures of one layer or of several, as ``generation/figures`` gives them; NaN = unknown."""

    energy_mwh: float
    share: float = np.nan
    average_mw: float = np.nan
    capture_price: float = np.nan
    value: float = np.nan
    capacity_factor: float = np.nan
    emissions_t: float = np.nan
    intensity: float = np.nan
    factor_coverage: float = np.nan


def figures_of(frame: pd.DataFrame, by: str, layers: Mapping[str, Layer]) -> dict[str, FuelFigures]:
    """Figures by layer, from rows of ``generation/figures`` about one region (or several put together).

    A technology that is no layer is shown as unmapped.
    """
    names = [f.name for f in fields(FuelFigures)]
    out: dict[str, FuelFigures] = {}
    for row in frame.to_dict("records"):
        name = str(row[by]) if str(row[by]) in layers else UNMAPPED
        own = FuelFigures(**{n: float(row[n]) for n in names})
        out[name] = total([out[name], own]) if name in out else own
    return out


def total(figures: Sequence[FuelFigures]) -> FuelFigures:
    """Fuels together: sums; price only where every one has a value; emissions of the energy whose factor is known."""
    energy = sum(f.energy_mwh for f in figures)
    value = sum(f.value for f in figures)
    known = [f for f in figures if np.isfinite(f.emissions_t)]
    tonnes = sum(f.emissions_t for f in known) if known else np.nan
    with_factor = sum(f.energy_mwh * f.factor_coverage for f in known if f.factor_coverage > 0)
    return FuelFigures(
        energy, sum(f.share for f in figures), sum(f.average_mw for f in figures), value / energy if energy > 0 else np.nan,
        value, np.nan, tonnes, tonnes / with_factor if with_factor > 0 else np.nan,
        with_factor / energy if energy > 0 else np.nan,
    )  # fmt: skip


def generation_of(
    figures: Mapping[str, FuelFigures], layers: Mapping[str, Layer]
) -> tuple[list[FuelFigures], list[FuelFigures]]:
    """What is generation (no storage, interchange, loads), and what of it is renewable."""
    made = {n: f for n, f in figures.items() if not layers[n].load and layers[n].fuel not in _NOT_GENERATION}
    return list(made.values()), [f for n, f in made.items() if layers[n].renewable]


def rows_of(
    figures: Mapping[str, FuelFigures], layers: Mapping[str, Layer], theme: Palette, chosen: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Rows in the order of the picture; ``chosen`` layers are marked, the others dimmed."""
    out = []
    for name in top_down(list(figures), layers):
        row = words(layers[name].label, figures[name])
        row["cells"][0]["colour"] = layers[name].colour(theme)
        out.append({**row, "key": name, "dim": bool(chosen) and name not in chosen})
    return out


def totals_of(figures: Mapping[str, FuelFigures], layers: Mapping[str, Layer]) -> list[dict[str, Any]]:
    """Generation, and the renewable part of it."""
    made, green = generation_of(figures, layers)
    by_fuel: dict[str, float] = {}
    for name, own in figures.items():
        by_fuel[layers[name].fuel] = by_fuel.get(layers[name].fuel, 0.0) + own.energy_mwh
    renewable = words("of which renewable", total(green), share=renewable_share(by_fuel))
    renewable["cells"][2]["title"] = "Renewable share: of all generation, without storage and interchange"
    return [words("Generation", total(made)), renewable]


def words(label: str, figures: FuelFigures, share: float | None = None) -> dict[str, Any]:
    """A row of the table."""
    f = figures
    part = f.share if share is None else share
    known = (
        f"Factors are known for {formats.percent(f.factor_coverage)} of its energy"
        if np.isfinite(f.factor_coverage)
        else ""
    )
    kilotonnes = f.emissions_t / 1000
    return {
        "key": label,
        "cells": [
            {"t": label},
            number_cell(f.energy_mwh, formats.number(f.energy_mwh / 1000, 1 if abs(f.energy_mwh) < 1e6 else 0)),
            number_cell(part, formats.number(part * 100, 1)),
            number_cell(f.average_mw, formats.number(f.average_mw, 0 if abs(f.average_mw) >= 10 else 1)),
            number_cell(f.capture_price, formats.number(f.capture_price, 2)),
            number_cell(f.value, formats.number(f.value / 1e6, 2 if abs(f.value) < 1e8 else 1)),
            number_cell(f.capacity_factor, formats.number(f.capacity_factor * 100, 1)),
            number_cell(f.emissions_t, formats.number(kilotonnes, 1 if abs(kilotonnes) < 1000 else 0), known),
            number_cell(f.intensity, formats.number(f.intensity, 3), known),
        ],
    }


def change_row(label: str, power: np.ndarray, colour: str) -> dict[str, Any]:
    """How a series' power [MW] of each bucket moved since the first one; what is missing has no change."""
    first, last = (float(power[0]), float(power[-1])) if len(power) else (np.nan, np.nan)
    mean = float(np.nanmean(power)) if np.isfinite(power).any() else np.nan
    numbers = [number_cell(v, formats.number(v, 0 if abs(v) >= 10 else 1)) for v in (first, last)]
    for value in (last - first, mean - first):
        text = formats.number(value, 0 if abs(value) >= 10 else 1)
        numbers.append(number_cell(value, f"+{text}" if value > 0 else text))
    return {"key": label, "cells": [{"t": label, "colour": colour}, *numbers]}


def factor_note(figures: Mapping[str, FuelFigures], layers: Mapping[str, Layer]) -> str:
    """How much of generation has a known emissions factor."""
    covered = total(generation_of(figures, layers)[0]).factor_coverage
    if not covered > 0:
        return "Emissions: the registry knows no factor of these units."
    return f"Emissions are of the {formats.percent(covered)} of generation whose factor the registry knows; rooftop has none."
