"""Every route with every verb, and the headers that every response has."""

from __future__ import annotations

import socket

import pytest
from live_api import ENDING_PATHS, LiveApi

from components.api import ROUTES
from components.api.openapi import documented_paths
from components.queries.base import REGISTRY

PATHS = [p.replace("{station}", "Eraring") for p in ENDING_PATHS]
OTHERS = ["/", "/dashboard/station", "/api/nothing", "/api"]


def matching(path: str) -> list[str]:
    """Patterns of ROUTES that a path fits, in order."""
    import re

    return [pattern for pattern, *_ in ROUTES if re.fullmatch(pattern, path)]


def test_every_route_is_walked_here():
    """A route added later has to be added to these tests as well."""
    reached = {matching(path)[0] for path in [*PATHS, *OTHERS, "/api/stream"]}
    assert reached == {pattern for pattern, *_ in ROUTES}


@pytest.mark.fault("API-7")
def test_every_question_has_a_route_and_every_route_is_documented():
    assert {f"/api/{route}" for route in REGISTRY} <= set(documented_paths())
    for path in documented_paths():
        assert matching(path)[0] != r"/api(?:/.*)?", path


@pytest.mark.fault("API-3")
@pytest.mark.parametrize("path", [*PATHS, *OTHERS])
def test_get_and_head_and_options(live: LiveApi, path: str):
    got = live.get(path)
    assert got.status_code in (200, 302, 404), got.text
    head = live.client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    moving = {"date", "etag"} if path == "/api/health" else {"date"}
    left = {k: v for k, v in got.headers.items() if k not in moving}
    assert {k: v for k, v in head.headers.items() if k not in moving} == left
    assert int(head.headers["content-length"]) == len(got.content)
    options = live.client.options(path)
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "GET" in options.headers["access-control-allow-methods"]


@pytest.mark.fault("API-3")
@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("path", [*PATHS, *OTHERS])
def test_other_verbs_are_refused(live: LiveApi, path: str, verb: str):
    response = live.client.request(verb, path)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == 405
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.fault("API-9")
@pytest.mark.parametrize("path", [*PATHS, "/api/nothing", "/api/demand?wrong=1"])
def test_headers_of_every_response(live: LiveApi, path: str):
    headers = live.get(path).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "ETag" in headers["access-control-expose-headers"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["vary"] == "Accept, Accept-Encoding"
    assert headers["cache-control"]
    assert "server" not in headers
    if path in PATHS:
        assert headers["etag"].startswith('W/"')


def test_a_configured_origin_is_told(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    from components.api import base, limits

    one = replace(limits.limits(), cors_origin="https://example.org")
    monkeypatch.setattr(base, "limits", lambda: one)
    assert live.get("/api/demand").headers["access-control-allow-origin"] == "https://example.org"


def test_preflight(live: LiveApi):
    wanted = {"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match, accept"}
    headers = live.client.options("/api/demand", headers=wanted).headers
    assert headers["access-control-allow-headers"] == "if-none-match, accept"
    assert int(headers["access-control-max-age"]) > 0


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/overview"),
        ("/?region=SA1", "/overview?region=SA1"),
        ("/dashboard", "/overview"),
        ("/dashboard/", "/overview"),
        ("/dashboard/generation?last=7d&region=SA1", "/generation?last=7d&region=SA1"),
        ("/dashboard/station?station=A%20B", "/stations?station=A%20B"),
        ("/dashboard/prices/", "/prices"),
        ("/dashboard//evil.example", "/evilexample"),
        ("/dashboard/%0d%0aX:%20y", "/Xy"),
    ],
)
def test_old_addresses_lead_to_pages(live: LiveApi, path: str, target: str):
    response = live.get(path)
    assert (response.status_code, response.headers["location"]) == (302, target)


def test_a_prefix_stays_in_redirects_and_links(small):
    from live_api import running

    mounted = [("/energy" + pattern, handler, options) for pattern, handler, options in ROUTES]
    with running(small, mounted) as live:
        assert live.get("/energy/").headers["location"] == "/energy/overview"
        assert live.get("/energy/dashboard/station").headers["location"] == "/energy/stations"
        links = live.json("/energy/api/demand?last=latest")["links"]
        assert all(link.startswith("/energy/") for link in links.values())
        assert live.get(links["self"]).status_code == 200
        assert live.get("/energy/api/demandd").json()["errors"][0]["did_you_mean"] == "/api/demand"


def raw(live: LiveApi, request: bytes) -> bytes:
    """What the server says to bytes, until it closes or five seconds pass."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=5) as wire:
        wire.sendall(request)
        out = b""
        while piece := wire.recv(65536):
            out += piece
        return out


@pytest.mark.fault("API-4")
def test_a_large_body_is_refused_before_it_is_sent(live: LiveApi):
    head = b"GET /api/demand HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n"
    answer = raw(live, head)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in answer
    assert b"application/problem+json" in answer


@pytest.mark.fault("API-4")
def test_a_large_chunked_body_is_refused_on_its_way(live: LiveApi):
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    answer = raw(live, b"POST /api/demand HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 3)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.fault("API-4")
def test_a_small_body_is_read_past(live: LiveApi):
    assert live.client.request("GET", "/api/demand?last=latest", content=b"x" * 65_536).status_code == 200
    assert live.client.request("GET", "/api/demand?last=latest", content=b"x" * 65_537).status_code == 413


@pytest.mark.fault("SEC-2")
def test_where_visitors_must_log_in_the_api_asks_as_well(small):
    """Panel's logins protect pages, not the routes of a plugin."""
    from types import SimpleNamespace

    from live_api import running
    from tornado.web import Application

    from components.api.base import ApiHandler

    provider = SimpleNamespace(get_user=lambda handler: handler.request.headers.get("X-User"), get_user_async=None)
    patch = pytest.MonkeyPatch()
    patch.setattr(Application, "auth_provider", provider, raising=False)
    try:
        with running(small) as live:
            stranger = live.get("/api/demand")
            assert (stranger.status_code, stranger.json()["type"]) == (401, "/api/docs#unauthorized")
            friend = live.get("/api/demand", headers={"X-User": "me"})
            assert friend.status_code == 200
            assert friend.headers["cache-control"].startswith("private")
            assert live.client.options("/api/demand").status_code == 204
    finally:
        patch.undo()
    assert ApiHandler.content_policy.startswith("default-src 'none'")
