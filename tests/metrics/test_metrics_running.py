"""Starts, running and negative prices, worked out by hand."""

import numpy as np
import pytest

from components.metrics.running import RUNNING, STOPPED, UNKNOWN, capture_rate, negative_sums, starts, states

GENERATOR, LOAD, BOTH = "generator", "load", "bidirectional"
N = np.nan


def test_a_unit_runs_above_5_percent_of_its_capacity():
    values = np.array([[0.0, 5.0, 5.1, N, -3.0]])
    found = states(values, np.array([GENERATOR]), np.array([100.0]))
    assert found.tolist() == [[STOPPED, STOPPED, RUNNING, UNKNOWN, STOPPED]]


def test_storage_runs_while_it_discharges_and_a_load_while_it_takes_in():
    values = np.array([[-50.0, 50.0, 2.0], [50.0, -50.0, 2.0]])
    found = states(values, np.array([BOTH, LOAD]), np.array([100.0, 100.0]))
    assert found.tolist() == [[STOPPED, RUNNING, STOPPED], [RUNNING, RUNNING, STOPPED]]


@pytest.mark.parametrize("capacity", [N, 0.0, -1.0])
def test_without_a_capacity_nothing_is_known(capacity):
    assert states(np.array([[50.0]]), np.array([GENERATOR]), np.array([capacity])).tolist() == [[UNKNOWN]]


def counted(row, before=UNKNOWN):
    state = np.array([row], np.int8)
    started, after = starts(state, np.array([before], np.int8))
    return np.flatnonzero(started[0]).tolist(), int(after[0])


@pytest.mark.parametrize(
    ("row", "before", "expected"),
    [
        ([0, 1, 1, 0, 1], UNKNOWN, ([1, 4], RUNNING)),
        ([1, 1], UNKNOWN, ([], RUNNING)),  # it may have run for days
        ([1, 1], STOPPED, ([0], RUNNING)),
        ([1, 1], RUNNING, ([], RUNNING)),
        ([0, -1, -1, 1], UNKNOWN, ([3], RUNNING)),  # it has started somewhere in the gap
        ([1, -1, 1], UNKNOWN, ([], RUNNING)),
        ([-1, -1], STOPPED, ([], STOPPED)),
        ([-1, 1], STOPPED, ([1], RUNNING)),
        ([], STOPPED, ([], STOPPED)),
    ],
)
def test_starts(row, before, expected):
    assert counted(row, before) == expected


def test_a_window_cut_in_two_has_the_same_starts():
    row = [0, 1, -1, 0, 0, -1, 1, 0, 1]
    whole, end = counted(row)
    for cut in range(len(row) + 1):
        first, between = counted(row[:cut])
        second, last = counted(row[cut:], between)
        assert first + [s + cut for s in second] == whole
        assert last == end


def test_energy_and_money_at_negative_prices():
    # 5 minutes each: 120 MW = 10 MWh. Price 0 is not negative, a missing price is not either.
    price = np.array([[-30.0, 0.0, 50.0, N, -10.0]])
    values = np.array([[120.0] * 5, [-120.0] * 5, [120.0, 120.0, 120.0, 120.0, N]])
    found = negative_sums(values, np.array([GENERATOR, BOTH, LOAD]), np.array([0, 0, 0]), price)
    assert found.energy_priced == pytest.approx([20, 0, 0])
    assert found.earned == pytest.approx([-400, 0, 0])
    assert found.load_priced == pytest.approx([0, 20, 10])
    assert found.paid == pytest.approx([0, -400, -300])  # paid to consume


def test_the_capture_rate_pools_money():
    # Unit 1: 10 MWh at $40 where the mean is $50; unit 2: 30 MWh at $100 where the mean is $80.
    earned, flat = np.array([400.0, 3000.0]), np.array([500.0, 2400.0])
    assert capture_rate(earned, flat) == pytest.approx([0.8, 1.25])
    assert capture_rate(earned.sum(keepdims=True), flat.sum(keepdims=True)) == pytest.approx([3400 / 2900])


@pytest.mark.parametrize("flat", [0.0, -5.0, N])
def test_a_rate_of_nothing_is_missing(flat):
    assert np.isnan(capture_rate(np.array([1.0]), np.array([flat])))[0]
