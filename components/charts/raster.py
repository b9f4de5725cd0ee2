"""Pictures of very large ranges: built once for a session, then fed; zooming tells the server which window is wanted.

What a visitor does to the ranges (drag over a part, wheel, window of the minimap) moves the old picture at once in the
browser; when it has come to rest, one message says what is to be drawn. The plot says "Loading" over the old picture. It is as high as its card lets it be; the browser says
how many pixels that are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from bokeh.events import RangesUpdate
from bokeh.models import (
    BoxAnnotation,
    BoxZoomTool,
    ColorBar,
    ColumnDataSource,
    CustomJS,
    DatetimeAxis,
    FixedTicker,
    Image,
    Label,
    LinearColorMapper,
    NoOverlap,
    WheelZoomTool,
)

from components.charts.lean import FONT, LEFT, SPAN_JS, time_formatter
from components.charts.palette import Palette
from components.charts.plain import PlainPlot, style_axis
from components.market_time import AXIS_LABEL

TALL = ":host { height: max(400px, calc(100vh - 334px)) !important; }"
"""A picture takes what the screen has left below the controls and the map."""
REST_MS = 160
"""A gesture is over when nothing has moved for so long."""
CLEAR = "rgba(0,0,0,0)"

BIN_JS = (
    "const i = special_vars.image_index.i, a = new Date(start + i * step), b = new Date(start + (i + 1) * step);"
    + SPAN_JS
)
"""The stretch of time that the column of a picture under the pointer covers."""
_SIZED_JS = """
clearTimeout(size._rest)
size._rest = setTimeout(() => {
  const told = {width: [plot.inner_width], height: [plot.inner_height], ratio: [devicePixelRatio]}
  if (told.width[0] > 0 && JSON.stringify(told) !== size._told) { size._told = JSON.stringify(told); size.data = told }
}, rest)
"""
_MOVED_JS = """
clearTimeout(wanted._rest)
wanted._rest = setTimeout(() => {
  wanted.data = {x0: [x.start], x1: [x.end], y0: [y.start], y1: [y.end]}
}, rest)
"""


class RasterPlot(PlainPlot):
    """A picture under a time (or number) axis, with its colour bar, a hatch where nothing is known, and gestures.

    Parameters
    ----------
    height : of the whole plot before the browser has said how high it is [pixels].
    unit : title of the colour bar.
    x_label : of a number axis; None = the x axis is NEM time.
    measured : the picture has one scale for all of it, which the colour bar shows.
    zoom : what dragging over a part zooms: ``auto`` (along the longer side, or both), ``width`` or ``both``.
    """

    def __init__(
        self, theme: Palette, *, height: int, title: str, unit: str, y_label: str = "", x_label: str | None = None,
        left: int = LEFT, zoom: str = "auto", x: Any = None, measured: bool = True,
    ):  # fmt: skip
        self.measured = measured
        self.mapper = LinearColorMapper(palette=["#000000"], low=0, high=1, nan_color=CLEAR, low_color=CLEAR)
        super().__init__(
            theme, height=height, title=title, x_label=x_label or AXIS_LABEL, y_label=y_label, left=left, grid=False
        )
        if x is not None:
            self.x = self.figure.x_range = x
        self.figure.stylesheets = [TALL]
        if x_label is None:
            self.x_axis = DatetimeAxis(
                formatter=time_formatter(), axis_label=AXIS_LABEL, major_label_policy=NoOverlap(min_distance=8)
            )
            self.figure.below = [self.x_axis]
            style_axis(self.x_axis, theme)
        # A box without edges is as large as the frame.
        self.hatch = BoxAnnotation(fill_alpha=0, line_alpha=0, hatch_pattern="/", hatch_scale=7, level="image")
        self.figure.add_layout(self.hatch)
        self.picture = ColumnDataSource({n: [] for n in ("image", "x", "y", "dw", "dh")})
        glyph = Image(image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=self.mapper)
        self.image = self.figure.add_glyph(self.picture, glyph, name="picture")
        self.bar = ColorBar(
            color_mapper=self.mapper, orientation="horizontal", height=8, padding=6, margin=0, label_standoff=4,
            ticker=FixedTicker(ticks=[]), background_fill_alpha=0, border_line_color=None, bar_line_color=None,
            major_tick_line_color=None, title=unit, title_text_font=FONT, title_text_font_size="12px",
            title_text_font_style="normal", title_standoff=4, major_label_text_font=FONT, major_label_text_font_size="12px",
        )  # fmt: skip
        # Before the first picture there is nothing to read off.
        self.bar.visible = False
        self.ticks(self.y_axis, {})
        self.figure.add_layout(self.bar, "above")
        self.loading = Label(
            x=12, y=10, x_units="screen", y_units="screen", text="Loading …", visible=False, text_font=FONT,
            text_font_size="12px", padding=6, border_radius=5,
        )  # fmt: skip
        self.figure.add_layout(self.loading)
        self.zoom = BoxZoomTool(dimensions=zoom)
        self.wheel = WheelZoomTool(dimensions="both" if zoom == "both" else "width")
        self.figure.add_tools(self.zoom, self.wheel)
        self.figure.toolbar.update(active_drag=self.zoom, active_scroll=self.wheel)
        self.wanted = ColumnDataSource({n: [] for n in ("x0", "x1", "y0", "y1")})
        self.size = ColumnDataSource({n: [] for n in ("width", "height", "ratio")})
        args = {"wanted": self.wanted, "x": self.x, "y": self.y, "plot": self.figure, "rest": REST_MS}
        self.figure.js_on_event(RangesUpdate, CustomJS(args=args, code=_MOVED_JS))
        sized = CustomJS(args={"size": self.size, "plot": self.figure, "rest": REST_MS}, code=_SIZED_JS)
        for side in ("inner_width", "inner_height"):
            self.figure.js_on_change(side, sized)
        # A model that hangs on nothing that is drawn belongs to no document, and then reports nothing.
        self.figure.tags = [self.wanted, self.size]
        self.inner = height - 110.0
        self.shown: np.ndarray | None = None
        self.colour()

    # -- what the visitor does -----------------------------------------------------------------------

    def on_move(self, moved: Callable[[dict[str, float]], None]) -> None:
        """Call ``moved`` with the ends ``x0 x1 y0 y1`` of the axes after a gesture."""
        self.wanted.on_change("data", with_numbers(("x0", "x1", "y0", "y1"), moved))

    def on_size(self, sized: Callable[[dict[str, float]], None]) -> None:
        """Call ``sized`` with ``width height`` of the plot's inside, and the screen's pixels for each, ``ratio``."""
        self.size.on_change("data", with_numbers(("width", "height", "ratio"), sized))

    def without_drag(self) -> None:
        """For fingers: a drag over the picture scrolls the page."""
        self.figure.toolbar.update(active_drag=None, active_scroll=None)
        self.figure.toolbar.tools = [t for t in self.figure.toolbar.tools if t not in (self.zoom, self.wheel)]

    def busy(self, now: bool) -> None:
        """Say that another picture is on its way."""
        if self.loading.visible != now:
            self.loading.visible = now

    # -- drawing -------------------------------------------------------------------------------------

    def put(self, x: tuple[float, float], y: tuple[float, float], **images: np.ndarray) -> None:
        """Show a picture (``image`` and what the hover reads beside it) between these edges; no image = none.

        The one that is shown already is not sent again.
        """
        self.bar.visible = bool(images) and self.measured
        if images.get("image") is self.shown:
            return
        self.shown = images.get("image")
        columns: dict[str, list[Any]] = {name: [image] for name, image in images.items()}
        count = 1 if images else 0
        places = {"x": x[0], "y": y[0], "dw": x[1] - x[0], "dh": y[1] - y[0]}
        self.picture.data = {"image": [], **columns} | {name: [value] * count for name, value in places.items()}

    def ticks(self, axis: Any, ticks: Mapping[float, str]) -> None:
        """Ticks of an axis, or of the colour bar, and their texts."""
        if not isinstance(axis.ticker, FixedTicker):
            axis.ticker = FixedTicker(ticks=[])
        axis.ticker.ticks = list(ticks)
        axis.major_label_overrides = dict(ticks)

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self.colour()

    def colour(self) -> None:
        """Set every colour of the theme."""
        theme = self.theme
        self.hatch.hatch_color = theme.line
        self.bar.update(major_label_text_color=theme.muted, title_text_color=theme.muted)
        self.loading.update(
            text_color=theme.ink,
            background_fill_color=theme.card,
            background_fill_alpha=0.92,
            border_line_color=theme.line,
        )
        self.zoom.overlay.update(fill_color=theme.accent, fill_alpha=0.15, line_color=theme.accent)

    def tooltip(self, *lines: str) -> str:
        """The HTML of a hover: the first line muted. Placeholders only; Bokeh escapes what stands for them."""
        first, *others = lines
        return (
            f'<div style="font:12px {FONT};color:{self.theme.ink};background:{self.theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {self.theme.line};border-radius:6px;max-width:340px"><div style="color:{self.theme.muted};'
            f'margin-bottom:4px">{first}</div>{"".join(f"<div>{line}</div>" for line in others)}</div>'
        )


def with_numbers(names: tuple[str, ...], told: Callable[[dict[str, float]], None]) -> Callable[[str, Any, Any], None]:
    """A listener that passes on one finite number for each name, and nothing else that a browser may send."""

    def listener(_attr: str, _old: Any, new: Mapping[str, Any]) -> None:
        try:
            values = {name: float(new[name][0]) for name in names}
        except (KeyError, IndexError, TypeError, ValueError):
            return
        if np.isfinite(list(values.values())).all():
            told(values)

    return listener
