"""All prices of all regions: a strip for each, with its lowest and highest price and how often prices lie where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, FixedTicker, Grid, HoverTool, Quad, Range1d, Step

from components.charts.formats import JS_NUMBER
from components.charts.lean import SPAN_JS, milliseconds
from components.charts.palette import Palette
from components.charts.raster import RasterPlot
from components.charts.raster_colours import STRIP_SHADES, strip_shades
from components.charts.scales import STRIP_GAP, price_ticks, strip_places
from components.vocabulary import REGIONS

_SPAN_JS = "const b0 = source.data.right[special_vars.index], a = new Date(value), b = new Date(b0);"
_PRICE_JS = JS_NUMBER + "return fmt(value, 2)"
_NUMBERS = ("interval", "right", "bottom", "top", "low", "high", "mean")
_EMPTY_BANDS: dict[str, Any] = {**{n: np.empty(0) for n in _NUMBERS}, "region": [], "colour": []}


class PricesPlot(RasterPlot):
    """Strips above each other, each on the stretched price axis, all on one scale."""

    def __init__(self, theme: Palette, *, height: int, x: Range1d):
        self.bands = ColumnDataSource(dict(_EMPTY_BANDS))
        self.exact = ColumnDataSource({"t": np.empty(0), **{r: np.empty(0) for r in REGIONS}})
        self.regions: Sequence[str] = ()
        self.source_image = self.tinted = np.empty((0, 0), np.uint8)
        self.rules = Grid(dimension=1, ticker=FixedTicker(ticks=[]), level="underlay")
        super().__init__(
            theme, height=height, title="All prices", unit="", y_label="Price ($/MWh)", x=x, zoom="width", left=92, measured=False,
        )  # fmt: skip
        self.figure.add_layout(self.rules)
        self.envelope = self.figure.add_glyph(
            self.bands,
            Quad(left="interval", right="right", bottom="bottom", top="top", fill_color="colour", line_color="colour"),
        )
        self.image.level = "glyph"
        self.lines = {
            r: self.figure.add_glyph(self.exact, Step(x="t", y=r, mode="before", line_width=1.4)) for r in REGIONS
        }
        # The picture lies over the bands.
        self.figure.renderers = [self.envelope, self.image, *self.lines.values()]
        when = CustomJSHover(args={"source": self.bands}, code=_SPAN_JS + SPAN_JS)
        price = CustomJSHover(code=_PRICE_JS)
        self.hover = HoverTool(
            renderers=[self.envelope], mode="vline", point_policy="follow_mouse", attachment="horizontal",
            formatters={"@interval": when, "@low": price, "@high": price, "@mean": price},
        )  # fmt: skip
        self.figure.add_tools(self.hover)
        self.colour()

    def feed(self, words: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Draw strips (``words["mode"]`` says whether as a density or as lines of exact prices)."""
        self.regions = words["regions"]
        count = len(self.regions)
        bottom, top = words["bottom"], words["top"]
        edges = milliseconds(np.array([words["start"], words["end"]], "datetime64[us]"))
        times = np.arange(arrays["low"].shape[1] + 1) * words["minutes"] * 60_000.0 + edges[0]

        def place(values: np.ndarray) -> np.ndarray:
            return strip_places(values, bottom, top) + np.arange(count)[:, None]

        known = np.isfinite(arrays["low"])
        rows, columns = np.nonzero(known)
        self.bands.data = {
            "interval": times[columns], "right": times[columns + 1],
            "bottom": place(arrays["low"])[known].astype("float32"), "top": place(arrays["high"])[known].astype("float32"),
            "low": arrays["low"][known], "high": arrays["high"][known], "mean": arrays["mean"][known],
            "region": [self.regions[i] for i in rows.tolist()],
            "colour": [self.theme.regions[self.regions[i]] for i in rows.tolist()],
        }  # fmt: skip
        self.y.update(start=0, end=count)
        self._label(bottom, top)
        lines = words["mode"] == "lines"
        if lines:
            exact = place(arrays["lines"]).astype("float32")
            none = np.full(exact.shape[1], np.nan, "float32")
            drawn = dict(zip(self.regions, exact, strict=True))
            self.exact.data = {
                "t": edges[0] + np.arange(1, exact.shape[1] + 1) * 300_000.0, **{r: drawn.get(r, none) for r in REGIONS},
            }  # fmt: skip
            self.put((0.0, 1.0), (0.0, 1.0))
        else:
            self.exact.data = {"t": np.empty(0), **{r: np.empty(0) for r in REGIONS}}
            if arrays["image"] is not self.source_image:
                self.source_image, self.tinted = arrays["image"], _tinted(arrays["image"], count)
            self.put((float(edges[0]), float(edges[1])), (0.0, float(count)), image=self.tinted)
        self._shade()

    def _shade(self) -> None:
        """Five strips' worth of shades, whatever is in view, so that one shade is one number."""
        colours = [self.theme.regions[r] for r in self.regions]
        palette = strip_shades(colours, self.theme) if colours else ["#000000"]
        self.mapper.update(palette=palette, low=1, high=max(len(palette), 2))

    def _label(self, bottom: float, top: float) -> None:
        count = len(self.regions)
        inner = self.inner / count
        ticks: dict[float, str] = {}
        for strip, region in enumerate(self.regions):
            places = price_ticks(bottom, top, inner, apart=20)
            for at, text in places.items():
                ticks[strip + _share(at, bottom, top)] = text
            ticks[strip + 1 - 0.001] = region[:-1]
        # A name stands at the top of its strip; a price that would touch it gives way.
        names = [s + 1 - 0.001 for s in range(count)]
        kept = {
            at: text for at, text in ticks.items()
            if at in names or all(abs(at - name) * inner >= 15 for name in names)
        }  # fmt: skip
        self.ticks(self.y_axis, kept)
        zero = [s + _share(0.0, bottom, top) for s in range(count)]
        self.rules.ticker.ticks = sorted([*range(1, count), *zero])

    def colour(self) -> None:
        super().colour()
        theme = self.theme
        self.rules.update(grid_line_color=theme.muted, grid_line_alpha=0.5)
        self.hatch.visible = False
        if hasattr(self, "hover"):
            self.envelope.glyph.update(fill_alpha=0.35, line_alpha=0.35)
            for region, line in self.lines.items():
                line.glyph.line_color = theme.regions[region]
            if len(self.bands.data["region"]):
                self.bands.data["colour"] = [theme.regions[r] for r in self.bands.data["region"]]
            self._shade()
            self.hover.tooltips = self.tooltip(
                "@interval{custom}",
                "<b>@region</b>: lowest @low{custom}, mean @mean{custom}, highest @high{custom} $/MWh",
            )


def _share(place: float, bottom: float, top: float) -> float:
    """Where in its strip a place of the price axis lies."""
    return STRIP_GAP + (1 - 2 * STRIP_GAP) * (place - bottom) / (top - bottom)


def _tinted(image: np.ndarray, strips: int) -> np.ndarray:
    """The picture with the shades of each strip moved to those of its own colour."""
    out = image.copy()
    height = image.shape[0] // strips
    for strip in range(strips):
        part = out[strip * height : (strip + 1) * height]
        part[part > 0] += np.uint8(strip * STRIP_SHADES)
    return out
