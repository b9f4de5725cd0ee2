"""Refusals: one shape, everything wrong at once, nothing of the server's inside."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_api import LiveApi, running

from components import api
from components.api.handlers import QuestionHandler
from components.api.openapi import documented_paths
from components.queries.base import Query, WindowQuery


def problem(live: LiveApi, path: str, status: int, **options) -> dict:
    response = live.get(path, **options)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    document = response.json()
    assert document["status"] == status
    assert document["type"].startswith("/api/docs#")
    assert document["title"]
    assert document["detail"]
    return document


def test_everything_wrong_is_told_at_once(live: LiveApi):
    """Names, values, ways of delivery, and what only the data knows."""
    path = "/api/prices/regional?regoin=SA1&region=SA&interval=7m&limit=0&last=x&shape=tall&format=xml&start=32.1.2024"
    errors = {e["param"]: e for e in problem(live, path, 400)["errors"]}
    assert set(errors) == {"regoin", "region", "interval", "limit", "last", "shape", "format", "start"}
    assert errors["regoin"]["did_you_mean"] == "region"
    assert "interval" in errors["regoin"]["allowed"]
    assert "format" in errors["regoin"]["allowed"]
    assert errors["region"]["did_you_mean"] == "SA1"
    assert errors["region"]["value"] == "SA"
    assert "1h" in errors["interval"]["allowed"]
    assert errors["shape"]["allowed"] == ["columns", "records", "wide"]
    assert errors["format"]["allowed"] == ["json", "csv", "arrow", "parquet"]
    assert "2024-07-01" in errors["start"]["detail"]


@pytest.mark.parametrize(
    ("path", "param", "hint"),
    [
        ("/api/demand?regions=SA1", "regions", "region"),
        ("/api/demand?Region=SA1", "Region", "region"),
        ("/api/demand?donwload=1", "donwload", "download"),
        ("/api/demand?region=nsw1", "region", "NSW1"),
        ("/api/generation/by-fuel?fuel=gass", "fuel", "gas"),
        ("/api/generation/stations?station=Erraring", "station", "Eraring"),
        ("/api/generation/stations?duid=ER1", "duid", "ER01"),
        ("/api/demand?interval=30min", "interval", "30m"),
    ],
)
def test_did_you_mean(live: LiveApi, path: str, param: str, hint: str):
    error = problem(live, path, 400)["errors"][0]
    assert (error["param"], error["did_you_mean"]) == (param, hint)


@pytest.mark.parametrize(
    "query",
    [
        "start=2024-07-01&end=2024-06-01",
        "start=yesterday",
        "start=2024-02-30",
        "start=9" + "9" * 5000,
        "limit=" + "9" * 5000,
        "limit=1.5",
        "limit=NaN",
        "limit=-1",
        "limit=",
        "limit=1&limit=2",
        "last=" + "9" * 40 + "d",
        "last=-1d",
        "last=0d",
        "last=null",
        "region=null",
        "region=" + quote('{"a": [1]}'),
        "region=" + quote("Süd-Österreich ☃"),
        "region=%FF%FE",
        "region=%00",
        "region=" + "x" * 4000,
        "region=" + ",".join(f"R{i}" for i in range(300)),
        "interval=1h&interval=1d",
        "download=maybe",
        "cursor=abc",
        "cursor=" + "A" * 150,
        "cursor=WyJ2MSIsIngiLDFd",
        "cursor=%F0%9F%8C%A7",
        "format=json&format=csv",
        "%FF=1",
        "=1",
        "__class__=1",
        "name=x",
        "x" * 2000 + "=1",
    ],
)
@pytest.mark.parametrize("route", ["prices/regional", "generation/by-fuel"])
def test_bad_values_are_refused_with_their_name(live: LiveApi, route: str, query: str):
    document = problem(live, f"/api/{route}?{query}", 400)
    assert document["errors"]
    for error in document["errors"]:
        assert error["detail"]
        assert len(str(error["value"])) <= 200


def test_too_many_parameters(live: LiveApi):
    problem(live, "/api/demand?" + "&".join(f"a{i}=1" for i in range(600)), 400)


@pytest.mark.fault("API-2")
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["start", "end", "last", "region", "limit", "cursor", "interval", "q"])
            | st.text(max_size=8),
            st.text(max_size=30),
        ),
        max_size=5,
    )
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_string_is_answered_or_refused(live: LiveApi, pairs: list[tuple[str, str]]):
    clean = [(k.encode("utf-8", "replace"), v.encode("utf-8", "replace")) for k, v in pairs]
    query = "&".join(f"{quote(k)}={quote(v)}" for k, v in clean)
    response = live.get(f"/api/prices/regional?{query}")
    assert response.status_code in (200, 400, 413), response.text
    assert isinstance(response.json(), dict)


@pytest.mark.fault("API-2")
@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/api/price/regional", "/api/prices/regional"),
        ("/api/prices/regional/", "/api/prices/regional"),
        ("/api/generation/by_fuel", "/api/generation/by-fuel"),
        ("/api/heatlh", "/api/health"),
        ("/api/%2e%2e/secret", None),
        ("/api/<script>", None),
        ("/api/" + "a" * 3000, None),
        ("/api/☃", None),
    ],
)
def test_unknown_paths_are_answered_in_the_same_shape(live: LiveApi, path: str, hint: str | None):
    document = problem(live, path, 404)
    error = document["errors"][0]
    assert error.get("did_you_mean") == hint or hint is None
    assert error["allowed"] == documented_paths()


def test_an_unknown_extension_lists_those_there_are(live: LiveApi):
    for path in ("/api/demand.xml", "/api/demand.CSV", "/api/prices/regional.html"):
        assert problem(live, path, 404)["errors"][0]["allowed"] == [".json", ".csv", ".arrow", ".parquet"]


def test_an_extension_and_a_format_that_contradict(live: LiveApi):
    assert problem(live, "/api/demand.csv?format=json", 400)["errors"][0]["param"] == "format"


def test_an_unknown_station_is_not_found(live: LiveApi):
    for name, hint in (("Erarin", "Eraring"), ("Battery", "=Big Battery")):
        document = problem(live, f"/api/stations/{name}", 404)
        assert document["errors"][0]["did_you_mean"] == hint
    problem(live, "/api/stations/" + "x" * 500, 400)


def test_nothing_acceptable_lists_what_there_is(live: LiveApi):
    document = problem(live, "/api/demand", 406, headers={"Accept": "image/png"})
    assert "text/csv" in document["errors"][0]["allowed"]
    problem(live, "/api/demand", 406, headers={"Accept": "*/*;q=0"})


def test_rows_without_time_have_no_wide_shape(live: LiveApi):
    assert problem(live, "/api/prices/stats?shape=wide", 400)["errors"][0]["allowed"] == ["columns", "records"]


def test_documents_take_no_parameters(live: LiveApi):
    for path in (
        "/api/health?x=1",
        "/api/metadata?region=SA1",
        "/api/latest?x",
        "/api/docs?a=b",
        "/api/openapi.json?a=b",
    ):
        assert live.get(path).status_code in (200, 400)
    assert problem(live, "/api/metadata?region=SA1", 400)["errors"][0]["param"] == "region"


def test_a_cursor_belongs_to_its_question_and_version(live: LiveApi):
    following = live.json("/api/demand?last=latest&limit=1")["links"]["next"]
    cursor = following.split("cursor=")[1]
    other = problem(live, f"/api/demand?last=1h&limit=1&cursor={cursor}", 400)["errors"][0]
    assert other["param"] == "cursor"
    from components.api.cursors import write_cursor
    from components.api.delivery import take_apart
    from components.api.handlers import identity
    from components.queries.base import REGISTRY

    asked = take_apart(REGISTRY["demand"], {"last": ["latest"]}, {})
    gone = write_cursor("v0", identity(asked), 1)
    assert problem(live, f"/api/demand?last=latest&cursor={gone}", 410)["type"] == "/api/docs#cursor-expired"


class Broken(WindowQuery):
    route = "broken"
    row_columns = {"time": ("", "")}

    def run(self, snapshot):
        raise RuntimeError("/etc/secret/path of the server")


class Damaged(Query):
    route = "damaged"

    def run(self, snapshot):
        from components.errors import StoreCorrupt

        raise StoreCorrupt("/srv/data/versions/v1/frames/x.npy is cut short")


@pytest.mark.fault("API-2")
@pytest.mark.parametrize(("query", "status"), [(Broken, 500), (Damaged, 503)])
def test_a_failure_says_nothing_of_the_server(small, query: type[Query], status: int):
    routes = [(api.question_pattern(query.route), QuestionHandler, {"query": query}), *api.ROUTES]
    with running(small, routes) as live:
        response = live.get(f"/api/{query.route}")
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        for word in ("Traceback", "secret", "/etc", "/srv", ".py", "RuntimeError"):
            assert word not in response.text
