"""What every test may ask for: real AEMO files, a small demo lake, running servers, a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]
DEMO_END = "2024-03-01"
DEMO_DAYS = 10
DEMO_UNITS = 60
START_SECONDS = 90


@pytest.fixture(scope="session")
def real() -> Path:
    """Folder of AEMO's own files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("AEMO_REAL_DATA", ROOT / "../shared/real")).resolve()
    if not folder.is_dir():
        pytest.skip("needs AEMO's own files in ../shared/real")
    return folder


@pytest.fixture(scope="session")
def demo_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder with ten days of demo market up to 2024-03-01, 60 units. Shared: never write to it."""
    from components.ingest.demo import write_demo
    from components.store.lake import Lake

    folder = tmp_path_factory.mktemp("demo") / "data"
    write_demo(Lake(folder), days=DEMO_DAYS, end=DEMO_END, seed=1, units=DEMO_UNITS, progress=False)
    return folder


@dataclass(frozen=True)
class Server:
    """A running ``aemo-dashboard serve``."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    data_dir: Path


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(data_dir: Path, log: Path, *options: str) -> Server:
    """Start ``serve`` over a data folder and wait until its health answers."""
    port = free_port()
    command = [sys.executable, "-m", "components.cli", "--data-dir", str(data_dir), "serve", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen([*command, *options], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    server = Server(f"http://localhost:{port}", port, process, log, data_dir)
    try:
        wait_until_ready(server)
    except BaseException:
        stop_server(server)
        raise
    return server


def wait_until_ready(server: Server, path: str = "/api/health") -> None:
    """Return when ``path`` answers 200; fail with the server's log when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if httpx.get(f"{server.url}{path}", timeout=20).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    tail = server.log.read_text(errors="replace")[-4000:]
    pytest.fail(f"the server did not become ready (exit code {server.process.poll()}):\n{tail}")


def stop_server(server: Server) -> int:
    """Ask the server to end; its exit code."""
    server.process.terminate()
    try:
        return server.process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.process.kill()
        return server.process.wait()


@pytest.fixture(scope="session")
def server(demo_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server over the demo lake, one for the whole run."""
    running = start_server(demo_lake, tmp_path_factory.mktemp("server") / "log.txt")
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server over a data folder that holds nothing."""
    folder = tmp_path_factory.mktemp("empty")
    running = start_server(folder / "data", folder / "log.txt")
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium (Playwright, sync): the system's own where it starts, else Playwright's."""
    from find_browser import system_browser
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=system_browser(), args=flags)
        yield chromium
        chromium.close()
