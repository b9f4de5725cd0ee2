"""A page whose server goes away and comes back, in a real browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from live_server import ROOT, Server, start_server, stop_server, wait_until_ready
from opened_page import Opened
from playwright.sync_api import expect
from two_day_market import END, publish

pytestmark = pytest.mark.browser

VIEW = "generation?region=SA1&last=2d&interval=1h"


def again(server: Server) -> Server:
    """Another server at the same address."""
    command = [sys.executable, "-m", "components.cli", "--data-dir", str(server.data_dir), "serve"]
    with server.log.open("ab") as out:
        process = subprocess.Popen(
            [*command, "--port", str(server.port)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    other = Server(server.url, server.port, process, server.log, server.data_dir)
    wait_until_ready(other)
    return other


@pytest.mark.fault("SRV-9")
def test_a_page_comes_back_with_what_was_chosen_when_its_server_does(browser, tmp_path: Path):
    """And with what was published meanwhile."""
    data = tmp_path / "data"
    publish(data, END)
    running = start_server(data, tmp_path / "log.txt")
    try:
        with Opened(browser, f"{running.url}/{VIEW}") as opened:
            heading = opened.page.locator("h2").first
            expect(heading).to_contain_text("South Australia")
            expect(opened.page.locator(".newest")).to_have_text("3 Mar 2024 00:00")
            opened.page.evaluate("window.before = true")
            os.kill(running.process.pid, signal.SIGKILL)
            running.process.wait()
            expect(opened.page.locator(".lost")).to_be_visible()
            expect(opened.page.locator(".lost")).to_contain_text("Connection lost")
            expect(heading).to_contain_text("South Australia")  # the last figures stay
            publish(data, END + pd.Timedelta(days=1))
            running = again(running)
            opened.page.wait_for_function("() => !window.before", timeout=60_000)
            opened.wait()
            expect(opened.page.locator(".lost")).to_be_hidden()
            expect(opened.page.locator("h2").first).to_contain_text("South Australia")
            assert opened.page.url.endswith(VIEW)
            expect(opened.page.locator(".newest")).to_have_text("4 Mar 2024 00:00")
            opened.press("NSW")  # and it is alive
            opened.page.wait_for_url("**region=NSW1*")
    finally:
        stop_server(running)


@pytest.mark.fault("SRV-9")
def test_a_socket_that_was_cut_is_opened_anew(browser, server: Server):
    """What a proxy does to an idle socket, and sleep to a laptop's: the page is there, its connection is not."""
    sockets = "const made = []; const Stock = WebSocket; window.WebSocket = class extends Stock { constructor(...a) { super(...a); made.push(this) } }; window.cut = () => made.forEach(s => s.close())"
    with Opened(browser, f"{server.url}/{VIEW}", script=sockets) as opened:
        opened.page.evaluate("window.before = true; window.cut()")
        opened.page.wait_for_function("() => !window.before", timeout=60_000)
        opened.wait()
        expect(opened.page.locator("h2").first).to_contain_text("South Australia")
        opened.press("QLD")
        opened.page.wait_for_url("**region=QLD1*")
        assert opened.trouble == []
        assert opened.page.evaluate("Bokeh.documents.length") == 1
