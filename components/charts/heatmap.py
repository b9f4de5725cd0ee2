"""Heat maps: rows x columns of one number, a colour bar above, and a hatch where nothing is known.

Several panels (regions) stand above each other in one figure on one scale, so that they can be compared. Colours run
from the card's own shade at zero to blue below and to dark red (light theme) or pale yellow (dark theme) above, in
even steps of lightness, so that they are told apart without hue as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.models import (
    BasicTicker,
    Block,
    ColorBar,
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    FixedTicker,
    HoverTool,
    Image,
    LinearColorMapper,
)

from components.charts.formats import JS_NUMBER
from components.charts.lean import FONT, literal
from components.charts.palette import Palette
from components.charts.plain import PlainPlot
from components.charts.scales import price_ticks, stretch

SHADES = 256
ABOVE = {
    "light": ("#F4EFE4", "#F6D58A", "#EFA04B", "#D45F2B", "#9A2A1E", "#560F14"),
    "dark": ("#242A31", "#5B2A25", "#A33D22", "#DB6B2B", "#F2A94E", "#FBE7A6"),
}
"""From zero to the highest."""
BELOW = {
    "light": ("#F4EFE4", "#A9CBEA", "#5A9BD5", "#256AAE", "#0D3B75"),
    "dark": ("#242A31", "#1E466F", "#2F74B5", "#6BACE6", "#C4E1FA"),
}
"""From zero to the lowest."""
PANEL_GAP = 0.09
"""Space between panels, as a part of a panel's height."""

_ROW_JS = "const i = special_vars.image_index; return names[rows - 1 - i.j] ?? ''"
_COLUMN_JS = "return names[special_vars.image_index.i] ?? ''"
_VALUE_JS = JS_NUMBER + "return fmt(value, digits)"


@dataclass(frozen=True, eq=False)
class HeatData:
    """What a heat map draws.

    Attributes
    ----------
    panels : name -> (rows, columns) values, top row first, NaN = missing; all of one shape. One panel's name may be "".
    rows, columns : what the hover calls them.
    row_ticks, column_ticks : position among rows (columns) -> text on the axis; a position is a cell's near edge,
        + 0.5 its middle.
    """

    panels: Mapping[str, np.ndarray]
    rows: Sequence[str]
    columns: Sequence[str]
    row_ticks: Mapping[float, str]
    column_ticks: Mapping[float, str]

    @property
    def nbytes(self) -> int:
        """Size of the numbers."""
        return sum(v.nbytes for v in self.panels.values())


def shades(low: float, high: float, theme: str) -> list[str]:
    """Colours from ``low`` to ``high`` in even steps; zero has the neutral one, and a step is as long on both sides."""
    reach = max(abs(low), abs(high), 1e-12)
    places = np.linspace(low, high, SHADES) / reach
    out = np.empty((SHADES, 3))
    for side, colours in ((places >= 0, ABOVE[theme]), (places < 0, BELOW[theme])):
        stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], float)
        at = np.abs(places[side]) * (len(stops) - 1)
        out[side] = np.column_stack([np.interp(at, np.arange(len(stops)), channel) for channel in stops.T])
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(out).astype(int)]


