"""Bars: piled up from zero on both sides, or side by side; what is missing has none."""

import pytest

from components.charts.category_bars import BarChart, bar_data
from components.charts.palette import DARK, LIGHT

NAN = float("nan")
NAMES = {"coal": "Coal", "wind": "Wind", "pumps": "Pumps"}


def spans(data) -> dict:
    bars = data.bars
    return {
        (c, s): (a, b) for c, s, a, b in zip(bars["category"], bars["series"], bars["start"], bars["end"], strict=True)
    }


def test_parts_pile_up_on_their_side_of_zero():
    data = bar_data(
        {"NSW": {"coal": 40, "wind": 10, "pumps": -5}, "SA": {"coal": -1, "wind": 7, "pumps": NAN}}, list(NAMES)
    )
    assert spans(data) == {
        ("NSW", "coal"): (0, 40), ("NSW", "wind"): (40, 50), ("NSW", "pumps"): (0, -5),
        ("SA", "coal"): (0, -1), ("SA", "wind"): (0, 7),
    }  # fmt: skip
    assert data.categories == ("NSW", "SA")
    assert (data.low, data.high) == pytest.approx((-5 - 0.05 * 55, 50 + 0.07 * 55))


def test_side_by_side_a_zero_is_a_bar_and_the_missing_none():
    data = bar_data(
        {"Coal": {"now": 0, "before": 5}, "Wind": {"now": 3, "before": NAN}}, ["now", "before"], grouped=True
    )
    assert spans(data) == {("Coal", "now"): (0, 0), ("Coal", "before"): (0, 5), ("Wind", "now"): (0, 3)}
    assert data.bars["shift"][0] == -data.bars["shift"][1] == pytest.approx(-0.195)
    assert data.thickness == pytest.approx(0.39)


def test_nothing_has_an_axis():
    data = bar_data({}, [])
    assert (data.low, data.high) == (0, 0.07)


def chart(**more) -> BarChart:
    return BarChart(LIGHT, title="Energy", value_label="Energy (GWh)", unit="GWh", names=NAMES, **more)


def test_lying_bars_grow_with_their_categories():
    made = chart(row=30)
    made.feed(bar_data({"NSW": {"coal": 4}, "SA": {"wind": 1}}, list(NAMES)))
    two = made.figure.height
    made.feed(bar_data({r: {"coal": 4} for r in "ABCDE"}, list(NAMES)))
    assert made.figure.height == two + 3 * 30
    assert made.kinds.factors == list("EDCBA")  # the first on top
    assert made.source.data["label"] == ["Coal"] * 5


def test_standing_bars_keep_their_height_and_order():
    made = chart(lying=False, height=300)
    made.feed(bar_data({"2023": {"coal": 4}, "2024": {"coal": 5}}, list(NAMES)))
    assert made.figure.height == 300
    assert made.kinds.factors == ["2023", "2024"]


def test_colours_follow_the_theme_and_the_category():
    made = chart()
    made.feed(bar_data({"NSW": {"coal": 4, "wind": 1}}, list(NAMES)))
    assert made.source.data["colour"] == [LIGHT.fuels["coal"], LIGHT.fuels["wind"]]
    made.recolour(DARK)
    assert made.source.data["colour"] == [DARK.fuels["coal"], DARK.fuels["wind"]]
    both = BarChart(
        LIGHT, title="", value_label="", unit="", names={"now": "Now", "before": "Before"}, by_category={"Wind": "wind"},
        faded=["before"], colours={"now": "coal", "before": "coal"},
    )  # fmt: skip
    both.feed(bar_data({"Wind": {"now": 4, "before": 1}}, ["now", "before"], grouped=True))
    assert both.source.data["colour"] == [LIGHT.fuels["wind"]] * 2
    assert both.source.data["alpha"] == [1, 0.45]


def test_marks_stand_across_their_bar():
    made = chart()
    made.feed(bar_data({"SA": {"wind": 100}}, list(NAMES), limits=(0, 100), marks={"SA": (68.5, "68.5%")}))
    assert made.mark_source.data == {"at": ["SA"], "value": [68.5], "end": [100], "words": ["68.5%"]}
    assert (made.span.start, made.span.end) == (0, 100)
