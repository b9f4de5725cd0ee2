"""Servers to measure: start one, read what it costs in time and memory, end it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 120


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process of its own; use as a context manager.

    Parameters
    ----------
    command : what to run; ``{port}`` is replaced.
    probe : address that answers 200 when the server is ready.
    """

    def __init__(self, command: Sequence[str], probe: str, environment: Mapping[str, str] | None = None):
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        self.command = [part.replace("{port}", str(self.port)) for part in command]
        self.probe = probe
        self.environment = {**os.environ, **(environment or {})}
        self.ready_seconds = self.ready_cpu = 0.0

    def __enter__(self) -> Server:
        began = time.perf_counter()
        self.process = subprocess.Popen(
            self.command, cwd=PROJECT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {' '.join(self.command)}")
            try:
                with urllib.request.urlopen(self.base + self.probe, timeout=READY_SECONDS):
                    break
            except (urllib.error.URLError, OSError):
                if time.perf_counter() - began > READY_SECONDS:
                    self.__exit__()
                    raise
                time.sleep(0.02)
        self.ready_seconds = time.perf_counter() - began
        self.ready_cpu = self.cpu()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def cpu(self) -> float:
        """CPU that the process has used so far, user and system [s]."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text()
        parts = text.rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / TICKS

    def waited(self) -> float:
        """How long the process was ready to run while others had the processors [s]; tells a busy machine."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[1]) / 1e9

    def anonymous(self) -> float:
        """Memory that is the process's own and in no file (RssAnon) [MB]."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
        return float("nan")


def dashboard(data: Path, *options: str) -> Server:
    """The program itself over a lake."""
    command = [sys.executable, "-m", "components.cli", "--data-dir", str(data), "serve", "--port", "{port}", *options]
    return Server(command, "/api/health")


def baseline(*pages: str) -> Server:
    """``panel serve`` of pages in ``baselines/``."""
    scripts = [str(HERE / "baselines" / f"{page}.py") for page in pages]
    origin = ["--allow-websocket-origin", "localhost:{port}"]
    command = [sys.executable, "-m", "panel", "serve", *scripts, "--port", "{port}", *origin]
    return Server(command, f"/{pages[0]}")
