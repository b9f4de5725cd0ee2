"""Start and stop real servers for tests."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90


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


def start_server(data_dir: Path, log: Path, *options: str, ready: str = "/api/health") -> Server:
    """Start ``serve`` over a data folder and wait until ``ready`` answers 200."""
    port = free_port()
    command = [sys.executable, "-m", "components.cli", "--data-dir", str(data_dir), "serve", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen([*command, *options], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    server = Server(f"http://localhost:{port}", port, process, log, data_dir)
    try:
        wait_until_ready(server, ready)
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
