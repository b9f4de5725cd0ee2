"""One work for the same question, work that ends when nobody waits, and an orderly end of the process."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pandas as pd
import pytest
from live_api import running

from components import api
from components.api import base, work
from components.api.draining import Drain
from components.api.flights import Flights
from components.api.handlers import QuestionHandler
from components.api.problems import ApiError
from components.queries.base import Query, Result
from components.stopping import Stopped, stop_if_unwanted, stopped_by

release = threading.Event()
begun = threading.Semaphore(0)
ended: list[str] = []


class Patient(Query):
    """Reads "month after month" until the test lets it go, looking each time whether it is still wanted."""

    route = "patient"
    row_columns = {"n": ("", "")}

    def run(self, snapshot):
        begun.release()
        try:
            while not release.wait(0.01):
                list(snapshot.blocks("price", "rrp", pd.Timestamp("2024-02-28"), pd.Timestamp("2024-02-29")))
        except Stopped:
            ended.append("stopped")
            raise
        ended.append("whole")
        return Result(pd.DataFrame({"n": [1]}), {}, None, None)


ROUTES = [(api.question_pattern("patient"), QuestionHandler, {"query": Patient}), *api.ROUTES]


@pytest.fixture
def patient(small, monkeypatch: pytest.MonkeyPatch):
    release.clear()
    ended.clear()
    while begun.acquire(blocking=False):
        pass
    monkeypatch.setattr(base, "questions", work.Pool("test", 2))
    with running(small, ROUTES) as live:
        yield live
        release.set()


def until(true) -> None:
    for _ in range(2000):
        if true():
            return
        release.wait(0.005)
    raise AssertionError("it never came")


def waiting() -> int:
    return sum(f.waiting for f in base.flights._flying.values())


def test_the_same_question_of_many_is_worked_on_once(patient):
    url = patient.url + "/api/patient"
    with ThreadPoolExecutor(5) as clients:
        asked = [clients.submit(httpx.get, url, timeout=20, headers={"Accept-Encoding": ""}) for _ in range(5)]
        assert begun.acquire(timeout=10)
        until(lambda: waiting() == 5)
        release.set()
        answers = [a.result() for a in asked]
    assert {a.status_code for a in answers} == {200}
    assert len({a.content for a in answers}) == 1
    assert ended == ["whole"]
    assert len(base.flights) == 0


@pytest.mark.fault("SRV-5")
def test_work_stops_when_its_only_client_leaves(patient):
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(patient.url + "/api/patient", timeout=0.3)
    assert begun.acquire(timeout=10)
    until(lambda: ended == ["stopped"])
    until(lambda: base.questions.taken == 0)
    assert len(base.flights) == 0


def test_work_goes_on_while_one_client_still_waits(patient):
    url = patient.url + "/api/patient"
    with ThreadPoolExecutor(1) as clients:
        stays = clients.submit(httpx.get, url, timeout=20)
        assert begun.acquire(timeout=10)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(url, timeout=0.3)
        assert ended == []
        release.set()
        assert stays.result().json()["data"] == {"n": [1]}
    assert ended == ["whole"]


@pytest.mark.fault("SRV-5")
def test_work_stops_at_the_deadline():
    async def ask() -> None:
        pool = work.Pool("x", 1)

        def endless() -> None:
            while True:
                stop_if_unwanted()

        with pytest.raises(ApiError):
            await pool.run(endless, 0.05)
        while pool.taken:
            await asyncio.sleep(0.01)

    asyncio.run(ask())


def test_nobody_is_stopped_outside_such_work():
    stop_if_unwanted()
    event = threading.Event()
    with stopped_by(event):
        stop_if_unwanted()
        event.set()
        with pytest.raises(Stopped):
            stop_if_unwanted()
    stop_if_unwanted()


def test_a_failure_is_told_to_everyone_and_the_next_begins_anew():
    runs = []

    async def ask() -> None:
        flights: Flights[int] = Flights()

        async def fails() -> int:
            runs.append(1)
            await asyncio.sleep(0)
            raise ValueError("no")

        both = await asyncio.gather(flights.join("k", fails), flights.join("k", fails), return_exceptions=True)
        assert [type(b) for b in both] == [ValueError, ValueError]
        with pytest.raises(ValueError, match="no"):
            await flights.join("k", fails)

    asyncio.run(ask())
    assert len(runs) == 2


@pytest.mark.fault("SRV-6")
@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
@pytest.mark.parametrize("second", [False, True])
def test_sigterm_waits_for_what_is_under_way(second: bool):
    """Once: the loop ends with the last answer. Twice: at once."""
    loop, seen = asyncio.new_event_loop(), []
    drain = Drain()

    async def one_answer() -> None:
        drain.begin()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)
        seen.append("still sending")
        if second:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(5)
        drain.end()
        seen.append("sent")

    try:
        task = loop.create_task(one_answer())
        loop.call_later(10, loop.stop)
        loop.run_forever()
        assert seen == (["still sending"] if second else ["still sending", "sent"])
        task.cancel()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        loop.close()
