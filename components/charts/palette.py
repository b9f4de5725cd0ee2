"""The one palette of every page: fuels, regions and surfaces, light and dark.

Found by a search in OKLCh: regions take hues that no fuel has (at least 15° apart), the colours of a kind keep
their distance for normal sight and for protanopia, deuteranopia and tritanopia, neighbours of the stack most of
all; lines, and fuels on the dark card, reach 3:1 against what they are drawn on, text 4.5:1. ``tests/charts/test_palette.py`` holds it
to that. Fuels without a hue of their own (coal, other, unmapped, interchange) are told apart by lightness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. ``card`` is what charts are drawn on, ``page`` lies behind the cards."""

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
    warning: str
    error: str
    fuels: Mapping[str, str] = field(repr=False)
    regions: Mapping[str, str] = field(repr=False)

    def css(self) -> str:
        """The surfaces as custom properties, which reach into every component's shadow tree."""
        names = ("page", "card", "ink", "muted", "line", "grid", "accent", "on_accent", "band", "warning", "error")
        return "".join(f"--nem-{n.replace('_', '-')}:{getattr(self, n)};" for n in names)


LIGHT = Palette(
    "light",
    page="#F3F5F7", card="#FFFFFF", ink="#17202B", muted="#566474", line="#D8DFE6", grid="#E8ECF0",
    accent="#0B5CAD", on_accent="#FFFFFF", band="#EEF1F4", warning="#8A5A00", error="#B3261E",
    fuels={
        "coal": "#3E312C", "gas": "#E6904C", "distillate": "#952C02", "bioenergy": "#838014", "other": "#6F7275",
        "unmapped": "#B4B3B2", "hydro": "#1A79CA", "wind": "#4DB67E", "solar": "#E8B725", "rooftop": "#F5E697",
        "battery": "#72449E", "imports": "#898A8B", "battery_charging": "#A88BCC", "pumps": "#90C7FB",
        "exports": "#535658",
    },
    regions={
        "NSW1": "#147373", "QLD1": "#75061C", "SA1": "#E03FC6", "TAS1": "#679A04", "VIC1": "#2E089D", "NEM": "#17202B",
    },
)  # fmt: skip

DARK = Palette(
    "dark",
    page="#0E1217", card="#161B22", ink="#E7ECF2", muted="#9BA8B7", line="#2C3540", grid="#232B35",
    accent="#6CB2F5", on_accent="#0B1117", band="#1C232C", warning="#E9B44C", error="#FF8A80",
    fuels={
        "coal": "#7D6760", "gas": "#F19024", "distillate": "#A04F43", "bioenergy": "#878C4F", "other": "#747D86",
        "unmapped": "#B5A89F", "hydro": "#4E8BCA", "wind": "#2EB675", "solar": "#EFB833", "rooftop": "#F9E694",
        "battery": "#8B5ABA", "imports": "#606876", "battery_charging": "#C2A8F1", "pumps": "#AAD8F9",
        "exports": "#929597",
    },
    regions={
        "NSW1": "#25E9EE", "QLD1": "#E02A50", "SA1": "#C87BB8", "TAS1": "#89BF33", "VIC1": "#7A68FA", "NEM": "#E7ECF2",
    },
)  # fmt: skip


def palette(dark: bool) -> Palette:
    """The palette of a theme."""
    return DARK if dark else LIGHT
