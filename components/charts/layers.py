"""The layers a stack of generation may have: fuels, or the finer fuel technologies in shades of their fuel's colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.charts.palette import Palette
from components.vocabulary import FUELS, FUELTECH_LABELS, FUELTECHS


@dataclass(frozen=True)
class Layer:
    """One layer: its label, the fuel whose colour it has, and how much darker (-1) or lighter (1) it is."""

    label: str
    fuel: str
    shade: float = 0.0

    @property
    def load(self) -> bool:
        """It hangs below zero."""
        return FUELS[self.fuel].load

    @property
    def renewable(self) -> bool:
        """It counts as renewable."""
        return FUELS[self.fuel].renewable

    def colour(self, theme: Palette) -> str:
        """Its colour in a theme."""
        own = theme.fuels[self.fuel]
        if not self.shade:
            return own
        goal, part = ("#FFFFFF", self.shade) if self.shade > 0 else ("#000000", -self.shade)
        return "#" + "".join(
            f"{round(int(own[i : i + 2], 16) * (1 - part) + int(goal[i : i + 2], 16) * part):02X}" for i in (1, 3, 5)
        )


FUEL_LAYERS: dict[str, Layer] = {name: Layer(fuel.label, name) for name, fuel in FUELS.items()}
"""Fuel -> layer, in stack order."""


def _technologies() -> dict[str, Layer]:
    shades = (0.0, 0.35, -0.3, 0.6, -0.55, 0.18, -0.15)
    out = {}
    for fuel, kind in FUELS.items():
        own = [tech for tech, of in FUELTECHS.items() if of == fuel]
        # A unit whose technology no source knows is called by its fuel.
        own += [fuel] if fuel not in own else []
        labels = [
            FUELTECH_LABELS.get(tech) or (f"{kind.label} (technology unknown)" if len(own) > 1 else kind.label)
            for tech in own
        ]
        out.update({t: Layer(text, fuel, shade) for t, text, shade in zip(own, labels, shades, strict=False)})
    return out


TECH_LAYERS: dict[str, Layer] = _technologies()
"""Fuel technology -> layer, in stack order."""


def layers_of(by: str) -> Mapping[str, Layer]:
    """The layers of ``fuel`` or ``fueltech``."""
    return TECH_LAYERS if by == "fueltech" else FUEL_LAYERS
