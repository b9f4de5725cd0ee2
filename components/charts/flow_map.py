"""Flows between regions as a map: regions at fixed places, an arrow for each interconnector.

Used wherever flows of one moment (or means of a window) are shown::

    chart = FlowMap(theme)                      # once; chart.figure goes into a card
    chart.feed(flows, {"NSW1": "$81.20"})       # LinkFlow of each interconnector, second line of each region's box
    chart.recolour(theme)                       # when the theme changes

An arrow points where the power goes and is as wide as its power; its colour says how much of the limit in that direction is
used (:data:`STEPS`), grey where that is not known. Beside it stand the link's name, its power and that limit. A link whose
regions nobody knows (:func:`components.vocabulary.interconnector`) is not drawn: :func:`undrawn` names those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import Arrow, ColumnDataSource, HoverTool, LinearScale, NormalHead, Plot, Range1d, Segment, Text

from components.charts import formats
from components.charts.lean import FONT
from components.charts.palette import Palette
from components.metrics.links import AT_LIMIT, utilisation
from components.vocabulary import REGIONS, interconnector

PLACES = {"QLD1": (60.0, 92.0), "NSW1": (60.0, 60.0), "VIC1": (52.0, 29.0), "SA1": (11.0, 29.0), "TAS1": (55.0, 4.0)}
"""Where regions stand, on a plot of 100 x 100."""
STEPS = ((AT_LIMIT, "error", "at its limit"), (0.8, "warning", "80% or more"), (0.0, "accent", "below 80%"))
"""Share of the limit from which a colour of the palette stands, and what it means."""
WIDEST_MW = 1500.0
NODE = 0.25
"""Part of the way between two regions that their boxes take, at each end."""
_APART = 3.4
_COLUMNS = (
    "x0",
    "y0",
    "x1",
    "y1",
    "width",
    "head",
    "colour",
    "name",
    "mw",
    "limit",
    "used",
    "x",
    "y",
    "words",
    "align",
    "base",
)


@dataclass(frozen=True)
class LinkFlow:
    """One interconnector: ``mw`` runs from ``start`` to ``end`` (negative = back), ``limit`` [MW] is that of the direction
    of flow, positive; ``used`` the share of it (0-1). NaN = not known."""

    id: str
    name: str
    start: str
    end: str
    mw: float
    limit: float
    used: float


def link_flow(link: str, mw: float, export_limit: float, import_limit: float) -> LinkFlow:
    """The flow of one link from AEMO's columns: target flow (MWFLOW) and limits, all positive from its first region [MW]."""
    known = interconnector(link)
    used = float(utilisation(np.array([mw]), np.array([export_limit]), np.array([import_limit]))[0])
    limit = float("nan") if np.isnan(used) else (export_limit if mw >= 0 else -import_limit)
    names = (known.name, known.region_from, known.region_to) if known else (link, "", "")
    return LinkFlow(link, *names, mw, limit, used)


def undrawn(flows: Sequence[LinkFlow]) -> list[LinkFlow]:
    """Links that have no place on the map."""
    return [f for f in flows if f.start not in PLACES or f.end not in PLACES]


def step_colour(used: float, theme: Palette) -> str:
    """Colour of a share of the limit; grey where it is not known.

    >>> from components.charts.palette import LIGHT
    >>> step_colour(0.99, LIGHT) == LIGHT.error
    True
    """
    found = next((name for least, name, _ in STEPS if used >= least), "muted")
    return str(getattr(theme, found))


def arrows(flows: Sequence[LinkFlow], theme: Palette) -> dict[str, list[Any]]:
    """Arrows and labels, one entry of each column per link that has a place."""
    out: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    pairs: dict[tuple[str, ...], list[LinkFlow]] = {}
    for flow in flows:
        if flow.start in PLACES and flow.end in PLACES:
            pairs.setdefault(tuple(sorted((flow.start, flow.end))), []).append(flow)
    for (a, b), links in pairs.items():
        (xa, ya), (xb, yb) = PLACES[a], PLACES[b]
        beside = abs(xb - xa) > abs(yb - ya)
        for i, flow in enumerate(links):
            shift = (i - (len(links) - 1) / 2) * _APART * 2
            dx, dy = (0.0, -shift) if beside else (shift, 0.0)
            (xs, ys), (xe, ye) = (PLACES[flow.start], PLACES[flow.end])
            if flow.mw < 0:
                (xs, ys), (xe, ye) = (xe, ye), (xs, ys)
            width = 1.5 + 9.0 * min(abs(flow.mw) / WIDEST_MW, 1.0) if np.isfinite(flow.mw) else 1.0
            first = i == 0
            if beside:  # names above the upper links and below the lower ones
                above = first or (i + 0.5) * 2 < len(links)
                x, y = (xa + xb) / 2, (ya + yb) / 2 + dy + (4.5 if above else -4.5)
                align, base = "center", "bottom" if above else "top"
            else:  # left of the first of several, right of the others
                left = first and len(links) > 1
                x, y = (xa + xb) / 2 + dx + (-3.5 if left else 3.5), (ya + yb) / 2
                align, base = "right" if left else "left", "middle"
            power, limit = formats.number(abs(flow.mw)), formats.number(flow.limit)
            values = (
                xs + (xe - xs) * NODE + dx, ys + (ye - ys) * NODE + dy, xe - (xe - xs) * NODE + dx, ye - (ye - ys) * NODE + dy,
                width, 8.0 + width, step_colour(flow.used, theme), flow.name, power, limit, formats.percent(flow.used, 0),
                x, y, f"{flow.name}\n{power}" + (f" of {limit} MW" if np.isfinite(flow.limit) else " MW"), align, base,
            )  # fmt: skip
            for name, cell in zip(_COLUMNS, values, strict=True):
                out[name].append(cell)
    return out


