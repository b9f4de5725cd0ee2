"""Lean plots whose x axis is not time: the same look as :mod:`components.charts.lean`, one hover, built once and fed."""

from __future__ import annotations

from typing import Any

from bokeh.models import CustomJSTickFormatter, Grid, LinearAxis, NoOverlap, Plot, Range1d

from components.charts.formats import JS_NUMBER
from components.charts.lean import FONT, LEFT
from components.charts.palette import Palette


def style_axis(axis: Any, theme: Palette) -> None:
    """Colours and sizes of an axis (or of a colour bar's labels)."""
    axis.update(
        axis_line_color=theme.line, major_tick_line_color=theme.line, minor_tick_line_color=None,
        major_label_text_color=theme.muted, major_label_text_font=FONT, major_label_text_font_size="12px",
        axis_label_text_color=theme.muted, axis_label_text_font=FONT, axis_label_text_font_size="12px",
        axis_label_text_font_style="normal", axis_label_standoff=8, major_tick_out=4, major_tick_in=0,
    )  # fmt: skip


class PlainPlot:
    """A plot with two number axes and no tools but what sub-classes add.

    Attributes
    ----------
    figure : the Bokeh model.
    x, y : its ranges, set with each feed.
    """

    def __init__(
        self, theme: Palette, *, height: int, title: str, x_label: str, y_label: str, left: int = LEFT, grid: bool = True
    ):  # fmt: skip
        self.theme = theme
        self.height = height
        self.x, self.y = Range1d(start=0, end=1), Range1d(start=0, end=1)
        self.figure = Plot(
            x_range=self.x, y_range=self.y, height=height, sizing_mode="stretch_width", toolbar_location=None,
            min_border_left=left, min_border_right=28, min_border_top=8, min_border_bottom=52 if x_label else 30,
            outline_line_color=None, background_fill_alpha=0, border_fill_alpha=0, output_backend="canvas",
            lod_threshold=None, name=title,
        )  # fmt: skip
        # An axis without a label takes None: an empty one would keep its room.
        self.x_axis = LinearAxis(axis_label=x_label or None, major_label_policy=NoOverlap(min_distance=8))
        self.y_axis = LinearAxis(axis_label=y_label or None)
        for axis in (self.x_axis, self.y_axis):
            axis.formatter = CustomJSTickFormatter(code=JS_NUMBER + "return fmt(tick, Number.isInteger(tick) ? 0 : 1)")
        self.figure.add_layout(self.x_axis, "below")
        self.figure.add_layout(self.y_axis, "left")
        self.grids = [Grid(axis=a, dimension=i) for i, a in enumerate((self.x_axis, self.y_axis))] if grid else []
        for lines in self.grids:
            self.figure.add_layout(lines)
        self._style()

    def recolour(self, theme: Palette) -> None:
        """Follow the theme."""
        self.theme = theme
        self._style()

    def _style(self) -> None:
        for axis in (self.x_axis, self.y_axis):
            style_axis(axis, self.theme)
        for lines in self.grids:
            lines.grid_line_color = self.theme.grid
