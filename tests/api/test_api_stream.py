"""``/api/stream`` with real sockets: what a listener hears, and when."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pandas as pd
import pytest
from live_api import END, LiveApi, market

from components.api import stream
from components.store.snapshot import Snapshot


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.2)


def later(version: str, minutes: int, revised: float | None = None) -> Snapshot:
    """The small market with prices up to so many minutes after its end."""
    frames, units = market()
    more = frames["price"][frames["price"]["time"] == pd.Timestamp(END)]
    parts = [more.assign(time=more["time"] + pd.Timedelta(minutes=m)) for m in range(5, minutes + 5, 5)]
    frames["price"] = pd.concat([frames["price"], *parts], ignore_index=True)
    if revised is not None:
        frames["price"].loc[0, "rrp"] = revised
    return Snapshot.from_frames(frames, units, version=version)


@contextmanager
def listening(live: LiveApi, **headers: str) -> Iterator[Iterator[list[str]]]:
    """The blocks of lines that a listener hears."""
    with httpx.stream("GET", f"{live.url}/api/stream", headers=headers, timeout=10) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["cache-control"] == "no-store"

        def blocks() -> Iterator[list[str]]:
            block: list[str] = []
            for line in answer.iter_lines():
                if line:
                    block.append(line)
                elif block:
                    yield block
                    block = []

        yield blocks()


def fields(block: list[str]) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in block)


def test_a_listener_hears_the_present_state_and_then_each_new_interval(live):
    with listening(live) as heard:
        assert next(heard) == ["retry: 3000"]
        first = fields(next(heard))
        assert (first["id"], first["event"]) == ("v1", "interval")
        content = json.loads(first["data"])
        assert content["data_version"] == "v1"
        assert content["time"] == "2024-03-01T00:00:00+10:00"
        assert content["datasets"]["price"] == "2024-03-01T00:00:00+10:00"
        live.snapshot = later("v2", 5)
        second = fields(next(b for b in heard if b[0].startswith("id")))
        assert (second["id"], second["event"]) == ("v2", "interval")
        content = json.loads(second["data"])
        assert content["newer"] == ["price"]
        assert content["datasets"]["price"] == "2024-03-01T00:05:00+10:00"
        assert content["datasets"]["scada"] == "2024-03-01T00:00:00+10:00"
        live.snapshot = later("v3", 5, revised=-7.0)
        third = fields(next(b for b in heard if b[0].startswith("id")))
        assert (third["id"], third["event"]) == ("v3", "version")
        assert json.loads(third["data"])["newer"] == []


@pytest.mark.fault("SRV-4")
def test_who_is_ahead_of_the_look_is_not_flooded(live, monkeypatch):
    """A page has opened the next version before the announcer looks: the listener hears of it once, then silence."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)
    with listening(live) as heard:
        assert [next(heard)[0], next(heard)[0]] == ["retry: 3000", "id: v1"]
        monkeypatch.setattr(stream, "LOOK_SECONDS", 1.0)
        assert next(heard) == [": still here"]  # the look that is under way ends; the next one is a second away
        live.snapshot = later("v2", 5)
        began, blocks = pd.Timestamp.now(), []
        while pd.Timestamp.now() - began < pd.Timedelta(seconds=1):
            blocks.append(next(heard))
    assert [b[0] for b in blocks if b[0].startswith("id")] == ["id: v2"]
    assert len(blocks) < 50  # a flood is thousands


def test_silence_is_broken_before_a_proxy_cuts_the_socket(live):
    with listening(live) as heard:
        blocks = [next(heard) for _ in range(4)]
    assert blocks[2:] == [[": still here"], [": still here"]]


def test_who_reconnects_hears_nothing_twice(live):
    with listening(live, **{"Last-Event-ID": "v1"}) as heard:
        assert next(heard) == ["retry: 3000"]
        assert next(heard) == [": still here"]
        live.snapshot = later("v2", 5)
        assert fields(next(b for b in heard if b[0].startswith("id")))["id"] == "v2"
    with listening(live, **{"Last-Event-ID": "v1"}) as heard:
        assert next(heard) == ["retry: 3000"]
        assert fields(next(heard))["id"] == "v2"


def test_one_too_many_is_told_so_and_who_leaves_makes_room(live, monkeypatch):
    monkeypatch.setattr(stream, "limits", type("L", (), {"max_streams": 1}))
    with listening(live) as heard:
        next(heard)
        refused = live.get("/api/stream")
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
    deadline = pd.Timestamp.now() + pd.Timedelta(seconds=10)
    while stream.announcer.listeners and pd.Timestamp.now() < deadline:
        signal.sigtimedwait([], 0.05)
    assert stream.announcer.listeners == 0
    with listening(live) as heard:
        assert next(heard) == ["retry: 3000"]


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_other_verbs_are_refused(live, verb):
    assert live.client.request(verb, "/api/stream").status_code == 405


def test_parameters_are_refused_and_head_ends(live):
    assert live.get("/api/stream?region=NSW1").status_code == 400
    assert live.client.head("/api/stream").headers["content-type"] == "text/event-stream"


def test_an_unreadable_store_is_waited_out(live, monkeypatch):
    from components.api import data
    from components.errors import StoreCorrupt

    with listening(live) as heard:
        assert len([next(heard), next(heard)]) == 2

        def broken() -> Snapshot:
            raise StoreCorrupt("damaged")

        with monkeypatch.context() as patch:
            patch.setattr(data, "at_hand", lambda: None)
            patch.setattr(data, "current", broken)
            assert next(heard) == [": still here"]
        live.snapshot = later("v2", 5)
        assert fields(next(b for b in heard if b[0].startswith("id")))["id"] == "v2"
