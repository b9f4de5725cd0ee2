"""Lines over NEM time: prices on the stretched axis, or power. A missing reading is a hole in the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from bokeh.models import (
    ColumnDataSource,
    FixedTicker,
    GlyphRenderer,
    HoverTool,
    Line,
    Range1d,
    Scatter,
    Span,
    Step,
    VAreaStep,
)

from components.charts.budget import Thinned, thin_lines, thin_spread
from components.charts.lean import TimePlot, close_steps, formatters, hover_of, milliseconds, tooltip
from components.charts.palette import Palette
from components.charts.scales import price_span, price_ticks, stretch

SPREAD_SERIES = 2
"""Up to so many lines have a band from their lowest to their highest; more have marks, for bands would cover each other."""
MARKED = 300.0
"""A mark is drawn where the highest price of a step reaches this [$/MWh]: what caps are struck at."""


@dataclass(frozen=True, eq=False)
class LineData:
    """What a line chart draws: ``t`` boundaries [ms], ``y_<key>`` places on the axis, ``v_<key>`` values.

    With a spread also the lowest and highest within each step as values (``min_``, ``max_``) and places (``low_``,
    ``high_``), and ``mark_`` = the highest where it is to be marked, at ``middle`` [ms].
    """

    columns: Mapping[str, np.ndarray]
    present: tuple[str, ...]
    edges: np.ndarray
    missing: np.ndarray
    low: float
    high: float
    thinned: Thinned = field(repr=False)


def line_data(
    edges: np.ndarray,
    series: Mapping[str, np.ndarray],
    *,
    as_price: bool,
    lowest: Mapping[str, np.ndarray] | None = None,
    highest: Mapping[str, np.ndarray] | None = None,
) -> LineData:
    """Thin the series (spikes stay) and place them on the axis.

    Parameters
    ----------
    edges : (n + 1,) step boundaries, datetime64[us].
    series : key -> value of each step, NaN = missing; $/MWh where ``as_price``, else MW.
    lowest, highest : the spread within each step, of prices; all keys of ``series`` or none.
    """
    names = [k for k, v in series.items() if np.isfinite(v).any()]
    steps = max(len(edges) - 1, 0)
    values = np.vstack([series[k] for k in names]) if names else np.empty((0, steps))
    stamps = milliseconds(edges)
    thinned = thin_lines(stamps, values)
    columns: dict[str, np.ndarray] = {"t": np.asarray(thinned.edges, float)}
    for name, row in zip(names, thinned.values, strict=True):
        columns[f"v_{name}"] = np.append(row, row[-1:])
        columns[f"y_{name}"] = stretch(columns[f"v_{name}"]) if as_price else columns[f"v_{name}"]
    shown = [thinned.values]
    if names and lowest and highest:
        low_high = thin_spread(np.vstack([lowest[k] for k in names]), np.vstack([highest[k] for k in names]))
        shown += low_high if len(names) <= SPREAD_SERIES else low_high[1:]
        middle = (columns["t"][:-1] + columns["t"][1:]) / 2
        columns["middle"] = np.append(middle, middle[-1:])
        for name, low_row, high_row in zip(names, *low_high, strict=True):
            for side, row in (("min", low_row), ("max", high_row)):
                columns[f"{side}_{name}"] = np.append(row, row[-1:])
            # A band without height is not seen; a missing one would break the shape.
            columns[f"low_{name}"] = np.nan_to_num(stretch(columns[f"min_{name}"]))
            columns[f"high_{name}"] = np.nan_to_num(stretch(columns[f"max_{name}"]))
            marked = np.where(columns[f"max_{name}"] >= MARKED, columns[f"max_{name}"], np.nan)
            columns[f"mark_{name}"] = stretch(marked)
    top = np.fmax.reduce([columns[f"y_{n}"] for n in names]) if names else np.full(len(thinned.edges), np.nan)
    columns["top"] = np.nan_to_num(top)
    if names:
        columns = close_steps(columns, np.vstack([columns[f"v_{n}"] for n in names]))
    columns = {k: (v if k in ("t", "middle") else v.astype("float32")) for k, v in columns.items()}
    for array in columns.values():
        array.flags.writeable = False
    if as_price:
        low, high = price_span(np.hstack(shown))
    else:
        finite = thinned.values[np.isfinite(thinned.values)]
        low, high = min(0.0, float(finite.min(initial=0.0))), max(1.0, float(finite.max(initial=0.0)))
    missing = np.asarray(~np.isfinite(values).any(axis=0))  # all of them where there is no series
    return LineData(columns, tuple(names), edges, missing, low, high, thinned)


class LineChart(TimePlot):
    """Lines as a plot that is built once and then fed.

    Parameters
    ----------
    keys : every series that may come -> label.
    colours : key -> name of the colour among the palette's regions (``NEM`` = ink) or a fuel's.
    as_price : draw on the price axis.
    filled : fill from zero to the (single) line.
    spread : a band from lowest to highest, or marks, where the data has them.
    unit : of the values, in the hover; default $/MWh of prices, else MW.
    """

    def __init__(
        self, theme: Palette, keys: Mapping[str, str], *, height: int, title: str, y_label: str,
        as_price: bool = False, filled: bool = False, spread: bool = False, colours: Mapping[str, str] | None = None,
        x: Range1d | None = None, x_label: bool = True, unit: str = "",
    ):  # fmt: skip
        self.keys = dict(keys)
        self.unit = unit or ("$/MWh" if as_price else "MW")
        self.colours = dict(colours or {k: k for k in keys})
        self.as_price = as_price
        self.present: tuple[str, ...] = ()
        self.lines: dict[str, GlyphRenderer] = {}
        self.areas: dict[str, GlyphRenderer] = {}
        self.bands: dict[str, GlyphRenderer] = {}
        self.marks: dict[str, GlyphRenderer] = {}
        self.spread = ""
        super().__init__(theme, height=height, title=title, y_label=y_label, x=x, x_label=x_label)
        if as_price:
            self.y_axis.ticker = FixedTicker(ticks=[])
        self.source = ColumnDataSource({"t": np.empty(0), "top": np.empty(0)})
        self.spread_columns = (
            [f"{c}_{k}" for k in keys for c in ("min", "max", "low", "high", "mark")] if spread else []
        )
        for name in ("middle", *self.spread_columns) if spread else ():
            self.source.data[name] = np.empty(0)
        self.zero = Span(location=0, dimension="width", line_color=theme.muted, line_width=1, level="underlay")
        self.figure.add_layout(self.zero)
        for key in keys:
            self.source.data[f"y_{key}"] = np.empty(0)
            if filled:
                self.source.data[f"a_{key}"] = np.empty(0)
        for key in keys:
            colour = self._colour(key)
            if filled:
                self.areas[key] = self.figure.add_glyph(
                    self.source,
                    VAreaStep(x="t", y1=0, y2=f"a_{key}", step_mode="after", fill_color=colour, fill_alpha=0.22),
                    visible=False,
                )
            if spread:
                self.bands[key] = self.figure.add_glyph(
                    self.source,
                    VAreaStep(x="t", y1=f"low_{key}", y2=f"high_{key}", step_mode="after", fill_color=colour, fill_alpha=0.2),
                    visible=False,
                )  # fmt: skip
                self.marks[key] = self.figure.add_glyph(
                    self.source,
                    Scatter(x="middle", y=f"mark_{key}", size=5, fill_color=colour, line_color=None, fill_alpha=0.85),
                    visible=False,
                )
            self.lines[key] = self.figure.add_glyph(
                self.source,
                Step(x="t", y=f"y_{key}", mode="after", line_color=colour, line_width=1.5, line_join="round"),
                name=key, visible=False,
            )  # fmt: skip
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover: HoverTool = hover_of(self.source, touch, {}, theme)
        self.figure.add_tools(self.hover)

    def _colour(self, key: str) -> str:
        name = self.colours[key]
        return self.theme.regions.get(name) or self.theme.fuels.get(name) or self.theme.accent

    def feed(self, data: LineData, *, move_x: bool = True, digits: int | None = None, ceiling: float = 0.0) -> None:
        """Draw other data; ``move_x=False`` where the range belongs to the chart above, ``ceiling`` must stay in view."""
        columns = dict(data.columns)
        absent = np.full(len(columns["t"]), np.nan, "float32")
        for key in self.keys:
            columns.setdefault(f"y_{key}", absent)
            if self.areas:
                columns[f"a_{key}"] = np.nan_to_num(columns[f"y_{key}"])
        has_spread = "middle" in columns
        if self.bands and not has_spread:
            columns["middle"] = columns["t"]
        for name in self.spread_columns:
            columns.setdefault(name, absent)
        self.source.data = columns
        self.feed_gaps(data.edges, data.missing)
        if move_x and len(data.edges):
            at = milliseconds(data.edges[[0, -1]])
            self.x.update(start=float(at[0]), end=float(at[1]))
        if self.as_price:
            self.y.update(start=data.low, end=data.high)
            inner = self.height - self.figure.min_border_top - self.figure.min_border_bottom
            ticks = price_ticks(data.low, data.high, inner)
            self.y_axis.ticker.ticks = list(ticks)
            self.y_axis.major_label_overrides = ticks
        else:
            high = max(data.high, ceiling)
            reach = high - data.low
            self.y.update(start=data.low - 0.04 * reach if data.low < 0 else 0, end=high + 0.06 * reach)
        kind = "" if not has_spread else "band" if len(data.present) <= SPREAD_SERIES else "marks"
        if (data.present, kind) != (self.present, self.spread):
            self.present, self.spread = data.present, kind
            groups = (
                (self.lines, True),
                (self.areas, True),
                (self.bands, kind == "band"),
                (self.marks, kind == "marks"),
            )
            for group, wanted in groups:
                for key, renderer in group.items():
                    renderer.visible = wanted and key in data.present
            self._tell(digits)

    def _tell(self, digits: int | None = None) -> None:
        unit = self.unit
        places = digits if digits is not None else 2 if self.as_price else 1
        sides = {"band": (("min", "lowest"), ("max", "highest")), "marks": (("max", "highest"),)}.get(self.spread, ())
        rows = {}
        for key in self.present:
            rows[f"v_{key}"] = (self.keys[key] + (" mean" if sides else ""), self._colour(key), unit, places)
            rows |= {f"{c}_{key}": (f"{self.keys[key]} {w}", self._colour(key), unit, places) for c, w in sides}
        self.hover.update(formatters=formatters(self.source, rows), tooltips=tooltip(rows, self.theme))

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        for key, renderer in self.lines.items():
            renderer.glyph.line_color = self._colour(key)
        for key, renderer in (*self.areas.items(), *self.bands.items(), *self.marks.items()):
            renderer.glyph.fill_color = self._colour(key)
        self.zero.line_color = theme.muted
        self._tell()
