"""Shades for how often something is: from few to many in even steps of lightness, away from the card's own."""

from __future__ import annotations

import numpy as np

SHADES = 255
FEW_TO_MANY = {
    "light": ("#B9D3EA", "#6FA8D6", "#2F78B5", "#14498C", "#0A1F52"),
    "dark": ("#29527A", "#2F7FB0", "#3FB0B5", "#98DBA0", "#FBF7BE"),
}
"""One alone can still be seen on the card."""


def density_shades(theme: str) -> list[str]:
    """:data:`SHADES` colours for shades 1 … 255."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in FEW_TO_MANY[theme]], float)
    at = np.linspace(0, len(stops) - 1, SHADES)
    mixed = np.column_stack([np.interp(at, np.arange(len(stops)), channel) for channel in stops.T])
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(mixed).astype(int)]
