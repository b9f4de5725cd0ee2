"""Health, OpenAPI and the documentation page: they tell what is, and only that."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace

import pandas as pd
import param
import pytest
from live_api import LiveApi, market, running

from components import api
from components.api import docs, health, openapi
from components.api.handlers import QuestionHandler
from components.api.problems import TYPES
from components.queries.base import REGISTRY, Result, WindowQuery, register
from components.store.snapshot import Snapshot, empty_snapshot

NOON = pd.Timestamp("2024-03-01 00:10")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Ten minutes after the newest data."""
    monkeypatch.setattr(health.HealthHandler, "clock", staticmethod(lambda: NOON))


def test_health_is_ready_with_the_age_of_each_dataset(live: LiveApi, clock):
    body = live.json("/api/health")
    assert (body["status"], body["reasons"]) == ("ready", [])
    assert body["datasets"]["scada"] == {
        "first": "2024-02-27T00:05:00+10:00",
        "last": "2024-03-01T00:00:00+10:00",
        "age_seconds": 600,
        "rows": 3456,
    }
    assert (body["data_version"], body["source"]) == ("v1", "nemweb")


def test_old_data_is_degraded_not_a_failure(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health.HealthHandler, "clock", staticmethod(lambda: NOON + pd.Timedelta(hours=1)))
    body = live.json("/api/health")
    assert body["status"] == "degraded"
    assert len(body["reasons"]) == 1
    assert "price ends at 2024-03-01T00:00:00+10:00" in body["reasons"][0]
    assert "rooftop" not in body["reasons"][0]  # published half-hourly and late


def test_partial_data_is_degraded(clock):
    frames, units = market()
    del frames["flow"]
    with running(Snapshot.from_frames(frames, units)) as live:
        body = live.json("/api/health")
        assert (body["status"], body["reasons"]) == ("degraded", ["partial: there is no flow data"])
        assert body["datasets"]["flow"] == {"first": None, "last": None, "age_seconds": None, "rows": 0}


def test_no_data_is_degraded_and_says_how_to_get_some(clock):
    with running(empty_snapshot()) as live:
        body = live.json("/api/health")
        assert body["status"] == "degraded"
        assert "aemo-dashboard demo" in body["reasons"][0]
        assert "aemo-dashboard ingest" in body["reasons"][0]


def test_demo_data_is_never_stale(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health.HealthHandler, "clock", staticmethod(lambda: NOON + pd.Timedelta(days=400)))
    frames, units = market(source="demo")
    with running(Snapshot.from_frames(frames, units)) as live:
        assert live.json("/api/health")["status"] == "ready"


def collector(*, failures: int = 0, at_work: bool = True) -> SimpleNamespace:
    rounds = [{"ended": "2024-03-01T00:05:40", "error": "https://h/Reports/ could not be read; /srv/lake/x is full"}]
    state = {
        "source": "https://h/", "state": "waiting", "failures": failures, "rounds": rounds, "aside": [],
        "last_good": "2024-03-01T00:05:40", "next": "2024-03-01T00:10:30",
    }  # fmt: skip
    return SimpleNamespace(at_work=at_work, state=state)


def test_health_says_how_the_collector_fares(live: LiveApi, clock):
    assert live.json("/api/health")["collector"] is None
    live.collector = collector()
    body = live.json("/api/health")
    assert body["reasons"] == []
    assert body["collector"] == {
        "at_work": True, "source": "https://h/", "failures": 0, "last_round": "2024-03-01T00:05:40+10:00",
        "last_good": "2024-03-01T00:05:40+10:00", "next_round": "2024-03-01T00:10:30+10:00",
    }  # fmt: skip


