"""Bins and cells, worked out by hand."""

import numpy as np
import pytest

from components.raster.bins import Bins
from components.raster.cells import Cells, divided, extreme, totals

NAN = np.nan


def day(text: str) -> np.datetime64:
    return np.datetime64(text)


@pytest.mark.parametrize(
    ("start", "end", "most", "minutes", "origin", "count"),
    [
        ("2024-01-01", "2024-01-02", 288, 5, "2024-01-01", 288),
        ("2024-01-01T00:03", "2024-01-02", 288, 5, "2024-01-01", 288),
        ("2024-01-01", "2024-01-02", 287, 10, "2024-01-01", 144),
        ("2024-01-01T07:20", "2024-01-03T01:05", 48, 60, "2024-01-01T07:00", 43),
        ("2024-01-01", "2024-03-01", 60, 1440, "2024-01-01", 60),
        ("2024-01-01", "2024-03-01", 31, 2880, "2023-12-31", 31),  # pairs of days counted from one Monday
        ("2000-01-01", "2024-01-01", 100, 88 * 1440, "1999-11-21", 101),  # longer than any step of the ladder
    ],
)
def test_bins_are_the_finest_round_ones_that_fit(start, end, most, minutes, origin, count):
    bins = Bins.over(day(start), day(end), most)
    assert (bins.minutes, bins.origin, bins.count) == (minutes, day(origin), count)
    assert bins.origin <= day(start)
    assert bins.end >= day(end)


def test_bins_of_days_are_made_of_days():
    bins = Bins.over(day("2024-01-01"), day("2024-03-01"), 31)
    assert (bins.minutes, bins.parts().minutes) == (2880, 1440)
    assert (bins.parts().count, bins.parts().end) == (2 * bins.count, bins.end)
    hours = Bins.over(day("2024-01-01"), day("2024-01-03"), 48)
    assert hours.parts() is hours


def test_totals_leave_out_what_is_missing():
    total, count = totals(np.array([[1, 2, 3], [4, NAN, 6], [NAN, NAN, NAN], [0, 0, 0]], "float32"))
    assert total.tolist() == [6, 10, 0, 0]
    assert count.tolist() == [3, 2, 0, 3]
    np.testing.assert_array_equal(divided(total, count), [2, 5, NAN, 0])


def test_extremes_are_missing_only_where_everything_is():
    cells = np.array([[1, NAN, 3], [NAN, NAN, NAN], [-4, 0, NAN]])
    np.testing.assert_array_equal(extreme(cells, "max"), [3, NAN, 0])
    np.testing.assert_array_equal(extreme(cells, "min"), [1, NAN, -4])


@pytest.mark.parametrize(
    ("how", "whole", "pooled"),
    [
        ("mean", [[1, 4, NAN, 6], [10, 20, 30, NAN]], [[(1 * 2 + 4 * 1 + 10 * 2 + 20 * 2) / 7, (6 * 2 + 30 * 2) / 4]]),
        ("max", [[2, 4, NAN, 6], [10, 20, 30, NAN]], [[20, 30]]),
        ("min", [[0, 4, NAN, 6], [10, 20, 30, NAN]], [[0, 6]]),
    ],
)
def test_cells_put_together_weigh_every_reading_the_same(how, whole, pooled):
    cells = Cells(2, 4, how)
    cells.put(np.array([0]), 0, np.array([[[0, 2], [4, NAN], [NAN, NAN], [6, 6]]], "float32"))
    cells.put(np.array([1]), 0, np.array([[[10, 10], [20, 20]]], "float32"))
    cells.put(np.array([1]), 2, np.array([[[30, 30], [NAN, NAN]]], "float32"))
    np.testing.assert_allclose(cells.pooled(1, 1), whole)
    np.testing.assert_allclose(cells.pooled(2, 2), pooled)


def test_an_unknown_scale_makes_a_row_unknown():
    for how in ("mean", "max"):
        cells = Cells(2, 1, how)
        cells.put(np.array([0, 1]), 0, np.array([[[8.0, 8.0]], [[8.0, 8.0]]]), np.array([0.5, NAN]))
        np.testing.assert_array_equal(cells.pooled(1, 1), [[4], [NAN]])


def test_rows_that_do_not_divide_leave_a_smaller_group():
    cells = Cells(3, 1, "mean")
    cells.put(np.arange(3), 0, np.array([[[1.0]], [[3.0]], [[9.0]]]))
    np.testing.assert_array_equal(cells.pooled(2, 1), [[2], [9]])


@pytest.mark.parametrize("how", ["mean", "max"])
def test_a_matrix_without_rows_is_pooled_into_none(how):
    assert Cells(0, 6, how).pooled(2, 3).shape == (0, 2)
