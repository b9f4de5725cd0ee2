"""Servers with settings of their own, and the bare bytes that go over their sockets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from live_server import Server, start_server, stop_server


@contextmanager
def serving(
    lake: Path, folder: Path, settings: str = "{}", *options: str, ready: str = "/api/health", **environment: str
) -> Iterator[Server]:
    """``serve`` over a lake with these settings (YAML) and variables."""
    with pytest.MonkeyPatch.context() as patch:
        (folder / "settings.yaml").write_text(settings)
        patch.setenv("AEMO_DASHBOARD_CONFIG", str(folder / "settings.yaml"))
        for name, value in environment.items():
            patch.setenv(name, value)
        running = start_server(lake, folder / "log.txt", *options, ready=ready)
    try:
        yield running
    finally:
        stop_server(running)


def spoken(server: Server, request: bytes) -> bytes:
    """What a server answers until it closes the connection."""
    with socket.create_connection(("localhost", server.port), timeout=30) as wire:
        wire.sendall(request)
        out = b""
        while piece := wire.recv(65_536):
            out += piece
        return out


def handshake(server: Server, origin: str, path: str = "/overview/ws") -> bytes:
    """Status line of a socket's opening by a page of ``origin``."""
    lines = [
        f"GET {path} HTTP/1.1", f"Host: localhost:{server.port}", f"Origin: {origin}", "Upgrade: websocket",
        "Connection: Upgrade, close", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: bokeh, nothing",
    ]  # fmt: skip
    with socket.create_connection(("localhost", server.port), timeout=30) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return wire.recv(65_536).split(b"\r\n")[0]