def test_a_collector_that_fails_or_is_gone_is_a_reason(live: LiveApi, clock, monkeypatch: pytest.MonkeyPatch):
    live.collector = collector(failures=3)
    body = live.json("/api/health")
    assert body["status"] == "degraded"
    assert body["reasons"] == ["collector: 3 rounds in a row failed: https://h/Reports/ could not be read; x is full"]
    live.collector = collector(at_work=False)
    assert live.json("/api/health")["reasons"] == []  # nobody asked for one
    monkeypatch.setenv("AEMO_DASHBOARD_LIVE", "1")
    assert live.json("/api/health")["reasons"] == ["collector: none is at work"]


def test_readiness_is_another_thing_than_health(live: LiveApi):
    assert live.json("/api/ready") == {"status": "ready"}
    live.state = SimpleNamespace(state="degraded", reasons=("stale",))
    assert live.get("/api/ready").status_code == 200
    live.snapshot = empty_snapshot()
    assert (live.get("/api/ready").status_code, live.get("/api/health").status_code) == (503, 200)
    live.state = SimpleNamespace(state="loading", reasons=())
    assert (live.get("/api/ready").status_code, live.get("/api/health").status_code) == (503, 503)


def test_what_the_store_found_is_told_without_its_folders(live: LiveApi, clock):
    live.state = SimpleNamespace(state="degraded", reasons=("/srv/data/current/frames/x.npy is damaged",))
    body = live.json("/api/health")
    assert (body["status"], body["reasons"]) == ("degraded", ["x.npy is damaged"])


