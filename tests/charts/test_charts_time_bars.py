"""Bars over time: what is above zero piles up, what is below hangs down, names stay text."""

import numpy as np
import pytest
from test_charts_palette import THEMES, contrast

from components.charts.named import KEYS
from components.charts.palette import LIGHT
from components.charts.time_bars import PILES, TimeBars, bar_data, group_colour, paler

NAN = np.nan
EDGES = np.datetime64("2024-07-01", "us") + np.arange(4) * np.timedelta64(1, "h")


def drawn(data, key):
    return [data.columns[f"{side}_{key}"].tolist()[:-1] for side in "be"]


def test_piles_by_hand():
    data = bar_data(
        EDGES, [np.array([2.0, -1.0, NAN]), np.array([3.0, 4.0, NAN]), np.array([-1.0, -2.0, NAN])], others=True
    )
    assert data.present == ("s0", "s1", "others")
    assert drawn(data, "s0") == [[0, 0, 0], [2, -1, 0]]
    assert drawn(data, "s1") == [[2, 0, 0], [5, 4, 0]]
    assert drawn(data, "others") == [[0, -1, 0], [-1, -3, 0]]
    assert (data.low, data.high) == (-3, 5)
    assert data.missing.tolist() == [False, False, True]
    assert np.isnan(data.columns["v_s0"][2])  # missing is no zero in the hover
    hour = 3_600_000
    first = EDGES[0].astype("int64") / 1000
    assert data.columns["left"][0] == first + 0.08 * hour
    assert data.columns["right"][0] == first + 0.92 * hour


def test_columns_are_all_of_one_length():
    for data in (bar_data(EDGES, [np.ones(3)], others=False), bar_data(EDGES[:0], [], others=False)):
        assert {len(c) for c in data.columns.values()} == {len(data.columns["t"])}


def test_only_groups_that_are_there_are_drawn_and_names_are_text():
    chart = TimeBars(LIGHT, height=300, title="Revenue", y_label="", unit="")
    data = bar_data(EDGES, [np.ones(3), np.ones(3)], others=True)
    chart.show(data, ["<img src=x>", "Others"], {}, y_label="Revenue ($M)", unit="$M", digits=1)
    assert [k for k in PILES if chart.bars[k].visible] == ["s0", "others"]
    assert "<img" not in chart.hover.tooltips
    assert "&lt;img" in chart.hover.tooltips
    assert chart.y_axis.axis_label == "Revenue ($M)"
    assert [e["label"] for e in chart.legend()] == ["<img src=x>", "Others"]
    chart.show(
        bar_data(EDGES, [np.ones(3)], others=False), ["Wind"], {"Wind": "#4DB67E"}, y_label="", unit="GWh", digits=0
    )
    assert [k for k in PILES if chart.bars[k].visible] == ["s0"]
    assert chart.bars["s0"].glyph.fill_color == "#4DB67E"
    assert chart.y.start == 0


@THEMES
def test_colours_of_groups_differ(theme):
    colours = [group_colour(k, theme) for k in PILES]
    assert len(set(colours)) == len(PILES)
    assert paler("#000000", LIGHT) == "#808080"
    for key in KEYS[:6]:
        assert contrast(group_colour(key, theme), theme.card) >= 3
    with pytest.raises(ValueError, match="not in tuple"):
        group_colour("s99", theme)
