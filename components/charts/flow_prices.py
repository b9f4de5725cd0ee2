"""Price difference across interconnectors against their flow: a dot for each step, in the interconnector's colour.

The difference stands on the stretched price axis (:mod:`components.charts.scales`): to the right power runs forward,
above zero that is where it is dearer. Dots above right and below left earn, the others run from the dearer region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, FixedTicker, HoverTool, LinearColorMapper, Scatter, Span

from components.charts import formats
from components.charts.formats import JS_NUMBER
from components.charts.lean import FONT, SPAN_JS, milliseconds
from components.charts.named import KEYS, series_colour
from components.charts.palette import Palette
from components.charts.plain import PlainPlot
from components.charts.scales import price_span, price_ticks, stretch

MOST_DOTS = 3_000
"""Dots that are drawn at most; of more, evenly spaced ones."""
_WHEN_JS = "const i = special_vars.index, a = new Date(source.data.t0[i]), b = new Date(source.data.t1[i]);" + SPAN_JS
_NAME_JS = "return names[source.data.series[special_vars.index]] ?? ''"


@dataclass(frozen=True, eq=False)
class DotData:
    """What is drawn: flow, place and value of the difference, ``series`` (position of its colour) and its stretch of time [ms]."""

    columns: Mapping[str, np.ndarray]
    total: int
    low: float
    high: float

    @property
    def note(self) -> str:
        """``n of N points`` where points were left out, else nothing."""
        drawn = len(self.columns["x"])
        left_out = f"{formats.number(drawn)} of {formats.number(self.total)} points drawn"
        return left_out if drawn < self.total else ""

    @property
    def nbytes(self) -> int:
        """Size of the numbers."""
        return sum(v.nbytes for v in self.columns.values())


def dot_data(
    edges: np.ndarray, flow: Mapping[int, np.ndarray], difference: Mapping[int, np.ndarray], most: int = MOST_DOTS
) -> DotData:
    """Dots of some interconnectors on the same steps; a step that lacks flow or difference has none.

    Parameters
    ----------
    edges : (n + 1,) step boundaries, datetime64[us].
    flow, difference : position of the interconnector's colour -> (n,) MW and $/MWh.
    """
    at = milliseconds(edges)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in ("x", "v", "series", "t0", "t1")}
    for place, power in flow.items():
        known = np.flatnonzero(np.isfinite(power) & np.isfinite(difference[place]))
        cells = (power[known], difference[place][known], np.full(len(known), place), at[known], at[known + 1])
        for column, cell in zip(parts.values(), cells, strict=True):
            column.append(cell)
    columns = {name: np.concatenate(p) if p else np.empty(0) for name, p in parts.items()}
    total = len(columns["x"])
    low, high = price_span(columns["v"])
    if total > most:
        kept = np.linspace(0, total - 1, most).round().astype(int)
        # The highest and the lowest difference stay, whichever the others are.
        ends = [int(columns["v"].argmin()), int(columns["v"].argmax())]
        kept = np.union1d(kept[1:-1], ends)
        columns = {name: values[kept] for name, values in columns.items()}
    columns["y"] = stretch(columns["v"])
    kinds = {"series": "int32", "t0": "float64", "t1": "float64"}
    columns = {name: values.astype(kinds.get(name, "float32")) for name, values in columns.items()}
    for array in columns.values():
        array.flags.writeable = False
    return DotData(columns, total, low, high)


class FlowPriceChart(PlainPlot):
    """Dots, built once and then fed."""

    def __init__(self, theme: Palette, *, height: int, title: str):
        self.names: tuple[str, ...] = ()
        super().__init__(theme, height=height, title=title, x_label="Flow (MW)", y_label="Price difference ($/MWh)")
        self.y_axis.ticker = FixedTicker(ticks=[])
        self.source = ColumnDataSource({n: np.empty(0) for n in ("x", "y", "v", "series", "t0", "t1")})
        self.zeros = [Span(location=0, dimension=d, line_width=1) for d in ("width", "height")]
        for zero in self.zeros:
            self.figure.add_layout(zero)
        self.mapper = LinearColorMapper(palette=["#000000"], low=-0.5, high=len(KEYS) - 0.5)
        fill = {"field": "series", "transform": self.mapper}
        dots = Scatter(x="x", y="y", size=5, fill_color=fill, fill_alpha=0.55, line_color=None)
        self.dots = self.figure.add_glyph(self.source, dots, name="dots")
        power, price = (CustomJSHover(code=JS_NUMBER + f"return fmt(value, {digits})") for digits in (1, 2))
        when = CustomJSHover(args={"source": self.source}, code=_WHEN_JS)
        self.called = CustomJSHover(args={"source": self.source, "names": []}, code=_NAME_JS)
        self.hover = HoverTool(
            renderers=[self.dots], attachment="horizontal",
            formatters={"@x": power, "@v": price, "@t0": when, "@series": self.called},
        )  # fmt: skip
        self.figure.add_tools(self.hover)
        self._paint()

    def feed(self, data: DotData, names: Sequence[str]) -> None:
        """Draw other dots; ``names`` of all interconnectors, in the order of their colours."""
        self.names = tuple(names)
        self.called.args = {"source": self.source, "names": list(names)}
        self.source.data = dict(data.columns)
        known = np.append(data.columns["x"], 0.0)
        reach = max(float(known.max() - known.min()), 1.0)
        self.x.update(start=float(known.min()) - 0.05 * reach, end=float(known.max()) + 0.05 * reach)
        self.y.update(start=data.low, end=data.high)
        ticks = price_ticks(data.low, data.high, self.height - 60)
        self.y_axis.ticker.ticks = list(ticks)
        self.y_axis.major_label_overrides = ticks

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self._paint()

    def _paint(self) -> None:
        theme = self.theme
        for zero in self.zeros:
            zero.line_color = theme.muted
        self.mapper.palette = [series_colour(key, theme) for key in KEYS]
        # Names come from the data; the browser's formatter sets them as text.
        self.hover.tooltips = (
            f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {theme.line};border-radius:6px"><div style="color:{theme.muted};margin-bottom:4px">'
            f"@t0{{custom}}</div><b>@series{{custom}}</b><br>Flow @x{{custom}} MW<br>Price difference @v{{custom}} &#36;/MWh</div>"
        )


__all__ = ["MOST_DOTS", "DotData", "FlowPriceChart", "dot_data"]
