"""The one palette of every page: fuels, regions and surfaces, light and dark.

Found by a search in OKLCh: regions take hues that no fuel has (at least 15° apart), the colours of a kind keep
their distance for normal sight and for protanopia, deuteranopia and tritanopia, neighbours of the stack most of
all; lines, and fuels on the dark card, reach 3:1 against what they are drawn on, text 4.5:1. Yellow that dark would be
no yellow: on white rooftop solar has 1.5:1, and stacks and swatches have an outline that reaches 3:1.
``tests/charts/test_charts_palette.py`` holds it to that. Fuels without a hue of their own (coal, other, unmapped,
interchange) are told apart by lightness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. ``card`` is what charts are drawn on, ``night`` shades it, ``page`` lies behind the cards."""

    name: str
    page: str
    card: str
    ink: str
    muted: str
    line: str
    grid: str
    accent: str
    on_accent: str
    band: str
    night: str
    warning: str
    error: str
    fuels: Mapping[str, str] = field(repr=False)
    regions: Mapping[str, str] = field(repr=False)

    def css(self) -> str:
        """The surfaces as custom properties, which reach into every component's shadow tree."""
        names = (
            "page",
            "card",
            "ink",
            "muted",
            "line",
            "grid",
            "accent",
            "on_accent",
            "band",
            "night",
            "warning",
            "error",
        )
        return "".join(f"--nem-{n.replace('_', '-')}:{getattr(self, n)};" for n in names)


# name: on the light card, on the dark card
_FUELS = {
    "coal": ("#3E312C", "#7D6760"),
    "gas": ("#C66B46", "#F19024"),
    "distillate": ("#952C02", "#A04F43"),
    "bioenergy": ("#838014", "#878C4F"),
    "other": ("#6F7275", "#747D86"),
    "unmapped": ("#B4B3B2", "#B5A89F"),
    "hydro": ("#1A79CA", "#4E8BCA"),
    "wind": ("#4DB67E", "#2EB675"),
    "solar": ("#DF9813", "#EFB833"),
    "rooftop": ("#EECE4B", "#F9E694"),
    "battery": ("#72449E", "#8B5ABA"),
    "imports": ("#898A8B", "#606876"),
    "battery_charging": ("#A88BCC", "#C2A8F1"),
    "pumps": ("#90C7FB", "#AAD8F9"),
    "exports": ("#535658", "#929597"),
}
_REGIONS = {
    "NSW1": ("#147373", "#25E9EE"),
    "QLD1": ("#75061C", "#E02A50"),
    "SA1": ("#E03FC6", "#C87BB8"),
    "TAS1": ("#679A04", "#89BF33"),
    "VIC1": ("#2E089D", "#7A68FA"),
    "NEM": ("#17202B", "#E7ECF2"),
}


def _of(theme: int, pairs: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {name: pair[theme] for name, pair in pairs.items()}


LIGHT = Palette(
    "light",
    page="#F3F5F7", card="#FFFFFF", ink="#17202B", muted="#566474", line="#D8DFE6", grid="#E8ECF0",
    accent="#0B5CAD", on_accent="#FFFFFF", band="#EEF1F4", night="#F3F5F9", warning="#8A5A00", error="#B3261E",
    fuels=_of(0, _FUELS), regions=_of(0, _REGIONS),
)  # fmt: skip
DARK = Palette(
    "dark",
    page="#0E1217", card="#161B22", ink="#E7ECF2", muted="#9BA8B7", line="#2C3540", grid="#232B35",
    accent="#6CB2F5", on_accent="#0B1117", band="#1C232C", night="#1B222D", warning="#E9B44C", error="#FF8A80",
    fuels=_of(1, _FUELS), regions=_of(1, _REGIONS),
)  # fmt: skip


def palette(dark: bool) -> Palette:
    """The palette of a theme."""
    return DARK if dark else LIGHT
