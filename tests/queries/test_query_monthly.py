"""What whole months add up to is remembered; every answer is what it is without."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.ingest.demo import write_demo
from components.queries import monthly, units
from components.queries.generation import GenerationByFuel
from components.queries.revenue import Revenue
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot


@pytest.fixture(scope="module")
def market(tmp_path_factory) -> Snapshot:
    """Four months, of which two are whole, cut by the demo market's own changes of registration."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    write_demo(lake, days=100, units=40, end=pd.Timestamp("2024-07-20"), progress=False)
    return open_snapshot(lake)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    monthly.forget()
    yield
    monthly.forget()


WINDOWS = [
    {"last": "all"},
    {"start": pd.Timestamp("2024-05-01"), "end": pd.Timestamp("2024-07-01")},
    {"start": pd.Timestamp("2024-04-20 13:35"), "end": pd.Timestamp("2024-07-03 02:10")},
    {"start": pd.Timestamp("2024-01-01"), "end": pd.Timestamp("2024-12-31")},
]
QUESTIONS = [
    *(GenerationByFuel(interval=i, region=r, by=by, **w)
      for w in WINDOWS for i, r, by in (
          ("1d", ["NEM"], "fuel"), ("1M", [], "fueltech"), ("7d", ["SA1", "NEM"], "fuel"), ("1h", ["NSW1"], "fuel"))),
    *(GenerationByFuel(interval="1d", agg=a, region=["NEM"], **WINDOWS[2]) for a in ("sum", "min", "max")),
    GenerationByFuel(interval="1d", fuel=["wind", "battery"], hour=[17, 18, 19, 20], **WINDOWS[1]),
    GenerationByFuel(interval="1d", fuel=["wind", "battery"], **WINDOWS[1]),
    *(Revenue(by=by, **w) for w in WINDOWS for by in (["fuel"], ["region", "fueltech"], ["duid"])),
    Revenue(by=["fuel"], loss_adjusted=True, **WINDOWS[2]),
    Revenue(by=["station"], region=["VIC1"], fuel=["wind"], **WINDOWS[0]),
]  # fmt: skip


def _without(snapshot, question, monkeypatch):
    """The answer with every stretch added up anew, as if no month were whole."""
    with monkeypatch.context() as patched:
        patched.setattr(units, "Stretch", lambda *_: None)
        return question.run(snapshot)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{type(q).__name__}-{q.texts()}")
def test_answers_are_the_same_as_without(market, question, monkeypatch):
    expected = _without(market, question, monkeypatch)
    for _ in ("first", "again"):
        found = question.run(market)
        pd.testing.assert_frame_equal(found.frame, expected.frame, rtol=1e-9, atol=1e-9)
        assert (found.expected, found.present, found.notes) == (expected.expected, expected.present, expected.notes)


def test_a_question_of_few_units_after_one_of_all(market, monkeypatch):
    Revenue(by=["fuel"], last="all").run(market)
    GenerationByFuel(interval="1d", last="all").run(market)
    for question in (
        Revenue(by=["duid"], region=["SA1"], last="all"),
        GenerationByFuel(interval="1d", fuel=["wind"], last="all"),
    ):
        expected = _without(market, question, monkeypatch)
        pd.testing.assert_frame_equal(question.run(market).frame, expected.frame, rtol=1e-9, atol=1e-9)


def test_whole_months_are_not_read_again(market, monkeypatch):
    question = Revenue(by=["fuel"], last="all")
    question.run(market)
    read = []
    stock = units._read
    monkeypatch.setattr(units, "_read", lambda chunk, *rest: read.append(chunk.month) or stock(chunk, *rest))
    monkeypatch.setattr(
        units.Stretch, "values", property(lambda stretch: pytest.fail(f"{stretch.chunk.month} was read again"))
    )
    question.run(market)
    whole = [c.month for c in market.chunks("scada")][1:-1]
    assert len(whole) >= 2
    assert not set(read) & set(whole)


def test_a_newer_version_works_out_only_what_changed(market, tmp_path):
    lake = Lake(tmp_path)
    write_demo(lake, days=100, units=40, end=pd.Timestamp("2024-07-20"), progress=False)
    same = open_snapshot(lake)
    identities = [c.identity for c in market.chunks("scada")]
    assert [c.identity for c in same.chunks("scada")] == identities
    assert len(set(identities)) == len(identities)


def test_chunks_in_memory_are_never_taken_for_each_other():
    frame = pd.DataFrame({
        "time": [np.datetime64("2024-07-01T00:05", "us")], "duid": ["U1"], "mw": [1.0], "minutes": [5], "source": ["demo"],
        "changed": [np.datetime64("NaT", "us")],
    })  # fmt: skip
    one, other = (Snapshot.from_frames({"scada": frame}, pd.DataFrame({"duid": pd.Series(dtype=object)})) for _ in "ab")
    assert one.chunks("scada")[0].identity != other.chunks("scada")[0].identity


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(monthly._months, "most_bytes", 100)  # three numbers
    for n in range(10):
        monthly.remembered(n, lambda n=n: n)
    made = []
    assert monthly.remembered(9, lambda: made.append(9)) == 9
    monthly.remembered(0, lambda: made.append(0))
    assert made == [0]


def test_a_registration_that_changes_during_a_day_is_added_up_anew(market, monkeypatch):
    registry = market.units
    duid = registry.loc[registry["fuel"] == "wind", "duid"].iloc[0]
    other = next(r for r in ("NSW1", "VIC1") if r != registry.loc[registry["duid"] == duid, "region"].iloc[0])
    later = registry[registry["duid"] == duid].tail(1).assign(valid_from=pd.Timestamp("2024-05-15 13:35"), region=other)
    moved = Snapshot("moved", {d: market.chunks(d) for d in ("scada", "price")}, pd.concat([registry, later]))
    for question in (GenerationByFuel(interval="1d", last="all"), Revenue(by=["region", "fuel"], last="all")):
        expected = _without(moved, question, monkeypatch)
        pd.testing.assert_frame_equal(question.run(moved).frame, expected.frame, rtol=1e-9, atol=1e-9)
