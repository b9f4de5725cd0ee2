"""A large file is made of stretches of time, and is the very file that was made at once."""

from __future__ import annotations

import weakref
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from live_api import market

from components.api import formats, handlers, memory
from components.api.delivery import take_apart
from components.api.envelope import Address
from components.api.flow import Flow
from components.api.problems import ApiError
from components.api.table import rows
from components.queries.base import REGISTRY
from components.queries.stations import StationOutput
from components.store.snapshot import Snapshot

ROUTE = "generation/stations"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    frames, units = market()
    return Snapshot.from_frames(frames, units, version="v1")


def file(snapshot: Snapshot, name: str, **texts: str) -> tuple[bytes, dict]:
    asked = take_apart(REGISTRY[ROUTE], {k: [v] for k, v in {**texts, "format": name}.items()}, {})
    assert not asked.problems
    body, headers = handlers.answer(asked, snapshot, 0, Address("", f"/api/{ROUTE}"))
    return body if isinstance(body, bytes) else b"".join(body), dict(headers)


@pytest.mark.parametrize("name", ["csv", "arrow", "parquet"])
@pytest.mark.parametrize("interval", ["5m", "1h"])
@pytest.mark.parametrize("batch", [7, 100, 65_536])
def test_the_file_is_the_same(snapshot, monkeypatch, name, interval, batch):
    monkeypatch.setattr(formats, "BATCH_ROWS", batch)
    monkeypatch.setattr(formats, "PIECE_ROWS", batch)
    monkeypatch.setattr(handlers, "PIECE_ROWS", 61)
    texts = {"last": "all", "by": "duid", "interval": interval, "values": "power,price"}
    whole = file(snapshot, name, **texts)
    runs = []
    monkeypatch.setattr(StationOutput, "run", lambda *_: runs.append(1))
    monkeypatch.setattr(handlers, "BUFFERED_VALUES", 100)
    assert file(snapshot, name, **texts) == whole
    assert runs == []
    assert len(whole[0]) > 3000


def test_what_is_no_large_file_is_made_at_once(snapshot, monkeypatch):
    monkeypatch.setattr(StationOutput, "in_pieces", lambda *_: pytest.fail("not wanted"))
    file(snapshot, "csv", last="all", by="duid", interval="1h")
    monkeypatch.setattr(handlers, "BUFFERED_VALUES", 100)
    file(snapshot, "json", last="all", by="duid", interval="1h")
    file(snapshot, "csv", last="all", by="duid", interval="1h", limit="50")
    file(snapshot, "csv", last="all", by="duid", interval="1h", shape="wide")


def test_what_is_too_large_is_refused_before_any_work(snapshot, monkeypatch):
    monkeypatch.setattr(StationOutput, "in_pieces", lambda *_: pytest.fail("not wanted"))
    monkeypatch.setattr(handlers, "BUFFERED_VALUES", 10)
    monkeypatch.setattr("components.api.budget.budget", lambda name: 100)
    with pytest.raises(ApiError) as refused:
        file(snapshot, "csv", last="all", by="duid", interval="5m")
    assert refused.value.status_code == 413


@pytest.mark.parametrize("lengths", [[], [0], [5], [3, 4], [10, 1, 9], [1] * 21, [0, 20, 0]])
@pytest.mark.parametrize("size", [1, 4, 10, 100])
def test_frames_are_cut_anew(lengths, size):
    edges = np.cumsum([0, *lengths])
    frame = pd.DataFrame({"n": np.arange(edges[-1])})
    parts = [frame.iloc[a:b].reset_index(drop=True) for a, b in pairwise(edges)]
    flow = Flow(rows(frame.iloc[:0], {}), len(frame), lambda: iter(parts))
    found = [piece.columns[0].values.tolist() for piece in flow.pieces(size)]
    whole = [piece.columns[0].values.tolist() for piece in rows(frame, {}).pieces(size)]
    assert found == whole
    assert flow.values == len(frame)


def test_memory_goes_back_while_a_long_file_is_made(monkeypatch):
    happened = []
    monkeypatch.setattr(memory, "give_back_memory", lambda: happened.append("back"))

    def made():
        for number in range(7):
            happened.append(number)
            yield bytes([number])

    assert b"".join(memory.giving_back(made(), every=3)) == bytes(range(7))
    assert happened == [0, "back", 1, 2, 3, "back", 4, 5, 6, "back"]


def test_what_was_sent_is_let_go_of_before_more_is_made():
    sent: list[weakref.ref] = []
    held = []

    def frames():
        for first in range(0, 50, 10):
            held.append(sum(ref() is not None for ref in sent))
            frame = pd.DataFrame({"mw": np.arange(first, first + 10.0)})
            sent.append(weakref.ref(frame))
            yield frame
            del frame

    flow = Flow(rows(pd.DataFrame({"mw": np.empty(0)}), {"mw": "MW"}), 50, frames)
    pieces = [piece.columns[0].values.tolist() for piece in flow.pieces(10)]
    assert [v for piece in pieces for v in piece] == list(range(50))
    assert held == [0] * 5
