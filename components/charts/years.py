"""Years over each other: lines by day of the year, and values of bins, one colour for each year, the newest one strong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, FixedTicker, GlyphRenderer, HoverTool, Line

from components.charts.formats import JS_NUMBER
from components.charts.lean import tooltip
from components.charts.named import DASH, KEYS, dashed, plain, series_colour
from components.charts.palette import Palette
from components.charts.periods import PeriodChart
from components.charts.plain import PlainPlot

MOST_YEARS = len(KEYS)
"""Years that have a line; of more the newest."""
STRONG, USUAL = 2.6, 1.3
"""Width of the newest year's line and of the others'."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BEFORE = (0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335)
"""Days of a leap year before each month."""
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NAME_JS = "return names[Math.round(value) - 1] ?? ''"


def day_names(first_month: int = 1) -> list[str]:
    """Name of each of the 366 places of a year that begins with this month.

    >>> day_names()[59:61], day_names(7)[0]
    (['29 Feb', '1 Mar'], '1 Jul')
    """
    months = [(first_month - 1 + i) % 12 for i in range(12)]
    return [f"{day + 1} {_MONTHS[m]}" for m in months for day in range(_LENGTHS[m])]


def _bridged(line: np.ndarray, leap: int) -> np.ndarray:
    """The line without the hole that a year without a 29 February (at ``leap``) would have, for drawing only."""
    out = line.copy()
    if np.isnan(out[leap]):
        out[leap] = (out[leap - 1] + out[(leap + 1) % 366]) / 2
    return out


def year_legend(years: Sequence[str], theme: Palette) -> list[dict[str, str]]:
    """Names and colours of years, the newest first, as the charts draw them."""
    return [{"label": y, "colour": series_colour(KEYS[i], theme)} for i, y in enumerate(years)]


class YearLines(PlainPlot):
    """One line for each year over its 366 days, built once and then fed."""

    def __init__(self, theme: Palette, *, height: int, title: str, y_label: str, unit: str, digits: int = 0):
        self.unit, self.digits = unit, digits
        self.years: tuple[str, ...] = ()
        self.names = day_names()
        super().__init__(theme, height=height, title=title, x_label="", y_label=y_label)
        self.x_axis.ticker = FixedTicker(ticks=[])
        self.source = ColumnDataSource(
            {n: np.empty(0) for n in ("t", "top", *(f"{c}_{k}" for k in KEYS for c in "yv"))}
        )
        self.lines: dict[str, GlyphRenderer] = {}
        for key in reversed(KEYS):  # the newest year is drawn last, over the others
            line = Line(x="t", y=f"y_{key}", line_width=USUAL, line_join="round")
            self.lines[key] = self.figure.add_glyph(self.source, line, name=key, visible=False)
            if dashed(key):
                line.line_dash = list(DASH)
        self.lines[KEYS[0]].glyph.line_width = STRONG
        touch = self.figure.add_glyph(self.source, Line(x="t", y="top", line_alpha=0), name="hover")
        self.hover = HoverTool(
            renderers=[touch], mode="vline", line_policy="nearest", point_policy="follow_mouse",
            attachment="horizontal", tooltips=tooltip({}, theme),
        )  # fmt: skip
        self.figure.add_tools(self.hover)
        self._paint()

    def feed(self, years: Mapping[str, np.ndarray], *, first_month: int = 1, y_label: str = "") -> None:
        """Draw other years.

        Parameters
        ----------
        years : name -> (366,) value of each place of the year, NaN = missing; the newest year first.
        first_month : month that the years begin with.
        """
        shown = list(years.items())[:MOST_YEARS]
        absent = np.full(366, np.nan, "float32")
        columns = {f"{c}_{k}": absent for k in KEYS for c in "yv"}
        leap = (59 - _BEFORE[first_month - 1]) % 366
        for key, (_, line) in zip(KEYS, shown, strict=False):
            columns[f"v_{key}"] = np.asarray(line, "float32")
            columns[f"y_{key}"] = _bridged(columns[f"v_{key}"], leap)
        values = np.vstack([v for _, v in shown]) if shown else absent[None]
        finite = values[np.isfinite(values)]
        low, high = min(0.0, float(finite.min(initial=0.0))), max(0.0, float(finite.max(initial=0.0)))
        top = np.where(np.isfinite(values), values, -np.inf).max(axis=0)
        columns["top"] = np.where(np.isfinite(top), top, 0.0)
        self.source.data = {"t": np.arange(1.0, 367.0), **columns}
        self.x.update(start=1, end=366)
        reach = (high - low) or 1.0
        self.y.update(
            start=low - 0.04 * reach if low < 0 else 0.0, end=high + 0.06 * reach if high > 0 else 0.04 * reach
        )
        self.names = day_names(first_month)
        starts = [i for i, name in enumerate(self.names) if name.startswith("1 ")]
        self.x_axis.ticker.ticks = [i + 1 for i in starts]
        self.x_axis.major_label_overrides = {i + 1: self.names[i][2:] for i in starts}
        if y_label:
            self.y_axis.axis_label = y_label
        self.years = tuple(name for name, _ in shown)
        self._paint()

    def _paint(self) -> None:
        for at, key in enumerate(KEYS):
            self.lines[key].visible = at < len(self.years)
            self.lines[key].glyph.line_color = series_colour(key, self.theme)
        rows = {
            f"v_{k}": (plain(year), series_colour(k, self.theme), self.unit, self.digits)
            for k, year in zip(KEYS, self.years, strict=False)
        }
        number = CustomJSHover(code=JS_NUMBER + f"return fmt(value, {self.digits})")
        name = CustomJSHover(args={"names": self.names}, code=_NAME_JS)
        self.hover.update(
            formatters={"@t": name, **dict.fromkeys((f"@{c}" for c in rows), number)},
            tooltips=tooltip(rows, self.theme),
        )

    def recolour(self, theme: Palette) -> None:
        super().recolour(theme)
        self._paint()


class YearMarks(PeriodChart):
    """A value of each bin for each year: marks joined by lines."""

    def __init__(self, theme: Palette, *, height: int, title: str, x_label: str, y_label: str, unit: str, digits: int):
        super().__init__(
            theme, dict.fromkeys(KEYS, ""), height=height, title=title, y_label=y_label, unit=unit, digits=digits,
            colours={k: k for k in KEYS}, marks=KEYS,
        )  # fmt: skip
        self.x_axis.axis_label = x_label
        self.figure.min_border_bottom = 52
        self.lines[KEYS[0]].glyph.line_width = STRONG

    def _colour(self, key: str) -> str:
        return series_colour(key, self.theme)

    def show(self, bins: Sequence[str], years: Mapping[str, np.ndarray]) -> None:
        """Draw other years: name -> (bins,) value, NaN = missing; the newest year first."""
        shown = list(years.items())[:MOST_YEARS]
        self.keys |= {k: plain(name) for k, (name, _) in zip(KEYS, shown, strict=False)}
        self.feed(bins, {k: v for k, (_, v) in zip(KEYS, shown, strict=False)})


__all__ = ["MOST_YEARS", "YearLines", "YearMarks", "day_names", "year_legend"]
