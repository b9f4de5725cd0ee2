"""The line that becomes the server, and the look at the port before it."""

from __future__ import annotations

import itertools
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from components import serving
from components.config import ServerSettings
from components.errors import DashboardError, UsageError

DANGEROUS = ("--admin", "--rest-provider", "--rest-session-info", "--session-history", "--profiler", "--use-xheaders")


def option(options: list[str], name: str) -> list[str]:
    return [value for flag, value in itertools.pairwise(options) if flag == name]


def test_settings_become_flags():
    server = ServerSettings(address="127.0.0.1", port=7000, num_procs=2, unused_session_lifetime_ms=60_000)
    options = serving.serve_options(server)
    assert option(options, "--port") == ["7000"]
    assert option(options, "--address") == ["127.0.0.1"]
    assert option(options, "--num-procs") == ["2"]
    assert option(options, "--setup") == ["components/startup.py"]
    assert option(options, "--plugins") == ["components.api", "components.worker_signals"]
    assert option(serving.serve_options(ServerSettings()), "--plugins") == ["components.api"]
    assert option(options, "--unused-session-lifetime") == ["60000"]
    assert option(options, "--check-unused-sessions") == ["17000"]
    assert option(options, "--keep-alive") == ["25000"]
    assert option(options, "--websocket-max-message-size") == ["4194304"]
    assert "--dev" not in options


def test_unused_sessions_are_looked_for_more_often_than_they_live():
    options = serving.serve_options(ServerSettings(unused_session_lifetime_ms=1_000))
    assert option(options, "--check-unused-sessions") == ["500"]


@pytest.mark.fault("SEC-5")
def test_no_dangerous_flag_is_given():
    assert set(serving.serve_options(ServerSettings(), dev=True)) & set(DANGEROUS) == set()


def test_panel_knows_every_flag():
    shown = subprocess.run(
        [sys.executable, "-m", "panel", "serve", "--help"], capture_output=True, text=True, timeout=120, check=True
    ).stdout
    flags = {o for o in serving.serve_options(ServerSettings(), dev=True) if o.startswith("--")}
    assert flags - set(re.findall(r"--[a-z-]+", shown)) == set()


@pytest.mark.fault("SEC-4")
def test_who_may_open_a_session():
    own = ServerSettings(port=7000)
    host = socket.gethostname()
    assert serving.websocket_origins(own) == ["localhost:7000", "127.0.0.1:7000"]
    assert serving.websocket_origins(replace(own, address="10.1.2.3"))[-1] == "10.1.2.3:7000"
    assert serving.websocket_origins(replace(own, address="::1"))[-1] == "[::1]:7000"
    assert serving.websocket_origins(replace(own, address="0.0.0.0")) == [
        "localhost:7000",
        "127.0.0.1:7000",
        f"{host}:7000",
    ]
    assert serving.websocket_origins(replace(own, allow_websocket_origin=("nem.example.org",))) == ["nem.example.org"]


@pytest.mark.fault("SRV-7")
def test_a_taken_port_is_one_line():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(DashboardError, match=f"port {port} on 127.0.0.1 is taken: choose another") as caught:
            serving.ensure_port_free("127.0.0.1", port)
        assert caught.value.exit_code == 1
        with pytest.raises(DashboardError, match="is taken"):
            serving.ensure_port_free("localhost", port)
    serving.ensure_port_free("127.0.0.1", port)


@pytest.mark.parametrize("address", ["no.such.host.invalid", "a" * 300, "localhost:5006"])
def test_an_address_that_is_none(address: str):
    with pytest.raises(UsageError, match="is no address of this machine"):
        serving.ensure_port_free(address, 5006)


def test_an_address_of_another_machine():
    with pytest.raises(DashboardError, match=r"cannot listen on 192\.0\.2\.1:5006"):
        serving.ensure_port_free("192.0.2.1", 5006)


def test_pages_are_needed(tmp_path: Path):
    with pytest.raises(DashboardError, match="run aemo-dashboard from a checkout"):
        serving.pages(tmp_path)
    (tmp_path / "app").mkdir()
    for name in ("prices.py", "overview.py"):
        (tmp_path / "app" / name).touch()
    assert serving.pages(tmp_path) == ["app/overview.py", "app/prices.py"]
