"""Shades for how often something is: from few to many in even steps of lightness, away from the card's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from components.charts.palette import Palette

SHADES = 255
FEW_TO_MANY = {
    "light": ("#B9D3EA", "#6FA8D6", "#2F78B5", "#14498C", "#0A1F52"),
    "dark": ("#29527A", "#2F7FB0", "#3FB0B5", "#98DBA0", "#FBF7BE"),
}
"""One alone can still be seen on the card."""


def density_shades(theme: str) -> list[str]:
    """:data:`SHADES` colours for shades 1 … 255."""
    stops = np.array([_rgb(c) for c in FEW_TO_MANY[theme]])
    at = np.linspace(0, len(stops) - 1, SHADES)
    return _hex(np.column_stack([np.interp(at, np.arange(len(stops)), channel) for channel in stops.T]))


STRIP_SHADES = 51
"""Shades of one strip: five strips share the 255 that a byte has beside 0."""


def strip_shades(colours: Sequence[str], theme: Palette) -> list[str]:
    """:data:`STRIP_SHADES` shades for each colour in turn: from a tint of it on the card to a tone of it in ink."""
    out = []
    for colour in colours:
        stops = np.array([_mixed(colour, theme.card, 0.55), _rgb(colour), _mixed(colour, theme.ink, 0.55)])
        at = np.linspace(0, 2, STRIP_SHADES)
        out += _hex(np.column_stack([np.interp(at, range(3), channel) for channel in stops.T]))
    return out


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


def _mixed(colour: str, other: str, share: float) -> np.ndarray:
    return (1 - share) * _rgb(colour) + share * _rgb(other)


def _hex(colours: np.ndarray) -> list[str]:
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(colours).astype(int)]