class FlowMap:
    """The map, built once and then fed."""

    def __init__(self, theme: Palette, *, height: int = 420, title: str = "Flows between regions"):
        self.theme = theme
        self.flows: tuple[LinkFlow, ...] = ()
        self.second: Mapping[str, str] = {}
        self.source = ColumnDataSource(arrows((), theme))
        self.nodes = ColumnDataSource({"x": [], "y": [], "text": [], "colour": []})
        self.figure = Plot(
            x_range=Range1d(start=0, end=100), y_range=Range1d(start=-2, end=98), x_scale=LinearScale(), y_scale=LinearScale(),
            height=height, sizing_mode="stretch_width", toolbar_location=None, outline_line_color=None,
            background_fill_alpha=0, border_fill_alpha=0, min_border=10, name=title,
        )  # fmt: skip
        # Arrows are annotations, which no hover can touch: an invisible segment of the same place is what is pointed at.
        touch = self.figure.add_glyph(
            self.source, Segment(x0="x0", y0="y0", x1="x1", y1="y1", line_width=18, line_alpha=0), name="flows"
        )
        self.head = NormalHead(size="head", fill_color="colour", line_color="colour")
        self.arrows = Arrow(
            source=self.source, x_start="x0", y_start="y0", x_end="x1", y_end="y1", line_width="width", line_color="colour",
            end=self.head, level="glyph",
        )  # fmt: skip
        self.figure.add_layout(self.arrows)
        small: dict[str, Any] = {"text_font": value(FONT), "text_font_size": "12px", "text_line_height": 1.25}
        words = Text(x="x", y="y", text="words", text_align="align", text_baseline="base", **small)
        self.words = self.figure.add_glyph(self.source, words)
        box = Text(
            x="x", y="y", text="text", text_align="center", text_baseline="middle", padding=6, border_radius=8,
            border_line_color="colour", border_line_width=2, **(small | {"text_font_size": "13px", "text_font_style": "bold"}),
        )  # fmt: skip
        self.boxes = self.figure.add_glyph(self.nodes, box)
        self.hover = HoverTool(renderers=[touch], point_policy="follow_mouse", attachment="horizontal")
        self.figure.add_tools(self.hover)
        self._paint()

    def feed(self, flows: Sequence[LinkFlow], second: Mapping[str, str] | None = None) -> None:
        """Draw other flows.

        Parameters
        ----------
        second : region -> second line of its box.
        """
        self.flows, self.second = tuple(flows), dict(second or {})
        self._paint()

    def recolour(self, theme: Palette) -> None:
        """Follow the theme."""
        self.theme = theme
        self._paint()

    def _paint(self) -> None:
        theme = self.theme
        self.source.data = arrows(self.flows, theme)
        self.nodes.data = {
            "x": [PLACES[r][0] for r in REGIONS], "y": [PLACES[r][1] for r in REGIONS],
            "text": [r[:-1] + (f"\n{self.second[r]}" if self.second.get(r) else "") for r in REGIONS],
            "colour": [theme.regions[r] for r in REGIONS],
        }  # fmt: skip
        self.words.glyph.text_color = theme.ink
        self.boxes.glyph.update(text_color=theme.ink, background_fill_color=theme.card)
        # Names come from the data: Bokeh escapes what stands in a column.
        self.hover.tooltips = (
            f'<div style="font:12px {FONT};color:{theme.ink};background:{theme.card};margin:-6px;padding:8px 10px;'
            f'border:1px solid {theme.line};border-radius:6px"><b>@name</b><br>Power @mw MW<br>Limit @limit MW<br>'
            "Used @used</div>"
        )


__all__ = ["PLACES", "STEPS", "FlowMap", "LinkFlow", "arrows", "link_flow", "step_colour", "undrawn"]
