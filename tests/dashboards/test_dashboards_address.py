"""Query strings and ranges: nothing a browser sends can break a page."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.dashboards import address, ranges
from components.market_time import Window
from components.queries.generation import GenerationByFuel


def test_names_and_texts_there_and_back():
    search = "?region=NSW1,QLD1&station=Windy%2C%20Hill%20%26%20Sons&start=2024-07-01T18:30"
    texts = address.split(search)
    assert texts["station"] == ["Windy, Hill & Sons"]
    assert address.split(address.join(texts)) == texts


def test_names_of_panel_and_trackers_are_not_ours():
    assert address.split("?theme=dark&bokeh-session-id=x&utm_source=y&last=7d") == {"last": ["7d"]}


def test_nothing_is_an_empty_string():
    assert address.join({}) == ""


@pytest.mark.fault("SRV-8")
@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    texts = address.split("?" + text)
    query, problems = GenerationByFuel.parse(texts)
    assert query.texts() is not None
    assert len(problems) <= len(texts)


@pytest.mark.fault("SRV-8")
@pytest.mark.parametrize(
    "hostile",
    ["last=" + "9" * 5000, "start=null", 'region={"a":1}', "last=%ff%fe", "interval=\U0001f4a9", "x" * 4096, "start=&end=", "&&&=&="],
)  # fmt: skip
def test_hostile_addresses_leave_the_defaults(hostile):
    query, _ = GenerationByFuel.parse(address.split(hostile))
    assert (query.start, query.end, query.last, query.interval) == (None, None, "1d", "auto")


@pytest.mark.fault("SRV-8")
def test_an_endless_address_is_cut():
    assert sum(len(v) for v in address.split("a=1&" * 100_000).values()) <= address.MOST_PAIRS


NEWEST = pd.Timestamp("2024-03-03")


@pytest.mark.parametrize("preset", list(ranges.PRESETS))
def test_presets_are_recognised_again(preset):
    query = GenerationByFuel(**ranges.preset_changes(preset, NEWEST))
    assert ranges.preset_of(query, NEWEST) == preset


def test_year_to_date_on_new_years_midnight_is_still_the_old_year():
    assert ranges.preset_changes("ytd", pd.Timestamp("2024-01-01"))["start"] == pd.Timestamp("2023-01-01")


def test_the_financial_year_is_july_to_june_of_the_newest_stamp():
    assert ranges.preset_changes("fy", NEWEST)["start"] == pd.Timestamp("2023-07-01")
    assert ranges.preset_changes("fy", pd.Timestamp("2024-07-01"))["start"] == pd.Timestamp("2023-07-01")
    assert ranges.preset_changes("fy", pd.Timestamp("2024-07-01T00:05"))["start"] == pd.Timestamp("2024-07-01")
    assert list(ranges.PRESETS) == ["1d", "3d", "7d", "30d", "90d", "ytd", "1y", "fy", "all"]


def test_calendar_days_include_both_ends_in_either_order():
    assert ranges.day_changes("2024-07-31", "2024-07-01") == {
        "start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-08-01"), "last": "1d"
    }  # fmt: skip
    assert ranges.days_of(Window(pd.Timestamp("2024-07-01"), pd.Timestamp("2024-08-01"), "1d")) == (
        "2024-07-01",
        "2024-07-31",
    )


def test_panning_moves_by_the_windows_length_and_comes_back_to_live(snapshot):
    query = GenerationByFuel()
    earlier = ranges.panned(query, snapshot, -1)
    assert earlier == {"start": pd.Timestamp("2024-03-01"), "end": pd.Timestamp("2024-03-02"), "last": "1d"}
    assert ranges.panned(GenerationByFuel(**earlier), snapshot, 1) == {"start": None, "end": None, "last": "1d"}


@pytest.mark.parametrize(
    ("steps", "before", "after"),
    [  # the market reaches from 1 to 3 March 00:00
        (1, ("2024-03-01", "2024-03-02"), ("2024-03-01T06:00", "2024-03-01T18:00")),
        (-1, ("2024-03-01T06:00", "2024-03-01T18:00"), ("2024-03-01", "2024-03-02")),
        (-1, ("2024-03-01", "2024-03-01T12:00"), ("2024-03-01", "2024-03-02")),
        (1, ("2024-03-01T10:00", "2024-03-01T10:30"), ("2024-03-01T10:00", "2024-03-01T10:30")),
        (1, ("2024-03-01T10:00", "2024-03-01T10:50"), ("2024-03-01T10:10", "2024-03-01T10:40")),
        (-1, ("2024-03-02T20:00", "2024-03-03"), ("2024-03-02T16:00", "2024-03-03")),
    ],
)
def test_zooming_halves_or_doubles_about_the_middle_within_the_data(snapshot, steps, before, after):
    start, end = map(pd.Timestamp, before)
    changes = ranges.zoomed(GenerationByFuel(start=start, end=end), snapshot, steps)
    assert changes == {"start": pd.Timestamp(after[0]), "end": pd.Timestamp(after[1]), "last": "1d"}


def test_zooming_out_at_the_newest_stamp_becomes_a_live_preset(snapshot):
    half = GenerationByFuel(start=pd.Timestamp("2024-03-02T12:00"), end=pd.Timestamp("2024-03-03"))
    assert ranges.zoomed(half, snapshot, -1) == {"start": None, "end": None, "last": "1d"}


def test_an_interval_goes_back_to_automatic_where_it_does_not_suit_the_new_window(snapshot):
    year = GenerationByFuel(last="1y", interval="1y")
    day = ranges.preset_changes("1d", NEWEST)
    assert ranges.fitting(year, snapshot, "1y", day)["interval"] == "auto"
    assert "interval" not in ranges.fitting(year, snapshot, "1h", day)
    assert "interval" not in ranges.fitting(year, snapshot, "auto", day)
