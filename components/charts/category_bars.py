"""Bars over categories (fuels, regions) or years: piled up from zero or side by side, lying or standing.

:class:`BarChart` is built once and then fed :func:`bar_data`. What is missing has no bar; negative parts pile up below
zero (left of it). Marks are short strokes across a bar with a word at its end: a share, a target.

Example
-------
>>> from components.charts.palette import LIGHT
>>> chart = BarChart(LIGHT, title="Energy", value_label="Energy (GWh)", unit="GWh", names={"wind": "Wind", "coal": "Coal"})
>>> chart.feed(bar_data({"NSW": {"coal": 40.0, "wind": 9.5}, "SA": {"wind": 7.0}}, ["coal", "wind"]))
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bokeh.models import (
    CategoricalAxis,
    CategoricalScale,
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    FactorRange,
    Grid,
    HBar,
    HoverTool,
    LinearAxis,
    NoOverlap,
    Plot,
    Range1d,
    Scatter,
    Span,
    Text,
    VBar,
)

from components.charts.formats import JS_NUMBER, JS_TICK
from components.charts.lean import FONT, LEFT, literal
from components.charts.palette import Palette
from components.charts.plain import style_axis

_WIDE = 0.78
"""Part of a category's room that its bars take."""
_FOOT = 52
_HEAD = 8


@dataclass(frozen=True, eq=False)
class BarData:
    """What bars draw, the same for every visitor.

    Attributes
    ----------
    categories : in order, the first on top or left.
    bars : columns ``category``, ``series``, ``shift`` (-0.5 … 0.5 within the category), ``start``, ``end``, ``value``.
    thickness : of a bar, as a part of the category's room.
    low, high : ends of the values' axis.
    marks : category -> (value, words).
    """

    categories: tuple[str, ...]
    bars: Mapping[str, list]
    thickness: float
    low: float
    high: float
    marks: Mapping[str, tuple[float, str]] = field(default_factory=dict)


def bar_data(
    values: Mapping[str, Mapping[str, float]],
    series: Sequence[str],
    *,
    grouped: bool = False,
    limits: tuple[float, float] | None = None,
    marks: Mapping[str, tuple[float, str]] | None = None,
) -> BarData:
    """Bars of each category.

    Parameters
    ----------
    values : category -> series -> value; NaN or absent = missing.
    series : order of the series: from zero outwards, or side by side where ``grouped``.
    limits : ends of the axis (0, 100 for shares); default from the data.
    marks : category -> (value, words): a stroke across the bar.
    """
    rows: dict[str, list] = {n: [] for n in ("category", "series", "shift", "start", "end", "value")}
    for category, parts in values.items():
        reach = {True: 0.0, False: 0.0}
        for place, name in enumerate(series):
            value = parts.get(name, math.nan)
            if not math.isfinite(value) or (value == 0 and not grouped):
                continue
            start = 0.0 if grouped else reach[value > 0]
            shift = ((place + 0.5) / len(series) - 0.5) * _WIDE if grouped else 0.0
            reach[value > 0] = start + value
            for column, cell in zip(rows, (category, name, shift, start, start + value, value), strict=True):
                rows[column].append(cell)
    ends = [*rows["end"], *(m[0] for m in (marks or {}).values())]
    if limits is not None:
        low, high = limits
    else:
        least, most = min([0.0, *ends]), max([0.0, *ends])
        room = (most - least) or 1.0
        low, high = least - 0.05 * room if least < 0 else 0.0, most + 0.07 * room if most > 0 or least == 0 else 0.0
    return BarData(tuple(values), rows, _WIDE / (len(series) if grouped else 1), low, high, dict(marks or {}))


