"""The rate limit: who counts as one client, what a request counts, and how it is told."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from live_api import LiveApi

from components.api import base, explain, handlers, rate
from components.api.clients import client_of, counted_as
from components.api.limits import limits
from components.api.problems import ApiError
from components.api.rate import Meter

PROXIES = ("10.0.0.0/8", "::1")


@pytest.fixture
def limited(live: LiveApi, monkeypatch: pytest.MonkeyPatch):
    """Clients on this machine count: 20,000 values a minute, 1,000 at least per request."""

    def setting(**changes) -> None:
        changed = replace(
            limits(), **{"rate_values": 20_000, "rate_least_values": 1_000, "rate_loopback": True} | changes
        )
        for module in (base, explain, handlers, rate):
            monkeypatch.setattr(module, "limits", lambda: changed)

    setting()
    rate.meter.forget()
    live.setting = setting
    yield live
    rate.meter.forget()


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "client"),
    [
        ("203.0.113.9", None, (), "203.0.113.9"),
        ("203.0.113.9", "127.0.0.1", PROXIES, "203.0.113.9"),  # not a proxy's word
        ("10.0.0.2", None, PROXIES, "10.0.0.2"),
        ("10.0.0.2", "198.51.100.7", PROXIES, "198.51.100.7"),
        ("10.0.0.2", "127.0.0.1, 198.51.100.7", PROXIES, "198.51.100.7"),  # the left part is the client's invention
        ("10.0.0.2", "198.51.100.7, 10.9.9.9", PROXIES, "198.51.100.7"),
        ("10.0.0.2", "nonsense", PROXIES, "10.0.0.2"),
        ("10.0.0.2", "198.51.100.7, nonsense", PROXIES, "10.0.0.2"),
        ("10.0.0.2", "1.1.1.1," * 500 + "198.51.100.7", PROXIES, "198.51.100.7"),
        ("::1", "[2001:db8::5]", PROXIES, "2001:db8::5"),
        ("::ffff:10.0.0.2", "198.51.100.7", PROXIES, "198.51.100.7"),
    ],
)
def test_who_asks(peer: str, forwarded: str | None, trusted: tuple[str, ...], client: str):
    assert str(client_of(peer, forwarded, trusted)) == client


def test_a_unix_socket_has_no_address():
    assert client_of("", "198.51.100.7", PROXIES) is None
    assert Meter().client("", None) is None


def test_a_household_of_ipv6_addresses_is_one_client():
    one, two, other = (client_of(a, None, ()) for a in ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"))
    assert one is not None
    assert two is not None
    assert other is not None
    assert counted_as(one) == counted_as(two) != counted_as(other)


def test_this_machine_is_not_counted_unless_set(live: LiveApi):
    headers = live.get("/api/demand").headers
    assert "ratelimit" not in headers
    assert Meter().client("127.0.0.1", None) is None
    assert Meter().client("::1", None) is None
    assert Meter().client("192.0.2.1", None) == "192.0.2.1"


def test_zero_means_no_limit(limited):
    limited.setting(rate_values=0)
    assert "ratelimit" not in limited.get("/api/demand").headers
    assert Meter().client("192.0.2.1", None) is None


def left(headers) -> int:
    return int(headers["ratelimit"].split(";")[1].removeprefix("r="))


def test_a_question_counts_what_it_may_read(limited):
    """A day of half-hours of one region: at most 49 + 1 rows of 3 columns; the least sum is more than that."""
    first = limited.get("/api/prices/regional?start=2024-02-28&end=2024-02-29&interval=30m&region=NSW1")
    assert first.headers["ratelimit-policy"] == '"values";q=20000;w=60'
    assert first.headers["ratelimit"].startswith('"values";r=19000;t=')
    assert 1 <= int(first.headers["ratelimit"].rsplit("=", 1)[1]) <= 60
    # A day of five-minute prices of five regions: 5 * 289 rows of 3 columns.
    path = "/api/prices/regional?start=2024-02-28&end=2024-02-29&interval=5m"
    told = limited.json(path + "&explain=1")["explain"]["counts_as"]
    assert told == pytest.approx(5 * 289 * 3, rel=0.02)
    before = left(limited.get("/api/metadata").headers)
    assert left(limited.get(path).headers) == before - told


def test_what_is_no_work_counts_the_least_sum(limited):
    path = "/api/prices/regional?start=2024-02-28&end=2024-02-29&interval=5m"
    first = limited.get(path)
    again = limited.get(path)
    same = limited.get(path, headers={"If-None-Match": first.headers["etag"]})
    wrong = limited.get("/api/prices/regional?region=XX")
    lost = limited.get("/api/nothing")
    assert [r.status_code for r in (again, same, wrong, lost)] == [200, 304, 400, 404]
    sums = [left(r.headers) for r in (first, again, same, wrong, lost)]
    assert [a - b for a, b in itertools.pairwise(sums)] == [1000] * 4


def test_over_it_is_429_with_retry_after_and_nothing_is_done(limited, monkeypatch: pytest.MonkeyPatch):
    while (response := limited.get("/api/metadata")).status_code == 200:
        pass
    assert response.status_code == 429
    assert response.json()["type"] == "/api/docs#rate-limited"
    assert response.json()["violated-policies"] == ["values"]
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert left(response.headers) == 0
    assert response.headers["access-control-allow-origin"] == "*"
    monkeypatch.setattr(handlers, "answer", None)
    assert limited.get("/api/demand").status_code == 429
    assert limited.client.head("/api/demand").status_code == 429
    assert limited.client.options("/api/demand").status_code == 204
    assert limited.get("/api/health").status_code == 200


def test_a_large_question_that_does_not_fit_any_more_is_refused_before_its_work(limited, monkeypatch):
    path = "/api/prices/regional?start=2024-02-27&end=2024-03-01&interval=5m"  # 12,969 values
    assert limited.get(path).status_code == 200
    monkeypatch.setattr(handlers, "answer", None)
    refused = limited.get(path + "&region=NSW1,QLD1,SA1,VIC1")
    assert refused.status_code == 429
    assert left(refused.headers) > 0


def test_one_question_may_spend_a_whole_untouched_window(limited):
    limited.setting(rate_values=2_000, rate_least_values=1_000)
    rate.meter.forget()
    limited.get("/api/prices/regional?last=latest")
    assert left(limited.get("/api/metadata").headers) == 0
    meter = Meter()
    meter.charge("192.0.2.1", 10**9)
    with pytest.raises(ApiError):
        meter.charge("192.0.2.1", 1)


def test_each_client_has_its_own_window_and_it_ends(limited, monkeypatch: pytest.MonkeyPatch):
    import time

    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment)
    meter = Meter()
    meter.charge("192.0.2.1", 20_000)
    meter.charge("192.0.2.2", 20_000)
    with pytest.raises(ApiError) as refused:
        meter.charge("192.0.2.1", 1)
    assert refused.value.extra_headers["Retry-After"] == "60"
    monkeypatch.setattr(time, "time", lambda: moment + 61)
    meter.charge("192.0.2.1", 20_000)
