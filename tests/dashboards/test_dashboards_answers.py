"""Shared answers: one per version and question, bounded."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
import pytest

from components.dashboards import answers
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


def test_only_the_two_newest_versions_have_answers(snapshot):
    """Data comes every five minutes: what was asked of older versions would fill the store for nobody."""
    store = Answers()
    versions = [type(snapshot).from_frames({}, snapshot.units, f"v{n}") for n in range(4)]
    for version in versions:
        for key in ("a", "b"):
            store.get(version, key, lambda: np.zeros(500))
    assert len(store) == 4
    made = []
    for version in versions[2:]:
        store.get(version, "a", lambda: made.append(1))
    assert made == []
    store.get(versions[1], "a", lambda: made.append(1))
    assert made == [1]
    assert len(store) == 3
    assert store._bytes == sum(size for _, size in store._kept.values())


@dataclass
class Drawn:
    """As what charts are fed with."""

    columns: dict[str, np.ndarray]
    rows: list[dict[str, str]]


def test_what_lies_inside_an_answer_is_counted(snapshot):
    """Arrays and rows deep inside count as they would alone, so that nothing escapes the bound."""
    store = Answers(most_bytes=100_000)
    store.get(snapshot, "array", lambda: Drawn({"x": np.zeros(20_000)}, []))
    store.get(snapshot, "pair", lambda: ("label", [np.zeros(20_000)]))
    store.get(snapshot, "rows", lambda: Drawn({}, [{"key": f"unit {i}", "text": "x" * 60} for i in range(2000)]))
    assert len(store) == 0
    store.get(snapshot, "small", lambda: Drawn({"x": np.zeros(100)}, [{"key": "one"}]))
    assert len(store) == 1


def test_who_asks_for_what_is_being_made_waits_for_it(snapshot):
    store, begun, go_on, made = Answers(), Event(), Event(), []

    def slow():
        made.append(1)
        begun.set()
        assert go_on.wait(20)
        return "answer"

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(store.get, snapshot, "key", slow)
        assert begun.wait(20)
        others = [threads.submit(store.get, snapshot, "key", slow) for _ in range(3)]
        assert store.get(snapshot, "other", lambda: "soon") == "soon"
        go_on.set()
        assert [f.result(20) for f in (first, *others)] == ["answer"] * 4
    assert len(made) == 1


def test_a_failure_is_its_askers_and_the_next_one_tries_again(snapshot):
    store = Answers()
    with pytest.raises(ZeroDivisionError):
        store.get(snapshot, "key", lambda: 1 / 0)
    assert store.get(snapshot, "key", lambda: 7) == 7
    nested = store.get(snapshot, "outer", lambda: store.get(snapshot, "outer", lambda: 3) + 1)
    assert nested == 4


def test_only_what_is_not_kept_is_prepared(snapshot, monkeypatch):
    runs = []
    run = RegionalPrices.run
    monkeypatch.setattr(RegionalPrices, "run", lambda self, s: runs.append(self.region) or run(self, s))
    store = Answers()
    questions = [RegionalPrices(region=[r]) for r in ("NSW1", "SA1", "NSW1")]
    store.ask(snapshot, questions[1])
    store.prepare(snapshot, [*questions, RegionalPrices(region=["nowhere"])]).result(20)
    assert runs == [["SA1"], ["NSW1"], ["nowhere"]]
    assert store.prepare(snapshot, questions) is None


def test_all_that_is_kept_is_let_go_at_once_and_worked_out_again(snapshot):
    store = Answers(most_bytes=10_000)
    kept = store.get(snapshot, "a", lambda: np.zeros(1_000))
    store.let_go()
    assert len(store) == 0
    again = store.get(snapshot, "a", lambda: np.zeros(1_000))
    assert again is not kept
    assert store.get(snapshot, "a", object) is again  # and there is room for as much as before
    other = Answers()
    other.get(snapshot, "a", object)
    answers.let_go()
    assert (len(store), len(other), len(answers.ANSWERS)) == (0, 0, 0)
