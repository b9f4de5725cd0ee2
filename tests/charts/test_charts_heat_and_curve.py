"""Heat maps and duration curves: what is drawn where, and that feeding makes no new model."""

import numpy as np
import pytest

from components.charts.curve import CurveChart, curve_data
from components.charts.heatmap import ABOVE, BELOW, SHADES, HeatData, HeatMap, shades
from components.charts.palette import DARK, LIGHT
from components.charts.scales import stretch

NAN = np.nan


def heat(panels: dict) -> HeatData:
    return HeatData(panels, ["00", "01"], ["Mon", "Tue", "Wed"], {0.0: "00:00", 1.0: "01:00"}, {0.5: "Mon"})


def grid() -> np.ndarray:
    return np.array([[1.0, 2, 3], [-4.0, NAN, 15000]])


def test_the_first_row_is_drawn_at_the_top_and_the_first_panel_above_the_second():
    chart = HeatMap(LIGHT, height=200, title="", unit="$/MWh", as_price=True)
    chart.feed(heat({"NSW": grid(), "SA": -grid()}))
    data = chart.source.data
    # An image begins at its bottom row.
    assert data["value"][0][1].tolist() == [1, 2, 3]
    np.testing.assert_allclose(data["image"][0][0][[0, 2]], stretch(np.array([-4.0, 15000])), rtol=1e-6)
    assert np.isnan(data["image"][0][0, 1])
    assert data["y"][0] > data["y"][1] + 2  # apart
    assert chart.y.end == data["y"][0] + 2
    assert (chart.mapper.low, chart.mapper.high) == pytest.approx((stretch(-15000), stretch(15000)))
    assert chart.y_axis.major_label_overrides[data["y"][0] + 2] == "NSW  00:00"
    assert chart.y_axis.major_label_overrides[1.0] == "01:00"


def test_one_panel_keeps_its_height_and_more_make_the_figure_taller():
    chart = HeatMap(LIGHT, height=200, title="", unit="MW", panel_height=100)
    chart.feed(heat({"a": grid(), "b": grid(), "c": grid()}))
    assert chart.figure.height == 396
    chart.feed(heat({"": grid()}))
    assert chart.figure.height == 200
    assert chart.y_axis.major_label_overrides == {2.0: "00:00", 1.0: "01:00"}


def test_feeding_a_heat_map_makes_no_new_model():
    chart = HeatMap(LIGHT, height=200, title="", unit="MW")
    chart.feed(heat({"": grid()}))
    before = chart.figure.references()
    chart.feed(heat({"a": grid(), "b": grid() * 2}))
    assert chart.figure.references() == before


def test_nothing_known_or_all_the_same_can_be_drawn():
    chart = HeatMap(LIGHT, height=200, title="", unit="MW")
    for values in (np.full((2, 3), NAN), np.zeros((2, 3))):
        chart.feed(heat({"": values}))
        assert chart.mapper.low < chart.mapper.high
    chart.feed(HeatData({}, [], [], {}, {}))
    assert chart.source.data["image"] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_zero_has_the_neutral_shade_and_both_sides_one_scale(theme):
    both = shades(-1.0, 1.0, theme)
    assert len(both) == SHADES
    assert (both[0], both[-1]) == (BELOW[theme][-1].lower(), ABOVE[theme][-1].lower())
    above = shades(0.0, 1.0, theme)
    assert above[0] == ABOVE[theme][0].lower() == BELOW[theme][0].lower()
    # Where prices hardly fall below zero, that is a pale shade, not the darkest: 0.4 of the way to the second stop.
    zero, second = ([int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in BELOW[theme][:2])
    pale = [round(a + 0.4 * (b - a)) for a, b in zip(zero, second, strict=True)]
    assert [int(shades(-0.1, 1.0, theme)[0][i : i + 2], 16) for i in (1, 3, 5)] == pytest.approx(pale, abs=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shades_are_told_apart_by_lightness(theme):
    """Away from zero every step is darker (light theme) or lighter (dark theme) than the one before."""

    def lightness(colour: str) -> float:
        return float(np.dot([int(colour[i : i + 2], 16) for i in (1, 3, 5)], [0.2126, 0.7152, 0.0722]))

    for colours in (ABOVE[theme], BELOW[theme]):
        steps = np.diff([lightness(c) for c in colours])
        assert (steps < -10).all() if theme == "light" else (steps > 10).all()


def test_curves_are_placed_on_the_price_axis_and_keep_their_values():
    data = curve_data(
        np.array([0, 0.5, 1]), {"NSW1": np.array([15000.0, 80, -50]), "SA1": np.full(3, NAN)}, as_price=True
    )
    assert data.present == ("NSW1",)
    assert data.columns["t"].tolist() == [0, 50, 100]
    assert data.columns["v_NSW1"].tolist() == [15000, 80, -50]
    assert data.low < float(stretch(-50))
    assert data.high > float(stretch(15000))
    with pytest.raises(ValueError, match="read-only"):
        data.columns["v_NSW1"][0] = 1


def test_curves_of_power_begin_at_zero():
    data = curve_data(np.array([0, 1.0]), {"a": np.array([500.0, 20])}, as_price=False)
    assert data.low == 0
    assert data.high == pytest.approx(530)


def test_feeding_curves_shows_those_that_are_there_and_makes_no_new_model():
    chart = CurveChart(
        LIGHT, {"NSW1": "NSW", "SA1": "SA"}, height=200, title="", y_label="", unit="$/MWh", as_price=True
    )
    shares = np.array([0, 1.0])
    chart.feed(curve_data(shares, {"NSW1": np.array([100.0, 0])}, as_price=True))
    hovers = ("CustomJSHover",)
    before = {m for m in chart.figure.references() if type(m).__name__ not in hovers}
    chart.feed(curve_data(shares, {"SA1": np.array([300.0, -100]), "NSW1": np.array([100.0, 0])}, as_price=True))
    assert {m for m in chart.figure.references() if type(m).__name__ not in hovers} == before
    assert all(line.visible for line in chart.lines.values())
    chart.feed(curve_data(shares, {}, as_price=True))
    assert not any(line.visible for line in chart.lines.values())
    chart.recolour(DARK)
    assert chart.lines["SA1"].glyph.line_color == DARK.regions["SA1"]
