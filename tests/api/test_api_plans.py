"""Who asks the same again is spared the reading of it, and gets the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from live_api import LiveApi, market

from components.api import base, data, handlers, plans
from components.api.plans import LONGEST_WORDS, Plan, Plans
from components.store.snapshot import Snapshot

PATH = "/api/prices/regional?region=SA1&last=1d"


@pytest.fixture
def reads(live: LiveApi, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The query strings that were taken apart."""
    plans.plans.clear()
    found: list[str] = []
    stock = handlers.take_apart
    monkeypatch.setattr(handlers, "take_apart", lambda *given: found.append(str(given[1])) or stock(*given))
    return found


def test_the_same_words_are_read_once(live: LiveApi, reads: list[str]):
    first = live.get(PATH)
    again = live.get(PATH)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert live.get(PATH, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert len(reads) == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/prices/regional?region=NSW1&last=1d", {}),
        ("/api/demand?region=SA1&last=1d", {}),
        ("/api/prices/regional.csv?region=SA1&last=1d", {}),
        (PATH, {"Accept": "text/csv"}),
    ],
)
def test_other_words_are_read_anew(live: LiveApi, reads: list[str], path: str, headers: dict[str, str]):
    first = live.get(PATH)
    other = live.get(path, headers=headers)
    assert other.headers["etag"] != first.headers["etag"]
    assert other.content != first.content
    assert len(reads) == 2


def test_names_in_the_path_tell_questions_apart(live: LiveApi, reads: list[str]):
    eraring, other = (live.get(f"/api/stations/{name}") for name in ("Eraring", "ER01"))
    assert len(reads) == 2
    assert live.get("/api/stations/Eraring").content == eraring.content
    assert len(reads) == 2
    assert other.headers["etag"] != eraring.headers["etag"]


def test_a_new_version_is_read_and_answered_anew(live: LiveApi, reads: list[str]):
    first = live.get(PATH)
    frames, units = market()
    frames["price"]["rrp"] += 1.0
    live.snapshot = Snapshot.from_frames(frames, units, version="v2")
    assert live.get(PATH).json()["data"]["price"][0] == first.json()["data"]["price"][0] + 1.0
    assert len(reads) == 2


def test_refusals_pages_and_long_words_are_not_remembered(live: LiveApi, reads: list[str]):
    assert live.get("/api/prices/regional?regoin=SA1").status_code == 400
    following = live.json(PATH + "&limit=5")["links"]["next"]
    known = len(plans.plans)
    pages = [live.get(following).content for _ in range(2)]
    assert pages[0] == pages[1]
    long = PATH + "&region=SA1" * (LONGEST_WORDS // 10)
    assert live.get(long).status_code == 200
    assert len(plans.plans) == known


def test_a_request_that_must_look_for_a_new_version_still_finds_its_answer(
    live: LiveApi, reads: list[str], monkeypatch: pytest.MonkeyPatch
):
    first = live.get(PATH)
    monkeypatch.setattr(data, "at_hand", lambda: None)
    assert live.get(PATH).content == first.content
    assert live.get("/api/health").status_code == 200


def test_plans_are_bounded():
    kept, plan = Plans(3), Plan(SimpleNamespace(), 'W/"x"')
    for number in range(5):
        kept.put(number, plan)
        kept.get(2)
    assert len(kept) == 3
    assert kept.get(0) is None
    assert kept.get(2) is plan


def test_health_needs_no_thread(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    async def forbidden(*_):
        raise AssertionError("waited for a thread")

    for pool in (base.questions, base.snapshots):
        monkeypatch.setattr(pool, "run", forbidden)
    assert live.get("/api/health", headers={"Accept-Encoding": "gzip"}).json()["data_version"] == "v1"
    monkeypatch.setattr(data, "at_hand", lambda: None)
    assert live.get("/api/health").status_code == 500  # the trap does spring
