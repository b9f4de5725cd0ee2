"""What comes beside an answer: links, dates, how long it may be kept, and what it would be."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from live_api import ENDING_PATHS, LiveApi, market, running

from components.api import budget, handlers, keeping
from components.api.limits import limits
from components.api.neighbours import MOST_HEADER_BYTES
from components.queries.base import REGISTRY
from components.store.snapshot import Snapshot

PUBLISHED = pd.Timestamp("2024-03-01 00:01:02.5")
JULY = "start=2024-02-28&end=2024-02-29"
FOR_SCRIPTS_OF_NO_SITE = re.compile(
    "access-control-.*|connection|content-security-policy|cross-origin-.*|referrer-policy|transfer-encoding"
    "|x-content-type-options|location"
)
ALWAYS_READABLE = {"cache-control", "content-length", "content-type", "last-modified"}
"""What a browser shows to every script (the CORS-safelisted response headers)."""


@pytest.fixture
def published(live: LiveApi) -> LiveApi:
    frames, units = market()
    snapshot = Snapshot.from_frames(frames, units, version="v1")
    snapshot.published = PUBLISHED
    live.snapshot = snapshot
    return live


def related(response) -> dict[tuple[str, str], str]:
    """(relation, type) -> address of a Link header."""
    out = {}
    for url, rest in re.findall(r"<([^>]*)>((?:; [a-z]+=\"[^\"]*\")*)", response.headers["link"]):
        notes = dict(re.findall(r'; ([a-z]+)="([^"]*)"', rest))
        out[notes["rel"], notes.get("type", "")] = url
    return out


# -- dates -------------------------------------------------------------------------------------------


def test_last_modified_is_when_the_data_was_published(published: LiveApi):
    for path in ("/api/demand", "/api/demand.csv", "/api/metadata"):
        assert published.get(path).headers["last-modified"] == "Thu, 29 Feb 2024 14:01:02 GMT"  # UTC
    assert "last-modified" not in published.get("/api/docs").headers  # it comes with the program


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Thu, 29 Feb 2024 14:01:02 GMT", 304),
        ("Fri, 01 Mar 2024 14:01:02 GMT", 304),
        ("Thu, 29 Feb 2024 14:01:01 GMT", 200),
        ("Thursday, 29-Feb-24 14:01:02 GMT", 304),
        ("yesterday", 200),
        ("", 200),
        ("Thu, 99 Feb 99999999999 14:01:01 GMT", 200),
    ],
)
def test_if_modified_since(published: LiveApi, since: str, status: int):
    assert published.get("/api/demand", headers={"If-Modified-Since": since}).status_code == status


def test_tags_count_more_than_dates(published: LiveApi):
    late = {"If-Modified-Since": "Fri, 01 Mar 2030 00:00:00 GMT"}
    assert published.get("/api/demand", headers={**late, "If-None-Match": '"other"'}).status_code == 200
    etag = published.get("/api/demand").headers["etag"]
    early = {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}
    assert published.get("/api/demand", headers={**early, "If-None-Match": etag}).status_code == 304


# -- how long ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "newest", "now", "seconds"),
    [
        ("price", "12:05", "12:00:30", 270),  # dispatch of 12:05 came out at 12:00; the next comes at 12:05
        ("price", "12:05", "12:04:59", 15),
        ("price", "12:05", "12:05:20", 15),  # due and not here yet
        ("price", "12:05", "13:00", 15),  # behind: any moment
        ("scada", "12:00", "12:00:30", 270),  # metered at 12:00, the next at 12:05
        ("scada", "12:00", "12:05:01", 15),
        ("scada", "18:00", "12:00", 300),  # data ahead of the clock: never longer than an interval
        ("scada", None, "12:00", 15),
    ],
)
def test_live_answers_are_kept_until_the_next_interval_is_due(dataset: str, newest: str | None, now: str, seconds: int):
    stamp = None if newest is None else pd.Timestamp(f"2024-07-01 {newest}")
    assert keeping.live(dataset, stamp, pd.Timestamp(f"2024-07-01 {now}")) == f"public, max-age={seconds}"


def test_closed_history_is_kept_long_and_shown_while_it_is_asked_about(live: LiveApi):
    closed = live.get("/api/demand?start=2024-02-27&end=2024-02-28").headers["cache-control"]
    assert closed == "public, max-age=3600, stale-while-revalidate=86400"


# -- links -------------------------------------------------------------------------------------------


def test_the_windows_beside_an_answer(live: LiveApi):
    response = live.get(f"/api/prices/regional?{JULY}&interval=1h&region=NSW1")
    links = response.json()["links"]
    before, after = live.json(links["window_before"]), live.json(links["window_after"])
    assert before["meta"]["end"] == response.json()["meta"]["start"] == "2024-02-28T00:00:00+10:00"
    assert after["meta"]["start"] == response.json()["meta"]["end"]
    assert {before["meta"]["rows"], after["meta"]["rows"], len(response.json()["data"]["time"])} == {24}
    assert "window_before" not in before["links"]  # there is no data before it
    assert "window_after" not in after["links"]
    header = related(response)
    assert header["prev", ""] == links["window_before"]
    assert header["next", ""] == links["window_after"]


def test_following_the_windows_reads_the_whole_archive_once(live: LiveApi):
    whole = live.json("/api/demand?start=2024-02-27&end=2024-03-01&interval=30m&region=NSW1")["data"]
    url, parts = "/api/demand?start=2024-02-27&end=2024-02-27T12:00&interval=30m&region=NSW1", []
    while url:
        response = live.get(url)
        parts.append(response.json()["data"])
        url = related(response).get(("next", ""))
    assert len(parts) == 6
    assert {k: [v for part in parts for v in part[k]] for k in whole} == whole


def test_no_link_leads_to_a_window_without_data(live: LiveApi):
    assert not {"window_before", "window_after"} & set(
        live.json("/api/demand?start=2030-01-01&end=2030-01-02")["links"]
    )
    assert not {"window_before", "window_after"} & set(live.json("/api/demand?last=all")["links"])
    beyond = live.json("/api/demand?start=2024-03-01&end=2024-03-02")["links"]
    assert set(beyond) & {"window_before", "window_after"} == {"window_before"}


def test_whole_months_stay_whole_months(live: LiveApi):
    links = live.json("/api/demand?start=2024-03-01&end=2024-04-01")["links"]
    assert links["window_before"] == "/api/demand?start=2024-02-01&end=2024-03-01"


def test_next_is_the_next_page_alone_where_an_answer_comes_in_pages(live: LiveApi):
    first = live.get(f"/api/prices/regional?{JULY}&interval=1h&limit=70")
    header = related(first)
    assert ("prev", "") not in header
    assert header["next", ""] == first.json()["links"]["next"]
    last = live.get(header["next", ""])
    assert last.json()["meta"]["rows"] == 50
    assert ("next", "") not in related(last)
    assert ("prev", "") not in related(last)


@pytest.mark.parametrize("chosen", ["json", "csv", "arrow", "parquet"])
def test_the_other_formats_and_the_descriptions_are_linked(live: LiveApi, chosen: str):
    response = live.get(f"/api/prices/regional.{chosen}?{JULY}&interval=1h")
    header = related(response)
    alternates = {kind: url for (relation, kind), url in header.items() if relation == "alternate"}
    assert len(alternates) == 3
    for kind, url in alternates.items():
        assert live.get(url).headers["content-type"].split(";")[0] == kind
        assert kind != response.headers["content-type"].split(";")[0]
    for relation, kind in (
        ("service-desc", "application/json"),
        ("service-doc", "text/html"),
        ("describedby", "application/json"),
    ):
        assert live.get(header[relation, kind]).headers["content-type"].startswith(kind)


def test_links_never_outgrow_what_proxies_take(live: LiveApi):
    many = "&".join(f"region={r}" for r in ["NSW1", "QLD1", "SA1"] * 60)
    response = live.get(f"/api/prices/regional?{JULY}&{many}")
    assert response.status_code == 200
    assert len(response.headers["link"]) <= MOST_HEADER_BYTES
    assert ("service-desc", "application/json") in related(response)


@pytest.mark.parametrize("path", [p for p in ENDING_PATHS if "{" not in p])
def test_scripts_of_other_sites_may_read_every_header(live: LiveApi, path: str):
    for response in (
        live.get(path),
        live.get(path, headers={"Accept-Encoding": "gzip"}),
        live.get(path, headers={"If-None-Match": "*"}),
        live.get(path + "?wrong=1"),
        live.client.post(path),
        live.client.options(path),
    ):
        exposed = {h.strip().lower() for h in response.headers["access-control-expose-headers"].split(",")}
        sent = {h for h in response.headers if not FOR_SCRIPTS_OF_NO_SITE.fullmatch(h)}
        assert sent - ALWAYS_READABLE <= exposed


def test_the_exposed_headers_are_a_setting(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    from components.api import base

    monkeypatch.setattr(base, "limits", lambda: replace(limits(), cors_expose_headers=("ETag",)))
    assert live.get("/api/demand").headers["access-control-expose-headers"] == "ETag"


# -- explain -----------------------------------------------------------------------------------------


def test_explain_says_what_would_be_without_doing_it(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    path = f"/api/prices/regional.csv?{JULY}&interval=1h&region=NSW1,SA1"
    real = live.get(path)

    def forbidden(*_):
        raise AssertionError("worked for an explanation")

    monkeypatch.setattr(REGISTRY["prices/regional"], "run", forbidden)
    response = live.get(path + "&explain=1")
    assert response.headers["content-type"] == "application/json"
    about = response.json()["explain"]
    assert (about["start"], about["end"], about["interval"]) == (
        "2024-02-28T00:00:00+10:00", "2024-02-29T00:00:00+10:00", "1h",
    )  # fmt: skip
    assert about["columns"] == ["time", "region", "price"]
    assert 48 <= about["rows_at_most"] <= 52
    assert about["values_at_most"] == 3 * about["rows_at_most"]
    assert about["bytes"]["csv"] == pytest.approx(len(real.content), rel=0.3)
    assert (about["status"], about["fits"]) == (200, dict.fromkeys(("json", "csv", "arrow", "parquet"), True))
    monkeypatch.undo()


def test_explain_tells_the_verdict_and_what_would_fit(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(budget, "limits", lambda: replace(limits(), max_json_values=1000))
    path = "/api/prices/regional?last=3d&interval=5m"
    assert live.get(path).status_code == 413
    body = live.json(path + "&explain=1")
    assert (body["explain"]["status"], body["explain"]["fits"]["json"], body["explain"]["fits"]["csv"]) == (
        413,
        False,
        True,
    )
    assert live.get(body["links"]["coarser"]).status_code == 200
    assert live.get(body["links"]["answer"]).status_code == 413
    assert live.json(path + "&explain=1&limit=100")["explain"]["rows_at_most"] == 100


def test_explain_refuses_what_an_answer_would(live: LiveApi):
    assert live.get("/api/demand?region=XX&explain=1").status_code == 400
    assert live.get("/api/stations/Nowhere?explain=1").status_code == 404


@pytest.mark.parametrize("route", [r for r in REGISTRY if "{" not in r])
@pytest.mark.parametrize("shape", ["columns", "records"])
def test_the_estimated_bytes_are_of_the_right_size(live: LiveApi, route: str, shape: str):
    """Right to a factor of four where there is something to estimate: half and double for most."""
    path = f"/api/{route}?shape={shape}"
    for name, estimate in live.json(path + "&explain=1")["explain"]["bytes"].items():
        length = len(live.get(f"/api/{route}.{name}?shape={shape}").content)
        if length > 20_000:
            assert length / 4 < estimate < length * 4, (name, length, estimate)


def test_without_data_it_still_explains():
    from components.store.snapshot import empty_snapshot

    with running(empty_snapshot()) as live:
        for route in REGISTRY:
            if "{" not in route:
                about = live.json(f"/api/{route}?explain=1")["explain"]
                assert about["status"] == 200


def test_explain_never_reaches_the_work(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(handlers, "rows", None)
    assert live.get("/api/demand?explain=1").status_code == 200
