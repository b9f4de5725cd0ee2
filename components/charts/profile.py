"""The day from 00:00 to 24:00 NEM time: a mean line per series, a band of percentiles, single days behind it.

Two charts, built once and then only fed:

- :class:`ProfileChart` draws :func:`profile_data`: for each key a step line of the mean and (with ``low`` and ``high``) a
  band; single days of one series as thin lines, the newest day as a dashed one. Power, or prices on the price axis
  (``as_price``, values given in $/MWh).
- :class:`DayStack` is the stack of generation over an average day; it is fed by ``stack_data(day_edges(minutes), series)``.

Example
-------
>>> import numpy as np
>>> from components.charts.palette import LIGHT
>>> chart = ProfileChart(LIGHT, {"NSW1": "NSW"}, height=300, title="Day", y_label="Price ($/MWh)", as_price=True)
>>> chart.feed(profile_data(30, {"NSW1": np.full(48, 80.0)}, as_price=True))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import (
    ColumnDataSource,
    FixedTicker,
    GlyphRenderer,
    HoverTool,
    Line,
    MultiLine,
    Span,
    Step,
    VAreaStep,
)

from components.charts import formats
from components.charts.day import DayAxis, DayStack, day_edges, slot_hover
from components.charts.lean import close_steps, formatters, hover_of, tooltip
from components.charts.named import plain
from components.charts.palette import Palette
from components.charts.scales import price_span, price_ticks, stretch

MOST_DAYS = 92
"""Single days that are drawn, the newest ones: as many as a quarter has."""


@dataclass(frozen=True, eq=False)
class ProfileData:
    """What a profile draws, the same for every visitor and read-only.

    Attributes
    ----------
    columns : ``t`` boundaries [ms of the day]; for each key ``v_``, ``min_``, ``max_`` values and ``y_``, ``low_``,
        ``high_`` places on the axis; ``v_day``/``y_day`` the newest single day.
    present : keys with a value.
    low, high : ends of the axis.
    days : {"xs", "ys"} of the single days' lines.
    """

    columns: Mapping[str, np.ndarray]
    present: tuple[str, ...]
    low: float
    high: float
    days: Mapping[str, list[np.ndarray]]
    banded: bool
    sides: tuple[str, str]
    newest: str
    note: str


def profile_data(
    minutes: int,
    mean: Mapping[str, np.ndarray],
    low: Mapping[str, np.ndarray] | None = None,
    high: Mapping[str, np.ndarray] | None = None,
    *,
    as_price: bool = False,
    sides: tuple[str, str] = ("lowest", "highest"),
    days: np.ndarray | None = None,
    dates: Sequence[Any] = (),
) -> ProfileData:
    """Place the profile on the axis.

    Parameters
    ----------
    minutes : length of a slot; a day has 1440 / minutes of them.
    mean, low, high : key -> value of each slot (slots,), NaN = missing; MW or what the axis says, $/MWh where ``as_price``.
    sides : what ``low`` and ``high`` are, in words ("10th percentile", …).
    days : single days of one series (days, slots), oldest first; the newest :data:`MOST_DAYS` are drawn.
    dates : their dates, as many as ``days``.
    """

    def place(values: np.ndarray) -> np.ndarray:
        return stretch(values) if as_price else np.asarray(values, float)

    def steps(values: np.ndarray) -> np.ndarray:
        return np.append(values, values[-1:])

    names = tuple(k for k, v in mean.items() if np.isfinite(v).any())
    banded = low is not None and high is not None
    columns: dict[str, np.ndarray] = {"t": np.arange(0, 1441, minutes) * 60_000.0}
    drawn: list[np.ndarray] = []
    for key in names:
        columns[f"v_{key}"] = steps(np.asarray(mean[key], float))
        columns[f"y_{key}"] = place(columns[f"v_{key}"])
        drawn.append(mean[key])
        for side, given, at in (("min", low, "low"), ("max", high, "high")):
            if banded and given is not None:
                columns[f"{side}_{key}"] = steps(np.asarray(given[key], float))
                # One missing place would break the band's shape: there it has no height.
                columns[f"{at}_{key}"] = np.nan_to_num(place(columns[f"{side}_{key}"]))
                drawn.append(given[key])
    lines: dict[str, list[np.ndarray]] = {"xs": [], "ys": []}
    newest, note = "", ""
    if days is not None and len(days):
        shown = np.asarray(days[-MOST_DAYS:], float)
        middle = (columns["t"][:-1] + columns["t"][1:]) / 2
        lines = {"xs": [middle] * len(shown), "ys": [place(day).astype("float32") for day in shown]}
        columns["v_day"] = steps(shown[-1])
        columns["y_day"] = place(columns["v_day"])
        drawn.append(shown)
        stamp = pd.Timestamp(dates[-1])
        newest = f"{stamp.day} {stamp:%b %Y}"
        note = f"newest {len(shown)} of {formats.number(len(days))} days drawn" if len(shown) < len(days) else ""
    tops = [columns[f"y_{n}"] for n in names]
    columns["top"] = np.nan_to_num(np.fmax.reduce(tops)) if tops else np.zeros(len(columns["t"]))
    if names:
        columns = close_steps(columns, np.vstack([columns[f"v_{n}"] for n in names]))
    columns = {k: (v if k == "t" else v.astype("float32")) for k, v in columns.items()}
    for array in columns.values():
        array.flags.writeable = False
    everything = np.concatenate([np.ravel(d) for d in drawn]) if drawn else np.empty(0)
    finite = everything[np.isfinite(everything)]
    if as_price:
        bottom, top = price_span(everything)
    else:
        bottom, top = min(0.0, float(finite.min(initial=0.0))), max(0.0, float(finite.max(initial=0.0)))
        reach = max(top - bottom, 1e-9 if finite.size and np.any(finite != 0) else 1.0)
        bottom, top = bottom - 0.04 * reach if bottom < 0 else 0.0, top + 0.06 * reach if top > 0 else 0.0
    return ProfileData(columns, names, bottom, top, lines, banded, sides, newest, note)


class ProfileChart(DayAxis):
    """Means, bands and single days over the time of day, built once and then fed.

    Parameters
    ----------
    keys : every series that may come -> label (may come from outside: it is escaped).
    unit : of the values, for the hover; prices are always $/MWh.
    colours : key -> name of a region or fuel of the palette, or a colour (``#0B5CAD``); default the key itself.
    digits : decimals in the hover.
    """

    def __init__(
        self, theme: Palette, keys: Mapping[str, str], *, height: int, title: str, y_label: str, unit: str = "MW",
        as_price: bool = False, colours: Mapping[str, str] | None = None, digits: int = 0,
    ):  # fmt: skip
        self.keys, self.unit, self.digits = dict(keys), "$/MWh" if as_price else unit, 2 if as_price else digits
        self.colours = dict(colours or {k: k for k in keys})
        self.as_price = as_price
        self.shown: tuple[Any, ...] = ()
        super().__init__(theme, height=height, title=title, y_label=y_label)
        self.as_day()
        if as_price:
            self.y_axis.ticker = FixedTicker(ticks=[])
        self.columns = ["t", "top", "v_day", "y_day"]
        self.columns += [f"{c}_{k}" for k in keys for c in ("v", "y", "min", "max", "low", "high")]
        self.source = ColumnDataSource({c: np.empty(0, "float32") for c in self.columns})
        self.day_source = ColumnDataSource({"xs": [], "ys": []})
        self.zero = Span(location=0, dimension="width", line_color=theme.muted, line_width=1, level="underlay")
        self.figure.add_layout(self.zero)
        self.bands: dict[str, GlyphRenderer] = {}
        self.lines: dict[str, GlyphRenderer] = {}
        for key in keys:
            self.bands[key] = self.figure.add_glyph(
                self.source,
                VAreaStep(x="t", y1=f"low_{key}", y2=f"high_{key}", step_mode="after", fill_color=self._colour(key), fill_alpha=0.2),
                visible=False,
            )  # fmt: skip
        self.day_lines = self.figure.add_glyph(
            self.day_source,
            MultiLine(xs="xs", ys="ys", line_color=theme.muted, line_alpha=0.35, line_width=1),
            name="days",
        )
        for key in keys:
            self.lines[key] = self.figure.add_glyph(
                self.source,
                Step(x="t", y=f"y_{key}", mode="after", line_color=self._colour(key), line_width=2, line_join="round"),
                name=key, visible=False,
            )  # fmt: skip
        self.newest = self.figure.add_glyph(
            self.source,
            Step(x="t", y="y_day", mode="after", line_color=theme.ink, line_width=1.4, line_dash=[5, 3]),
            name="newest day", visible=False,
        )  # fmt: skip
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover: HoverTool = hover_of(self.source, touch, {}, theme)
        self.figure.add_tools(self.hover)

    def name_keys(self, keys: Mapping[str, str], colours: Mapping[str, str]) -> None:
        """Call the same keys otherwise (another fuel, another unit); the next :meth:`feed` shows it."""
        self.keys |= keys
        self.colours |= colours
        self.shown = ()

    def _colour(self, key: str) -> str:
        name = self.colours[key]
        if name.startswith("#"):
            return name
        return self.theme.regions.get(name) or self.theme.fuels.get(name) or self.theme.accent

    def feed(self, data: ProfileData) -> None:
        """Draw other data: no model is made but the hover's formatters."""
        absent = np.full(len(data.columns["t"]), np.nan, "float32")
        self.source.data = {c: data.columns.get(c, absent) for c in self.columns}
        self.day_source.data = dict(data.days)
        self.y.update(start=data.low, end=data.high)
        if self.as_price:
            inner = self.height - self.figure.min_border_top - self.figure.min_border_bottom
            ticks = price_ticks(data.low, data.high, inner)
            self.y_axis.ticker.ticks = list(ticks)
            self.y_axis.major_label_overrides = ticks
        shown = (data.present, data.banded, data.sides, data.newest)
        if shown != self.shown:
            self.shown = shown
            self._paint()
            for key in self.keys:
                self.lines[key].visible = key in data.present
                self.bands[key].visible = key in data.present and data.banded
            self.newest.visible = bool(data.newest)
            self._tell()

    def _tell(self) -> None:
        present, banded, sides, newest = self.shown or ((), False, ("", ""), "")
        rows: dict[str, tuple[str, str, str, int]] = {}
        for key in present:
            label, colour = plain(self.keys[key]), self._colour(key)
            rows[f"v_{key}"] = (label + (" mean" if banded or newest else ""), colour, self.unit, self.digits)
            if banded:
                rows[f"max_{key}"] = (f"{label} {sides[1]}", colour, self.unit, self.digits)
                rows[f"min_{key}"] = (f"{label} {sides[0]}", colour, self.unit, self.digits)
        if newest:
            rows["v_day"] = (newest, self.theme.ink, self.unit, self.digits)
        self.hover.update(
            formatters=formatters(self.source, rows) | slot_hover(self.source), tooltips=tooltip(rows, self.theme)
        )

    def _paint(self) -> None:
        for key in self.keys:
            self.lines[key].glyph.line_color = self._colour(key)
            self.bands[key].glyph.fill_color = self._colour(key)
        self.day_lines.glyph.line_color = self.theme.muted
        self.newest.glyph.line_color = self.theme.ink
        self.zero.line_color = self.theme.muted

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self._paint()
        self._tell()


__all__ = ["DayStack", "ProfileChart", "ProfileData", "day_edges", "profile_data"]
