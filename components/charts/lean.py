"""Lean Bokeh plots: few models, built once for a session, afterwards only fed.

Plain ``Plot`` with explicit ranges, one hover, no toolbar and no legend (the table beside the chart is the legend).
Colours come from the palette and are set again when the theme changes; the time axis is naive NEM time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from bokeh.events import RangesUpdate
from bokeh.models import (
    BoxZoomTool,
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    DatetimeAxis,
    DatetimeTickFormatter,
    Grid,
    HoverTool,
    LinearAxis,
    NoOverlap,
    Plot,
    Range1d,
    VStrip,
)

from components.charts.daylight import CITIES, nights
from components.charts.formats import JS_NUMBER
from components.charts.palette import Palette
from components.market_time import AXIS_LABEL, bucket_end
from components.vocabulary import NEM

FONT = "Roboto, system-ui, sans-serif"
SHORTEST = pd.Timedelta(minutes=30)
"""A zoom shows at least this much."""
LEFT = 66
"""Pixels left of every plot, so that plots above each other line up."""

SPAN_JS = """
const days = ['Sun','Mon','Tue','Wed','Thu','Fri','Sat'], two = n => String(n).padStart(2, '0');
const months = ['Jan','Feb','Mar','Apr','May','Jun','Jul','Aug','Sep','Oct','Nov','Dec'];
const day = d => days[d.getUTCDay()] + ' ' + d.getUTCDate() + ' ' + months[d.getUTCMonth()] + ' ' + d.getUTCFullYear();
const clock = d => two(d.getUTCHours()) + ':' + two(d.getUTCMinutes());
const hours = (b - a) / 3.6e6;
if (hours < 24) return day(a) + ' ' + clock(a) + '–' + clock(b);
const last = new Date(b - 1);
if (hours === 24 && a.getUTCHours() === 0) return day(a);
return day(a) + ' – ' + day(last);
"""
"""From two dates ``a`` and ``b`` to the stretch between them in words."""
_TIME_JS = (
    "const t = source.data[column], i = special_vars.index, a = new Date(t[i]), b = new Date(t[i+1] ?? t[i]);" + SPAN_JS
)


def milliseconds(times: np.ndarray) -> np.ndarray:
    """Naive datetime64 -> milliseconds since 1970, which is what Bokeh draws."""
    return times.astype("datetime64[us]").astype("int64") / 1000.0


def step_edges(times: np.ndarray, interval: str, label: str) -> np.ndarray:
    """Boundaries of labelled buckets: (n + 1,) datetime64[us], whichever side labels them.

    Where buckets are missing in between, a step reaches to the next one that is there; charts close such
    holes beforehand by giving a complete index.
    """
    stamps = np.asarray(times, "datetime64[us]")
    if not len(stamps):
        return stamps
    if label == "start":
        return np.append(stamps, bucket_end(stamps[-1:], interval))
    step = bucket_end(stamps[:1], interval)[0] - stamps[0]
    return np.append(stamps[:1] - step, stamps)


def close_steps(columns: dict[str, np.ndarray], values: np.ndarray) -> dict[str, np.ndarray]:
    """Let the last step before a hole reach to the hole: Bokeh draws a step only if the next point is there.

    Parameters
    ----------
    columns : arrays of one value for each boundary (``t`` among them).
    values : (series, boundaries) of what is drawn as lines; where one of them ends, its last row is repeated.
    """
    there = np.isfinite(values)
    ends = np.flatnonzero((there[:, :-1] & ~there[:, 1:]).any(axis=0)) + 1
    if not len(ends):
        return columns
    out = {}
    for name, array in columns.items():
        longer = np.insert(array, ends, array[ends - 1])
        if name == "t":
            longer[ends + np.arange(len(ends))] = array[ends]
        out[name] = longer
    return out


def complete_index(times: np.ndarray, interval: str) -> np.ndarray:
    """Every label from the first to the last of ``times``, so that a gap is a gap."""
    first, last = times.min(), times.max()
    steps = [np.asarray([first])]
    if interval in ("5m", "30m", "1h", "1d", "7d"):
        step = bucket_end(np.asarray([first]), interval)[0] - first
        return np.arange(first, last + np.timedelta64(1, "us"), step)
    while steps[-1][0] < last:
        steps.append(bucket_end(steps[-1], interval))
    return np.concatenate(steps)


def time_formatter() -> DatetimeTickFormatter:
    """Ticks of a time axis: clock, day or month, with the year beneath where it begins."""
    return DatetimeTickFormatter(
        minutes="%H:%M", hourmin="%H:%M", hours="%H:%M", days="%-d %b", months="%b %Y", years="%Y",
        context=DatetimeTickFormatter(
            minutes="", hourmin="", hours="", days="%Y", months="", years="", strip_leading_zeros=False,
        ),
        context_which="start", hide_repeats=True, strip_leading_zeros=False,
    )  # fmt: skip


class TimePlot:
    """A plot over NEM time with one y axis; sub-classes add glyphs and feed them.

    Class attributes
    ----------------
    shades : nights are shaded.

    Attributes
    ----------
    figure : the Bokeh model.
    x, y : its ranges, set with each feed.
    place : region whose nights are shaded on short ranges; to be set before a feed.
    """

    shades: ClassVar[bool] = True

    def __init__(
        self, theme: Palette, *, height: int, title: str, y_label: str, x: Range1d | None = None, x_label: bool = True
    ):
        self.theme = theme
        self.height = height
        self.place = NEM
        self.x = x if x is not None else Range1d(start=0, end=1)
        self.y = Range1d(start=0, end=1)
        self.figure = Plot(
            x_range=self.x, y_range=self.y, height=height, sizing_mode="stretch_width", toolbar_location=None,
            min_border_left=LEFT, min_border_right=24, min_border_top=8, min_border_bottom=52 if x_label else 10,
            outline_line_color=None, background_fill_alpha=0, border_fill_alpha=0, output_backend="canvas",
            lod_threshold=None, name=title,
        )  # fmt: skip
        # On a phone a week's dates would touch.
        self.x_axis = DatetimeAxis(
            formatter=time_formatter(), visible=x_label, axis_label=AXIS_LABEL,
            major_label_policy=NoOverlap(min_distance=8),
        )  # fmt: skip
        self.y_axis = LinearAxis(axis_label=y_label)
        self.y_axis.ticker.desired_num_ticks = 7
        self.y_axis.formatter = CustomJSTickFormatter(code=JS_NUMBER + "return fmt(tick, 0)")
        self.figure.add_layout(self.x_axis, "below")
        self.figure.add_layout(self.y_axis, "left")
        self.grids = [
            Grid(axis=self.x_axis, dimension=0),
            Grid(axis=self.y_axis, dimension=1),
        ]
        for grid in self.grids:
            self.figure.add_layout(grid)
        self.nights = ColumnDataSource({"x0": np.empty(0), "x1": np.empty(0)})
        self.night_shade = VStrip(x0="x0", x1="x1", line_color=None)
        self.figure.add_glyph(self.nights, self.night_shade, level="image")
        self.gaps = ColumnDataSource({"x0": np.empty(0), "x1": np.empty(0)})
        self.gap_mark = VStrip(x0="x0", x1="x1", hatch_pattern="/", hatch_scale=8, line_color=None)
        self.figure.add_glyph(self.gaps, self.gap_mark, level="underlay")
        self.zoom = BoxZoomTool(dimensions="width")
        self.figure.add_tools(self.zoom)
        self.figure.toolbar.active_drag = self.zoom
        self._style()

    def on_zoom(self, chosen: Callable[[pd.Timestamp, pd.Timestamp], None]) -> None:
        """Call ``chosen`` with the window, on the 5-minute grid, when the visitor has dragged over one."""

        def zoomed(event: RangesUpdate) -> None:
            start, end = (pd.Timestamp(v, unit="ms").round("5min") for v in (event.x0, event.x1))
            chosen(start, max(end, start + SHORTEST))

        self.figure.on_event(RangesUpdate, zoomed)

    def without_drag(self) -> None:
        """For fingers: a drag over the chart scrolls the page."""
        self.figure.toolbar.active_drag = None
        self.figure.toolbar.tools = [t for t in self.figure.toolbar.tools if t is not self.zoom]

    def recolour(self, theme: Palette) -> None:
        """Follow the theme."""
        self.theme = theme
        self._style()

    def _style(self) -> None:
        theme = self.theme
        for axis in (self.x_axis, self.y_axis):
            axis.update(
                axis_line_color=theme.line, major_tick_line_color=theme.line, minor_tick_line_color=None,
                major_label_text_color=theme.muted, major_label_text_font=FONT, major_label_text_font_size="12px",
                axis_label_text_color=theme.muted, axis_label_text_font=FONT, axis_label_text_font_size="12px",
                axis_label_text_font_style="normal", axis_label_standoff=8, major_tick_out=4, major_tick_in=0,
            )  # fmt: skip
        for grid in self.grids:
            grid.grid_line_color = theme.grid
        self.night_shade.fill_color = theme.night
        self.gap_mark.update(fill_color=theme.band, hatch_color=theme.line)
        self.zoom.overlay.update(fill_color=theme.accent, fill_alpha=0.15, line_color=theme.accent)

    def feed_gaps(self, edges: np.ndarray, missing: np.ndarray) -> None:
        """Mark the steps without any reading, neighbours as one strip."""
        change = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype("int8"), [0]])))
        at = milliseconds(edges)
        self.gaps.data = {"x0": at[change[::2]], "x1": at[change[1::2]]}
        self._shade(edges)

    def _shade(self, edges: np.ndarray) -> None:
        """Shade the nights of a short range."""
        dark = nights(edges[0], edges[-1], self.place) if self.shades and len(edges) else (edges[:0], edges[:0])
        shown = {name: milliseconds(times) for name, times in zip(("x0", "x1"), dark, strict=True)}
        if not all(np.array_equal(shown[n], self.nights.data[n]) for n in shown):
            self.nights.data = shown

    @property
    def night_city(self) -> str:
        """Where it is night in the shades that are drawn, "" where there are none."""
        return CITIES[self.place][0] if len(self.nights.data["x0"]) else ""


def hover_of(
    source: ColumnDataSource, renderer: object, rows: Mapping[str, tuple[str, str, str, int]], theme: Palette
) -> HoverTool:
    """One tooltip for all series at a time: the interval, then a line per series with value and unit.

    Parameters
    ----------
    rows : column -> (label, colour, unit, decimals). Labels and units are the program's own words.
    """
    tool = HoverTool(
        renderers=[renderer], mode="vline", line_policy="prev", point_policy="follow_mouse", attachment="horizontal",
        tooltips=tooltip(rows, theme), formatters=formatters(source, rows), muted_policy="ignore",
    )  # fmt: skip
    return tool


def formatters(source: ColumnDataSource, rows: Mapping[str, tuple[str, str, str, int]]) -> dict[str, CustomJSHover]:
    """The browser's side of :mod:`components.charts.formats`."""
    when = CustomJSHover(args={"source": source, "column": "t"}, code=_TIME_JS)
    plain = {d: CustomJSHover(code=JS_NUMBER + f"return fmt(value, {d})") for d in {r[3] for r in rows.values()}}
    return {"@t": when, **{f"@{c}": plain[r[3]] for c, r in rows.items()}}


def tooltip(rows: Mapping[str, tuple[str, str, str, int]], theme: Palette) -> str:
    """The HTML of a hover. Only words of the program go in; Bokeh escapes the values."""
    lines = "".join(
        f'<tr><td><span style="display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:6px;'
        f'background:{colour}"></span>{literal(label)}</td>'
        f'<td style="text-align:right;padding-left:14px;font-variant-numeric:tabular-nums">@{column}{{custom}} {literal(unit)}</td></tr>'
        for column, (label, colour, unit, _) in rows.items()
    )
    return (
        f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
        f'border:1px solid {theme.line};border-radius:6px">'
        f'<div style="color:{theme.muted};margin-bottom:4px">@t{{custom}}</div>'
        f'<table style="border-collapse:collapse">{lines}</table></div>'
    )


def literal(words: str) -> str:
    """Words for a hover, as they are: Bokeh would take ``$M`` for one of its variables and write ``???``.

    >>> literal("$M")
    '&#36;M'
    """
    return words.replace("$", "&#36;").replace("@", "&#64;")
