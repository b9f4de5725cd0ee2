"""The flow of one interconnector between its two limits over NEM time.

What lies between the limits is shaded, which leaves the headroom either way to be seen; the target flow is drawn in red
where it is at its limit::

    chart = LimitChart(theme, height=240, title="Heywood")   # once
    chart.feed(limit_data(edges, series), flow="mw")          # series: the columns of Flows
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Line, Span, Step, VAreaStep

from components.charts.budget import Thinned, thin_lines
from components.charts.lean import TimePlot, close_steps, formatters, hover_of, milliseconds, tooltip
from components.charts.palette import Palette
from components.market_time import AXIS_LABEL
from components.metrics.links import AT_LIMIT

LEFT = 76
"""Pixels left of the plot: room for thousands of MW below zero, so that charts above each other line up."""
SERIES = ("mw", "mw_target", "export_limit", "import_limit", "utilisation")
FLOWS = {"mw": "Metered flow", "mw_target": "Target flow"}


@dataclass(frozen=True, eq=False)
class LimitData:
    """What a chart draws: ``t`` boundaries [ms], the series at them [MW], ``used`` [%], and what is shaded."""

    columns: Mapping[str, np.ndarray]
    edges: np.ndarray
    missing: np.ndarray
    low: float
    high: float
    thinned: Thinned = field(repr=False)

    @property
    def nbytes(self) -> int:
        """Size of the numbers."""
        return sum(v.nbytes for v in self.columns.values())


def limit_data(edges: np.ndarray, series: Mapping[str, np.ndarray]) -> LimitData:
    """Thin the series (extremes stay).

    Parameters
    ----------
    edges : (n + 1,) step boundaries, datetime64[us].
    series : each of :data:`SERIES` (n,), NaN = missing; MW, utilisation as a share.
    """
    full = np.where(series["utilisation"] >= AT_LIMIT, series["mw_target"], np.nan)
    values = np.vstack([*(series[name] for name in SERIES), full])
    thinned = thin_lines(milliseconds(edges), values)
    columns = {"t": np.asarray(thinned.edges, float)}
    for name, row in zip((*SERIES, "full"), thinned.values, strict=True):
        columns[name] = np.append(row, row[-1:])
    columns["used"] = 100 * columns.pop("utilisation")
    both = np.isfinite(columns["export_limit"]) & np.isfinite(columns["import_limit"])
    # What has no limits has no room: a shade without height, for a missing one would break the shape.
    columns["room_top"] = np.where(both, columns["export_limit"], 0.0)
    columns["room_bottom"] = np.where(both, columns["import_limit"], 0.0)
    columns["top"] = np.nan_to_num(np.fmax(columns["export_limit"], columns["mw"]))
    lines = np.vstack([columns[name] for name in (*FLOWS, "export_limit", "import_limit", "full")])
    columns = close_steps(columns, lines)
    columns = {k: (v if k == "t" else v.astype("float32")) for k, v in columns.items()}
    for array in columns.values():
        array.flags.writeable = False
    powers = thinned.values[: SERIES.index("utilisation")]
    finite = powers[np.isfinite(powers)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    missing = ~np.isfinite(values[:2]).any(axis=0)
    return LimitData(columns, edges, missing, min(low, 0.0), max(high, 1.0), thinned)


class LimitChart(TimePlot):
    """One interconnector, built once and then fed."""

    def __init__(self, theme: Palette, *, height: int, title: str):
        super().__init__(theme, height=height, title=title, y_label="Flow (MW)")
        self.flow = "mw"
        self.figure.min_border_left = LEFT
        names = (
            "t",
            "top",
            "room_top",
            "room_bottom",
            "export_limit",
            "import_limit",
            *FLOWS,
            "full",
        )
        self.source = ColumnDataSource({name: np.empty(0) for name in (*names, "used")})
        room = VAreaStep(x="t", y1="room_bottom", y2="room_top", step_mode="after", fill_alpha=0.13)
        self.room = self.figure.add_glyph(self.source, room, name="room")
        self.zero = Span(location=0, dimension="width", line_width=1, level="underlay")
        self.figure.add_layout(self.zero)
        self.limits = [
            self.figure.add_glyph(self.source, Step(x="t", y=name, mode="after", line_width=1.2), name=name)
            for name in ("export_limit", "import_limit")
        ]
        line = Step(x="t", y="mw", mode="after", line_width=1.6, line_join="round")
        self.line = self.figure.add_glyph(self.source, line, name="flow")
        full = Step(x="t", y="full", mode="after", line_width=2.6, line_join="round")
        self.full = self.figure.add_glyph(self.source, full, name="at its limit")
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover: HoverTool = hover_of(self.source, touch, {}, theme)
        self.figure.add_tools(self.hover)
        self._paint()

    def feed(self, data: LimitData, *, flow: str = "mw") -> None:
        """Draw another interconnector or window; ``flow`` is the one of :data:`FLOWS` that is drawn as a line."""
        self.source.data = dict(data.columns)
        self.feed_gaps(data.edges, data.missing)
        if len(data.edges):
            at = milliseconds(data.edges[[0, -1]])
            self.x.update(start=float(at[0]), end=float(at[1]))
        reach = data.high - data.low
        self.y.update(start=data.low - 0.06 * reach, end=data.high + 0.06 * reach)
        if flow != self.flow:
            self.flow = flow
            self.line.glyph.y = flow

    def resize(self, height: int, *, x_label: bool) -> None:
        """Another height, where more or fewer interconnectors share the page; ``x_label`` names the time axis."""
        if self.height != height:
            self.height = self.figure.height = height
        words = AXIS_LABEL if x_label else None
        if self.x_axis.axis_label != words:
            self.x_axis.axis_label = words
            self.figure.min_border_bottom = 52 if x_label else 34

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self._paint()

    def _paint(self) -> None:
        theme = self.theme
        self.room.glyph.fill_color = theme.accent
        self.zero.line_color = theme.muted
        for limit in self.limits:
            limit.glyph.line_color = theme.muted
        self.line.glyph.line_color = theme.accent
        self.full.glyph.line_color = theme.error
        rows = {
            "export_limit": ("Export limit", theme.muted, "MW", 0),
            **{name: (label, theme.accent, "MW", 1) for name, label in FLOWS.items()},
            "import_limit": ("Import limit", theme.muted, "MW", 0),
            "used": ("Utilisation", theme.error, "%", 1),
        }
        self.hover.update(formatters=formatters(self.source, rows), tooltips=tooltip(rows, theme))


__all__ = ["FLOWS", "SERIES", "LimitChart", "LimitData", "limit_data"]
