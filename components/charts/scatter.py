"""Dots: one number against another, coloured by what they belong to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool, Scatter, Span

from components.charts.formats import JS_NUMBER
from components.charts.lean import FONT
from components.charts.palette import Palette
from components.charts.plain import PlainPlot


class DotChart(PlainPlot):
    """Dots, built once and then fed.

    Parameters
    ----------
    x_unit, y_unit : of the values, in the hover.
    line : height of a line to compare with (100 %), None = none.
    """

    def __init__(
        self, theme: Palette, *, height: int, title: str, x_label: str, y_label: str, x_unit: str, y_unit: str,
        digits: int = 1, line: float | None = None,
    ):  # fmt: skip
        self.units = (x_unit, y_unit)
        self.line = line
        super().__init__(theme, height=height, title=title, x_label=x_label, y_label=y_label)
        self.source = ColumnDataSource({n: [] for n in ("x", "y", "colour", "label", "when")})
        self.span = Span(
            location=line or 0.0, dimension="width", line_dash=[5, 3], line_width=1, visible=line is not None
        )
        self.figure.add_layout(self.span)
        self.dots = self.figure.add_glyph(
            self.source,
            Scatter(x="x", y="y", size=8, fill_color="colour", fill_alpha=0.85, line_width=0.8),
            name="dots",
        )
        number = CustomJSHover(code=JS_NUMBER + f"return fmt(value, {digits})")
        self.hover = HoverTool(renderers=[self.dots], attachment="horizontal", formatters={"@x": number, "@y": number})
        self.figure.add_tools(self.hover)
        self._paint()

    def feed(
        self, x: np.ndarray, y: np.ndarray, colours: Sequence[str], labels: Sequence[str], when: Sequence[str]
    ) -> None:
        """Draw other dots; one that lacks x or y is left out."""
        there = np.isfinite(x) & np.isfinite(y)
        self.source.data = {
            "x": x[there], "y": y[there],
            **{n: [w for w, t in zip(words, there, strict=True) if t]
               for n, words in (("colour", colours), ("label", labels), ("when", when))},
        }  # fmt: skip
        for axis_range, values, always in ((self.x, x[there], 0.0), (self.y, y[there], self.line)):
            known = np.append(values, [0.0 if always is None else always, 0.0])
            low, high = float(known.min()), float(known.max())
            margin = max(high - low, 1e-9) * 0.06
            axis_range.update(start=low - margin if low < 0 else 0.0, end=high + margin if high > 0 else 1.0)

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self._paint()

    def _paint(self) -> None:
        theme = self.theme
        self.dots.glyph.line_color = theme.card
        self.span.line_color = theme.muted
        x_name, y_name = (axis.axis_label.partition(" (")[0] for axis in (self.x_axis, self.y_axis))
        self.hover.tooltips = (
            f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {theme.line};border-radius:6px"><b>@label</b> <span style="color:{theme.muted}">@when</span>'
            f"<br>{x_name} @x{{custom}} {self.units[0]}<br>{y_name} @y{{custom}} {self.units[1]}</div>"
        )
