"""The palette: hues of fuels and regions apart, distances that survive colour blindness, contrast."""

import colorsys
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from components.charts import palette as palette_module
from components.charts.palette import DARK, LIGHT, palette
from components.charts.stack import StackChart
from components.vocabulary import FUELS, NEM, REGIONS

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
NEIGHBOURS = [
    ("coal", "gas"), ("gas", "hydro"), ("coal", "hydro"), ("hydro", "wind"), ("wind", "solar"), ("solar", "rooftop"),
    ("rooftop", "battery"), ("battery", "imports"), ("battery_charging", "pumps"), ("pumps", "exports"),
    ("gas", "distillate"), ("bioenergy", "hydro"), ("coal", "battery_charging"),
]  # fmt: skip


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """WCAG 2 contrast ratio."""
    light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (light[1] + 0.05) / (light[0] + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    lms = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]]) @ np.clip(rgb, 0, 1)  # fmt: skip
    return np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                     [0.0259040371, 0.7827717662, -0.8086757660]]) @ np.cbrt(lms)  # fmt: skip


def distance(a: str, b: str, sight: str) -> float:
    matrix = np.array(SIGHT[sight])
    return float(np.linalg.norm(oklab(matrix @ linear(a)) - oklab(matrix @ linear(b))))


def hue(colour: str) -> float | None:
    """OKLCh hue in degrees, None for a colour without one."""
    _, a, b = oklab(linear(colour))
    return float(np.degrees(np.arctan2(b, a)) % 360) if np.hypot(a, b) > 0.035 else None


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@THEMES
def test_every_fuel_and_region_has_a_colour_of_its_own(theme):
    assert set(theme.fuels) == set(FUELS)
    assert set(theme.regions) == {*REGIONS, NEM}
    every = [*theme.fuels.values(), *theme.regions.values()]
    assert len({c.upper() for c in every}) == len(every)


@THEMES
def test_fuels_and_regions_share_no_hue(theme):
    fuels = {f: hue(c) for f, c in theme.fuels.items()}
    regions = {r: hue(theme.regions[r]) for r in REGIONS}
    assert None not in regions.values()
    for region, mine in regions.items():
        for fuel, theirs in fuels.items():
            if theirs is not None:
                apart = abs((mine - theirs + 180) % 360 - 180)
                assert apart >= 12, f"{region} and {fuel}: {apart:.0f} degrees"


@THEMES
@pytest.mark.parametrize("sight", SIGHT)
def test_regions_are_told_apart_by_everyone(theme, sight):
    for a, b in combinations(REGIONS, 2):
        assert distance(theme.regions[a], theme.regions[b], sight) >= 0.11, (a, b)


@THEMES
@pytest.mark.parametrize("sight", SIGHT)
def test_fuels_are_told_apart_neighbours_most(theme, sight):
    for a, b in combinations(FUELS, 2):
        assert distance(theme.fuels[a], theme.fuels[b], sight) >= 0.035, (a, b)
    for a, b in NEIGHBOURS:
        assert distance(theme.fuels[a], theme.fuels[b], sight) >= 0.07, (a, b)


@THEMES
def test_contrast_against_what_is_behind(theme):
    for name, colour in theme.regions.items():
        assert contrast(colour, theme.card) >= 3, name
    for name, colour in theme.fuels.items():  # yellow that reached 3:1 on white would be brown: it has an outline
        assert contrast(colour, theme.card) >= (3 if theme is DARK else 1.5), name
        assert contrast(colour, theme.night) >= (2.8 if theme is DARK else 1.35), name
    for ink in (theme.ink, theme.muted, theme.accent, theme.warning, theme.error):
        for ground in (theme.card, theme.page, theme.band, theme.night):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@THEMES
def test_the_outline_of_a_stack_reaches_3_to_1(theme):
    chart = StackChart(theme)
    for edge in chart.outline:
        assert contrast(mixed(edge.glyph.line_color, theme.card, edge.glyph.line_alpha), theme.card) >= 3
    assert [e.glyph.y for e in chart.outline] == ["e_imports", "e_exports"]  # the last layers on both sides


def mixed(over: str, under: str, alpha: float) -> str:
    """A colour seen through another."""
    parts = ([int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (over, under))
    return "#" + "".join(f"{round(a * alpha + b * (1 - alpha)):02X}" for a, b in zip(*parts, strict=True))


def test_colours_of_fuels_and_regions_are_written_in_the_palette_only():
    root = Path(palette_module.__file__).parents[1]
    ours = {c.upper() for t in (LIGHT, DARK) for c in (*t.fuels.values(), *list(t.regions.values())[:-1])}
    files = [
        f for part in ("charts", "dashboards") for f in (root / part).rglob("*") if f.suffix in (".py", ".js", ".css")
    ]
    assert len(files) > 30
    for file in files:
        if file != Path(palette_module.__file__):
            named = {c.upper() for c in re.findall(r"#[0-9A-Fa-f]{6}\b", file.read_text(encoding="utf-8"))}
            assert not named & ours, file.name


def test_no_page_has_colours_of_its_own():
    for file in (Path(palette_module.__file__).parents[1] / "dashboards").rglob("*"):
        if file.suffix in (".py", ".js", ".css"):
            found = set(re.findall(r"#[0-9A-Fa-f]{6}\b", file.read_text(encoding="utf-8")))
            assert not found, file.name


def test_css_names_every_surface():
    css = palette(True).css()
    assert f"--nem-on-accent:{DARK.on_accent};" in css
    assert css.count("--nem-") == 12


def test_hue_helper_agrees_with_plain_hsv_on_pure_red():
    assert colorsys.rgb_to_hsv(1, 0, 0)[0] == 0
    assert hue("#FF0000") == pytest.approx(29, abs=1)
    assert hue("#808080") is None
