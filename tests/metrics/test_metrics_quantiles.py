"""Quantiles of long samples are numpy's own, digit by digit."""

from __future__ import annotations

import numpy as np
import pytest

from components.metrics import quantiles as tried
from components.metrics.quantiles import LONG, quantiles

SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0)
CHANCE = np.random.default_rng(7)
DAY = 288
SAMPLES = {
    "prices": CHANCE.normal(80, 60, LONG + 1).round(2),
    "an even number": CHANCE.normal(80, 60, LONG + 2),
    "few different ones": CHANCE.integers(0, 3, LONG).astype(float),
    "one price": np.full(LONG, 42.0),
    "rising": np.arange(LONG, dtype=float),
    "falling": np.arange(LONG, dtype=float)[::-1],
    "a day over and over": np.tile(np.sin(np.arange(DAY)) * 100, 200),
    "spikes": np.where(CHANCE.random(50_000) < 0.0005, 17_500.0, CHANCE.gamma(2, 30, 50_000)),
    "a floor with a peak": np.concatenate([np.full(LONG, -1000.0), CHANCE.normal(0, 1, 100)]),
    "short": CHANCE.normal(80, 60, 100),
    "a single reading": np.array([3.5]),
}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_they_are_those_of_numpy(sample: np.ndarray):
    given = sample.copy()
    assert quantiles(sample, SHARES) == np.quantile(sample, SHARES).tolist()
    assert np.array_equal(sample, given)  # what is asked is left as it was


def test_hand_worked():
    sample = CHANCE.permutation(np.arange(40_003, dtype=float))
    assert quantiles(sample, (0.5, 0.25, 0.0)) == [20_001.0, 10_000.5, 0.0]


def test_a_wrong_guess_is_noticed(monkeypatch: pytest.MonkeyPatch):
    # Every guide is one of the few readings that are high, so the guess is far off.
    sample = CHANCE.normal(0, 1, LONG)
    step = max(1, LONG // tried._GUIDES) | 1
    sample[::step] += 1000.0
    asked = []
    numpy_quantile = np.quantile
    monkeypatch.setattr(np, "quantile", lambda *a: asked.append(a) or numpy_quantile(*a))
    found = quantiles(sample, (0.25,))
    assert asked
    assert found == [float(numpy_quantile(sample, 0.25))]
