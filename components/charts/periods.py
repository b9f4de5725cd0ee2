"""Figures of months, years and other periods side by side: bars from zero, and prices as marks joined by a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from bokeh.models import (
    ColumnDataSource,
    CustomJSHover,
    FixedTicker,
    GlyphRenderer,
    HoverTool,
    Line,
    Scatter,
    Span,
    VBar,
)

from components.charts.formats import JS_NUMBER
from components.charts.lean import tooltip
from components.charts.palette import Palette
from components.charts.plain import PlainPlot

_NAME_JS = "return names[special_vars.index] ?? ''"
MOST_LABELS = 14
"""Periods that are named below the axis; of more only every second, third … is."""

FEW = 6
"""Periods that the width is made for at least."""


class PeriodChart(PlainPlot):
    """One value or more of each period, built once and then fed.

    Parameters
    ----------
    keys : every series that may come -> label.
    colours : key -> name of a fuel or region of the palette, or of one of its surfaces (``accent``, ``muted``).
    unit, digits : of the values, in the hover.
    marks : keys drawn as marks joined by a line; the others are bars.
    named : write the periods below the axis.
    """

    def __init__(
        self, theme: Palette, keys: Mapping[str, str], *, height: int, title: str, y_label: str, unit: str, digits: int,
        colours: Mapping[str, str], marks: Sequence[str] = (), named: bool = True,
    ):  # fmt: skip
        self.keys, self.colours = dict(keys), dict(colours)
        self.unit, self.digits = unit, digits
        self.names: tuple[str, ...] = ()
        self.present: tuple[str, ...] = ()
        super().__init__(theme, height=height, title=title, x_label="", y_label=y_label)
        self.figure.min_border_bottom = 30 if named else 10
        self.x_axis.update(ticker=FixedTicker(ticks=[]), visible=named)
        self.grids[0].visible = False
        self.source = ColumnDataSource({n: np.empty(0) for n in ("t", "top", *(f"v_{k}" for k in keys))})
        self.zero = Span(location=0, dimension="width", line_color=theme.muted, line_width=1)
        self.bars: dict[str, GlyphRenderer] = {}
        self.lines: dict[str, GlyphRenderer] = {}
        self.dots: dict[str, GlyphRenderer] = {}
        for key in keys:
            if key in marks:
                self.lines[key] = self.figure.add_glyph(
                    self.source, Line(x="t", y=f"v_{key}", line_width=1.6), name=key
                )
                self.dots[key] = self.figure.add_glyph(
                    self.source, Scatter(x="t", y=f"v_{key}", size=6, line_color=None)
                )
            else:
                bar = VBar(x="t", top=f"v_{key}", bottom=0, width=0.72, line_color=None)
                self.bars[key] = self.figure.add_glyph(self.source, bar, name=key)
        self.figure.add_layout(self.zero)
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover = HoverTool(
            renderers=[touch], mode="vline", line_policy="nearest", point_policy="follow_mouse",
            attachment="horizontal", tooltips=tooltip({}, theme),
        )  # fmt: skip
        self.figure.add_tools(self.hover)
        self._paint()

    def _colour(self, key: str) -> str:
        name = self.colours[key]
        theme = self.theme
        return theme.regions.get(name) or theme.fuels.get(name) or str(getattr(theme, name, theme.accent))

    def feed(
        self, names: Sequence[str], values: Mapping[str, np.ndarray], colours: Mapping[str, str] | None = None,
        unit: str = "",
    ) -> None:  # fmt: skip
        """Draw other periods.

        Parameters
        ----------
        names : of the periods, in order.
        values : key -> value of each, NaN = missing.
        colours : other colours of some keys.
        unit : another unit of the values, which then stands beside the axis.
        """
        if unit and unit != self.unit:
            self.y_axis.axis_label = str(self.y_axis.axis_label).replace(f"({self.unit})", f"({unit})")
            self.unit = unit
        self.colours |= colours or {}
        count = len(names)
        absent = np.full(count, np.nan)
        columns = {f"v_{k}": np.asarray(values.get(k, absent), float) for k in self.keys}
        every = np.concatenate([*columns.values(), [0.0]])
        known = every[np.isfinite(every)]
        low, high = float(known.min()), float(known.max())
        reach = (high - low) or 1.0
        tops = np.vstack([np.nan_to_num(c) for c in columns.values()]).max(axis=0) if columns else np.zeros(count)
        self.source.data = {"t": np.arange(count, dtype=float), "top": tops, **columns}
        # Few bars do not grow into slabs.
        beside = max(0.0, (FEW - count) / 2)
        self.x.update(start=-0.6 - beside, end=max(count - 0.4, 0.6) + beside)
        self.y.update(start=low - 0.06 * reach if low < 0 else 0.0, end=high + 0.08 * reach if high > 0 else 0.0)
        step = -(-count // MOST_LABELS)
        ticks = list(range((count - 1) % step, count, step)) if count else []
        self.x_axis.ticker.ticks = ticks
        self.x_axis.major_label_overrides = {i: names[i] for i in ticks}
        self.names = tuple(names)
        self.present = tuple(k for k in self.keys if np.isfinite(columns[f"v_{k}"]).any())
        self._paint()

    def _paint(self) -> None:
        for group in (self.bars, self.lines, self.dots):
            for key, renderer in group.items():
                renderer.visible = key in self.present
        for key in self.bars:
            self.bars[key].glyph.fill_color = self._colour(key)
        for key in self.lines:
            self.lines[key].glyph.line_color = self.dots[key].glyph.fill_color = self._colour(key)
        self.zero.line_color = self.theme.muted
        rows = {f"v_{k}": (self.keys[k], self._colour(k), self.unit, self.digits) for k in self.present}
        number = CustomJSHover(code=JS_NUMBER + f"return fmt(value, {self.digits})")
        name = CustomJSHover(args={"names": list(self.names)}, code=_NAME_JS)
        self.hover.update(
            formatters={"@t": name, **{f"@{c}": number for c in rows}}, tooltips=tooltip(rows, self.theme)
        )

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self._paint()
