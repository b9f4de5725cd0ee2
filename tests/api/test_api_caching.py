"""ETag and 304 before any work, compression, and the shared answers."""

from __future__ import annotations

import gzip
import itertools
from dataclasses import replace
from types import SimpleNamespace

import pyarrow as pa
import pytest
from live_api import ENDING_PATHS, LiveApi, market, running

from components import api
from components.api import base, cache, handlers, limits
from components.api.cache import Answer, AnswerCache
from components.queries.base import REGISTRY
from components.store.snapshot import Snapshot

PATHS = [p.replace("{station}", "Eraring") for p in ENDING_PATHS if p != "/api/health"]


@pytest.mark.parametrize("path", PATHS)
def test_304_for_whoever_has_the_answer(live: LiveApi, path: str):
    first = live.get(path)
    again = live.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
        assert again.headers[name] == first.headers[name]
    assert live.client.head(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.fault("API-10")
def test_304_is_answered_before_any_work(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    etag = live.get("/api/prices/regional?last=7d").headers["etag"]

    def forbidden(*_):
        raise AssertionError("worked for a 304")

    for query in REGISTRY.values():
        for step in ("run", "check", "rows_at_most"):
            monkeypatch.setattr(query, step, forbidden)
    monkeypatch.setattr(handlers, "answer", forbidden)
    cache.answers.clear()
    assert live.get("/api/prices/regional?last=7d", headers={"If-None-Match": etag}).status_code == 304
    assert live.get("/api/prices/regional?last=7d").status_code == 500  # the trap does spring


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("{bare}", 304),
        ("W/{bare}", 304),
        ('"x", W/{bare} , "y"', 304),
        ("*", 304),
        ('"x"', 200),
        ("", 200),
        ("{naked}", 200),
        ('"' + "x" * 3000 + '"', 200),
    ],
)
def test_if_none_match_is_a_list_compared_weakly(live: LiveApi, header: str, status: int):
    bare = live.get("/api/demand").headers["etag"].removeprefix("W/")
    given = header.format(bare=bare, naked=bare.strip('"'))
    assert live.get("/api/demand", headers={"If-None-Match": given}).status_code == status


def test_the_tag_follows_the_question_not_its_spelling(live: LiveApi):
    def tag(path: str, **headers: str) -> str:
        return live.get(path, headers=headers).headers["etag"]

    one = tag("/api/prices/regional?region=SA1,NSW1&last=1d")
    assert tag("/api/prices/regional?region=NSW1&region=SA1") == one
    assert tag("/api/prices/regional.json?region=NSW1&region=SA1&shape=columns") == one
    others = [
        tag("/api/prices/regional?region=SA1"),
        tag("/api/prices/regional.csv?region=NSW1&region=SA1"),
        tag("/api/prices/regional?region=NSW1&region=SA1", Accept="text/csv;q=0.5,application/json;q=0.1"),
        tag("/api/prices/regional?region=NSW1&region=SA1&shape=wide"),
        tag("/api/prices/regional?region=NSW1&region=SA1&limit=5"),
        tag("/api/demand?region=NSW1&region=SA1"),
    ]
    assert one not in others
    assert others[1] == others[2]  # the same CSV, however it was asked for
    assert len({*others}) == 5


@pytest.mark.fault("API-10")
def test_a_publish_changes_the_tag_and_the_answer(live: LiveApi):
    before = live.get("/api/demand?last=latest")
    frames, units = market()
    frames["region"]["demand"] += 1.0
    live.snapshot = Snapshot.from_frames(frames, units, version="v2")
    after = live.get("/api/demand?last=latest", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["data"]["demand"][0] == before.json()["data"]["demand"][0] + 1.0
    assert live.get("/api/demand?last=latest", headers={"If-None-Match": after.headers["etag"]}).status_code == 304


def test_closed_history_may_be_kept_longer_than_the_newest_data(live: LiveApi):
    def seconds(path: str) -> int:
        return int(live.get(path).headers["cache-control"].split(",")[1].removeprefix(" max-age="))

    closed = seconds("/api/demand?start=2024-02-27&end=2024-02-28")
    assert closed == limits.limits().closed_seconds
    assert seconds("/api/demand?start=2024-02-28&end=2024-02-29") == limits.limits().live_seconds
    assert seconds("/api/demand") == limits.limits().live_seconds < closed


@pytest.mark.parametrize("path", ["/api/prices/regional", "/api/prices/regional.csv", "/api/docs", "/api/metadata"])
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_compressed_on_request(live: LiveApi, path: str, coding: str):
    plain = live.get(path)
    with live.client.stream("GET", path, headers={"Accept-Encoding": coding}) as response:
        body = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == coding
    assert int(response.headers["content-length"]) == len(body) < len(plain.content)
    assert response.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in response.headers["vary"]
    unpacked = (
        gzip.decompress(body) if coding == "gzip" else pa.CompressedInputStream(pa.BufferReader(body), "zstd").read()
    )
    assert unpacked == plain.content
    head = live.client.head(path, headers={"Accept-Encoding": coding})
    assert head.headers["content-length"] == response.headers["content-length"]


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.5, zstd;q=0.1", "gzip"),
        ("gzip, zstd", "zstd"),
        ("*", "zstd"),
        ("identity", None),
        ("br", None),
        ("*;q=0, gzip;q=0.1", "gzip"),
    ],
)
def test_accept_encoding_chooses(live: LiveApi, header: str, coding: str | None):
    with live.client.stream("GET", "/api/metadata", headers={"Accept-Encoding": header}) as response:
        response.read() if coding != "zstd" else list(response.iter_raw())
    assert response.headers.get("content-encoding") == coding


