"""The day from 00:00 to 24:00: what is drawn of means, bands and single days."""

import numpy as np
import pytest

from components.charts.palette import DARK, LIGHT
from components.charts.profile import MOST_DAYS, DayStack, ProfileChart, day_edges, profile_data
from components.charts.scales import stretch
from components.charts.stack import stack_data

NAN = np.nan


def chart(**more) -> ProfileChart:
    keys = {"wind": "Wind", "NSW1": "NSW"}
    return ProfileChart(LIGHT, keys, height=300, title="Day", y_label="Power (MW)", **more)


def test_steps_reach_from_midnight_to_midnight():
    data = profile_data(360, {"wind": np.array([10.0, 20, 30, 40]), "NSW1": np.full(4, NAN)})
    assert data.columns["t"].tolist() == [0, 21_600_000, 43_200_000, 64_800_000, 86_400_000]
    assert data.columns["v_wind"].tolist() == [10, 20, 30, 40, 40]
    assert data.present == ("wind",)
    assert (data.low, data.high) == (0, pytest.approx(42.4))
    assert day_edges(720).astype("datetime64[h]").astype(int).tolist() == [0, 12, 24]


def test_prices_are_placed_on_the_price_axis_and_kept_as_values():
    data = profile_data(
        720, {"NSW1": np.array([-50.0, 80])}, {"NSW1": np.array([-1000.0, NAN])}, {"NSW1": np.array([0.0, 15000])},
        as_price=True, sides=("lowest", "highest"),
    )  # fmt: skip
    assert data.columns["y_NSW1"][:2] == pytest.approx(stretch(np.array([-50.0, 80])), rel=1e-6)
    assert data.columns["max_NSW1"].tolist() == [0, 15000, 15000]
    assert np.isnan(data.columns["min_NSW1"][1])  # the hover says that it is missing
    assert data.columns["low_NSW1"][1] == 0  # the shape goes on
    assert data.low < stretch(-1000)
    assert data.high > stretch(15000)


def test_only_the_newest_days_are_drawn_and_it_is_said():
    days = np.arange(100 * 2, dtype=float).reshape(100, 2)
    dates = np.datetime64("2024-01-01") + np.arange(100)
    data = profile_data(720, {"wind": days.mean(axis=0)}, days=days, dates=dates)
    assert len(data.days["ys"]) == MOST_DAYS
    assert data.days["ys"][-1].tolist() == [198, 199]
    assert data.columns["v_day"].tolist() == [198, 199, 199]
    assert data.newest == "9 Apr 2024"
    assert data.note == "newest 92 of 100 days drawn"
    assert not profile_data(720, {"wind": days.mean(axis=0)}, days=days[:3], dates=dates[:3]).note


def test_a_chart_is_fed_and_follows_the_theme():
    made = chart()
    before = len(made.figure.renderers)
    mean = {"wind": np.array([1.0, 2])}
    made.feed(
        profile_data(720, mean, {"wind": np.array([0.0, 1])}, {"wind": np.array([2.0, 3])}, sides=("low", "high"))
    )
    assert [k for k, line in made.lines.items() if line.visible] == ["wind"]
    assert made.bands["wind"].visible
    assert not made.newest.visible
    assert "@max_wind" in made.hover.tooltips
    made.feed(profile_data(720, mean))
    assert not made.bands["wind"].visible
    assert "@max_wind" not in made.hover.tooltips
    assert len(made.figure.renderers) == before
    made.recolour(DARK)
    assert made.lines["wind"].glyph.line_color == DARK.fuels["wind"]
    assert made.lines["NSW1"].glyph.line_color == DARK.regions["NSW1"]


@pytest.mark.fault("SEC-6")
def test_names_from_outside_are_text_in_the_tooltip():
    made = chart()
    made.name_keys({"wind": "<img src=x> @v_NSW1 $name"}, {"wind": "#123456"})
    made.feed(profile_data(720, {"wind": np.array([1.0, 2])}))
    assert "<img" not in made.hover.tooltips
    assert "@v_NSW1" not in made.hover.tooltips
    assert "$name" not in made.hover.tooltips
    assert made.lines["wind"].glyph.line_color == "#123456"


def test_a_time_of_day_cannot_be_dragged_into_a_window():
    for made in (chart(), DayStack(LIGHT)):
        made.on_zoom(lambda start, end: pytest.fail("zoomed"))
        made.without_drag()  # twice is no error
        assert made.zoom not in made.figure.toolbar.tools
        assert not made.figure.js_event_callbacks
        assert not made.figure._event_callbacks


def test_an_average_day_is_stacked():
    made = DayStack(LIGHT)
    made.feed(stack_data(day_edges(720), {"coal": np.array([5.0, 5]), "pumps": np.array([-1.0, NAN])}))
    assert (made.x.start, made.x.end) == (0, 86_400_000)
    assert made.source.data["e_pumps"].tolist() == [-1, 0, 0]
    assert "special_vars.index" in made.hover.formatters["@t"].code
    assert "getUTCDate" not in made.hover.formatters["@t"].code


def test_the_last_slot_before_a_missing_one_is_drawn_to_its_end():
    data = profile_data(360, {"wind": np.array([NAN, 20, NAN, NAN])})
    assert data.columns["t"].tolist() == [0, 21_600_000, 43_200_000, 43_200_000, 64_800_000, 86_400_000]
    np.testing.assert_array_equal(data.columns["v_wind"], [NAN, 20, 20, NAN, NAN, NAN])