class BarChart:
    """Bars, built once and then fed.

    Parameters
    ----------
    value_label, unit, digits : the values' axis and the hover.
    names : series -> label (the program's own words).
    colours : series -> name of a fuel or region of the palette; default the series itself.
    by_category : category -> name of the colour, where bars are coloured by it (``faded`` tells the series apart then).
    faded : series drawn paler.
    lying : bars run from left to right and the chart is as high as its categories need; else ``height``.
    row : height of a category [px] where ``lying``.
    left : room for the categories' names [px] where ``lying``.
    """

    def __init__(
        self, theme: Palette, *, title: str, value_label: str, unit: str, names: Mapping[str, str], digits: int = 0,
        colours: Mapping[str, str] | None = None, by_category: Mapping[str, str] | None = None,
        faded: Sequence[str] = (), lying: bool = True, height: int = 320, row: int = 40, left: int = 110,
    ):  # fmt: skip
        self.theme, self.names, self.unit = theme, dict(names), unit
        self.colours = dict(colours or {n: n for n in names})
        self.by_category, self.faded = dict(by_category or {}), tuple(faded)
        self.lying, self.row = lying, row
        self.data = bar_data({}, [])
        self.span, self.kinds = Range1d(start=0, end=1), FactorRange(range_padding=0.04)
        ranges = (
            {"x_range": self.span, "y_range": self.kinds, "y_scale": CategoricalScale()} if lying
            else {"x_range": self.kinds, "y_range": self.span, "x_scale": CategoricalScale()}
        )  # fmt: skip
        self.figure = Plot(
            **ranges, height=height, sizing_mode="stretch_width", toolbar_location=None, outline_line_color=None,
            background_fill_alpha=0, border_fill_alpha=0, min_border_left=left if lying else LEFT, min_border_right=28,
            min_border_top=_HEAD, min_border_bottom=_FOOT if lying else 30, name=title, lod_threshold=None,
        )  # fmt: skip
        self.value_axis = LinearAxis(
            axis_label=value_label, major_label_policy=NoOverlap(min_distance=8),
            formatter=CustomJSTickFormatter(code=JS_TICK),
        )  # fmt: skip
        self.kind_axis = CategoricalAxis()
        self.figure.add_layout(self.value_axis, "below" if lying else "left")
        self.figure.add_layout(self.kind_axis, "left" if lying else "below")
        self.grid = Grid(axis=self.value_axis, dimension=0 if lying else 1)
        self.figure.add_layout(self.grid)
        columns = ("at", "start", "end", "value", "colour", "alpha", "thickness", "category", "label")
        self.source = ColumnDataSource({c: [] for c in columns})
        look = {"fill_color": "colour", "fill_alpha": "alpha", "line_color": theme.card, "line_width": 0.5}
        glyph = (
            HBar(y="at", left="start", right="end", height="thickness", **look) if lying
            else VBar(x="at", bottom="start", top="end", width="thickness", **look)
        )  # fmt: skip
        self.bars = self.figure.add_glyph(self.source, glyph, name="bars")
        self.zero = Span(location=0, dimension="height" if lying else "width", line_width=1)
        self.figure.add_layout(self.zero)
        self.mark_source = ColumnDataSource({c: [] for c in ("at", "value", "end", "words")})
        place = {"x": "value", "y": "at"} if lying else {"x": "at", "y": "value"}
        stroke = Scatter(**place, marker="dash", size=0.8 * row, angle=math.pi / 2 if lying else 0, line_width=3)
        self.marks = self.figure.add_glyph(self.mark_source, stroke, name="marks")
        # The words stand where the bar ends: within it they could not be read on every colour.
        beyond = {"x": "end", "y": "at", "x_offset": 8} if lying else {"x": "at", "y": "end", "y_offset": -8}
        words = Text(
            **beyond, text="words", text_font={"value": FONT}, text_font_size="12px", text_font_style="bold",
            text_baseline="middle" if lying else "bottom", text_align="left" if lying else "center",
        )  # fmt: skip
        self.words = self.figure.add_glyph(self.mark_source, words, name="words")
        self.hover = HoverTool(
            renderers=[self.bars], attachment="horizontal" if lying else "vertical", point_policy="follow_mouse"
        )
        self.figure.add_tools(self.hover)
        self.relabel(value_label, unit, digits)

    def feed(self, data: BarData) -> None:
        """Draw other bars."""
        self.data = data
        bars = data.bars
        count = len(bars["value"])
        self.kinds.factors = list(reversed(data.categories)) if self.lying else list(data.categories)
        self.source.data = {
            "at": [(c, -s if self.lying else s) for c, s in zip(bars["category"], bars["shift"], strict=True)],
            "start": bars["start"], "end": bars["end"], "value": bars["value"],
            "colour": [self._colour(c, s) for c, s in zip(bars["category"], bars["series"], strict=True)],
            "alpha": [0.45 if s in self.faded else 1.0 for s in bars["series"]],
            "thickness": [data.thickness] * count, "category": bars["category"],
            "label": [self.names[s] for s in bars["series"]],
        }  # fmt: skip
        ends = {c: max(e, 0.0) for c, e in sorted(zip(bars["category"], bars["end"], strict=True), key=lambda b: b[1])}
        self.mark_source.data = {
            "end": [max(ends.get(c, 0.0), m[0]) for c, m in data.marks.items()],
            "at": list(data.marks),
            "value": [m[0] for m in data.marks.values()],
            "words": [m[1] for m in data.marks.values()],
        }
        self.span.update(start=data.low, end=data.high)
        if self.lying:
            height = _HEAD + _FOOT + self.row * max(len(data.categories), 1)
            if self.figure.height != height:
                self.figure.height = height

    def relabel(self, value_label: str, unit: str, digits: int) -> None:
        """What the values are from now on."""
        self.unit = unit
        self.value_axis.axis_label = value_label
        self.hover.formatters = {"@value": CustomJSHover(code=JS_NUMBER + f"return fmt(value, {digits})")}
        self._style()

    def _colour(self, category: str, series: str) -> str:
        name = self.by_category.get(category) or self.colours[series]
        return self.theme.fuels.get(name) or self.theme.regions.get(name) or self.theme.accent

    def recolour(self, theme: Palette) -> None:
        """Follow the theme."""
        self.theme = theme
        self._style()
        self.feed(self.data)

    def _style(self) -> None:
        theme = self.theme
        for axis in (self.value_axis, self.kind_axis):
            style_axis(axis, theme)
        self.kind_axis.update(major_label_text_color=theme.ink, axis_line_color=None, major_tick_line_color=None)
        self.grid.grid_line_color = theme.grid
        self.zero.line_color = theme.muted
        self.bars.glyph.line_color = theme.card
        self.marks.glyph.line_color = theme.ink
        self.words.glyph.text_color = theme.ink
        self.hover.tooltips = (
            f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {theme.line};border-radius:6px"><b>@category</b> · @label<br>@value{{custom}} {literal(self.unit)}</div>'
        )


__all__ = ["BarChart", "BarData", "bar_data"]