def test_small_answers_are_not_compressed(live: LiveApi):
    response = live.get("/api/prices/regional.csv?last=latest", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in response.headers


def test_a_finished_answer_is_shared(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    runs = []
    query = REGISTRY["demand"]
    stock = query.run
    monkeypatch.setattr(query, "run", lambda self, snapshot: runs.append(1) or stock(self, snapshot))
    first = live.get("/api/demand?last=6h")
    assert live.get("/api/demand?last=6h").content == first.content
    assert live.client.head("/api/demand?last=6h").headers["content-length"] == str(len(first.content))
    assert len(runs) == 1
    live.get("/api/demand?last=6h", headers={"Accept-Encoding": "gzip"})
    assert len(runs) == 2  # another coding is another body


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache, "limits", lambda: SimpleNamespace(cache_bytes=800))
    kept = AnswerCache()
    for i in range(20):
        kept.put((f"e{i}", ""), Answer(b"x" * 100, {}))
    assert (len(kept), kept.bytes) == (8, 800)
    assert kept.get(("e19", "")) is not None
    assert kept.get(("e0", "")) is None
    kept.get(("e12", ""))
    kept.put(("new", ""), Answer(b"x" * 100, {}))
    assert kept.get(("e12", "")) is not None  # used a moment ago
    assert kept.get(("e13", "")) is None
    kept.put(("large", ""), Answer(b"x" * 101, {}))
    assert kept.get(("large", "")) is None  # more than its share


def test_large_files_are_streamed_whole(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    path = "/api/prices/regional?last=3d&format={}"
    whole = {name: live.get(path.format(name)) for name in ("csv", "arrow", "parquet")}
    monkeypatch.setattr(handlers, "BUFFERED_VALUES", 0)
    monkeypatch.setattr("components.api.formats.BATCH_ROWS", 500)
    cache.answers.clear()
    for name, first in whole.items():
        for coding in ("identity", "gzip"):
            streamed = live.get(path.format(name), headers={"Accept-Encoding": coding})
            assert streamed.headers["transfer-encoding"] == "chunked"
            assert "content-length" not in streamed.headers
            assert streamed.headers["etag"] == first.headers["etag"]
            if name == "csv":
                assert streamed.content == first.content
        head = live.client.head(path.format(name))
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == first.headers["content-type"]
    table = pa.ipc.open_stream(live.get(path.format("arrow")).content).read_all()
    assert table.equals(pa.ipc.open_stream(whole["arrow"].content).read_all())
    with live.client.stream("GET", path.format("csv"), headers={"Accept-Encoding": "zstd"}) as response:
        body = b"".join(response.iter_raw())
    joined = b""
    for piece in pieces_of_zstd(body):
        joined += piece
    assert joined == whole["csv"].content


def pieces_of_zstd(body: bytes):
    """Frames of a body, unpacked one after the other."""
    magic = b"\x28\xb5\x2f\xfd"
    starts = [i for i in range(len(body)) if body.startswith(magic, i)] + [len(body)]
    for start, end in itertools.pairwise(starts):
        yield pa.CompressedInputStream(pa.BufferReader(body[start:end]), "zstd").read()


def test_a_stream_that_fails_is_cut_not_ended(small, monkeypatch: pytest.MonkeyPatch):
    import httpx

    def failing(*_):
        yield b"a,b\r\n"
        raise RuntimeError("half way")

    monkeypatch.setattr(handlers, "BUFFERED_VALUES", 0)
    monkeypatch.setattr(handlers.formats, "pieces", failing)
    with running(small) as live, pytest.raises(httpx.RemoteProtocolError):
        live.get("/api/demand.csv")


def test_cors_headers_follow_the_setting_without_restart(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(base, "limits", lambda: replace(limits.limits(), gzip_min_bytes=10_000_000))
    assert "content-encoding" not in live.get("/api/metadata", headers={"Accept-Encoding": "gzip"}).headers
    assert api.ROUTES
