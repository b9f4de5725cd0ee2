"""Work off the event loop: deadline, queue, a client that leaves, a loop that stays free."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pandas as pd
import pytest
from live_api import running

from components import api
from components.api import base, data, work
from components.api.handlers import QuestionHandler
from components.api.limits import limits
from components.api.problems import ApiError
from components.queries.base import Query, Result

release = threading.Event()
begun = threading.Semaphore(0)


class Slow(Query):
    """Waits until the test lets it go."""

    route = "slow"
    row_columns = {"n": ("", "")}

    def run(self, snapshot):
        begun.release()
        release.wait(20)
        return Result(pd.DataFrame({"n": [1]}), {}, None, None)


ROUTES = [(api.question_pattern("slow"), QuestionHandler, {"query": Slow}), *api.ROUTES]


@pytest.fixture
def slow(small, monkeypatch: pytest.MonkeyPatch):
    release.clear()
    while begun.acquire(blocking=False):
        pass
    monkeypatch.setattr(base, "questions", work.Pool("test", 1))
    with running(small, ROUTES) as live:
        yield live
        release.set()


def setting(monkeypatch: pytest.MonkeyPatch, **changes) -> None:
    changed = replace(limits(), **changes)
    for module in (base, work):
        monkeypatch.setattr(module, "limits", lambda: changed)


@pytest.mark.fault("SRV-5")
def test_past_the_deadline_is_503_with_retry_after(slow, monkeypatch: pytest.MonkeyPatch):
    setting(monkeypatch, deadline_seconds=0.1)
    response = slow.get("/api/slow")
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["type"] == "/api/docs#busy"
    assert "0.1 s" in response.json()["detail"]


@pytest.mark.fault("SRV-5")
def test_nobody_else_waits_for_a_slow_question(slow):
    """Health, 304 and refusals are answered while the only worker is busy."""
    etag = slow.get("/api/metadata").headers["etag"]
    with ThreadPoolExecutor(1) as clients:
        waiting = clients.submit(httpx.get, slow.url + "/api/slow", timeout=20)
        assert begun.acquire(timeout=10)
        slow.client.timeout = 5
        assert slow.get("/api/health").status_code == 200
        assert slow.get("/api/metadata", headers={"If-None-Match": etag}).status_code == 304
        assert slow.get("/api/nothing").status_code == 404
        assert slow.client.options("/api/slow").status_code == 204
        release.set()
        assert waiting.result().json()["data"] == {"n": [1]}


@pytest.mark.fault("SRV-5")
def test_a_full_queue_is_told_at_once(slow, monkeypatch: pytest.MonkeyPatch):
    setting(monkeypatch, max_waiting=1)
    with ThreadPoolExecutor(2) as clients:
        first = clients.submit(httpx.get, slow.url + "/api/slow", timeout=20)
        assert begun.acquire(timeout=10)
        second = clients.submit(httpx.get, slow.url + "/api/slow?limit=1", timeout=20)
        while base.questions.taken < 2:
            pass
        refused = slow.get("/api/slow?limit=2")
        assert (refused.status_code, refused.json()["type"]) == (503, "/api/docs#busy")
        assert refused.headers["retry-after"]
        release.set()
        assert [first.result().status_code, second.result().status_code] == [200, 200]


@pytest.mark.fault("SRV-5")
def test_a_question_whose_client_left_never_begins(slow):
    with ThreadPoolExecutor(1) as clients:
        first = clients.submit(httpx.get, slow.url + "/api/slow", timeout=20)
        assert begun.acquire(timeout=10)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(slow.url + "/api/slow?limit=1", timeout=0.3)
        for _ in range(1000):
            if base.questions.taken == 1:
                break
            slow.get("/api/nothing")
        assert base.questions.taken == 1
        release.set()
        assert first.result().status_code == 200
        assert not begun.acquire(timeout=0.2)


def test_a_time_out_of_the_work_itself_is_not_taken_for_the_deadline():
    def fails():
        raise TimeoutError("of its own")

    async def ask():
        return await work.Pool("x", 1).run(fails, 5)

    with pytest.raises(TimeoutError, match="of its own"):
        asyncio.run(ask())


def test_a_pool_counts_down_whatever_happens():
    pool = work.Pool("x", 2)

    async def ask() -> list[object]:
        jobs = [pool.run(lambda: 1), pool.run(lambda: 1 / 0), pool.run(lambda: release.wait(0.2), 0.01)]
        release.clear()
        answers = await asyncio.gather(*jobs, return_exceptions=True)
        while pool.taken:
            await asyncio.sleep(0.01)
        return answers

    one, divided, late = asyncio.run(ask())
    assert one == 1
    assert isinstance(divided, ZeroDivisionError)
    assert isinstance(late, ApiError)
    assert late.status_code == 503


def test_while_loading_health_is_503_and_begins_the_loading(small, monkeypatch: pytest.MonkeyPatch):
    asked = threading.Event()
    with running(small) as live:
        live.state = SimpleNamespace(state="loading", reasons=())
        monkeypatch.setattr(data, "current", lambda: asked.set() or small)
        response = live.get("/api/health")
        assert (response.status_code, response.json()["type"]) == (503, "/api/docs#loading")
        assert int(response.headers["retry-after"]) > 0
        assert asked.wait(10)
