"""Every unit over time: a picture of rows, or where few are seen over a short time a line in each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.models import (
    BoxAnnotation,
    ColumnDataSource,
    CustomJSHover,
    FixedTicker,
    Grid,
    HoverTool,
    Line,
    Range1d,
    Scatter,
)

from components.charts.formats import JS_NUMBER, number, percent
from components.charts.heatmap import shades
from components.charts.lean import milliseconds
from components.charts.palette import Palette
from components.charts.raster import BIN_JS, RasterPlot

APART = 15.0
"""Labels of the axis stand at least so many pixels apart."""
LABEL_LEFT = 132
LONGEST = 18
"""Letters of a label; longer ones are cut."""
DOTS = 150
"""Up to so many stamps every reading has a dot."""
_EMPTY = {"t": np.empty(0), "y": np.empty(0), "value": np.empty(0), "row": np.empty(0)}

_ROW_JS = """
const first = low + special_vars.image_index.j * per, last = Math.min(first + per, names.length)
return names.slice(first, last).join(' + ')
"""
_VALUE_JS = JS_NUMBER + "return value === missing ? 'no reading' : fmt(value / scale * factor, digits) + ' ' + unit"
_LINE_JS = JS_NUMBER + "return fmt(value * factor, digits) + ' ' + unit"
_STAMP_JS = "const b = new Date(value), a = new Date(value - 300000);"
UNITS = {"cf": ("% of capacity", 100.0, 1, "Power over registered capacity"), "mw": ("MW", 1.0, 1, "Power (MW)")}
"""Value -> unit, factor, decimals of the hover; title of the colour bar."""


@dataclass(frozen=True)
class Layout:
    """What stands in which row, from the bottom up.

    Attributes
    ----------
    names : what the hover calls each row.
    labels : what the axis calls it close up.
    groups : label, first row and row after the last, of each group.
    """

    names: Sequence[str]
    labels: Sequence[str]
    groups: Sequence[tuple[str, int, int]]


class UnitsPlot(RasterPlot):
    """Rows of units; ``chosen`` marks one of them."""

    def __init__(self, theme: Palette, *, height: int, x: Range1d):
        self.lines = ColumnDataSource(dict(_EMPTY))
        self.edges = Grid(dimension=1, ticker=FixedTicker(ticks=[]), level="overlay")
        self.chosen = BoxAnnotation(visible=False, fill_alpha=0, line_width=1.5, level="overlay")
        self.value = "cf"
        self.missing = -32_768
        super().__init__(theme, height=height, title="Units", unit="", left=LABEL_LEFT, x=x)
        self.figure.add_layout(self.edges)
        self.figure.add_layout(self.chosen)
        self.line = self.figure.add_glyph(self.lines, Line(x="t", y="y", line_width=1.4))
        self.dots = self.figure.add_glyph(self.lines, Scatter(x="t", y="y", size=4, line_color=None))
        self.names = CustomJSHover(args={"names": [], "low": 0, "per": 1}, code=_ROW_JS)
        self.when = CustomJSHover(args={"start": 0, "step": 1}, code=BIN_JS)
        self.number = CustomJSHover(args={}, code=_VALUE_JS)
        self.hover = HoverTool(
            renderers=[self.image], point_policy="follow_mouse", attachment="horizontal",
            formatters={"$x": self.when, "$y": self.names, "@image": self.number},
        )  # fmt: skip
        self.exact = CustomJSHover(args={}, code=_LINE_JS)
        self.line_names = CustomJSHover(args={"names": []}, code="return names[value] ?? ''")
        self.line_hover = HoverTool(
            renderers=[self.dots], point_policy="snap_to_data", attachment="horizontal",
            formatters={
                "@t": CustomJSHover(code=_STAMP_JS + BIN_JS.split(";", 1)[1]), "@row": self.line_names, "@value": self.exact,
            },
        )  # fmt: skip
        self.figure.add_tools(self.hover, self.line_hover)
        self.colour()

    def arrange(self, layout: Layout) -> None:
        """Take over names and groups; sent once for as long as the rows stay the same."""
        self.layout = layout
        self.names.args = {"names": list(layout.names), "low": 0, "per": 1}
        self.line_names.args = {"names": list(layout.names)}

    def feed(self, words: Mapping[str, Any], arrays: Mapping[str, np.ndarray], value: str) -> None:
        """Draw a picture of units or their lines (``words["mode"]``)."""
        unit, factor, digits, title = UNITS[value]
        self.value = value
        self.bar.title = title
        self.y.update(start=words["low"], end=words["high"])
        self._label(words["low"], words["high"])
        self.number.args = {
            "missing": self.missing, "scale": words.get("scale", 1.0), "factor": factor, "digits": digits, "unit": unit,
        }  # fmt: skip
        self.exact.args = {"factor": factor, "digits": digits, "unit": unit}
        low, high = min(words["least"], 0.0), max(words["most"], 1e-9)
        if value == "cf":
            # One and the same colour for the same share, whatever is in view; above 120 % it is at its end.
            low, high = (-1.0 if low < 0 else 0.0), 1.2
        if words["mode"] == "lines":
            self._lines(words, arrays["values"])
        else:
            start = milliseconds(np.array([words["start"], words["end"]], "datetime64[us]"))
            self.when.args = {"start": float(start[0]), "step": words["minutes"] * 60_000}
            self.names.args = {**self.names.args, "low": words["low"], "per": words["per"]}
            self.lines.data = dict(_EMPTY)
            self.hatch.visible = True
            top = words["low"] + words["per"] * arrays["image"].shape[0]
            self.put((float(start[0]), float(start[1])), (words["low"], top), image=arrays["image"])
        self.span = (low, high, float(words.get("scale", 1.0)))
        self._shade()

    def mark(self, row: int | None) -> None:
        """Frame one row."""
        self.chosen.update(visible=row is not None, bottom=row or 0, top=(row or 0) + 1)

    def _lines(self, words: Mapping[str, Any], values: np.ndarray) -> None:
        low, high = words["axis"]
        count = values.shape[1]
        times = milliseconds(np.datetime64(words["start"], "us") + np.arange(1, count + 1) * np.timedelta64(5, "m"))
        rows = np.arange(words["low"], words["low"] + len(values))
        places = rows[:, None] + 0.08 + 0.84 * (values - low) / (high - low)

        def joined(parts: np.ndarray) -> np.ndarray:
            # A hole between two rows, or one line would run from each row's end to the next one's beginning.
            return np.column_stack([parts, np.full(len(parts), np.nan)]).reshape(-1).astype("float32")

        self.lines.data = {
            "t": np.tile(np.append(times, times[-1:]), len(values)), "y": joined(places), "value": joined(values),
            "row": np.repeat(rows, count + 1),
        }  # fmt: skip
        # A hole in a line says that there is no reading.
        self.hatch.visible = False
        self.edges.ticker.ticks = [int(r) for r in rows[1:]]
        self.dots.glyph.fill_alpha = 1.0 if count <= DOTS else 0.0
        self.put((0.0, 1.0), (0.0, 1.0))

    def _label(self, low: int, high: int) -> None:
        layout = self.layout
        pixels = self.inner / max(high - low, 1)
        inside = [(n, max(a, low), min(b, high)) for n, a, b in layout.groups if a < high and b > low]
        self.edges.ticker.ticks = [a for _, a, _ in inside if a > low]
        if pixels >= APART:
            self.ticks(
                self.y_axis, {row + 0.5: _cut(layout.labels[row]) for row in range(low, min(high, len(layout.labels)))}
            )
            return
        kept: dict[float, str] = {}
        for name, a, b in sorted(inside, key=lambda g: g[1] - g[2]):
            middle = (a + b) / 2
            if all(abs(middle - other) * pixels >= APART for other in kept):
                kept[middle] = _cut(name)
        self.ticks(self.y_axis, kept)

    def _shade(self) -> None:
        low, high, scale = self.span
        # Half a step lower: what was rounded down to the lowest is no missing reading.
        self.mapper.update(palette=shades(low, high, self.theme.name), low=low * scale - 0.5, high=high * scale)
        places = np.linspace(low, high, 7)
        if self.value == "cf":
            places = np.arange(low, 1.01, 0.25 if low == 0 else 0.5)
        text = percent if self.value == "cf" else number
        self.ticks(self.bar, {float(p * scale): text(float(p), 0) for p in places})

    def colour(self) -> None:
        super().colour()
        theme = self.theme
        self.edges.update(grid_line_color=theme.ink, grid_line_alpha=0.35)
        self.chosen.line_color = theme.accent
        if hasattr(self, "hover"):
            self.line.glyph.line_color = theme.accent
            self.dots.glyph.fill_color = theme.accent
            self.hover.tooltips = self.tooltip("$x{custom}", "<b>$y{custom}</b>", "@image{custom}")
            self.line_hover.tooltips = self.tooltip("@t{custom}", "<b>@row{custom}</b>", "@value{custom}")
        if hasattr(self, "span"):
            self._shade()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
