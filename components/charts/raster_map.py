"""The whole archive in a strip, with the window that is looked at: to be dragged, or drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from bokeh.events import PanEnd, RangesUpdate
from bokeh.models import (
    BoxAnnotation,
    ColumnDataSource,
    CustomJS,
    DatetimeAxis,
    Line,
    NoOverlap,
    Plot,
    Range1d,
    RangeTool,
    Title,
    VArea,
)

from components.charts.lean import FONT, milliseconds, time_formatter
from components.charts.palette import Palette
from components.charts.plain import style_axis
from components.charts.raster import REST_MS, with_numbers
from components.charts.scales import price_span, stretch

_MOVED_JS = """
clearTimeout(wanted._rest)
wanted._rest = setTimeout(() => { wanted.data = {x0: [x.start], x1: [x.end]} }, rest)
"""


class ArchiveMap:
    """Lowest, highest and mean price of every day over everything there is.

    Parameters
    ----------
    window : the range of time that the pictures show; the frame moves it and follows it.
    """

    def __init__(self, theme: Palette, window: Range1d, *, height: int = 84):
        self.theme, self.window = theme, window
        self.x, self.y = Range1d(start=0, end=1), Range1d(start=0, end=1)
        self.figure = Plot(
            x_range=self.x, y_range=self.y, height=height, sizing_mode="stretch_width", toolbar_location=None,
            min_border_left=18, min_border_right=18, min_border_top=2, min_border_bottom=22, outline_line_color=None,
            background_fill_alpha=0, border_fill_alpha=0, lod_threshold=None, name="Archive",
        )  # fmt: skip
        self.axis = DatetimeAxis(
            formatter=time_formatter(), major_label_policy=NoOverlap(min_distance=8), axis_label=None
        )
        self.figure.add_layout(self.axis, "below")
        self.source = ColumnDataSource({n: np.empty(0) for n in ("t", "low", "high", "mean")})
        self.words = Title(
            text="Price of each day: lowest, mean, highest", text_font=FONT, text_font_size="12px", text_font_style="normal",
            standoff=3,
        )  # fmt: skip
        self.figure.title = self.words
        self.area = self.figure.add_glyph(self.source, VArea(x="t", y1="low", y2="high", fill_alpha=0.35))
        self.line = self.figure.add_glyph(self.source, Line(x="t", y="mean", line_width=1))
        # The frame has no edges before the first feed: a range of nothing would be drawn over all of it.
        self.frame = BoxAnnotation(fill_alpha=0.18, line_width=1.5)
        self.tool = RangeTool(x_range=window, overlay=self.frame, start_gesture="pan")
        self.figure.add_tools(self.tool)
        self.wanted = ColumnDataSource({"x0": [], "x1": []})
        # Moving the frame is told by the first of these, drawing another one by the second.
        moved = CustomJS(args={"wanted": self.wanted, "x": window, "rest": REST_MS}, code=_MOVED_JS)
        for event in (RangesUpdate, PanEnd):
            self.figure.js_on_event(event, moved)
        self.figure.tags = [self.wanted]
        self._style()

    def reach(self, start: float, end: float) -> None:
        """The archive's ends [ms]."""
        self.x.update(start=start, end=end)

    def feed(self, words: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Draw the archive."""
        start = float(milliseconds(np.array([words["start"]], "datetime64[us]"))[0])
        times = start + (np.arange(len(arrays["low"])) + 0.5) * words["minutes"] * 60_000.0
        self.source.data = {
            "t": times, **{n: stretch(arrays[n]).astype("float32") for n in ("low", "high", "mean")},
        }  # fmt: skip
        low, high = price_span(np.concatenate([arrays["low"], arrays["high"]]))
        self.y.update(start=low, end=high)

    def on_move(self, moved: Callable[[float, float], None]) -> None:
        """Call ``moved`` with the window's ends [ms] when the frame has been moved or drawn anew."""
        self.wanted.on_change("data", with_numbers(("x0", "x1"), lambda ends: moved(ends["x0"], ends["x1"])))

    def without_drag(self) -> None:
        """For fingers: the window is drawn, the page scrolls."""
        self.tool.start_gesture = "none"

    def recolour(self, theme: Palette) -> None:
        """Follow the theme."""
        self.theme = theme
        self._style()

    def _style(self) -> None:
        theme = self.theme
        style_axis(self.axis, theme)
        self.area.glyph.fill_color = theme.muted
        self.line.glyph.line_color = theme.ink
        self.words.text_color = theme.muted
        self.frame.update(fill_color=theme.accent, line_color=theme.accent)
