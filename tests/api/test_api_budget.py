"""The size budget: refused before the work, with requests that fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from live_api import LiveApi

from components.api import budget
from components.api.limits import limits
from components.queries.base import REGISTRY


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch):
    """JSON of at most 1,000 values, files of at most 5,000."""
    changed = replace(limits(), max_json_values=1000, max_stream_values=5000)
    monkeypatch.setattr(budget, "limits", lambda: changed)


@pytest.mark.fault("SRV-5")
def test_too_large_is_refused_before_any_work(live: LiveApi, tight, monkeypatch: pytest.MonkeyPatch):
    query = REGISTRY["prices/regional"]

    def forbidden(*_):
        raise AssertionError("worked on an answer that cannot fit")

    monkeypatch.setattr(query, "run", forbidden)
    response = live.get("/api/prices/regional?last=1d&interval=5m")
    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")
    document = response.json()
    assert document["type"] == "/api/docs#answer-too-large"
    assert document["limit_values"] == 1000 < document["estimated_values"]


@pytest.mark.parametrize("route", ["prices/regional", "generation/by-fuel", "demand"])
def test_the_links_of_a_refusal_fit_and_are_the_largest(live: LiveApi, tight, route: str):
    path = f"/api/{route}?start=2024-02-27&end=2024-03-01&interval=30m&shape=records"
    links = live.get(path).json()["links"]
    assert links
    for name, url in links.items():
        response = live.get(url)
        assert response.status_code == 200, (name, url, response.text)
        if name != "csv":
            meta = response.json()["meta"]
            assert meta["rows"] * len(response.json()["data"][0]) <= 1000
            assert meta["end"] == "2024-03-01T00:00:00+10:00"
    assert "interval=30m" in links.get("largest", "interval=30m")
    assert "coarser" in links


def test_the_largest_window_cannot_be_a_day_longer(live: LiveApi, tight):
    links = live.get("/api/prices/regional?start=2024-02-27&end=2024-03-01&interval=30m&region=NSW1,SA1,VIC1").json()[
        "links"
    ]
    assert "start=2024-02-28&end=2024-03-01" in links["largest"]
    longer = links["largest"].replace("start=2024-02-28", "start=2024-02-27")
    assert live.get(longer).status_code == 413


def test_a_limit_makes_a_large_answer_legal_page_by_page(live: LiveApi, tight):
    path = "/api/prices/regional?last=1d&interval=5m"
    assert live.get(path).status_code == 413
    url, rows = path + "&limit=300", 0
    while url:
        page = live.json(url)
        rows += page["meta"]["rows"]
        url = page["links"].get("next")
    assert rows == 1440


def test_files_have_a_budget_of_their_own(live: LiveApi, tight):
    assert live.get("/api/prices/regional.csv?last=1d&interval=5m").status_code == 200
    refused = live.get("/api/prices/regional.csv?last=3d&interval=5m")
    assert refused.status_code == 413
    assert live.get(refused.json()["links"]["largest"]).headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("route", [r for r in REGISTRY if "{" not in r])
@pytest.mark.parametrize("texts", [{}, {"region": ["NEM"]}, {"region": ["SA1"]}, {"last": ["3d"], "interval": ["30m"]}])
def test_the_estimate_is_never_less_than_the_answer(small, route: str, texts: dict[str, list[str]]):
    query = REGISTRY[route]
    known = query.parameters()
    offered = {k: v for k, v in texts.items() if k in known and (k != "interval" or v[0] in known[k].objects)}
    question, problems = query.parse(offered)
    assert not problems
    frame = question.run(small).frame
    assert question.rows_at_most(small) >= len(frame)
    assert budget.columns_at_most(question) >= len(frame.columns)


def test_the_estimate_is_no_more_than_what_could_be(small):
    """Within a few rows for prices; columns that were not asked for are not counted."""
    prices = REGISTRY["prices/regional"](last="3d", interval="5m")
    assert prices.rows_at_most(small) <= len(prices.run(small).frame) + 5 * 8
    fuels = REGISTRY["generation/by-fuel"](last="3d", interval="5m")
    assert fuels.rows_at_most(small) <= 1.1 * len(fuels.run(small).frame)
    assert budget.columns_at_most(fuels) == 4
    assert budget.columns_at_most(REGISTRY["generation/by-fuel"](by="fueltech")) == 4 + 1


@pytest.mark.parametrize(
    ("route", "name", "option"),
    [
        (r, n, o)
        for r, q in REGISTRY.items()
        if "{" not in r
        for n in ("by", "values")
        if n in q.parameters()
        for o in q.parameters()[n].objects
    ],
)
def test_every_choice_of_columns_is_within_the_estimate(small, route: str, name: str, option: str):
    region = {"region": ["SA1"]} if "region" in REGISTRY[route].parameters() else {}
    question, problems = REGISTRY[route].parse({name: [option], **region})
    assert not problems
    frame = question.run(small).frame
    assert budget.columns_at_most(question) >= len(frame.columns)
    assert question.rows_at_most(small) >= len(frame)
