"""Nights behind charts: published sunrises, cut to the window, on short ranges only, under everything else."""

import numpy as np
import pytest

from components.charts.daylight import CITIES, nights, sun
from components.charts.lean import milliseconds
from components.charts.palette import DARK, LIGHT
from components.charts.stack import StackChart, stack_data
from components.vocabulary import NEM, REGIONS

MINUTE = np.timedelta64(1, "m")


def minutes_apart(one: np.ndarray, text: str) -> float:
    return abs((one[0] - np.datetime64(text, "us")) / MINUTE)


@pytest.mark.parametrize(
    ("region", "day", "rise", "down"),
    [  # Geoscience Australia's tables, in NEM time (Adelaide's clock is half an hour behind it)
        ("NSW1", "2024-06-21", "07:00", "16:54"),
        ("NSW1", "2024-12-21", "04:41", "19:05"),
        ("QLD1", "2024-06-21", "06:37", "17:01"),
        ("TAS1", "2024-12-21", "04:28", "19:49"),
        ("VIC1", "2024-06-21", "07:35", "17:08"),
        ("SA1", "2024-06-21", "07:53", "17:41"),
    ],
)
def test_sunrise_and_sunset_are_those_of_the_tables(region, day, rise, down):
    begin, end = sun(np.array([day], "datetime64[D]"), region)
    assert minutes_apart(begin, f"{day}T{rise}") <= 3
    assert minutes_apart(end, f"{day}T{down}") <= 3


def test_every_region_and_the_market_have_a_place():
    assert set(CITIES) == {*REGIONS, NEM}
    assert CITIES[NEM] == CITIES["NSW1"]


def test_nights_are_cut_to_the_window():
    begin, until = nights(np.datetime64("2024-06-21T00:00", "us"), np.datetime64("2024-06-22T00:00", "us"), "NSW1")
    assert begin[0] == np.datetime64("2024-06-21T00:00")
    assert minutes_apart(until[:1], "2024-06-21T07:00") <= 3
    assert minutes_apart(begin[1:], "2024-06-21T16:54") <= 3
    assert until[1] == np.datetime64("2024-06-22T00:00")


def test_a_window_by_day_has_no_night_and_a_long_one_no_stripes():
    noon, evening = np.datetime64("2024-06-21T10:00", "us"), np.datetime64("2024-06-21T15:00", "us")
    assert not len(nights(noon, evening, "NSW1")[0])
    week = np.datetime64("2024-06-28T10:00", "us")
    assert len(nights(noon, week, "NSW1")[0]) == 7
    assert not len(nights(noon, week + MINUTE, "NSW1")[0])


def fed(place: str, hours: int) -> StackChart:
    chart = StackChart(LIGHT)
    chart.place = place
    edges = np.datetime64("2024-06-21T00:00", "us") + np.arange(hours + 1) * np.timedelta64(1, "h")
    chart.feed(stack_data(edges, {"coal": np.full(hours, 100.0)}))
    return chart


def test_a_chart_shades_the_nights_of_its_place_behind_everything_and_names_it():
    sydney, hobart = fed("NSW1", 24), fed("TAS1", 24)
    assert (sydney.night_city, hobart.night_city) == ("Sydney", "Hobart")
    assert len(sydney.nights.data["x0"]) == 2
    assert sydney.nights.data["x0"][0] == milliseconds(np.array(["2024-06-21"], "datetime64[us]"))[0]
    assert hobart.nights.data["x1"][0] > sydney.nights.data["x1"][0]  # the sun rises later in Hobart's winter
    shade = next(r for r in sydney.figure.renderers if r.glyph is sydney.night_shade)
    assert shade.level == "image"
    assert fed("NSW1", 24 * 8).night_city == ""


def test_shades_follow_the_theme():
    chart = fed("NSW1", 24)
    assert chart.night_shade.fill_color == LIGHT.night
    chart.recolour(DARK)
    assert chart.night_shade.fill_color == DARK.night
