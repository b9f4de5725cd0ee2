"""Price against something else: a density of every interval, or the intervals themselves where they are few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool, LinearAxis, Scatter

from components.charts import formats
from components.charts.formats import JS_NUMBER
from components.charts.lean import SPAN_JS
from components.charts.palette import Palette
from components.charts.raster import RasterPlot
from components.charts.raster_colours import density_shades
from components.charts.scales import LINEAR, price_ticks

_COUNT_JS = JS_NUMBER + "return fmt(value, 0) + (value === 1 ? ' interval' : ' intervals')"
_X_JS = (
    JS_NUMBER
    + "const i = special_vars.image_index.i; return fmt(x0 + i * dx, digits) + ' – ' + fmt(x0 + (i + 1) * dx, digits) + ' ' + unit"
)
_Y_JS = (
    JS_NUMBER + "const j = special_vars.image_index.j, p = q => { const v = linear * Math.sinh(q);"
    " return fmt(v, Math.abs(v) < 1000 ? 2 : 0) }; return p(y0 + j * dy) + ' – ' + p(y0 + (j + 1) * dy) + ' $/MWh'"
)
_POINT_X_JS = JS_NUMBER + "return fmt(value, digits) + ' ' + unit"
_POINT_Y_JS = JS_NUMBER + "return fmt(value, 2) + ' $/MWh'"
_STAMP_JS = "const b = new Date(value), a = new Date(value - 300000);"
_NO_POINTS = {n: np.empty(0) for n in ("x", "place", "price", "time")}


class DensityPlot(RasterPlot):
    """A density over two number axes; the y axis is the stretched price axis."""

    def __init__(self, theme: Palette, *, height: int):
        self.points = ColumnDataSource(dict(_NO_POINTS))
        super().__init__(
            theme, height=height, title="Density", unit="5-minute intervals", y_label="Price ($/MWh)", x_label="Demand (MW)",
            zoom="both",
        )  # fmt: skip
        assert isinstance(self.x_axis, LinearAxis)
        self.dots = self.figure.add_glyph(
            self.points, Scatter(x="x", y="place", size=5, line_color=None, fill_alpha=0.55)
        )
        self.hover_x = CustomJSHover(args={}, code=_X_JS)
        self.hover_y = CustomJSHover(args={}, code=_Y_JS)
        self.hover = HoverTool(
            renderers=[self.image], point_policy="follow_mouse", attachment="horizontal",
            formatters={"$x": self.hover_x, "$y": self.hover_y, "@count": CustomJSHover(code=_COUNT_JS)},
        )  # fmt: skip
        self.point_x = CustomJSHover(args={}, code=_POINT_X_JS)
        self.point_hover = HoverTool(
            renderers=[self.dots], attachment="horizontal",
            formatters={
                "@time": CustomJSHover(code=_STAMP_JS + SPAN_JS), "@x": self.point_x, "@price": CustomJSHover(code=_POINT_Y_JS),
            },
        )  # fmt: skip
        self.figure.add_tools(self.hover, self.point_hover)
        self.colour()

    def feed(self, words: Mapping[str, Any], arrays: Mapping[str, np.ndarray], name: str, unit: str) -> None:
        """Draw a density of the intervals, or their points (``words["mode"]``)."""
        (x0, x1), (y0, y1) = words["x"], words["y"]
        self.x.update(start=x0, end=x1)
        self.y.update(start=y0, end=y1)
        self.x_axis.axis_label = f"{name} ({unit})"
        self.ticks(self.y_axis, price_ticks(y0, y1, self.inner))
        digits = 2 if x1 - x0 < 5 else 1 if x1 - x0 < 500 else 0
        points = words["mode"] == "points"
        if points:
            self.points.data = {n: arrays[n] for n in _NO_POINTS}
            self.point_x.args = {"digits": digits + 1, "unit": unit}
            self.put((0.0, 1.0), (0.0, 1.0))
        else:
            self.points.data = dict(_NO_POINTS)
            rows, columns = arrays["image"].shape
            self.hover_x.args = {"x0": x0, "dx": (x1 - x0) / columns, "digits": digits, "unit": unit}
            self.hover_y.args = {"y0": y0, "dy": (y1 - y0) / rows, "linear": LINEAR}
            self.put((x0, x1), (y0, y1), image=arrays["image"], count=arrays["count"])
            most = words["most"]
            steps = [c for c in (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000) if c <= most]
            ends = (
                {1 + float(np.log(c)) * 254 / max(float(np.log(most)), 1e-9): formats.number(c) for c in steps}
                if most > 1
                else {}
            )
            self.ticks(self.bar, ends or {255.0: "1"})

    def colour(self) -> None:
        super().colour()
        theme = self.theme
        self.mapper.update(palette=density_shades(theme.name), low=1, high=255)
        # Where there is no interval there is nothing to know: no hatch here.
        self.hatch.visible = False
        if hasattr(self, "point_hover"):
            self.dots.glyph.fill_color = theme.accent
            self.hover.tooltips = self.tooltip("@count{custom}", "$x{custom}", "$y{custom}")
            self.point_hover.tooltips = self.tooltip("@time{custom}", "@x{custom}", "<b>@price{custom}</b>")
