"""Records and alerts, worked out by hand."""

import numpy as np
import pytest

from components.config import AlertSettings
from components.metrics.alerts import NAMES, Rule, raised, spells, standing_rules
from components.metrics.records import day_extremes, record


def test_extremes_of_days_are_the_earliest_of_equal_ones():
    values = np.full((2, 3 * 288), np.nan)
    values[0, :288] = 10.0
    values[0, [5, 9]] = 90.0
    values[0, 7] = -4.0
    values[0, 288 + 287] = 1.0  # the only reading of the second day: the interval that ends at midnight
    found = day_extremes(values)
    assert found.high[0].tolist()[:2] == [90.0, 1.0]
    assert found.low[0].tolist()[:2] == [-4.0, 1.0]
    assert found.high_at[0, :2].tolist() == [5, 287]
    assert found.low_at[0, :2].tolist() == [7, 287]
    assert np.isnan(found.high[0, 2])
    assert np.isnan(found.high[1]).all()


def test_a_record_and_the_one_before_it():
    days = np.array([50.0, 80.0, np.nan, 60.0, 120.0, 120.0, 70.0])
    assert record(days) == (4, 1)  # 120, set first on day 4; before it stood 80
    assert record(days, low=True) == (0, -1)  # the first day holds it: nothing stood before
    assert record(np.array([np.nan, np.nan])) == (-1, -1)
    assert record(np.array([np.nan, 3.0])) == (1, -1)


HIGH = Rule("high", "", "price", "high", 300.0, 200.0)
LOW = Rule("low", "", "price", "low", 0.0, 10.0)


def test_an_alert_stands_until_the_other_threshold():
    values = np.array([299.0, 300.0, 250.0, 200.0, 199.9, 250.0, 350.0])
    assert raised(values, HIGH).tolist() == [False, True, True, True, False, False, True]
    assert [(s.first, s.last, s.open) for s in spells(values, HIGH)] == [(1, 3, False), (6, 6, True)]


def test_low_alerts_are_raised_below_and_cleared_at_the_other_threshold():
    values = np.array([0.0, -0.1, 0.0, 9.9, 10.0, 5.0, -1.0])
    assert raised(values, LOW).tolist() == [False, True, True, True, False, False, True]


def test_a_missing_reading_changes_nothing():
    values = np.array([np.nan, 400.0, np.nan, 250.0, np.nan, 100.0, np.nan])
    assert raised(values, HIGH).tolist() == [False, True, True, True, True, False, False]
    assert spells(np.array([]), HIGH) == []
    assert spells(np.full(3, np.nan), HIGH) == []


def test_thresholds_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="other side"):
        Rule("", "", "price", "high", 200.0, 300.0)
    with pytest.raises(ValueError, match="other side"):
        Rule("", "", "price", "low", 10.0, 0.0)


def test_standing_rules_follow_the_settings():
    usual = standing_rules(AlertSettings())
    assert tuple(rule.name for rule in usual) == NAMES
    assert [(r.side, r.on, r.off) for r in usual] == [
        ("high", 5000, 1000), ("high", 300, 200), ("low", 0, 10), ("high", 0.7, 0.65)
    ]  # fmt: skip
    assert [r.label for r in usual] == [
        "Price at or above $5,000/MWh", "Price at or above $300/MWh", "Price below $0/MWh",
        "Renewable share at or above 70%",
    ]  # fmt: skip
    own = standing_rules(AlertSettings(price_negative=-50.0, renewable_share=0.825))
    assert (own[2].on, own[2].label) == (-50.0, "Price below $-50/MWh")
    assert own[3].label == "Renewable share at or above 82.5%"
