"""Utilisation of links, with limits of either sign."""

import numpy as np
import pytest

from components.metrics.links import utilisation

NAN = np.nan


@pytest.mark.parametrize(
    ("flow", "export", "import_", "share"),
    [
        (300, 600, -400, 0.5),
        (-300, 600, -400, 0.75),
        (600, 600, -400, 1.0),
        (0, 600, -400, 0.0),
        (50, 0, -400, NAN),  # the limit is 0
        (50, -20, -400, NAN),  # opposed: forced to flow backwards, yet it does not
        (-50, 600, 30, NAN),
        (-50, 600, 0, NAN),
        (NAN, 600, -400, NAN),
        (50, NAN, -400, NAN),
        (-50, 600, NAN, NAN),
    ],
)
def test_share_of_the_limit_in_the_direction_of_flow(flow, export, import_, share):
    found = utilisation(np.array([float(flow)]), np.array([float(export)]), np.array([float(import_)]))
    np.testing.assert_array_equal(found, [share])


@pytest.mark.fault("NUM-1")
def test_nothing():
    assert utilisation(np.empty(0), np.empty(0), np.empty(0)).shape == (0,)
