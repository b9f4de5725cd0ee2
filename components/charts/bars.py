"""Horizontal bars made of segments: parts of a whole, or what adds up to a sum, below zero to the left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from bokeh.models import (
    CategoricalScale,
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    FactorRange,
    Grid,
    HBar,
    HoverTool,
    LinearAxis,
    LinearScale,
    NoOverlap,
    Plot,
    Range1d,
    Span,
)
from bokeh.models.axes import CategoricalAxis

from components.charts.formats import JS_NUMBER
from components.charts.lean import FONT, LEFT, literal
from components.charts.palette import Palette
from components.charts.plain import style_axis

_COLUMNS = ("row", "left", "right", "value", "part", "colour")


def segments(rows: Mapping[str, Mapping[str, float]], colours: Mapping[str, str]) -> dict[str, list[Any]]:
    """Bars of rows: row -> part -> value. Parts above zero pile up to the right, those below to the left.

    What is missing or nothing has no segment.
    """
    out: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for row, parts in rows.items():
        ends = {True: 0.0, False: 0.0}
        # From the axis outwards: the parts below zero begin with the one nearest to it.
        below = [p for p, v in parts.items() if np.isfinite(v) and v < 0]
        above = [p for p, v in parts.items() if np.isfinite(v) and v > 0]
        for part in (*reversed(below), *above):
            value = float(parts[part])
            start = ends[value > 0]
            ends[value > 0] = start + value
            left, right = sorted((start, start + value))
            for name, cell in zip(_COLUMNS, (row, left, right, value, part, colours[part]), strict=True):
                out[name].append(cell)
    return out


class SegmentBars:
    """Rows of bars, built once and then fed.

    Parameters
    ----------
    row_height : pixels of one row; the figure is as high as its rows need.
    unit, digits : of the values, in the hover.
    """

    def __init__(
        self, theme: Palette, *, title: str, x_label: str, unit: str, digits: int = 1, row_height: int = 34, left: int = LEFT
    ):  # fmt: skip
        self.theme = theme
        self.row_height = row_height
        self.source = ColumnDataSource(segments({}, {}))
        self.x = Range1d(start=0, end=1)
        self.rows = FactorRange(range_padding=0.06)
        self.figure = Plot(
            x_range=self.x, y_range=self.rows, x_scale=LinearScale(), y_scale=CategoricalScale(), height=120,
            sizing_mode="stretch_width", toolbar_location=None, outline_line_color=None, background_fill_alpha=0,
            border_fill_alpha=0, min_border_left=left, min_border_right=24, min_border_top=4, name=title,
        )  # fmt: skip
        self.axes = [
            LinearAxis(axis_label=x_label, major_label_policy=NoOverlap(min_distance=8)),
            CategoricalAxis(),
        ]
        self.axes[0].formatter = CustomJSTickFormatter(
            code=JS_NUMBER + "return fmt(tick, Number.isInteger(tick) ? 0 : 1)"
        )
        self.figure.add_layout(self.axes[0], "below")
        self.figure.add_layout(self.axes[1], "left")
        self.grid = Grid(axis=self.axes[0], dimension=0)
        self.figure.add_layout(self.grid)
        self.bars = self.figure.add_glyph(
            self.source,
            HBar(y="row", left="left", right="right", height=0.72, fill_color="colour", line_width=1),
            name="bars",
        )
        self.zero = Span(location=0, dimension="height", line_width=1)
        self.figure.add_layout(self.zero)
        self.hover = HoverTool(renderers=[self.bars], attachment="horizontal", point_policy="follow_mouse")
        number = CustomJSHover(code=JS_NUMBER + f"return fmt(value, {digits})")
        self.hover.formatters = {"@value": number}
        self.unit = unit
        self.figure.add_tools(self.hover)
        self._style()

    def feed(
        self, rows: Mapping[str, Mapping[str, float]], colours: Mapping[str, str], *, reach: tuple[float, float] | None = None
    ) -> None:  # fmt: skip
        """Draw other bars, the first row at the top.

        Parameters
        ----------
        rows : row -> part -> value, the parts of each in their order.
        colours : part -> colour.
        reach : ends of the axis; default as far as the bars go, and zero.
        """
        data = segments(rows, colours)
        self.source.data = data
        self.rows.factors = list(rows)[::-1]
        low, high = min([0.0, *data["left"]]), max([0.0, *data["right"]])
        margin = max(high - low, 1e-9) * 0.03
        start, end = reach or (low - margin if low < 0 else 0.0, high + margin if high > 0 else 1e-9)
        self.x.update(start=start, end=end if end > start else start + 1.0)
        self.figure.height = 64 + self.row_height * max(len(rows), 1)

    def recolour(self, theme: Palette) -> None:
        """Follow the theme; the bars get their colours with the next feed."""
        self.theme = theme
        self._style()

    def _style(self) -> None:
        theme = self.theme
        for axis in self.axes:
            style_axis(axis, theme)
        self.axes[1].update(axis_line_color=None, major_tick_line_color=None, major_label_text_color=theme.ink)
        self.grid.grid_line_color = theme.grid
        self.bars.glyph.line_color = theme.card
        self.zero.line_color = theme.muted
        self.hover.tooltips = (
            f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {theme.line};border-radius:6px"><b>@row · @part</b><br>@value{{custom}} {literal(self.unit)}</div>'
        )
