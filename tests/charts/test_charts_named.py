"""Charts of named series: colours anyone can tell apart, names that stay text."""

from itertools import combinations

import numpy as np
import pytest
from test_charts_palette import SIGHT, THEMES, contrast, distance

from components.charts.curve import curve_data
from components.charts.lines import line_data
from components.charts.named import KEYS, SERIES, NamedCurves, NamedLines, plain
from components.charts.palette import DARK, LIGHT

HOSTILE = '<img src=x onerror=alert(1)> @{t} $x & "Sons"'


@THEMES
@pytest.mark.parametrize("sight", SIGHT)
def test_six_series_are_told_apart_by_everyone(theme, sight):
    for a, b in combinations(SERIES[theme.name], 2):
        assert distance(a, b, sight) >= 0.12, (a, b)


@THEMES
def test_series_stand_out_from_the_card(theme):
    for colour in SERIES[theme.name]:
        assert contrast(colour, theme.card) >= 3, colour


@pytest.mark.fault("SEC-6")
def test_a_name_is_only_text():
    assert plain(HOSTILE) == "&lt;img src=x onerror=alert(1)&gt; &#64;{t} &#36;x &amp; &quot;Sons&quot;"


def lines(*values):
    edges = np.datetime64("2024-07-01", "us") + np.arange(4) * np.timedelta64(5, "m")
    return line_data(edges, {f"s{i}": np.asarray(v, float) for i, v in enumerate(values)}, as_price=False)


def curves(*values):
    return curve_data(
        np.array([0, 0.5, 1]), {f"s{i}": np.asarray(v, float) for i, v in enumerate(values)}, as_price=False
    )


@pytest.mark.parametrize(("kind", "data"), [(NamedLines, lines), (NamedCurves, curves)], ids=["lines", "curves"])
def test_names_follow_the_feed_and_only_what_is_there_is_shown(kind, data):
    chart = kind(LIGHT, height=300, title="Power", y_label="Power (MW)")
    chart.show(data([1, 2, 3], [4, 5, 6]), ["Alpha", HOSTILE])
    assert [k for k in KEYS if chart.lines[k].visible] == ["s0", "s1"]
    assert "Alpha" in chart.hover.tooltips
    assert "<img" not in chart.hover.tooltips
    assert chart.hover.tooltips.count("@") == 3  # when, and a value for each
    # The same keys under other names: the tooltip follows.
    chart.show(data([1, 2, 3], [4, 5, 6]), ["Beta", "Gamma"])
    assert "Alpha" not in chart.hover.tooltips
    assert "Gamma" in chart.hover.tooltips
    chart.show(data([1, 2, 3]), ["Beta"])
    assert [k for k in KEYS if chart.lines[k].visible] == ["s0"]
    assert "Gamma" not in chart.hover.tooltips


def test_colours_follow_the_theme_and_come_back_dashed():
    chart = NamedLines(LIGHT, height=300, title="Power", y_label="Power (MW)")
    assert chart.lines["s6"].glyph.line_color == chart.lines["s0"].glyph.line_color == SERIES["light"][0]
    assert chart.lines["s6"].glyph.line_dash
    assert not chart.lines["s0"].glyph.line_dash
    chart.recolour(DARK)
    assert chart.lines["s1"].glyph.line_color == SERIES["dark"][1]
