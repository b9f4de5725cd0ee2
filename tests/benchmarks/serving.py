"""Servers to measure: start one, read what it costs in time and memory, end it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
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
    patience : how long it may take until then [s].
    """

    def __init__(
        self,
        command: Sequence[str],
        probe: str,
        environment: Mapping[str, str] | None = None,
        patience: float = READY_SECONDS,
    ):
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        self.command = [part.replace("{port}", str(self.port)) for part in command]
        self.probe, self.patience = probe, patience
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
                with urllib.request.urlopen(self.base + self.probe, timeout=self.patience):
                    break
            except (urllib.error.URLError, OSError):
                if time.perf_counter() - began > self.patience:
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
        return kilobytes(self.process.pid, "status", "RssAnon") / 1024

    def processes(self) -> list[int]:
        """The server's process and its workers."""
        return [self.process.pid, *_children(self.process.pid)]

    def shared_anonymous(self) -> float:
        """Anonymous memory of all the server's processes, what they share counted once (Pss_Anon) [MB]."""
        return sum(kilobytes(pid, "smaps_rollup", "Pss_Anon") for pid in self.processes()) / 1024


def kilobytes(pid: int, file: str, name: str, missing: int | None = None) -> int:
    """A line of a process's ``status`` or ``smaps_rollup`` [kB]; ``missing`` where it has ended.

    Raises
    ------
    RuntimeError
        When there is no such line, and nothing is given for it.
    """
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    if missing is None:
        raise RuntimeError(f"/proc says nothing of {name} of {pid}")
    return missing


def _children(pid: int) -> list[int]:
    direct = [int(n) for t in Path(f"/proc/{pid}/task").iterdir() for n in (t / "children").read_text().split()]
    return [*direct, *(g for child in direct for g in _children(child))]


def dashboard(data: Path, *options: str, settings: Mapping[str, object] | None = None) -> Server:
    """The program itself over a lake.

    Parameters
    ----------
    settings : what a settings file would hold in place of the defaults.
    """
    command = [sys.executable, "-m", "components.cli", "--data-dir", str(data)]
    if settings:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", prefix="bench-", delete=False) as file:
            file.write(json.dumps(settings))  # JSON is YAML
        command += ["--config", file.name]
    return Server([*command, "serve", "--port", "{port}", *options], "/api/health")


def watched_dashboard(data: Path, settings: Mapping[str, object] | None = None) -> Server:
    """The same ``panel serve`` line with one address more, ``/benchmark``: sessions and pages that are alive."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", prefix="bench-", delete=False) as file:
        file.write(json.dumps(settings or {}))
    return Server(
        [sys.executable, str(HERE / "watched.py"), str(data), file.name, "{port}"],
        "/api/health",
        {"PYTHONPATH": os.pathsep.join([str(PROJECT), str(HERE)])},
    )


def baseline(*pages: str) -> Server:
    """``panel serve`` of pages in ``baselines/``."""
    scripts = [str(HERE / "baselines" / f"{page}.py") for page in pages]
    origin = ["--allow-websocket-origin", "localhost:{port}"]
    command = [sys.executable, "-m", "panel", "serve", *scripts, "--port", "{port}", *origin]
    return Server(command, f"/{pages[0]}")
