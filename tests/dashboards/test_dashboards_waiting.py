"""A change that takes long to answer waits beside the loop; the newest one wins."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import panel as pn
import pytest
from plain_page import PlainPage
from two_day_market import forget_answers

from components.dashboards import answers, waiting
from components.queries.generation import GenerationByFuel


class Session:
    """A document: what is to be done at the next tick."""

    def __init__(self) -> None:
        self.callbacks: list = []
        self.told = asyncio.Event()

    def add_next_tick_callback(self, callback) -> None:
        self.callbacks.append(callback)
        self.told.set()

    async def tick(self) -> None:
        await asyncio.wait_for(self.told.wait(), 20)
        self.told.clear()
        for callback in self.callbacks:
            callback()
        self.callbacks.clear()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Questions about three days (``slow``) are answered when the gate is opened; ``by`` holds the threads that answered."""
    made = SimpleNamespace(opened=threading.Event(), by=[], slow={"3d"})
    run = GenerationByFuel.run

    def slow(self, snapshot):
        if self.last in made.slow:
            assert made.opened.wait(20)
        made.by.append(threading.current_thread() is threading.main_thread())
        return run(self, snapshot)

    monkeypatch.setattr(GenerationByFuel, "run", slow)
    monkeypatch.setattr(type(pn.state), "loaded", True)
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0.0)
    forget_answers(monkeypatch)  # an answer that is kept is drawn at once
    yield made
    made.opened.set()


def finish() -> None:
    """All that threads have been given to answer is answered."""
    answers.ANSWERS._threads.shutdown(wait=True)
    answers.ANSWERS._threads = None


def drawn(page) -> list:
    return [page.bar.search, page.bar.changes]


def test_the_page_is_drawn_when_the_answer_is_there(snapshot, gate):
    async def visit() -> None:
        page = PlainPage()
        page.document = Session()
        before = drawn(page)
        gate.by.clear()
        page.change(last="3d")
        assert drawn(page) == before  # the browser goes on waiting
        gate.opened.set()
        await page.document.tick()
        assert page.bar.search == "?last=3d"
        assert gate.by == [False]  # in a thread, once

    asyncio.run(visit())


def test_what_tells_the_questions_is_answered_before_they_are(snapshot, gate, monkeypatch):
    rounds, links = [], PlainPage.links

    def tell(self, snapshot):
        rounds.append(len(gate.by))
        return links(self, snapshot)

    async def visit() -> None:
        page = PlainPage()
        page.document = Session()
        gate.by.clear()
        monkeypatch.setattr(
            PlainPage, "asks_first", lambda self, snapshot: [self.ask(GenerationByFuel, region=["SA1"])]
        )
        monkeypatch.setattr(PlainPage, "links", tell)
        page.change(last="3d")
        assert rounds == []  # what the cards show is not looked at before that is known
        gate.opened.set()
        while page.bar.search != "?last=3d":
            await page.document.tick()
        assert rounds[0] == 1
        assert gate.by == [False, False]  # both in a thread

    asyncio.run(visit())


def test_the_newest_change_wins(snapshot, gate):
    async def visit() -> None:
        page = PlainPage()
        page.document = Session()
        page.change(last="3d")
        page.change(last="12h")
        if page.bar.search != "?last=12h":  # it came before the loop turned to others, or it comes now
            await page.document.tick()
        assert page.bar.search == "?last=12h"
        count = page.bar.changes
        gate.opened.set()
        finish()
        await asyncio.sleep(0)
        assert page.document.callbacks == []
        assert (page.bar.search, page.bar.changes) == ("?last=12h", count)

    asyncio.run(visit())


def test_nobody_is_waited_for_who_stands_in_a_queue(snapshot, gate, monkeypatch):
    async def visit() -> None:
        *busy, late = pages = [PlainPage() for _ in range(answers.THREADS + 1)]
        for page in pages:
            page.document = Session()
        gate.slow = {"2d", "3d"}
        for page, last in zip(busy, sorted(gate.slow), strict=True):
            page.change(last=last)
        assert answers.ANSWERS.crowded
        monkeypatch.setattr(waiting, "PATIENCE_SECONDS", None)  # for as long as it takes
        before = drawn(late)
        late.change(last="12h")
        assert drawn(late) == before
        gate.opened.set()
        finish()
        assert not answers.ANSWERS.crowded

    asyncio.run(visit())


def test_what_is_kept_or_comes_soon_is_drawn_at_once(snapshot, gate, monkeypatch):
    async def visit() -> None:
        page = PlainPage()
        page.document = Session()
        gate.opened.set()
        monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 20.0)
        page.change(last="3d")
        assert page.bar.search == "?last=3d"
        monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0.0)
        page.change(last="1d")
        page.change(last="3d")
        assert page.bar.search == "?last=3d"
        assert page.document.callbacks == []

    asyncio.run(visit())


def test_a_closed_page_is_not_drawn_and_not_held(snapshot, gate):
    import gc
    import weakref

    async def visit() -> None:
        page = PlainPage()
        document = page.document = Session()
        page.change(last="3d")
        gone = weakref.ref(page)
        del page
        gc.collect()
        assert gone() is None
        gate.opened.set()
        finish()
        for _ in range(3):
            await asyncio.sleep(0)
        assert document.callbacks == []

    asyncio.run(visit())


def test_without_a_loop_or_a_session_it_is_drawn_at_once(snapshot, gate):
    gate.opened.set()
    page = PlainPage()
    page.change(last="3d")
    page.document = Session
    page.change(last="12h")
    assert page.bar.search == "?last=12h"


def test_what_goes_wrong_in_the_thread_is_told_in_the_cards(snapshot, gate, monkeypatch):
    def broken(self, snapshot):
        raise RuntimeError("broken")

    async def visit() -> None:
        page = PlainPage()
        page.document = Session()
        monkeypatch.setattr(GenerationByFuel, "run", broken)
        page.change(last="2d")
        if page.document.callbacks or not page.bar.search:
            await page.document.tick()
        assert page._cards()[0].head.mode == "error"
        assert page.bar.search == "?last=2d"

    asyncio.run(visit())
