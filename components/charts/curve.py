"""Duration curves: the value that was exceeded for each share of the time, highest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, FixedTicker, GlyphRenderer, HoverTool, Line, Span

from components.charts.formats import JS_NUMBER
from components.charts.lean import tooltip
from components.charts.palette import Palette
from components.charts.plain import PlainPlot
from components.charts.scales import price_span, price_ticks, stretch

_SHARE_JS = JS_NUMBER + "return fmt(value, value > 0 && value < 1 ? 2 : 1) + '% of the time'"


@dataclass(frozen=True, eq=False)
class CurveData:
    """What a curve chart draws: ``t`` [% of the time], ``y_<key>`` places on the axis, ``v_<key>`` values."""

    columns: Mapping[str, np.ndarray]
    present: tuple[str, ...]
    low: float
    high: float

    @property
    def nbytes(self) -> int:
        """Size of the numbers."""
        return sum(v.nbytes for v in self.columns.values())


def curve_data(shares: np.ndarray, series: Mapping[str, np.ndarray], *, as_price: bool) -> CurveData:
    """Place curves on the axis.

    Parameters
    ----------
    shares : (n,) share of the time with a higher value, 0…1, ascending (``exceedance`` of an answer).
    series : key -> (n,) value, NaN = missing; $/MWh where ``as_price``.
    """
    present = tuple(k for k, v in series.items() if np.isfinite(v).any())
    columns = {"t": np.asarray(shares, float) * 100}
    for key in present:
        columns[f"v_{key}"] = np.asarray(series[key], float)
        columns[f"y_{key}"] = stretch(series[key]) if as_price else columns[f"v_{key}"]
    values = np.concatenate([columns[f"v_{k}"] for k in present]) if present else np.empty(0)
    tops = [columns[f"y_{k}"] for k in present]
    columns["top"] = np.nan_to_num(np.fmax.reduce(tops)) if tops else np.zeros(len(columns["t"]))
    for array in columns.values():
        array.flags.writeable = False
    if as_price:
        return CurveData(columns, present, *price_span(values))
    finite = values[np.isfinite(values)]
    low, high = min(0.0, float(finite.min(initial=0.0))), max(1.0, float(finite.max(initial=0.0)))
    reach = high - low
    return CurveData(columns, present, low - (0.04 * reach if low < 0 else 0), high + 0.06 * reach)


class CurveChart(PlainPlot):
    """Duration curves of several series, built once and then fed.

    Parameters
    ----------
    keys : every series that may come -> label.
    colours : key -> name of the colour among the palette's regions (``NEM`` = ink) or fuels; default the key itself.
    unit, digits : of the values, in the hover.
    as_price : draw on the stretched price axis.
    """

    def __init__(
        self, theme: Palette, keys: Mapping[str, str], *, height: int, title: str, y_label: str, unit: str,
        digits: int = 2, as_price: bool = False, colours: Mapping[str, str] | None = None,
        x_label: str = "Share of the time (%)",
    ):  # fmt: skip
        self.keys = dict(keys)
        self.colours = dict(colours or {k: k for k in keys})
        self.unit, self.digits, self.as_price = unit, digits, as_price
        self.present: tuple[str, ...] = ()
        super().__init__(theme, height=height, title=title, x_label=x_label, y_label=y_label)
        self.x.update(start=0, end=100)
        if as_price:
            self.y_axis.ticker = FixedTicker(ticks=[])
        self.source = ColumnDataSource({n: np.empty(0) for n in ("t", "top", *(f"y_{k}" for k in keys))})
        self.zero = Span(location=0, dimension="width", line_color=theme.muted, line_width=1, level="underlay")
        self.figure.add_layout(self.zero)
        self.lines: dict[str, GlyphRenderer] = {}
        for key in keys:
            line = Line(x="t", y=f"y_{key}", line_color=self._colour(key), line_width=1.8, line_join="round")
            self.lines[key] = self.figure.add_glyph(self.source, line, name=key, visible=False)
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover = HoverTool(
            renderers=[touch], mode="vline", line_policy="nearest", point_policy="follow_mouse",
            attachment="horizontal", tooltips=tooltip({}, theme),
        )  # fmt: skip
        self.figure.add_tools(self.hover)

    def _colour(self, key: str) -> str:
        name = self.colours[key]
        return self.theme.regions.get(name) or self.theme.fuels.get(name) or self.theme.accent

    def feed(self, data: CurveData) -> None:
        """Draw other data."""
        columns = dict(data.columns)
        absent = np.full(len(columns["t"]), np.nan, "float32")
        self.source.data = columns | {f"y_{k}": absent for k in self.keys if f"y_{k}" not in columns}
        self.y.update(start=data.low, end=data.high)
        if self.as_price:
            inner = self.height - self.figure.min_border_top - self.figure.min_border_bottom
            ticks = price_ticks(data.low, data.high, inner)
            self.y_axis.ticker.ticks = list(ticks)
            self.y_axis.major_label_overrides = ticks
        if data.present != self.present:
            self.present = data.present
            for key, line in self.lines.items():
                line.visible = key in data.present
            self._tell()

    def _tell(self) -> None:
        rows = {f"v_{k}": (self.keys[k], self._colour(k), self.unit, self.digits) for k in self.present}
        plain = CustomJSHover(code=JS_NUMBER + f"return fmt(value, {self.digits})")
        formatters = {"@t": CustomJSHover(code=_SHARE_JS)} | {f"@{c}": plain for c in rows}
        self.hover.update(formatters=formatters, tooltips=tooltip(rows, self.theme))

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        for key, line in self.lines.items():
            line.glyph.line_color = self._colour(key)
        self.zero.line_color = theme.muted
        self._tell()
