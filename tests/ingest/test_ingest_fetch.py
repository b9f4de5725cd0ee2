"""Downloads against a server that fails on request. No test sleeps: the waits are settings."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from nemweb_server import Fault, NemwebServer, serving

from components.errors import FileRejected, SourceError
from components.ingest.fetch import AbsentError, Fetcher, Limits, _retry_after

QUICK = Limits(attempts=4, deadline=20, stall=5, wait_first=0, wait_most=0, wait_jitter=0)
BODY = bytes(range(256)) * 400


@pytest.fixture
def server(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(BODY)
    with serving(tmp_path) as running:
        yield running


def _get(server: NemwebServer, limits: Limits = QUICK, path: str = "/a.zip", most: int = 1 << 20) -> bytes:
    with Fetcher(server.url, limits) as fetcher:
        return fetcher.get(server.url + path, most).data


def test_a_file_and_the_name_we_go_by(server):
    assert _get(server) == BODY
    assert server.headers[0]["User-Agent"].startswith("aemo-energy-dashboard/")
    assert server.headers[0]["Accept-Encoding"] == "identity"


@pytest.mark.fault("SRC-1")
@pytest.mark.parametrize(
    "fault", [Fault(500), Fault(503), Fault(403), Fault(429), Fault(429, {"Retry-After": "0"}), Fault(cut=1000)]
)
def test_twice_wrong_then_good(server, fault):
    server.faults["/a.zip"] = [fault, fault]
    assert _get(server) == BODY
    assert server.asked["/a.zip"] == 3


@pytest.mark.fault("SRC-1")
def test_a_file_that_is_not_there_is_asked_for_once(server):
    for status in (404, 410):
        server.forever["/a.zip"] = Fault(status)
        with pytest.raises(AbsentError, match=rf"/a\.zip is not there \({status}\)"):
            _get(server)
    assert server.asked["/a.zip"] == 2


@pytest.mark.fault("SRC-1")
@pytest.mark.parametrize(
    ("fault", "words"),
    [(Fault(500), "500"), (Fault(403), "403"), (Fault(cut=10), "without sending complete message body")],
)
def test_attempts_are_capped_and_the_reason_told(server, fault, words):
    server.forever["/a.zip"] = fault
    with pytest.raises(SourceError, match=r"could not be read: .*\(tried 4 times\)") as failed:
        _get(server)
    assert words in str(failed.value)
    assert server.asked["/a.zip"] == 4


@pytest.mark.fault("SRC-1")
def test_other_refusals_are_final(server):
    server.forever["/a.zip"] = Fault(401)
    with pytest.raises(SourceError, match="answers 401"):
        _get(server)
    assert server.asked["/a.zip"] == 1


@pytest.mark.fault("SRC-2")
def test_a_stall_ends_at_the_deadline(server):
    server.forever["/a.zip"] = Fault(body=b"x" * 10, cut=3, stall=True)
    began = time.monotonic()
    with pytest.raises(SourceError, match="could not be read"):
        _get(server, Limits(attempts=50, deadline=0.3, stall=0.1, wait_first=0, wait_most=0, wait_jitter=0))
    assert time.monotonic() - began < 15, "the server would have held us for 30 s each time"


@pytest.mark.fault("SRC-2")
def test_nobody_there():
    with Fetcher("http://127.0.0.1:9", QUICK) as fetcher, pytest.raises(SourceError, match="tried 4 times"):
        fetcher.get("http://127.0.0.1:9/a.zip", 100)


@pytest.mark.fault("SRC-3")
def test_a_body_over_the_cap(server):
    with pytest.raises(FileRejected, match="102,400 bytes, more than 1,000"):
        _get(server, most=1000)


def test_redirects_stay_on_the_host(server):
    server.faults["/old.zip"] = [Fault(302, {"Location": "/a.zip"})]
    assert _get(server, path="/old.zip") == BODY
    server.forever["/out.zip"] = Fault(302, {"Location": "http://elsewhere.invalid/a.zip"})
    with pytest.raises(SourceError, match=r"another host, elsewhere\.invalid"):
        _get(server, path="/out.zip")
    server.forever["/round.zip"] = Fault(302, {"Location": "/round.zip"})
    with pytest.raises(SourceError, match="redirects"):
        _get(server, path="/round.zip")


@pytest.mark.fault("SRC-1")
def test_retry_after_is_kept_and_capped():
    assert _retry_after("7", 20) == 7
    assert _retry_after("3600", 20) == 20
    assert _retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 20) == 0
    assert _retry_after("soon", 20) is None
    assert _retry_after("", 20) is None


@pytest.mark.fault("SRC-1")
def test_a_wish_beyond_the_deadline_is_not_waited_for(server):
    server.forever["/a.zip"] = Fault(429, {"Retry-After": "3600"})
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"429 .*\(tried once\)"):
        _get(server, Limits(attempts=5, deadline=10, wait_most=100))
    assert time.monotonic() - began < 8


def test_head_tells_size_and_date(server):
    with Fetcher(server.url, QUICK) as fetcher:
        size, stamp = fetcher.stat(server.url + "/a.zip")
        assert size == len(BODY)
        assert stamp
        assert fetcher.stat(server.url + "/none.zip") == (None, "")
