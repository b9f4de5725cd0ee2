"""Prices by day and time of day: a column for each day, the day running upwards from midnight to midnight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from bokeh.models import CustomJSHover, HoverTool, Range1d

from components.charts.formats import JS_NUMBER
from components.charts.heatmap import shades
from components.charts.lean import SPAN_JS, milliseconds
from components.charts.palette import Palette
from components.charts.raster import RasterPlot
from components.charts.scales import price_ticks, stretch

LOWEST, HIGHEST = float(stretch(-1_000)), float(stretch(17_500))
_DAY_JS = (
    "const i = special_vars.image_index.i, a = new Date(start + i * step), b = new Date(start + (i + 1) * step);"
    + SPAN_JS
)
_SLOT_JS = """
const two = n => String(n).padStart(2, '0'), clock = m => two(Math.floor(m / 60)) + ':' + two(Math.round(m % 60))
const from = low * 60 + special_vars.image_index.j * slot
return clock(from) + '–' + clock(from + slot)
"""
_PRICE_JS = JS_NUMBER + "return Number.isFinite(value) ? fmt(value, 2) + ' $/MWh' : 'no price'"


class CalendarPlot(RasterPlot):
    """Days by hours, one colour for one price whatever is in view."""

    def __init__(self, theme: Palette, *, height: int, x: Range1d):
        super().__init__(
            theme, height=height, title="Price by day and hour", unit="Price ($/MWh)", y_label="Time of day", x=x
        )
        self.price = self.place = np.empty((0, 0))
        self.day = CustomJSHover(args={}, code=_DAY_JS)
        self.slot = CustomJSHover(args={}, code=_SLOT_JS)
        self.hover = HoverTool(
            renderers=[self.image], point_policy="follow_mouse", attachment="horizontal",
            formatters={"$x": self.day, "$y": self.slot, "@price": CustomJSHover(code=_PRICE_JS)},
        )  # fmt: skip
        self.figure.add_tools(self.hover)
        self.colour()

    def feed(self, words: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Draw prices (slots, days)."""
        start, end = milliseconds(np.array([words["start"], words["end"]], "datetime64[us]"))
        self.day.args = {"start": float(start), "step": words["minutes"] * 60_000}
        self.slot.args = {"low": words["low"], "slot": words["slot"]}
        self.y.update(start=words["low"], end=words["high"])
        span = words["high"] - words["low"]
        every = 3 if span > 12 else 2 if span > 6 else 1
        self.ticks(
            self.y_axis, {float(h): f"{h:02d}:00" for h in range(0, 25, every) if words["low"] <= h <= words["high"]}
        )
        price = arrays["price"]
        if price is not self.price:
            self.price, self.place = price, stretch(price).astype("float32")
        self.put((float(start), float(end)), (words["low"], words["high"]), image=self.place, price=price)

    def colour(self) -> None:
        super().colour()
        self.mapper.update(palette=shades(LOWEST, HIGHEST, self.theme.name), low=LOWEST, high=HIGHEST)
        self.ticks(self.bar, price_ticks(LOWEST, HIGHEST, 900, apart=44))
        if hasattr(self, "hover"):
            self.hover.tooltips = self.tooltip("$x{custom}, $y{custom}", "<b>@price{custom}</b>")
