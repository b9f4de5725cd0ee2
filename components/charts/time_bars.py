"""Bars over time made of named groups: what is above zero piles up, what is below hangs down; built once, then fed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSTickFormatter, GlyphRenderer, HoverTool, Line, Quad, Step

from components.charts.formats import JS_TICK
from components.charts.lean import TimePlot, formatters, hover_of, milliseconds, tooltip
from components.charts.named import KEYS, plain, series_colour
from components.charts.palette import Palette

MOST_GROUPS = len(KEYS) + 1
"""Named groups and the others together."""
PILES = (*KEYS, "others")
GAP = 0.08
"""Part of a step left empty on either side of its bar."""
MOST_BARS = 1_500
"""More than that are too fine to be seen as bars."""
_ROUND = 6


@dataclass(frozen=True, eq=False)
class BarData:
    """What the bars draw: ``t`` boundaries [ms], ``v_<key>`` values, ``b_<key>`` and ``e_<key>`` inner and outer edges.

    ``present`` are the keys that occur, in the order of the pile.
    """

    columns: Mapping[str, np.ndarray]
    present: tuple[str, ...]
    edges: np.ndarray
    missing: np.ndarray
    low: float
    high: float


def bar_data(edges: np.ndarray, series: Sequence[np.ndarray], *, others: bool) -> BarData:
    """Pile up the groups from zero, in their order.

    Parameters
    ----------
    edges : (n + 1,) boundaries of the steps, datetime64[us].
    series : value of each group in each step, NaN = missing; up to twelve, and the others last.
    others : the last one is all others together.
    """
    steps = max(len(edges) - 1, 0)
    keys = [*KEYS[: len(series) - 1], "others"] if others and series else list(KEYS[: len(series)])
    stamps = milliseconds(edges)
    width = np.diff(stamps)
    columns = {
        "t": stamps,
        "left": np.append(stamps[:-1] + GAP * width, stamps[-1:]),
        "right": np.append(stamps[1:] - GAP * width, stamps[-1:]),
    }
    piles = {True: np.zeros(steps), False: np.zeros(steps)}
    known = np.zeros(steps, bool)
    for key, given in zip(keys, series, strict=True):
        values = np.asarray(given, float)
        known |= np.isfinite(values)
        filled = np.nan_to_num(values)
        above = filled >= 0
        inner = np.where(above, piles[True], piles[False])
        outer = inner + filled
        piles[True], piles[False] = np.where(above, outer, piles[True]), np.where(above, piles[False], outer)
        for name, row in (("v", values), ("b", inner), ("e", outer)):
            columns[f"{name}_{key}"] = _drawn(row)
    nothing = _drawn(np.full(steps, np.nan))
    columns |= {f"{name}_{key}": nothing for key in PILES if key not in keys for name in "be"}
    columns["top"] = _drawn(piles[True])
    columns["zero"] = np.zeros(len(stamps), "float32")
    for array in columns.values():
        array.flags.writeable = False
    low, high = float(piles[False].min(initial=0.0)), float(piles[True].max(initial=0.0))
    return BarData(columns, tuple(keys), edges, ~known, low, high)


def _drawn(values: np.ndarray) -> np.ndarray:
    """One float32 for each boundary: nothing begins at the last one."""
    return np.append(values, np.nan).astype("float32") if len(values) else np.empty(0, "float32")


def group_colour(key: str, theme: Palette) -> str:
    """Colour of a group without a colour of its own: six, then the same ones paler, grey for the others."""
    if key == "others":
        return theme.fuels["unmapped"]
    colour = series_colour(key, theme)
    return colour if KEYS.index(key) < _ROUND else paler(colour, theme)


def paler(colour: str, theme: Palette) -> str:
    """A colour half way to the card it lies on."""
    pair = zip(_channels(colour), _channels(theme.card), strict=True)
    return "#" + "".join(f"{round(0.5 * a + 0.5 * b):02X}" for a, b in pair)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


class TimeBars(TimePlot):
    """Bars as a plot that is built once and then fed; a window is dragged over as in every chart over time.

    Parameters
    ----------
    groups : how many named groups there may be, where it is a few and never others.
    """

    def __init__(self, theme: Palette, *, height: int, title: str, y_label: str, unit: str, groups: int = MOST_GROUPS):
        super().__init__(theme, height=height, title=title, y_label=y_label)
        self.y_axis.formatter = CustomJSTickFormatter(code=JS_TICK)
        self.unit, self.digits = unit, 2
        self.names: dict[str, str] = {}
        self.colours: dict[str, str] = {}
        piles = PILES if groups == MOST_GROUPS else KEYS[:groups]
        self.left_out = {f"{edge}_{key}" for key in PILES if key not in piles for edge in "be"}
        self.source = ColumnDataSource(self._columns(bar_data(np.empty(0, "datetime64[us]"), [], others=False)))
        self.bars: dict[str, GlyphRenderer] = {
            key: self.figure.add_glyph(
                self.source,
                Quad(left="left", right="right", bottom=f"b_{key}", top=f"e_{key}", line_color=None),
                name=key,
                visible=False,
            )
            for key in piles
        }
        self.zero = self.figure.add_glyph(self.source, Step(x="t", y="zero", mode="after", line_width=1), name="zero")
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover: HoverTool = hover_of(self.source, touch, {}, theme)
        self.figure.add_tools(self.hover)
        self._paint()

    def show(
        self, data: BarData, names: Sequence[str], colours: Mapping[str, str], *, y_label: str, unit: str, digits: int
    ) -> None:
        """Draw other bars.

        Parameters
        ----------
        names : of the groups, in the order of the pile; names come from outside.
        colours : name -> colour, of those that have one of their own.
        unit, digits : of the values.
        """
        self.source.data = self._columns(data)
        self.feed_gaps(data.edges, data.missing)
        if len(data.edges):
            at = milliseconds(data.edges[[0, -1]])
            self.x.update(start=float(at[0]), end=float(at[1]))
        reach = max(data.high - data.low, 1e-9)
        self.y.update(start=data.low - 0.04 * reach if data.low < 0 else 0, end=data.high + 0.06 * reach)
        self.y_axis.axis_label = y_label
        self.unit, self.digits = unit, digits
        self.names = dict(zip(data.present, names, strict=True))
        self.colours = {k: colours.get(n, "") or group_colour(k, self.theme) for k, n in self.names.items()}
        self._paint()

    def _columns(self, data: BarData) -> dict[str, np.ndarray]:
        return {name: column for name, column in data.columns.items() if name not in self.left_out}

    def legend(self) -> list[dict[str, str]]:
        """Names and colours in the order of the pile, for the part beside the chart."""
        return [{"label": name, "colour": self.colours[key]} for key, name in self.names.items()]

    def _paint(self) -> None:
        for key, renderer in self.bars.items():
            renderer.visible = key in self.names
            if key in self.names:
                renderer.glyph.fill_color = self.colours[key]
        self.zero.glyph.line_color = self.theme.muted
        rows = {
            f"v_{k}": (plain(name), self.colours[k], self.unit, self.digits) for k, name in reversed(self.names.items())
        }
        self.hover.update(formatters=formatters(self.source, rows), tooltips=tooltip(rows, self.theme))

    def recolour(self, theme: Palette) -> None:
        """Follow the theme; the groups get their colours with the next feed."""
        super().recolour(theme)
        self._paint()


__all__ = ["MOST_BARS", "MOST_GROUPS", "PILES", "BarData", "TimeBars", "bar_data", "group_colour", "paler"]
