"""The stack of generation: supply piled up from zero, loads hanging below, a line of demand over it.

All layers share one source with the cumulated edges, worked out once; a missing reading is drawn as nothing, and
where a whole step has no reading at all it is marked as a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from bokeh.models import ColumnDataSource, GlyphRenderer, HoverTool, Line, Range1d, Span, Step, VAreaStep

from components.charts.budget import Thinned, thin_stack
from components.charts.layers import FUEL_LAYERS, Layer
from components.charts.lean import TimePlot, close_steps, formatters, hover_of, milliseconds, tooltip
from components.charts.palette import Palette
from components.vocabulary import FUELS

SUPPLY = tuple(name for name, fuel in FUELS.items() if not fuel.load)
ESTIMATED = ("rooftop", "imports", "exports")
"""Fuels that do not come from the units' readings: a step with only these is a gap all the same."""
LOADS = tuple(name for name, fuel in FUELS.items() if fuel.load)


@dataclass(frozen=True, eq=False)
class StackData:
    """What a stack draws, the same for every visitor and read-only.

    Attributes
    ----------
    columns : ``t`` step boundaries [ms], ``e_<fuel>`` outer edge of a layer, ``v_<fuel>`` its power, ``line``.
    present : the layers that occur, in stack order.
    low, high : outermost edges [MW, or ``unit``].
    line_label : what the line over the stack is.
    unit, y_label, digits : of what is piled up, for hover and axis.
    """

    columns: Mapping[str, np.ndarray]
    present: tuple[str, ...]
    edges: np.ndarray
    missing: np.ndarray
    low: float
    high: float
    has_line: bool
    line_label: str
    thinned: Thinned = field(repr=False)
    unit: str = "MW"
    y_label: str = "Power (MW)"
    digits: int = 0

    @property
    def empty(self) -> bool:
        """True when not a single reading is there."""
        return not self.present


def stack_data(
    edges: np.ndarray, series: Mapping[str, np.ndarray], line: np.ndarray | None = None, line_label: str = "Demand",
    *, layers: Mapping[str, Layer] = FUEL_LAYERS, only: Collection[str] = (),
    unit: str = "MW", y_label: str = "Power (MW)", digits: int = 0,
) -> StackData:  # fmt: skip
    """Cumulate the layers.

    Parameters
    ----------
    edges : (n + 1,) step boundaries, datetime64[us].
    series : fuel (or layer) -> mean power of each step [MW], NaN = missing; loads are negative.
    line : a line over the stack [MW], e.g. underlying demand.
    layers : all layers there may be, in stack order.
    only : layers to draw, where it is not all of them; gaps are those of all.
    unit, y_label, digits : where it is something else than power.

    Notes
    -----
    A generator's small negative readings are cut at zero in the drawing only; hover and table have them.
    """
    steps = max(len(edges) - 1, 0)
    names = [f for f in layers if f in series and np.isfinite(series[f]).any()]
    rows = [np.asarray(series[f], float) for f in names]
    rows.append(np.full(steps, np.nan) if line is None else np.asarray(line, float))
    drawn = [f for f in names if not only or f in only]
    thinned = thin_stack(edges, np.vstack(rows) if steps else np.empty((len(rows), 0)))
    values = thinned.values
    power = dict(zip(names, values, strict=False))
    metered = [i for i, f in enumerate(names) if layers[f].fuel not in ESTIMATED]
    missing = ~np.isfinite(values[metered]).any(axis=0) if metered else np.ones(thinned.shown, bool)

    columns: dict[str, np.ndarray] = {"t": milliseconds(thinned.edges)}
    outer: dict[int, np.ndarray] = {}
    for sign, fuels in _sides(layers):
        total = np.zeros(thinned.shown)
        for fuel in fuels:
            if fuel in drawn:
                total = total + sign * np.clip(sign * np.nan_to_num(power[fuel]), 0, None)
                columns[f"v_{fuel}"] = _drawn(power[fuel])
            columns[f"e_{fuel}"] = _drawn(total)
        outer[sign] = total
    columns["line"] = _drawn(values[-1])
    columns["zero"] = np.zeros(len(columns["t"]), "float32")
    columns["top"] = _drawn(outer[1])
    if len(columns["line"]):
        columns = close_steps(columns, columns["line"][None])
    for array in columns.values():
        array.flags.writeable = False
    demand = values[-1][np.isfinite(values[-1])]
    return StackData(
        columns, tuple(drawn), thinned.edges, missing,
        float(outer[-1].min(initial=0.0)), float(max(outer[1].max(initial=0.0), demand.max(initial=0.0))),
        bool(demand.size), line_label, thinned, unit, y_label, digits,
    )  # fmt: skip


