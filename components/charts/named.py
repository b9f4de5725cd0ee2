"""Up to twelve series whose names come from outside: stations and units side by side, as lines or as duration curves.

Keys are ``s0`` … ``s11``; what they are called may change with every feed. Six colours, then the same ones dashed.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bokeh.models import GlyphRenderer

from components.charts.curve import CurveChart, CurveData
from components.charts.lean import formatters, tooltip
from components.charts.lines import LineChart, LineData
from components.charts.palette import Palette

SERIES = {
    "light": ("#545CCB", "#D87D00", "#00A1C2", "#AE3D04", "#573C6C", "#17202B"),
    "dark": ("#6A73E2", "#FDC224", "#05BDFE", "#FB739A", "#9D7F05", "#E7ECF2"),
}
"""Found by a search in OKLab: told apart by normal and colour-blind eyes, 3:1 against the card; each stands beside its name wherever it is used."""
MOST = 12
KEYS = tuple(f"s{i}" for i in range(MOST))
DASH = (6, 3)


def series_colour(key: str, theme: Palette) -> str:
    """Colour of a key."""
    colours = SERIES[theme.name]
    return colours[KEYS.index(key) % len(colours)]


def dashed(key: str) -> bool:
    """True for the second round of the colours."""
    return KEYS.index(key) >= len(SERIES["light"])


def plain(name: str) -> str:
    """A name that is text in a tooltip, whatever it holds: Bokeh reads @ and $ as names of columns."""
    return escape(name).replace("@", "&#64;").replace("$", "&#36;")


class _Named:
    """What lines and curves of named series share."""

    keys: dict[str, str]
    present: tuple[str, ...]
    theme: Palette
    lines: dict[str, GlyphRenderer]
    unit: str = "MW"

    def _colour(self, key: str) -> str:
        return series_colour(key, self.theme)

    def dash(self) -> None:
        """Dash the second round of the colours."""
        for key, line in self.lines.items():
            if dashed(key):
                line.glyph.line_dash = list(DASH)

    def show(self, data: LineData | CurveData, names: Sequence[str], unit: str = "MW") -> None:
        """Draw the series ``s0`` … of ``data`` under these names, measured in ``unit``."""
        called = {key: plain(name) for key, name in zip(KEYS, names, strict=False)}
        renamed = unit != self.unit or any(self.keys[k] != name for k, name in called.items())
        before = self.present
        self.unit = unit
        self.keys |= called
        self.feed(data)  # type: ignore[attr-defined]
        if renamed and self.present == before:
            self._tell()  # type: ignore[attr-defined]


class NamedLines(_Named, LineChart):
    """Power of named series over time."""

    def __init__(self, theme: Palette, *, height: int, title: str, y_label: str, most: int = MOST):
        super().__init__(theme, dict.fromkeys(KEYS[:most], ""), height=height, title=title, y_label=y_label)
        self.dash()

    def _tell(self, digits: int | None = None) -> None:
        rows = {f"v_{k}": (self.keys[k], self._colour(k), self.unit, 1) for k in self.present}
        self.hover.update(formatters=formatters(self.source, rows), tooltips=tooltip(rows, self.theme))


class NamedCurves(_Named, CurveChart):
    """Duration curves of named series."""

    def __init__(self, theme: Palette, *, height: int, title: str, y_label: str, most: int = MOST):
        keys = dict.fromkeys(KEYS[:most], "")
        super().__init__(theme, keys, height=height, title=title, y_label=y_label, unit="MW", digits=1)
        self.dash()
