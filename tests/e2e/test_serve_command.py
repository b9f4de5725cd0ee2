"""``aemo-dashboard serve`` as a real process: the line it prints, what it becomes, how it ends."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from live_server import ROOT, Server, free_port, start_server, stop_server, wait_until_ready

from components.serving import ensure_port_free
from components.worker_signals import children_of

PAGES = sorted(p.stem for p in (ROOT / "app").glob("*.py"))


def test_it_becomes_the_server_and_leaves_no_parent(server: Server):
    words = Path(f"/proc/{server.process.pid}/cmdline").read_bytes().decode().split("\0")
    assert words[1:4] == ["-m", "panel", "serve"]
    assert [w for w in words if w.startswith("app/")] == [f"app/{p}.py" for p in PAGES]


def test_it_prints_the_exact_line(server: Server):
    line = server.log.read_text().splitlines()[0]
    words = shlex.split(line)
    at = words.index("panel")
    assert dict(w.split("=", 1) for w in words[:at])["AEMO_DASHBOARD_DATA_DIR"] == str(server.data_dir)
    running = Path(f"/proc/{server.process.pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    expected = [w for w in running[4:] if not w.startswith("app/")]
    assert words[at : at + 3] == ["panel", "serve", "app/*.py"]
    assert words[at + 3 :] == expected


def test_health_says_ready_over_the_demo_data(server: Server):
    answer = httpx.get(f"{server.url}/api/health", timeout=30)
    assert answer.status_code == 200
    assert answer.json()["status"] in ("ready", "degraded")


@pytest.mark.parametrize("page", ["", *PAGES])
def test_every_page_answers(server: Server, page: str):
    answer = httpx.get(f"{server.url}/{page}", timeout=60, follow_redirects=True)
    assert answer.status_code == 200
    assert "<html" in answer.text.lower()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_without_data(empty_server: Server, page: str):
    assert httpx.get(f"{empty_server.url}/{page}", timeout=60).status_code == 200


@pytest.mark.fault("SRV-7")
def test_a_second_server_on_the_port_is_one_line(server: Server):
    command = [sys.executable, "-m", "components.cli", "serve", "--port", str(server.port)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"port {server.port} on localhost is taken" in done.stderr
    assert done.stdout == ""


@pytest.mark.fault("SRV-6")
def test_asked_to_end_it_ends_at_once_and_well(demo_lake: Path, tmp_path: Path):
    running = start_server(demo_lake, tmp_path / "log.txt")
    begun = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    try:
        code = running.process.wait(timeout=20)
    finally:
        stop_server(running)
    assert code == 0, running.log.read_text()[-2000:]
    assert time.monotonic() - begun < 20
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", running.port)) != 0


def gone(pids: list[int], seconds: float) -> list[int]:
    """Those of the processes that are still there when all should have ended."""
    deadline = time.monotonic() + seconds
    left = pids
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if Path(f"/proc/{pid}/stat").exists()]
        time.sleep(0.05)
    return left


@pytest.mark.fault("SRV-6")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_two_processes_serve_one_lake_and_end_together(demo_lake: Path, tmp_path: Path, number: signal.Signals):
    running = start_server(demo_lake, tmp_path / "log.txt", "--num-procs", "2")
    workers: list[int] = []
    try:
        workers = children_of(running.process.pid)
        assert len(workers) == 2
        answers = [httpx.get(f"{running.url}/api/metadata", timeout=30).json() for _ in range(6)]
        assert len({a["meta"]["data_version"] for a in answers}) == 1
        running.process.send_signal(number)
        code = running.process.wait(timeout=20)
        # Killed, it cannot say goodbye, but no worker stays behind to hold the port.
        assert code == (-signal.SIGKILL if number == signal.SIGKILL else 0)
        assert gone(workers, 20) == []
        ensure_port_free("localhost", running.port)
    finally:
        stop_server(running)
        for pid in gone(workers, 0.1):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.fault("SRV-6")
def test_a_worker_that_was_killed_is_replaced(demo_lake: Path, tmp_path: Path):
    running = start_server(demo_lake, tmp_path / "log.txt", "--num-procs", "2")
    first = children_of(running.process.pid)
    try:
        for worker in first:  # in the end nobody but replacements can answer
            os.kill(worker, signal.SIGKILL)
        assert gone(first, 20) == []
        wait_until_ready(running)
        assert httpx.get(f"{running.url}/generation", timeout=60).status_code == 200
        workers = children_of(running.process.pid)
        assert len(workers) == 2
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=20) == 0
        assert gone(workers, 20) == []
        ensure_port_free("localhost", running.port)
        assert running.log.read_text().count("was killed by signal 9; it is replaced") == 2
    finally:
        stop_server(running)


@pytest.fixture
def bare_server(demo_lake: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """``panel serve app/*.py`` alone: no set-up file, no plugin."""
    port = free_port()
    log = tmp_path / "log.txt"
    scripts = [f"app/{page}.py" for page in PAGES]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "panel", "serve", *scripts, "--port", str(port)],
            cwd=ROOT, env={**os.environ, "AEMO_DASHBOARD_DATA_DIR": str(demo_lake)}, stdout=out, stderr=out,
        )  # fmt: skip
    running = Server(f"http://localhost:{port}", port, process, log, demo_lake)
    try:
        wait_until_ready(running, "/generation")
        yield running.url, log
    finally:
        stop_server(running)


@pytest.mark.fault("SRV-2")
def test_bare_panel_serve_works(bare_server: tuple[str, Path]):
    url, log = bare_server
    for page in PAGES:
        assert httpx.get(f"{url}/{page}", timeout=60).status_code == 200
    said = log.read_text()
    assert "Traceback" not in said
    assert "ERROR" not in said
