"""Groups of revenue in words: what a name is called, its colour, its link, and how its figures are written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from components.charts import formats
from components.charts.palette import Palette
from components.dashboards import links
from components.queries.row_totals import ROOFTOP, UNKNOWN
from components.vocabulary import FUELS, FUELTECH_LABELS, FUELTECHS, NEM, REGION_NAMES

WORDS = {
    "region": "Region",
    "fuel": "Fuel",
    "fueltech": "Technology",
    "station": "Station",
    "duid": "Unit",
    "owner": "Owner",
}
"""Columns that groups are made of -> what they are called."""


def label(word: str, name: str) -> str:
    """What a group is called.

    >>> label("fuel", "battery"), label("owner", "unknown")
    ('Battery', 'Owner unknown')
    """
    if name == UNKNOWN and word in ("region", "owner"):
        return f"{WORDS[word]} unknown"
    if word == "region":
        return "NEM" if name == NEM else REGION_NAMES.get(name, name)
    if word == "fuel":
        return FUELS[name].label if name in FUELS else name
    return FUELTECH_LABELS.get(name, name) if word == "fueltech" else name


def colour(word: str, name: str, theme: Palette) -> str:
    """The colour of a fuel, technology or region; none for other names."""
    if word == "region":
        return theme.regions.get(name, "")
    fuel = {"fuel": name, "fueltech": FUELTECHS.get(name, "")}.get(word, "")
    return theme.fuels.get(fuel, "")


def href(words: Sequence[str], names: Sequence[str], texts: Mapping[str, Sequence[str]]) -> str | None:
    """The page of the innermost of ``names``, within the region among them, over the same window."""
    word, name = words[len(names) - 1], names[-1]
    if name == UNKNOWN and word in ("region", "owner"):
        return None
    within = {w: n for w, n in zip(words, names, strict=False) if w == "region" and n != UNKNOWN}
    kept = {k: v for k, v in texts.items() if k != "region" or v != [UNKNOWN]} | {w: [n] for w, n in within.items()}
    return links.of(*("fuel", "rooftop") if name == ROOFTOP else (word, name), kept)


def digits(largest: float, most: int = 3) -> int:
    """Decimals of a column whose largest number is that: about five figures in all."""
    if not math.isfinite(largest) or largest == 0:
        return 1
    return min(most, max(1, 4 - math.floor(math.log10(abs(largest)))))


def figure(value: float, places: int) -> str:
    """A number with fixed decimals; what is not zero is never written as zero.

    >>> figure(0.004, 2), figure(-12.345, 1)
    ('<0.01', '−12.3')
    """
    text = formats.number(value, places)
    if value == 0 or any(c in "123456789" for c in text) or text == formats.MISSING:
        return text
    least = formats.number(10.0**-places, places)
    return f"<{least}" if value > 0 else f">{formats.MINUS}{least}"


def worth(energy_mwh: float, load_mwh: float, revenue: float) -> str:
    """Energy, what was consumed, and revenue in one breath.

    >>> worth(14400.0, 0.0, 1.44e6), worth(0.0, 720.0, -72000.0)
    ('14.4 GWh, $1.44M', 'load 0.72 GWh, −$72.00k')
    """
    parts = [formats.energy(energy_mwh)] if energy_mwh or not load_mwh else []
    parts += [f"load {formats.energy(load_mwh)}"] if load_mwh else []
    return ", ".join([*parts, formats.money(revenue)])
