"""The mix of this moment: one bar for each region, its fuels as parts of all that is supplied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from bokeh.models import (
    CategoricalScale,
    ColumnDataSource,
    CustomJSHover,
    FactorRange,
    FixedTicker,
    HBar,
    HoverTool,
    LinearAxis,
    Plot,
    Range1d,
)
from bokeh.models.axes import CategoricalAxis

from components.charts.formats import JS_NUMBER
from components.charts.lean import FONT, LEFT
from components.charts.palette import Palette
from components.charts.stack import SUPPLY
from components.vocabulary import FUELS


def mix_rows(power: Mapping[str, Mapping[str, float]], colours: Mapping[str, str]) -> dict[str, list]:
    """Bars from power by region and fuel [MW]: left and right edge as shares of all above zero."""
    rows: dict[str, list] = {n: [] for n in ("region", "left", "right", "mw", "share", "fuel", "colour")}
    for region, fuels in power.items():
        total = sum(v for f, v in fuels.items() if f in SUPPLY and np.isfinite(v) and v > 0)
        at = 0.0
        for fuel in SUPPLY:
            mw = fuels.get(fuel, np.nan)
            if not np.isfinite(mw) or mw <= 0 or total <= 0:
                continue
            part = mw / total * 100
            for name, value in zip(
                rows, (region, at, at + part, mw, part, FUELS[fuel].label, colours[fuel]), strict=True
            ):
                rows[name].append(value)
            at += part
    return rows


class MixChart:
    """Horizontal bars, built once and then fed."""

    def __init__(self, theme: Palette, regions: Sequence[str], *, height: int = 360):
        self.theme = theme
        self.source = ColumnDataSource(mix_rows({}, theme.fuels))
        self.figure = Plot(
            x_range=Range1d(start=0, end=100), y_range=FactorRange(*reversed(regions), range_padding=0.1), height=height, y_scale=CategoricalScale(),
            sizing_mode="stretch_width", toolbar_location=None, outline_line_color=None, background_fill_alpha=0,
            border_fill_alpha=0, min_border_left=LEFT - 16, min_border_right=18, min_border_top=4, name="Mix now",
        )  # fmt: skip
        self.bars = self.figure.add_glyph(
            self.source,
            HBar(
                y="region",
                left="left",
                right="right",
                height=0.7,
                fill_color="colour",
                line_color=theme.card,
                line_width=1,
            ),
            name="mix",
        )
        self.axes = [
            LinearAxis(axis_label="Share of supply (%)", ticker=FixedTicker(ticks=[0, 25, 50, 75, 100])),
            CategoricalAxis(),
        ]
        self.figure.add_layout(self.axes[0], "below")
        self.figure.add_layout(self.axes[1], "left")
        self.hover = HoverTool(renderers=[self.bars], attachment="horizontal", point_policy="follow_mouse")
        plain = CustomJSHover(code=JS_NUMBER + "return fmt(value, 0)")
        share = CustomJSHover(code=JS_NUMBER + "return fmt(value, 1)")
        self.hover.formatters = {"@mw": plain, "@share": share}
        self.figure.add_tools(self.hover)
        self._style()

    def feed(self, power: Mapping[str, Mapping[str, float]]) -> None:
        """Draw another moment."""
        self.source.data = mix_rows(power, self.theme.fuels)

    def recolour(self, theme: Palette) -> None:
        """Follow the theme; the bars get their colours with the next feed."""
        self.theme = theme
        self._style()

    def _style(self) -> None:
        theme = self.theme
        self.bars.glyph.line_color = theme.card
        for axis in self.axes:
            axis.update(
                axis_line_color=None, major_tick_line_color=None, minor_tick_line_color=None,
                major_label_text_color=theme.muted, major_label_text_font=FONT, major_label_text_font_size="12px",
                axis_label_text_color=theme.muted, axis_label_text_font=FONT, axis_label_text_font_size="12px",
                axis_label_text_font_style="normal",
            )  # fmt: skip
        self.axes[1].major_label_text_color = theme.ink
        self.hover.tooltips = (
            f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {theme.line};border-radius:6px"><b>@region · @fuel</b><br>'
            "Power @mw{custom} MW<br>Share of supply @share{custom} %</div>"
        )
