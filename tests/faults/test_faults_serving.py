"""Servers that are started oddly, and sessions that come and go."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from guarded_server import serving
from live_server import ROOT, Server, free_port, stop_server, wait_until_ready
from visitor import Visit

from components.vocabulary import PAGES

NOT_INSTALLED = """
import sys

sys.meta_path = [f for f in sys.meta_path if "editable" not in getattr(f, "__module__", getattr(f, "__name__", ""))]
sys.path = [p for p in sys.path if p != {root!r}]
"""
SESSIONS = 50


def opened(url: str, pages: list[str]) -> list[str]:
    """Open pages one after the other, close them all; the ids of their control bars."""

    async def visit() -> list[str]:
        visits = [await Visit.open(url, page) for page in pages]
        for each in visits:
            each.close()
        return [each.bar for each in visits]

    return asyncio.run(visit())


def in_thread(url: str, pages: list[str]) -> list[str]:
    """As :func:`opened`, where a browser's fixture may have left an event loop running."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(opened, url, pages).result()


@pytest.mark.fault("SRV-2")
def test_a_checkout_serves_its_pages_without_being_installed(demo_lake: Path, tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text(NOT_INSTALLED.format(root=str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "AEMO_DASHBOARD_DATA_DIR": str(demo_lake)}
    alone = [sys.executable, "-c", "import components"]
    gone = subprocess.run(alone, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "No module named 'components'" in gone.stderr
    port = free_port()
    scripts = [f"app/{page}.py" for page in PAGES]
    with (tmp_path / "log.txt").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "panel", "serve", *scripts, "--port", str(port)],
            cwd=ROOT, env=environment, stdout=out, stderr=out,
        )  # fmt: skip
    running = Server(f"http://localhost:{port}", port, process, tmp_path / "log.txt", demo_lake)
    try:
        wait_until_ready(running, "/overview")
        # A blank page answers 200 as well: each must hold its controls.
        assert all(in_thread(running.url, list(PAGES)))
    finally:
        stop_server(running)


@pytest.mark.fault("SRV-10")
def test_fifty_sessions_leave_nothing_behind(demo_lake: Path, tmp_path: Path):
    import httpx

    port = free_port()
    settings = tmp_path / "settings.yaml"
    settings.write_text("server: {unused_session_lifetime_ms: 1000}")
    command = [sys.executable, "tests/benchmarks/watched.py", str(demo_lake), str(settings), str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests/benchmarks")}
    with (tmp_path / "log.txt").open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    running = Server(f"http://localhost:{port}", port, process, tmp_path / "log.txt", demo_lake)
    try:
        wait_until_ready(running)

        def alive() -> dict[str, int]:
            return httpx.get(f"{running.url}/benchmark", timeout=60).json()

        assert alive() == {"Dashboard": 0, "Document": 0}
        pages = [list(PAGES)[n % len(PAGES)] for n in range(SESSIONS)]
        assert len(in_thread(running.url, pages)) == SESSIONS
        deadline = time.monotonic() + 60
        while alive()["Dashboard"] and time.monotonic() < deadline:
            time.sleep(0.5)
        # A clock of the process (Panel has one) keeps the emptied document in whose session it was started.
        left = alive()
        assert (left["Dashboard"], left["Document"] <= 2) == (0, True)
        assert "Traceback" not in running.log.read_text()
    finally:
        stop_server(running)


def test_everything_moves_under_a_prefix(demo_lake: Path, tmp_path: Path):
    """As nginx passes it on where the host serves other things as well."""
    import httpx

    with serving(demo_lake, tmp_path, "server: {prefix: /nem}", ready="/nem/api/health") as running:
        first = httpx.get(f"{running.url}/nem", timeout=60, follow_redirects=True)
        assert first.status_code == 200
        assert "<title>Overview" in first.text
        answer = httpx.get(f"{running.url}/nem/api/demand?last=1d", timeout=60)
        assert answer.status_code == 200
        assert answer.json()["links"]["self"].startswith("/nem/api/demand")
        assert httpx.get(f"{running.url}/api/health", timeout=60).status_code == 404
        assert all(in_thread(f"{running.url}/nem", ["generation"]))
