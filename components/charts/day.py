"""Plots over the time of day: from 00:00 to 24:00 NEM time instead of a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, CustomJSHover, CustomJSTickFormatter, FixedTicker

from components.charts.layers import FUEL_LAYERS, Layer
from components.charts.lean import TimePlot
from components.charts.palette import Palette
from components.charts.stack import StackChart

DAY_LABEL = "Time of day, NEM time (UTC+10)"
_HOUR = 3_600_000.0
_CLOCK = (
    "const two = n => String(n).padStart(2, '0'), clock = m => two(Math.floor(m / 60)) + ':' + two(Math.round(m % 60));"
)
_SLOT_JS = _CLOCK + (
    "const t = source.data[column], i = special_vars.index;"
    "return clock(t[i] / 6e4) + '–' + clock((t[i + 1] ?? t[i]) / 6e4);"
)


def day_edges(minutes: int) -> np.ndarray:
    """Boundaries of a day's slots (slots + 1,), datetime64[us] of 1 January 1970, for ``stack_data``."""
    return np.datetime64("1970-01-01", "us") + np.arange(0, 1441, minutes) * np.timedelta64(1, "m")


class DayAxis(TimePlot):
    """A plot whose x axis is the time of day; it cannot be zoomed and has no nights of its own."""

    shades = False

    def as_day(self) -> None:
        """Turn the axis into that of a day; to be called at the end of ``__init__``."""
        self.x.update(start=0.0, end=24 * _HOUR)
        self.x_axis.update(
            axis_label=DAY_LABEL, ticker=FixedTicker(ticks=[h * _HOUR for h in range(0, 25, 3)]),
            formatter=CustomJSTickFormatter(code=_CLOCK + "return clock(tick / 6e4)"),
        )  # fmt: skip
        self.without_drag()

    def on_zoom(self, chosen: Callable[[pd.Timestamp, pd.Timestamp], None]) -> None:
        """A time of day is no window."""

    def without_drag(self) -> None:
        if self.zoom in self.figure.toolbar.tools:
            super().without_drag()


class DayStack(DayAxis, StackChart):
    """The stack of generation over an average day; feed it ``stack_data(day_edges(minutes), mean of each fuel)``."""

    def __init__(self, theme: Palette, *, height: int = 380, kinds: Mapping[str, Layer] = FUEL_LAYERS):
        super().__init__(theme, height=height, kinds=kinds)
        self.as_day()
        self._tell()

    def _tell(self) -> None:
        super()._tell()
        self.hover.formatters = self.hover.formatters | slot_hover(self.source)


def slot_hover(source: ColumnDataSource) -> dict[str, CustomJSHover]:
    """Formatter of a hover's first line: ``07:00–07:30``."""
    return {"@t": CustomJSHover(args={"source": source, "column": "t"}, code=_SLOT_JS)}
