"""Questions about some months, hours and weekdays only: what counts is chosen before anything is summed."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from components.queries.base import REGISTRY, PeriodQuery, Recurring, WindowQuery
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import PriceStats, RegionalPrices
from components.queries.prices_bands import PriceBands, PriceDuration
from components.queries.revenue import Revenue
from components.queries.stations import StationOutput
from components.vocabulary import REGIONS

UNIT = {"duid": "U", "station": "U", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt", "capacity_mw": 100.0}
WEEK = {"start": pd.Timestamp("2024-02-26"), "end": pd.Timestamp("2024-03-04")}
"""Monday to Sunday, with the leap day and a month's end on Thursday and Friday."""


@pytest.fixture(scope="module")
def week(market):
    """Power is the hour of the day, price the day of the week (1 = Monday), all by the start of the interval."""
    steps = np.arange(7 * 288)
    hour, day = steps // 12 % 24, steps // 288 + 1
    return market(
        units=[UNIT], scada={"U": hour.astype(float)}, price={r: day.astype(float) for r in REGIONS},
        demand=dict.fromkeys(REGIONS, 1000.0 + hour), rooftop={r: np.zeros(7 * 48) for r in REGIONS},
        start="2024-02-26",
    )  # fmt: skip


# -- texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "numbers"),
    [
        ("month", "1", [1]),
        ("month", "jan,12", [1, 12]),
        ("month", "nov-feb", [1, 2, 11, 12]),
        ("month", "3-5", [3, 4, 5]),
        ("hour", "17-20", [17, 18, 19, 20]),
        ("hour", "17–20", [17, 18, 19, 20]),
        ("hour", "17:00-21:00", [17, 18, 19, 20]),
        ("hour", "22:00-02:00", [0, 1, 22, 23]),
        ("hour", "00:00-24:00", list(range(24))),
        ("hour", "22-1", [0, 1, 22, 23]),
        ("hour", "07,7", [7]),
        ("weekday", "weekend", [6, 7]),
        ("weekday", "workday", [1, 2, 3, 4, 5]),
        ("weekday", "Mon,SUN", [1, 7]),
        ("weekday", "fri-mon", [1, 5, 6, 7]),
        ("weekday", "workday,6", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_ways_to_write_them(name, text, numbers):
    query, problems = RegionalPrices.parse({name: [text]})
    assert problems == []
    assert getattr(query, name) == numbers
    again, problems = RegionalPrices.parse(query.texts())
    assert (getattr(again, name), problems) == (numbers, [])
    assert again.fingerprint() == query.fingerprint()


def test_they_may_be_repeated_and_are_written_as_one():
    query, _ = RegionalPrices.parse({"hour": ["20", "17-18"], "weekday": ["sat", "sun"], "month": ["1", "7"]})
    assert query.texts() == {"month": ["1,7"], "hour": ["17-18,20"], "weekday": ["6-7"]}


@pytest.mark.parametrize(
    ("name", "text"),
    [("month", "0"), ("month", "13"), ("month", "janu"), ("hour", "24"), ("hour", "-1"), ("hour", "17-"), ("hour", "1-2-3"),
     ("hour", "17:30-21:00"), ("hour", "24:00-25:00"), ("hour", "5:00-5:00"), ("hour", "mon"), ("hour", "１７"),
     ("weekday", "0"), ("weekday", "8"), ("weekday", "weekends"), ("weekday", "jan"), ("month", ""), ("month", ","),
     ("month", "9" * 5000), ("month", "1" * 199), ("hour", "1e1"), ("weekday", "1.0")],
)  # fmt: skip
def test_texts_that_are_none(name, text):
    query, problems = RegionalPrices.parse({name: [text], "region": ["SA1"]})
    assert [p.param for p in problems] == [name]
    assert getattr(query, name) == []
    assert query.region == ["SA1"]
    assert len(problems[0].detail) < 200


def test_a_number_that_is_none_is_refused_by_the_class_too():
    with pytest.raises(ValueError, match="month must lie in 1-12"):
        RegionalPrices(month=[0])
    with pytest.raises(ValueError, match="hour must lie in 0-23"):
        RegionalPrices(hour=[24])


@given(st.sampled_from(["month", "hour", "weekday"]), st.text("0123456789,-–:monjafebw ", max_size=30))
def test_no_text_breaks_them_and_the_documented_pattern_is_kept(name, text):
    import re

    query, problems = RegionalPrices.parse({name: [text]})
    if not problems:
        parameter = RegionalPrices.parameters()[name]
        assert isinstance(parameter, Recurring)
        written = query.texts()[name][0]
        assert all(re.match(parameter.pattern, part) for part in written.split(","))
        assert RegionalPrices.parse({name: [written]})[0].fingerprint() == query.fingerprint()


WHOLE_DAYS = {"batteries/foresight", "batteries/foresight-stats"}
"""Questions about the best hours of whole days, which no hours can be left out of."""


def test_every_question_about_a_window_takes_them():
    for kind in REGISTRY.values():
        taken = {"month", "hour", "weekday"} & set(kind.parameters())
        expected = {"month", "weekday"} | (set() if kind.route in WHOLE_DAYS else {"hour"})
        assert taken == (expected if issubclass(kind, PeriodQuery) else set()), kind.route


# -- answers -------------------------------------------------------------------------------------------


def test_power_is_the_mean_of_the_intervals_that_count(week):
    daily = GenerationByFuel(**WEEK, interval="1d", region=["SA1"], fuel=["gas"], hour=[17, 18, 19, 20]).run(week)
    assert daily.frame["mw"].tolist() == [18.5] * 7
    assert (daily.expected, daily.present) == (7 * 48, 7 * 48)
    energy = GenerationByFuel(
        **WEEK, interval="7d", region=["SA1"], fuel=["gas"], hour=[17, 18, 19, 20], agg="sum"
    ).run(week)
    assert energy.frame["mwh"].tolist() == pytest.approx([7 * (17 + 18 + 19 + 20)])
    assert energy.units == {"mwh": "MWh"}


def test_midnight_belongs_to_the_day_before(week):
    last = GenerationByFuel(**WEEK, interval="5m", region=["SA1"], fuel=["gas"], hour=[23], weekday=[7]).run(week).frame
    assert len(last) == 12
    assert last["time"].iloc[[0, -1]].tolist() == [pd.Timestamp("2024-03-03T23:05"), pd.Timestamp("2024-03-04")]
    assert (last["mw"] == 23).all()
    leap = RegionalPrices(**WEEK, interval="5m", region=["SA1"], month=[2], weekday=[4]).run(week).frame
    assert len(leap) == 288
    assert leap["time"].iloc[-1] == pd.Timestamp("2024-03-01")
    assert (leap["price"] == 4).all()


def test_buckets_without_anything_that_counts_are_no_rows(week):
    weekend = RegionalPrices(**WEEK, interval="1d", region=["SA1"], weekday=[6, 7]).run(week).frame
    assert weekend["price"].tolist() == [6, 7]
    march = RegionalPrices(**WEEK, interval="1d", region=["NEM"], month=[3]).run(week).frame
    assert march["time"].dt.day.tolist() == [1, 2, 3]
    evening = Demand(**WEEK, interval="1h", region=["SA1"], hour=[18]).run(week)
    assert evening.frame["time"].dt.hour.tolist() == [19] * 7
    assert evening.frame["demand"].tolist() == [1018] * 7
    assert evening.wide("demand").shape == (7, 1)


def test_a_missing_reading_that_counts_stays_a_row(market):
    values = [1.0] * 12 + [np.nan] * 12 + [3.0] * 12
    snapshot = market(price={"SA1": values})
    frame = RegionalPrices(
        start=pd.Timestamp("2024-07-01"), end=pd.Timestamp("2024-07-01T03:00"), interval="1h", region=["SA1"], month=[7]
    ).run(snapshot).frame  # fmt: skip
    np.testing.assert_array_equal(frame["price"], [1, np.nan, 3])


def test_statistics_bands_and_duration(week):
    workdays = {**WEEK, "region": ["SA1"], "weekday": [1, 2, 3, 4, 5]}
    row = PriceStats(**workdays).run(week).frame.iloc[0]
    assert (row["mean"], row["median"], row["min"], row["max"]) == (3, 3, 1, 5)
    assert (row["intervals"], row["coverage"]) == (5 * 288, 1)
    assert PriceBands(**workdays).run(week).frame["hours"].sum() == 120
    assert PriceDuration(**workdays, steps=10).run(week).frame["price"].iloc[[0, -1]].tolist() == [5, 1]


def test_changes_and_runs_do_not_jump_over_what_does_not_count(market):
    snapshot = market(price={"SA1": [-5.0] * 12 + [-50.0] * 12 + [-5.0] * 12})
    row = PriceStats(last="all", region=["SA1"], hour=[0, 2]).run(snapshot).frame.iloc[0]
    assert row["change_volatility"] == 0  # -5 to -5, never through the hour between
    assert row["longest_negative_hours"] == 1
    assert row["negative_hours"] == 2


def test_revenue_and_capacity_factor(week):
    """Evenings of Saturday and Sunday: 18.5 MW for eight hours at $6 and $7."""
    frame = Revenue(**WEEK, by=["duid"], hour=[17, 18, 19, 20], weekday=[6, 7]).run(week).frame
    row = frame.iloc[0]
    assert row["energy_mwh"] == pytest.approx(18.5 * 8)
    assert row["revenue"] == pytest.approx(18.5 * 4 * (6 + 7))
    assert row["capture_price"] == pytest.approx(6.5)
    assert row["capacity_factor"] == pytest.approx(0.185)
    assert row["coverage"] == 1


def test_settlement_pays_whole_half_hours(market):
    unit = [{"duid": "U", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt"}]
    power, price = [60.0, 0, 0, 0, 0, 0], [600.0, 0, 0, 0, 0, 0]
    snapshot = market(units=unit, scada={"U": power * 6}, price={"SA1": price * 6}, start="2021-09-30T22:00")
    window = {"start": pd.Timestamp("2021-09-30T22:00"), "end": pd.Timestamp("2021-10-01T01:00"), "by": ["duid"]}
    paid = {
        h: Revenue(**window, basis="settlement", hour=[h]).run(snapshot).frame["revenue"].sum() for h in (22, 23, 0)
    }
    # Two half hours each: 5 MWh at the mean of $100, from 1 October at their own $600.
    assert paid == pytest.approx({22: 1000, 23: 1000, 0: 6000})
    october = Revenue(**window, basis="settlement", month=[10]).run(snapshot)
    assert october.frame["revenue"].sum() == pytest.approx(6000)
    assert (october.expected, october.present) == (12, 12)


def test_half_hours_spread_over_their_stamps_count_as_one(market):
    snapshot = market(price={"SA1": [10.0, 20.0, 30.0, 40.0]}, minutes=30, start="2021-09-30T23:00")
    row = PriceStats(last="all", region=["SA1"], month=[10]).run(snapshot).frame.iloc[0]
    assert (row["intervals"], row["mean"], row["min"]) == (2, 35, 30)
    row = PriceStats(last="all", region=["SA1"], hour=[23]).run(snapshot).frame.iloc[0]
    assert (row["intervals"], row["mean"]) == (2, 15)


# -- whatever is asked ---------------------------------------------------------------------------------

CALENDARS = st.fixed_dictionaries(
    {
        "month": st.lists(st.integers(1, 12), max_size=2, unique=True),
        "hour": st.lists(st.integers(0, 23), max_size=6, unique=True),
        "weekday": st.lists(st.integers(1, 7), max_size=3, unique=True),
    }
)
WINDOWED = [k for k in REGISTRY.values() if issubclass(k, WindowQuery)]


@settings(max_examples=60, deadline=None)
@given(CALENDARS, st.sampled_from(["5m", "30m", "1h", "1d", "7d", "1M"]), st.integers(0, 2000), st.integers(1, 900))
def test_parts_of_a_window_add_up_whatever_counts(week, calendar, interval, skip, length):
    start = WEEK["start"] + skip * pd.Timedelta(minutes=5)
    end = start + length * pd.Timedelta(minutes=5)
    asked = {"interval": interval, "duid": ["U"], "agg": "sum", **calendar}
    whole = StationOutput(start=start, end=end, **asked).run(week)
    cuts = [start, *[start + pd.Timedelta(minutes=5) * (length * i // 3) for i in (1, 2)], end]
    parts = [StationOutput(start=a, end=b, **asked).run(week) for a, b in pairwise(cuts)]
    assert whole.frame["mwh"].sum() == pytest.approx(sum(p.frame["mwh"].sum() for p in parts))
    assert whole.present == sum(p.present for p in parts)
    begins = pd.date_range(start, end, freq="5min", inclusive="left")
    counts = np.ones(len(begins), bool)
    for name, part in (("month", begins.month), ("hour", begins.hour), ("weekday", begins.day_of_week + 1)):
        if calendar[name]:
            counts &= part.isin(calendar[name])
    inside = counts & (begins < WEEK["end"])
    assert whole.frame["mwh"].sum() == pytest.approx(begins.hour[inside].to_numpy().sum() / 12)
    assert whole.present == inside.sum()


@settings(max_examples=60, deadline=None)
@given(CALENDARS, st.sampled_from(["5m", "30m", "1h", "1d", "7d", "1M"]), st.sampled_from(WINDOWED))
def test_rows_are_never_more_than_announced(week, calendar, interval, kind):
    assume(interval in kind.param["interval"].objects)
    question = kind(**WEEK, interval=interval, **calendar)
    result = question.run(week)
    assert len(result.frame) <= question.rows_at_most(week)
    assert result.present <= result.expected
    assert math.isnan(result.coverage) or result.coverage <= 1


def test_what_is_announced_follows_what_counts(week):
    announced = RegionalPrices(**WEEK, interval="5m", region=["SA1"], hour=[18]).rows_at_most(week)
    assert 84 <= announced <= 86
    assert 2 <= RegionalPrices(**WEEK, interval="1d", region=["SA1"], weekday=[6, 7]).rows_at_most(week) <= 4