class HeatMap(PlainPlot):
    """A heat map that is built once and then fed.

    Parameters
    ----------
    unit : of the values, after the number in the hover.
    as_price : colours follow the stretched price scale (:mod:`components.charts.scales`), else they are linear.
    panel_height : pixels of one panel where there are several; a single one takes ``height``.
    """

    def __init__(
        self, theme: Palette, *, height: int, title: str, unit: str, digits: int = 2, as_price: bool = False,
        x_label: str = "", y_label: str = "", panel_height: int = 132,
    ):  # fmt: skip
        self.as_price = as_price
        self.panel_height = panel_height
        self.span = (0.0, 1.0)
        self.source = ColumnDataSource({n: [] for n in ("image", "value", "name", "x", "y", "dw", "dh")})
        self.mapper = LinearColorMapper(palette=["#000000"], low=0, high=1, nan_color="rgba(0,0,0,0)")
        super().__init__(theme, height=height, title=title, x_label=x_label, y_label=y_label, grid=False)
        for axis in (self.x_axis, self.y_axis):
            axis.ticker = FixedTicker(ticks=[])
        self.blank = Block(x="x", y="y", width="dw", height="dh", hatch_pattern="/", hatch_scale=7, line_color=None)
        self.figure.add_glyph(self.source, self.blank)
        image = Image(image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=self.mapper)
        self.image = self.figure.add_glyph(self.source, image, name="heat")
        number = CustomJSTickFormatter(code=JS_NUMBER + "return fmt(tick, Number.isInteger(tick) ? 0 : 1)")
        self.bar = ColorBar(
            color_mapper=self.mapper, orientation="horizontal", height=8, padding=6, margin=8, label_standoff=4,
            ticker=FixedTicker(ticks=[]) if as_price else BasicTicker(desired_num_ticks=6), formatter=number,
            background_fill_alpha=0, border_line_color=None, bar_line_color=None, major_tick_line_color=None,
            title=unit, title_text_font=FONT, title_text_font_size="12px", title_text_font_style="normal",
            title_standoff=4, major_label_text_font=FONT, major_label_text_font_size="12px",
        )  # fmt: skip
        self.figure.add_layout(self.bar, "above")
        names = {n: CustomJSHover(args={"names": [], "rows": 0}, code=_ROW_JS) for n in ("x", "y")}
        names["x"].code = _COLUMN_JS
        self.names = names
        value = CustomJSHover(args={"digits": digits}, code=_VALUE_JS)
        self.unit = unit
        self.hover = HoverTool(
            renderers=[self.image], attachment="horizontal", point_policy="follow_mouse",
            formatters={"$x": names["x"], "$y": names["y"], "@value": value},
        )  # fmt: skip
        self.figure.add_tools(self.hover)
        self._colours()

    def measured(self, unit: str, digits: int) -> None:
        """What the numbers are from the next feed on."""
        if unit == self.unit:
            return
        self.unit = self.bar.title = unit
        self.hover.formatters = self.hover.formatters | {
            "@value": CustomJSHover(args={"digits": digits}, code=_VALUE_JS)
        }

    def feed(self, data: HeatData) -> None:
        """Draw other data: one assignment, no model is made."""
        height, width = len(data.rows), len(data.columns)
        gap = height * PANEL_GAP * 2 if len(data.panels) > 1 else 0.0
        step = height + gap
        count = len(data.panels)
        values = [np.asarray(v, "float32")[::-1] for v in data.panels.values()]
        places = [np.asarray(stretch(v), "float32") if self.as_price else v for v in values]
        # The first panel is the topmost: y counts from the bottom.
        bases = [(count - 1 - k) * step for k in range(count)]
        self.source.data = {
            "image": places, "value": values, "name": list(data.panels), "x": [0.0] * count, "y": bases,
            "dw": [float(width)] * count, "dh": [float(height)] * count,
        }  # fmt: skip
        self.x.update(start=0, end=max(width, 1))
        self.y.update(start=0, end=max(count * step - gap, 1))
        plot = self.height if count <= 1 else 96 + count * self.panel_height
        if self.figure.height != plot:
            self.figure.height = plot
        self.names["x"].args = {"names": list(data.columns), "rows": height}
        self.names["y"].args = {"names": list(data.rows), "rows": height}
        ticks = {
            base + height - at: (f"{name}  {text}" if name and k == 0 else text)
            for name, base in zip(data.panels, bases, strict=True)
            for k, (at, text) in enumerate(sorted(data.row_ticks.items()))
        }
        self._ticks(self.y_axis, ticks)
        self._ticks(self.x_axis, data.column_ticks)
        known = np.concatenate([p[np.isfinite(p)] for p in places]) if count else np.empty(0)
        self.span = (min(0.0, float(known.min())), max(0.0, float(known.max()))) if known.size else (0.0, 1.0)
        self._colours()

    @staticmethod
    def _ticks(axis: object, ticks: Mapping[float, str]) -> None:
        axis.ticker.ticks = list(ticks)  # type: ignore[attr-defined]
        axis.major_label_overrides = dict(ticks)  # type: ignore[attr-defined]

    def _colours(self) -> None:
        theme = self.theme
        low, high = self.span
        if low == high:
            high = low + 1.0
        self.mapper.update(palette=shades(low, high, theme.name), low=low, high=high)
        if self.as_price:
            ticks = price_ticks(low, high, 460, apart=44)
            self._ticks_of_bar(ticks)
        self.blank.update(fill_color=theme.band, hatch_color=theme.line)
        self.bar.update(major_label_text_color=theme.muted, title_text_color=theme.muted)
        # Names of regions, hours and days are the program's own words; Bokeh escapes them all the same.
        self.hover.tooltips = (
            f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {theme.line};border-radius:6px"><div style="color:{theme.muted};margin-bottom:4px">'
            f"$x{{custom}} $y{{custom}}</div><b>@name</b> @value{{custom}} {literal(self.unit)}</div>"
        )

    def _ticks_of_bar(self, ticks: Mapping[float, str]) -> None:
        self.bar.ticker.ticks = list(ticks)
        self.bar.major_label_overrides = dict(ticks)

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self._colours()


def thin_labels(labels: Sequence[str], most: int) -> dict[int, str]:
    """At most ``most`` of the labels, evenly apart: position -> label.

    >>> thin_labels(["a", "b", "c", "d", "e"], 3)
    {0: 'a', 2: 'c', 4: 'e'}
    """
    step = max(-(-len(labels) // max(most, 1)), 1)
    return {i: labels[i] for i in range(0, len(labels), step)}
