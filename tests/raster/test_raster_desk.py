"""The desk: the newest question of a page wins, others' are kept, errors arrive, what was drawn is kept within bounds."""

import threading
from pathlib import Path

import numpy as np
import pytest

from components.errors import DashboardError
from components.raster.answers import Raster
from components.raster.desk import Desk, Wanted
from components.raster.overview import OverviewAsk

WAIT = 20.0


class Slow:
    """Answers when it is allowed to, and notes what it was asked."""

    def __init__(self, size: int = 8):
        self.asked: list[str] = []
        self.begun, self.allowed = threading.Semaphore(0), threading.Semaphore(0)
        self.size = size

    def __call__(self, folder: Path, version: str, ask: OverviewAsk) -> Raster:
        self.asked.append(ask.region)
        self.begun.release()
        assert self.allowed.acquire(timeout=WAIT)
        if ask.region == "wrong":
            raise DashboardError("no such region")
        if ask.region == "broken":
            raise ZeroDivisionError
        return Raster({"region": ask.region}, {"low": np.zeros(self.size, "uint8")}, version)


class Arrivals:
    """What a page was given, in order."""

    def __init__(self) -> None:
        self.given: list = []
        self.came = threading.Semaphore(0)

    def __call__(self, outcome) -> None:
        self.given.append(outcome)
        self.came.release()

    def wait(self) -> None:
        assert self.came.acquire(timeout=WAIT)


def wanted(region: str, version: str = "v1") -> Wanted:
    return Wanted(Path("/nowhere"), version, OverviewAsk(region))


def test_the_newest_question_of_a_page_wins_and_other_pages_are_served():
    slow, one, other = Slow(), Arrivals(), Arrivals()
    desk = Desk(slow)
    assert desk.ask("page", wanted("a"), one) is None
    assert slow.begun.acquire(timeout=WAIT)  # at work on the first
    for region in ("b", "c", "d"):
        assert desk.ask("page", wanted(region), one) is None
    assert desk.ask("other", wanted("e"), other) is None
    slow.allowed.release(10)
    one.wait()
    one.wait()
    other.wait()
    assert slow.asked == ["a", "d", "e"]
    assert [r.words["region"] for r in one.given] == ["a", "d"]
    assert [r.words["region"] for r in other.given] == ["e"]


def test_a_picture_that_was_drawn_is_at_hand_and_drops_what_still_waits():
    slow, page, other = Slow(), Arrivals(), Arrivals()
    desk = Desk(slow)
    slow.allowed.release()
    desk.ask("page", wanted("a"), page)
    page.wait()
    assert slow.begun.acquire(timeout=WAIT)
    desk.ask("other", wanted("busy"), other)
    assert slow.begun.acquire(timeout=WAIT)
    desk.ask("page", wanted("later"), page)
    assert desk.ask("page", wanted("a"), page) is page.given[0]  # the visitor went back
    assert desk.ask("page", wanted("a", "v2"), page) is None  # of another version it is another picture
    slow.allowed.release(10)
    page.wait()
    assert slow.asked == ["a", "busy", "a"]
    assert page.given[1].version == "v2"


def test_pages_that_want_the_same_share_it():
    slow, one, other = Slow(), Arrivals(), Arrivals()
    desk = Desk(slow)
    desk.ask("one", wanted("a"), one)
    desk.ask("other", wanted("a"), other)
    slow.allowed.release(10)
    one.wait()
    other.wait()
    assert slow.asked == ["a"]
    assert one.given == other.given


def test_what_goes_wrong_arrives_and_the_desk_goes_on(caplog):
    slow, page = Slow(), Arrivals()
    desk = Desk(slow)
    slow.allowed.release(10)
    for region in ("wrong", "broken", "a"):
        desk.ask("page", wanted(region), page)
        page.wait()
    assert str(page.given[0]) == "no such region"
    assert isinstance(page.given[1], DashboardError)
    assert "ZeroDivisionError" in caplog.text
    assert page.given[2].words["region"] == "a"


def test_a_page_that_has_gone_is_not_served():
    slow, page, other = Slow(), Arrivals(), Arrivals()
    desk = Desk(slow)
    desk.ask("other", wanted("a"), other)
    assert slow.begun.acquire(timeout=WAIT)
    desk.ask("page", wanted("b"), page)
    desk.forget("page")
    desk.ask("third", wanted("c"), other)
    slow.allowed.release(10)
    other.wait()
    other.wait()
    assert slow.asked == ["a", "c"]


@pytest.mark.parametrize(("most", "left"), [(25, ["b", "c"]), (9, []), (30, ["a", "b", "c"])])
def test_pictures_are_kept_within_bounds_the_oldest_going_first(most, left):
    slow, page = Slow(size=10), Arrivals()
    desk = Desk(slow, most_bytes=most)
    slow.allowed.release(10)
    for region in ("a", "b", "c"):
        desk.ask("page", wanted(region), page)
        page.wait()
    assert [r for r in ("a", "b", "c") if desk.kept(wanted(r))] == left


def test_a_picture_of_another_version_is_shown_but_not_kept():
    page = Arrivals()
    desk = Desk(lambda folder, version, ask: Raster({}, {}, "v9"))
    desk.ask("page", wanted("a"), page)
    page.wait()
    assert page.given[0].version == "v9"
    assert desk.kept(wanted("a")) is None


def test_only_the_two_newest_versions_have_pictures():
    slow, page = Slow(size=10), Arrivals()
    desk = Desk(slow)
    slow.allowed.release(10)
    for version in ("v1", "v2", "v3"):
        for region in ("a", "b"):
            desk.ask("page", wanted(region, version), page)
            page.wait()
    assert [v for v in ("v1", "v2", "v3") if desk.kept(wanted("a", v))] == ["v2", "v3"]
    assert desk._bytes == 40
