"""Lines of fuels or technologies in the colours of the stack: change, utilisation."""

from __future__ import annotations

from collections.abc import Mapping

from bokeh.models import Range1d

from components.charts.layers import FUEL_LAYERS, Layer
from components.charts.lines import LineChart
from components.charts.palette import Palette

TOTAL = "line"
"""Key of the one line that is no layer: demand, in the colour of text."""


class FuelLines(LineChart):
    """A line for each layer, and one more (:data:`TOTAL`), built once and then fed."""

    def __init__(
        self, theme: Palette, *, height: int, title: str, y_label: str, unit: str = "MW", x: Range1d | None = None,
        x_label: bool = True, kinds: Mapping[str, Layer] = FUEL_LAYERS, total: str = "Demand",
    ):  # fmt: skip
        self.kinds = kinds
        keys = {name: layer.label for name, layer in kinds.items()} | {TOTAL: total}
        super().__init__(theme, keys, height=height, title=title, y_label=y_label, unit=unit, x=x, x_label=x_label)
        self.lines[TOTAL].glyph.line_dash = [5, 3]

    def _colour(self, key: str) -> str:
        return self.kinds[key].colour(self.theme) if key in self.kinds else self.theme.ink

    def call_total(self, label: str) -> None:
        """What the one more line is called from the next feed on."""
        if self.keys[TOTAL] != label:
            self.keys[TOTAL] = label
            self.present = ()
