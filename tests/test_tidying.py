"""Closed pages are cleared away in a quiet moment; memory that is free goes back."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import numpy as np
import pandas as pd
import panel.io.document as panel_document
import pytest

from components import heap
from components.panel_speed import tidying
from components.panel_speed.tidying import LONGEST_SECONDS, Tidying


class Round:
    """Objects that only the collector frees."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Hours and work of the process, moved by hand."""
    now = {"time": 100.0, "worked": 7.0}
    monkeypatch.setattr(tidying.time, "monotonic", lambda: now["time"])
    monkeypatch.setattr(tidying.time, "process_time", lambda: now["worked"])
    return now


@pytest.fixture
def installed() -> Iterator[None]:
    before = gc.get_threshold()
    tidying.install()
    yield
    tidying.uninstall()
    gc.set_threshold(*before)


def left() -> weakref.ref[Round]:
    made = Round()
    return weakref.ref(made)


def test_a_closed_page_waits_for_a_quiet_moment(clock: dict[str, float]):
    async def close() -> list[bool]:
        gone, told = left(), []
        watch = Tidying()
        watch.wanted()
        for seconds, work in ((2.0, 1.9), (2.0, 0.5), (2.0, 0.1), (2.0, 0.0)):
            clock["time"] += seconds
            clock["worked"] += work
            watch.look()
            told.append(gone() is None)
        return told

    gc.disable()
    try:
        assert asyncio.run(close()) == [False, False, True, True]
    finally:
        gc.enable()


def test_it_does_not_wait_for_ever(clock: dict[str, float]):
    async def close() -> tuple[bool, bool]:
        gone = left()
        watch = Tidying()
        watch.wanted()
        clock["time"] += LONGEST_SECONDS
        clock["worked"] += LONGEST_SECONDS
        watch.look()
        early = gone() is None
        clock["time"] += 1
        clock["worked"] += 1
        watch.wanted()  # another page: the first one's time counts
        watch.look()
        return early, gone() is None

    gc.disable()
    try:
        assert asyncio.run(close()) == (False, True)
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("pages", "seconds", "worked", "comes"),
    [
        (12, 4, 0, True), (12, 119, 119, False), (12, 121, 121, True),
        (13, 4, 0, False), (300, 7_190, 0, False), (300, 7_210, 0, True), (300, 7_210, 7_210, False), (300, 14_401, 14_401, True),
    ],
)  # fmt: skip
def test_a_round_that_everybody_would_notice_waits_for_hours(
    clock: dict[str, float], monkeypatch: pytest.MonkeyPatch, pages: int, seconds: float, worked: float, comes: bool
):
    monkeypatch.setattr(tidying, "ROUND_EVERY_MS", 3_600_000)

    async def close() -> bool:
        gone = left()
        watch = Tidying()
        watch.still_whole = pages // 2
        watch.keep_up(lambda: pages - pages // 2)
        watch.wanted()
        clock["time"] += seconds
        clock["worked"] += worked
        watch.look()
        for each in watch._rounds:
            each.stop()
        watch._watch.stop()
        return gone() is None

    gc.disable()
    try:
        assert asyncio.run(close()) == comes
    finally:
        gc.enable()


def test_what_was_taken_apart_goes_back_while_many_pages_are_open(
    clock: dict[str, float], monkeypatch: pytest.MonkeyPatch
):
    given: list[float] = []
    monkeypatch.setattr(tidying, "ROUND_EVERY_MS", 3_600_000)
    monkeypatch.setattr(tidying, "give_back", lambda: given.append(clock["time"]))

    async def close() -> None:
        watch = Tidying()
        watch.keep_up(lambda: 300)
        watch.wanted()
        for freed, work in ((False, 0.0), (True, 1.9), (False, 0.0), (False, 0.0)):
            if freed:
                watch.freed()
            clock["time"] += 2
            clock["worked"] += work
            watch.look()
        for each in watch._rounds:
            each.stop()
        watch._watch.stop()

    asyncio.run(close())
    assert given == [106.0]  # the first quiet moment after it, once


def test_rounds_come_where_nobody_leaves(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tidying, "ROUND_EVERY_MS", 1)

    async def stay() -> int:
        asked = asyncio.Event()
        watch = Tidying()
        monkeypatch.setattr(watch, "wanted", asked.set)
        watch.keep_up(int)
        first = watch._rounds
        watch.keep_up(int)  # the next page that is opened
        assert watch._rounds is first
        await asyncio.wait_for(asked.wait(), 20)
        for each in first:
            each.stop()
        return 1

    assert asyncio.run(stay()) == 1
    without_a_loop = Tidying()
    without_a_loop.keep_up(int)
    assert without_a_loop._rounds == []


def test_what_was_kept_for_visitors_goes_when_there_have_been_none_for_a_while(monkeypatch: pytest.MonkeyPatch):
    pages, done = [1], []
    watch = Tidying()
    monkeypatch.setattr(watch, "freed", lambda: done.append("freed"))

    def open_one() -> None:
        watch.keep_up(lambda: pages[0], lambda: done.append("answers"), lambda: done.append("months"))

    def looks(*counts: int) -> list[str]:
        done.clear()
        for pages[0] in counts:
            watch.visited()
        return list(done)

    open_one()
    assert looks(1, 1, 0) == []  # somebody was here since the look before
    assert looks(0) == ["answers", "months", "freed"]
    assert looks(0, 0, 0) == []  # nothing more to let go
    open_one()  # and closed again between two looks
    assert looks(0) == []
    assert looks(0) == ["answers", "months", "freed"]
    open_one()
    assert looks(0, 1, 0) == []


def test_without_a_loop_it_is_done_at_once():
    gc.disable()
    try:
        gone = left()
        Tidying().wanted()
        assert gone() is None
    finally:
        gc.enable()


def test_panel_asks_for_a_round_in_place_of_making_one(installed):
    assert panel_document._garbage_collect == tidying.tidying.wanted
    assert gc.get_threshold() == (*tidying.YOUNG, tidying.RARELY)
    tidying.uninstall()
    assert panel_document._garbage_collect.__module__ == "panel.io.document"


def test_notes_of_views_that_are_gone_are_dropped_and_others_stay():
    frame = pd.DataFrame({"a": np.arange(3.0), "b": ["x", "y", "z"]})
    for _ in range(50):
        frame["a"].to_numpy()
    kept = frame["a"]
    notes = frame._mgr.blocks[0].refs.referenced_blocks
    assert len(notes) > 50
    tidying.forget_dead_views()
    assert all(note() is not None for note in notes)
    assert 2 <= len(notes) < 10
    kept.iloc[0] = 9.0  # what is noted keeps a view from being written through
    assert frame["a"].tolist() == [0.0, 1.0, 2.0]


def test_pythons_allocator_is_the_c_librarys_unless_somebody_chose(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(heap.platform, "libc_ver", lambda: ("glibc", "2.36"))
    arrow = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
    assert heap.allocator({}) == {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "2", **arrow}
    assert heap.allocator({"PYTHONMALLOC": "pymalloc"}) == {"MALLOC_ARENA_MAX": "2", **arrow}
    chosen = {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "8", "ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}
    assert heap.allocator(chosen) == {}
    monkeypatch.setattr(heap.platform, "libc_ver", lambda: ("", ""))
    assert heap.allocator({}) == {}


def test_giving_back_needs_no_c_library_that_can(monkeypatch: pytest.MonkeyPatch):
    given = []
    monkeypatch.setattr(heap, "_trim", lambda: given.append)
    heap.give_back()
    monkeypatch.setattr(heap, "_trim", lambda: None)
    heap.give_back()
    assert given == [0]
