"""Bars and marks of periods: what is fed is what is drawn."""

import numpy as np

from components.charts.palette import DARK, LIGHT
from components.charts.periods import MOST_LABELS, PeriodChart


def chart(**more):
    keys = {"energy": "Energy", "load": "Load", "price": "Capture price"}
    colours = {"energy": "wind", "load": "battery_charging", "price": "accent"}
    return PeriodChart(
        LIGHT, keys, height=200, title="Energy", y_label="Energy (GWh)", unit="GWh", digits=1, colours=colours,
        marks=("price",), **more,
    )  # fmt: skip


def test_what_is_fed_is_drawn_and_the_missing_stays_missing():
    made = chart()
    made.feed(["Jul", "Aug"], {"energy": np.array([5.0, np.nan]), "load": np.array([-2.0, 0.0])})
    assert made.source.data["v_energy"][0] == 5
    assert np.isnan(made.source.data["v_energy"][1])
    assert np.isnan(made.source.data["v_price"]).all()
    assert made.present == ("energy", "load")
    assert made.bars["energy"].visible
    assert not made.lines["price"].visible
    assert made.y.start < -2 < 5 < made.y.end
    assert made.x_axis.major_label_overrides == {0: "Jul", 1: "Aug"}
    assert "Capture price" not in made.hover.tooltips
    assert made.hover.formatters["@t"].args["names"] == ["Jul", "Aug"]


def test_bars_of_positive_values_stand_on_the_axis():
    made = chart()
    made.feed(["Jul"], {"energy": np.array([5.0])})
    assert made.y.start == 0
    made.feed(["Jul"], {"energy": np.array([-5.0])})
    assert made.y.start < -5
    assert made.y.end == 0


def test_of_many_periods_some_are_named_the_newest_always():
    made = chart()
    names = [f"M{i}" for i in range(60)]
    made.feed(names, {"energy": np.ones(60)})
    labels = made.x_axis.major_label_overrides
    assert 59 in labels
    assert len(labels) <= MOST_LABELS
    assert made.x.start < 0 < 59 < made.x.end


def test_nothing_at_all():
    made = chart()
    made.feed([], {})
    assert made.present == ()
    assert made.y.end >= made.y.start


def test_colours_follow_the_theme_and_the_fuel():
    made = chart()
    made.feed(["Jul"], {"energy": np.array([5.0])}, {"energy": "hydro"})
    assert made.bars["energy"].glyph.fill_color == LIGHT.fuels["hydro"]
    made.recolour(DARK)
    assert made.bars["energy"].glyph.fill_color == DARK.fuels["hydro"]
    assert made.lines["price"].glyph.line_color == DARK.accent
