"""The best spread of a day worked by hand."""

import numpy as np
import pytest

from components.metrics.foresight import best_spread

DAY = np.full(288, 50.0)
DAY[100:124] = -30.0  # two hours
DAY[200:206], DAY[250:268] = 300.0, 100.0  # half an hour, and an hour and a half elsewhere


def test_the_dearest_two_hours_less_the_cheapest_wherever_they_lie():
    """½ h at $300 and 1½ h at $100, less 2 h at −$30."""
    assert best_spread(DAY, 2) == pytest.approx(0.5 * 300 + 1.5 * 100 + 2 * 30)


def test_four_hours_take_ordinary_prices_for_the_rest():
    """Two further hours at $50 on either side cancel."""
    assert best_spread(DAY, 4) == pytest.approx(0.5 * 300 + 1.5 * 100 + 2 * 50 + 2 * 30 - 2 * 50)


def test_a_flat_day_is_worth_nothing_and_days_stand_for_themselves():
    assert best_spread(np.stack([np.full(288, 80.0), DAY]), 2) == pytest.approx([0, 360])


def test_a_day_that_lacks_a_price_has_no_answer():
    missing = DAY.copy()
    missing[0] = np.nan
    assert np.isnan(best_spread(missing, 2))


@pytest.mark.parametrize(("length", "hours"), [(287, 2), (288, 0), (288, 13)])
def test_a_day_is_whole_and_the_hours_fit_into_it(length, hours):
    with pytest.raises(ValueError, match="hours of a day"):
        best_spread(np.zeros(length), hours)
