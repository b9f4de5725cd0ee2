"""Time of day, worked out by hand."""

import numpy as np
import pytest

from components.metrics.profiles import PERCENTILES, fold, profile

NAN = np.nan


def starts(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[us]")


def test_values_are_folded_by_day_and_slot():
    found = fold(starts("2024-07-01T12:00", "2024-07-02T00:00", "2024-07-02T12:00"), np.array([[1.0, 2, 3]]), 720)
    assert found.days.astype(str).tolist() == ["2024-07-01", "2024-07-02"]
    np.testing.assert_array_equal(found.values, [[[NAN, 1], [2, 3]]])
    assert found.starts.tolist() == [0, 720]


def test_a_slot_must_lie_on_the_day():
    with pytest.raises(ValueError, match="divide"):
        fold(starts("2024-07-01T00:00"), np.array([1.0]), 7)
    with pytest.raises(ValueError, match="multiple"):
        fold(starts("2024-07-01T00:05"), np.array([1.0]), 30)


def test_statistics_are_over_days_and_missing_days_do_not_count():
    # slot 1: 10, 20, 30, 40, 50; slot 2: 7 on one day only; slot 3: never
    values = np.array([[30.0, NAN, NAN], [10, NAN, NAN], [50, 7, NAN], [20, NAN, NAN], [40, NAN, NAN]])
    found = profile(values)
    assert found.days.tolist() == [5, 1, 0]
    np.testing.assert_array_equal(found.mean, [30, 7, NAN])
    np.testing.assert_array_equal(found.low, [10, 7, NAN])
    np.testing.assert_array_equal(found.high, [50, 7, NAN])
    # position = share x (5 - 1) among the ordered days: 5 % -> 0.2 -> 10 + 0.2 x 10
    assert dict(zip(PERCENTILES, found.percentiles[:, 0], strict=True)) == pytest.approx(
        {5: 12, 10: 14, 25: 20, 50: 30, 75: 40, 90: 46, 95: 48}
    )
    assert found.percentiles[:, 1].tolist() == [7] * 7
    assert np.isnan(found.percentiles[:, 2]).all()


def test_percentiles_are_numpys():
    values = np.random.default_rng(1).normal(size=(3, 31, 4))
    found = profile(values)
    np.testing.assert_allclose(found.percentiles, np.percentile(values, PERCENTILES, axis=1))
    np.testing.assert_allclose(found.mean, values.mean(axis=1))


@pytest.mark.fault("NUM-1")
def test_nothing_has_no_statistics():
    found = profile(np.empty((2, 0, 3)))
    assert found.mean.shape == (2, 3)
    assert np.isnan(found.mean).all()
    assert found.days.tolist() == [[0, 0, 0]] * 2