def _sides(layers: Mapping[str, Layer]) -> tuple[tuple[int, list[str]], tuple[int, list[str]]]:
    """Layers above zero, and those below it, each from zero outwards."""
    return (1, [n for n, la in layers.items() if not la.load]), (-1, [n for n, la in layers.items() if la.load])


def _drawn(values: np.ndarray) -> np.ndarray:
    """One float32 for each boundary: the last step reaches to the closing edge."""
    return np.append(values, values[-1:]).astype("float32") if len(values) else np.empty(0, "float32")


class StackChart(TimePlot):
    """The stack as a plot that is built once and then fed.

    Parameters
    ----------
    kinds : every layer that may come, in stack order; each one's renderer is called by its name.
    """

    def __init__(
        self, theme: Palette, *, height: int = 380, x: Range1d | None = None, x_label: bool = True,
        kinds: Mapping[str, Layer] = FUEL_LAYERS,
    ):  # fmt: skip
        self.kinds = kinds
        self.layers: dict[str, GlyphRenderer] = {}
        self.unit, self.digits = "MW", 0
        self.present: tuple[str, ...] = ()
        self.line_label = ""
        super().__init__(theme, height=height, title="Generation by fuel", y_label="Power (MW)", x=x, x_label=x_label)
        blank = {"t", "zero", "top", "line", *(f"e_{f}" for f in kinds)}
        self.source = ColumnDataSource({c: np.empty(0, "float32") for c in blank})
        for _, fuels in _sides(kinds):
            inner = "zero"
            for fuel in fuels:
                glyph = VAreaStep(
                    x="t",
                    y1=inner,
                    y2=f"e_{fuel}",
                    step_mode="after",
                    fill_color=kinds[fuel].colour(theme),
                    fill_alpha=1,
                )
                self.layers[fuel] = self.figure.add_glyph(self.source, glyph, name=fuel, visible=False)
                inner = f"e_{fuel}"
        # Pale layers need an edge to be seen by: the outermost of supply and of loads.
        self.outline = [
            self.figure.add_glyph(
                self.source,
                Step(x="t", y=f"e_{fuels[-1]}", mode="after", line_color=theme.muted, line_width=1, line_alpha=0.8),
                name="outline",
            )
            for _, fuels in _sides(kinds)
            if fuels
        ]
        self.zero = Span(location=0, dimension="width", line_color=theme.muted, line_width=1)
        self.figure.add_layout(self.zero)
        self.line = self.figure.add_glyph(
            self.source,
            Step(x="t", y="line", mode="after", line_color=theme.ink, line_width=1.6, line_dash=[5, 3]),
            name="demand",
        )
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover: HoverTool = hover_of(self.source, touch, self._rows(False), theme)
        self.figure.add_tools(self.hover)

    def _rows(self, with_line: bool) -> dict[str, tuple[str, str, str, int]]:
        rows = {"line": (self.line_label, self.theme.ink, self.unit, self.digits)} if with_line else {}
        above, below = ([f for f in self.present if self.kinds[f].load is load] for load in (False, True))
        for name in (*reversed(above), *below):
            layer = self.kinds[name]
            rows[f"v_{name}"] = (layer.label, layer.colour(self.theme), self.unit, self.digits)
        return rows

    def feed(self, data: StackData) -> None:
        """Draw other data: one assignment, no model is made."""
        self.source.data = dict(data.columns)
        self.feed_gaps(data.edges, data.missing)
        if len(data.edges):
            at = milliseconds(data.edges[[0, -1]])
            self.x.update(start=float(at[0]), end=float(at[1]))
        reach = max(data.high - data.low, 1.0 if data.unit == "MW" else 1e-6)
        self.y.update(start=data.low - 0.03 * reach if data.low < 0 else 0, end=data.high + 0.06 * reach)
        shown = (data.present, data.has_line, data.line_label, data.unit, data.digits)
        if self.y_axis.axis_label != data.y_label:
            self.y_axis.axis_label = data.y_label
        if shown != (self.present, self.line.visible, self.line_label, self.unit, self.digits):
            self.present, self.line_label, self.unit, self.digits = (
                data.present,
                data.line_label,
                data.unit,
                data.digits,
            )
            for fuel, layer in self.layers.items():
                layer.visible = fuel in data.present
            self.line.visible = data.has_line
            self._tell()

    def _tell(self) -> None:
        rows = self._rows(self.line.visible)
        self.hover.update(formatters=formatters(self.source, rows), tooltips=tooltip(rows, self.theme))

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        for fuel, layer in self.layers.items():
            layer.glyph.fill_color = self.kinds[fuel].colour(theme)
        self.line.glyph.line_color = theme.ink
        for edge in self.outline:
            edge.glyph.line_color = theme.muted
        self.zero.line_color = theme.muted
        self._tell()
