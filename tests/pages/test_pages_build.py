"""Every page file builds, and sessions that have ended leave nothing behind."""

import asyncio
import gc
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import panel as pn
import pytest
from bokeh.client import pull_session

from components import config
from components.dashboards import follow
from components.dashboards.page import PAGES
from components.store import shared

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "app").glob("*.py"))


@pytest.fixture
def on_demo(demo_lake, monkeypatch):
    """This process serves the demo lake."""
    monkeypatch.setenv(config.ENV_DATA_DIR, str(demo_lake))
    yield
    shared.configure(Path("data"))


def test_there_is_one_thin_file_for_each_page():
    assert {f.stem for f in FILES} == set(PAGES)
    assert all(len(f.read_text().splitlines()) <= 15 for f in FILES)


@pytest.fixture
def address(on_demo):
    """All pages, served from a thread of this process; sessions end soon after they are left."""
    server = pn.serve(
        {f.stem: str(f) for f in FILES}, port=0, threaded=True, show=False,
        check_unused_sessions_milliseconds=50, unused_session_lifetime_milliseconds=50,
    )  # fmt: skip
    yield f"http://localhost:{wait_for_port()}"
    server.stop()


@pytest.mark.fault("SRV-1")
def test_every_page_builds_and_closed_ones_are_collected(address):
    """Panel answers 200 with a blank page when a script raises: the document must hold the page itself."""
    gc.collect()  # pages of tests before this one
    before = follow.live_dashboards()
    for _ in range(2):
        # In a thread of its own: the browser's fixture may have left an event loop running in this one.
        with ThreadPoolExecutor(1) as client:
            client.submit(visit_every_page, address, before).result()
    deadline = time.monotonic() + 20
    while follow.live_dashboards() > before and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.05)
    assert follow.live_dashboards() == before


def visit_every_page(address: str, before: int) -> None:
    """Open all pages together, look at their documents, leave."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    sessions = {name: pull_session(url=f"{address}/{name}") for name in PAGES}
    for name, session in sessions.items():
        kinds = {getattr(model, "class_name", "") for model in session.document.models}
        assert {"Masthead", "ControlBar", "CardHead"} <= kinds, name
        assert session.document.title.startswith(PAGES[name])
    assert follow.live_dashboards() >= before + len(PAGES)
    for session in sessions.values():
        session.close()


def wait_for_port() -> int:
    """Port of the server that starts in a thread."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for server, *_ in pn.state._servers.values():
            if server.port:
                return int(server.port)
        time.sleep(0.05)
    pytest.fail("the server did not start")
