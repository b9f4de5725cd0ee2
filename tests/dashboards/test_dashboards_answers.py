"""Shared answers: one per version and question, bounded."""

import numpy as np

from components.dashboards.answers import Answers
from components.queries.prices import RegionalPrices


def test_the_same_question_is_worked_out_once_per_version(snapshot, monkeypatch):
    runs = []
    run = RegionalPrices.run
    monkeypatch.setattr(RegionalPrices, "run", lambda self, s: runs.append(s.version) or run(self, s))
    store = Answers()
    first = store.ask(snapshot, RegionalPrices(region=["NSW1"]))
    assert store.ask(snapshot, RegionalPrices(region=["NSW1"])) is first
    assert store.ask(snapshot, RegionalPrices(region=["SA1"])) is not first
    assert len(runs) == 2
    other = type(snapshot).from_frames({}, snapshot.units, "another")
    store.ask(other, RegionalPrices(region=["NSW1"]))
    assert runs == ["two-days", "two-days", "another"]


def test_it_is_bounded_in_number_and_the_oldest_goes_first(snapshot):
    store = Answers(most=2)
    for key in ("a", "b"):
        store.get(snapshot, key, object)
    kept = store.get(snapshot, "a", object)
    store.get(snapshot, "c", object)
    assert store.get(snapshot, "a", object) is kept
    assert len(store) == 2


def test_it_is_bounded_in_bytes_and_what_is_too_large_is_not_kept(snapshot):
    store = Answers(most_bytes=10_000)
    store.get(snapshot, "large", lambda: np.zeros(2000))
    assert len(store) == 0
    for i in range(5):
        store.get(snapshot, i, lambda: np.zeros(500))
    assert len(store) == 2