@pytest.mark.fault("API-7")
def test_paths_routes_and_documentation_are_the_same(live: LiveApi):
    document = live.json("/api/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert list(document["paths"]) == openapi.documented_paths()
    reached = set()
    for path in document["paths"]:
        fitting = [p for p, *_ in api.ROUTES if re.fullmatch(p, path.replace("{station}", "X"))]
        reached.add(fitting[0])
    rest = {p for p, *_ in api.ROUTES} - reached
    assert rest == {r"/api(?:/.*)?", r"/?", r"/dashboard(?:/(.*))?"}
    page = live.get("/api/docs").text
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page


def test_every_parameter_is_documented_with_its_bounds(live: LiveApi):
    document = live.json("/api/openapi.json")
    ids = [item["get"]["operationId"] for item in document["paths"].values()]
    assert len(set(ids)) == len(ids)
    for route, query in REGISTRY.items():
        entries = {p["name"]: p for p in document["paths"][f"/api/{route}"]["get"]["parameters"]}
        assert set(query.parameters()) | {"format", "shape", "limit", "cursor", "download", "explain"} == set(entries)
        for name, entry in entries.items():
            assert entry["description"], (route, name)
            assert entry["schema"], (route, name)
    prices = {p["name"]: p["schema"] for p in document["paths"]["/api/prices/regional"]["get"]["parameters"]}
    assert prices["region"]["items"]["enum"] == ["NSW1", "QLD1", "SA1", "TAS1", "VIC1", "NEM"]
    assert prices["interval"]["default"] == "auto"
    assert prices["limit"]["minimum"] == 1
    assert re.match(prices["start"]["pattern"], "2024-07-01T18:30:00+10:00")
    assert not re.match(prices["start"]["pattern"], "yesterday")
    stats = {p["name"]: p["schema"] for p in document["paths"]["/api/prices/stats"]["get"]["parameters"]}
    assert stats["shape"]["enum"] == ["columns", "records"]


@pytest.mark.parametrize(
    ("route", "example"), [(r, e) for r, q in REGISTRY.items() for e in q.examples if "{" not in r]
)
def test_every_documented_example_is_understood(live: LiveApi, route: str, example: str):
    """Right for this data, or wrong only in names that this small market does not have."""
    response = live.get(f"/api/{route}?{example}")
    if response.status_code != 200:
        details = {e["detail"] for e in response.json()["errors"]}
        assert all(d.startswith("no ") and d.endswith(" of that name") for d in details), response.text


@pytest.mark.parametrize(
    ("library", "result"), [("pandas", "df"), ("pyarrow", "table"), ("polars", "frame"), ("duckdb", "rows")]
)
def test_the_one_liners_of_the_page_read_an_answer(live: LiveApi, library: str, result: str):
    pytest.importorskip(library)
    shown = unescape(live.get("/api/docs").text)
    line = docs.ONE_LINERS[library]
    assert line in shown
    assert docs.NEEDED in shown
    importing = [f"import {name}" for name in docs.NEEDED.splitlines()[0].removeprefix("import ").split(", ")]
    used = [i for i in importing if i.split()[-1] + "." in line]
    names: dict = {}
    exec("\n".join([*used, *docs.NEEDED.splitlines()[1:], line]).replace(docs.SHOWN_SERVER, live.url), names)
    found = names[result]
    columns = found.column_names if library == "pyarrow" else list(found.columns)
    assert list(columns) == ["time", "region", "price"]
    rows = len(found)
    assert rows == live.json("/api/prices/regional?last=7d")["meta"]["rows"]


class Page(HTMLParser):
    """Collects every address a page asks for, and its ids."""

    def __init__(self):
        super().__init__()
        self.addresses, self.ids = [], set()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src", "action"):
                self.addresses.append(value)
            if name == "id":
                self.ids.add(value)
            assert not name.startswith("on"), "no script in attributes"
            assert name != "style", "no style in attributes"


@pytest.mark.fault("SEC-11")
def test_the_page_asks_no_outside_host_and_its_links_work(live: LiveApi):
    response = live.get("/api/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = Page()
    page.feed(response.text)
    assert page.addresses
    for address in page.addresses:
        assert address.startswith(("/api/", "#")), address
        if address.startswith("#"):
            assert address[1:] in page.ids
    assert set(TYPES) <= page.ids


@pytest.mark.fault("SEC-6")
def test_the_page_may_run_its_own_style_and_script_only(live: LiveApi):
    import base64
    import hashlib

    response = live.get("/api/docs")
    policy = response.headers["content-security-policy"]
    for tag in ("style", "script"):
        text = re.search(f"<{tag}>(.*?)</{tag}>", response.text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_a_new_question_appears_everywhere(small, monkeypatch: pytest.MonkeyPatch):
    """One class, registered: endpoint, description, page, exports and permalink."""
    monkeypatch.setattr("components.queries.base.REGISTRY", REGISTRY)

    class Toy(WindowQuery):
        """Counts."""

        route = "toy/counts"
        page = "overview"
        title = "Toy <script>alert(1)</script>"
        description = "Counts & more"
        row_columns = {"time": ("", "Stamp"), "count": ("MW", "Count")}
        examples = ("times=3",)
        times = param.Integer(default=2, bounds=(1, 9), doc="How often.")

        def run(self, snapshot):
            stamps = pd.date_range("2024-01-01", periods=self.times, freq="h").astype("datetime64[us]")
            frame = pd.DataFrame({"time": stamps, "count": [1.0] * self.times})
            return Result(frame, {"count": "MW"}, stamps[0], stamps[-1], interval="1h", time_label="end")

    register(Toy)
    try:
        routes = api.routes()
        assert any(options.get("query") is Toy and handler is QuestionHandler for _, handler, options in routes)
        with running(small, routes) as live:
            path = "/api/toy/counts"
            body = live.json(path + "?times=4")
            assert body["data"]["count"] == [1.0] * 4
            assert body["links"]["view"] == "/overview?times=4"
            assert live.get(path + ".csv").text.startswith("time,count\r\n")
            assert live.get(path + "?times=10").json()["errors"][0]["param"] == "times"
            schema = live.json("/api/openapi.json")["paths"][path]["get"]["parameters"]
            assert {"name": "times", "in": "query", "description": "How often.",
                    "schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 2}} in schema  # fmt: skip
            page = live.get("/api/docs").text
            assert "Counts &amp; more" in page
            assert "<script>alert" not in page
    finally:
        del REGISTRY[Toy.route]
