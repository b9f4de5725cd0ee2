"""From settings to a running ``panel serve``: the exact command line, a look at the port, then exec."""

from __future__ import annotations

import errno
import os
import shlex
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from components import config
from components.config import ServerSettings, Settings
from components.errors import DashboardError, UsageError
from components.heap import allocator
from components.login import login_options, secret_environment

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - named here to be recognised, not bound to
# Bokeh lets this variable silently replace --allow-websocket-origin.
OVERRIDING = "BOKEH_ALLOW_WS_ORIGIN"


def websocket_origins(server: ServerSettings) -> list[str]:
    """Hosts whose pages may open a session: the configured ones, else this machine's names at the port."""
    if server.allow_websocket_origin:
        return list(server.allow_websocket_origin)
    names = ["localhost", "127.0.0.1"]
    names.append(socket.gethostname() if server.address in EVERYWHERE else server.address)
    hosts = [f"[{n}]" if ":" in n else n for n in names]
    return [f"{h}:{server.port}" for h in dict.fromkeys(hosts)]


def serve_options(server: ServerSettings, *, dev: bool = False) -> list[str]:
    """What follows ``panel serve app/*.py``, relative to the project's folder."""
    options = [
        "--index", "overview",
        "--setup", "components/startup.py",
        "--plugins", "components.api",
        "--address", server.address,
        "--port", str(server.port),
        "--num-procs", str(server.num_procs),
    ]  # fmt: skip
    if server.num_procs > 1:
        options += ["--plugins", "components.worker_signals"]
    for origin in websocket_origins(server):
        options += ["--allow-websocket-origin", origin]
    check_every = max(500, min(17_000, server.unused_session_lifetime_ms // 2))
    options += [
        "--unused-session-lifetime", str(server.unused_session_lifetime_ms),
        "--check-unused-sessions", str(check_every),
        "--keep-alive", str(server.keep_alive_ms),
        "--websocket-max-message-size", str(server.websocket_max_message_bytes),
    ]  # fmt: skip
    if server.prefix != "/":
        options += ["--prefix", server.prefix]
    options += login_options(server.login)
    return [*options, "--dev"] if dev else options


def ensure_port_free(address: str, port: int) -> None:
    """Raise when nobody could listen there: the port is taken or forbidden, the address is not this machine's.

    Raises
    ------
    DashboardError
        Exit 1, one line saying what to do.
    """
    try:
        places = socket.getaddrinfo(address or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageError(f"{address[:80]!r} is no address of this machine; use localhost or 0.0.0.0") from None
    for family, kind, protocol, _, place in places:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(place)
        except OSError as why:
            if why.errno == errno.EADDRINUSE:
                raise DashboardError(
                    f"port {port} on {address} is taken: choose another with --port, or stop the program that holds it"
                ) from None
            if why.errno == errno.EACCES:
                raise DashboardError(f"port {port} needs more rights: choose one above 1023 with --port") from None
            if family == socket.AF_INET:  # an IPv6 address that this machine lacks is no obstacle
                raise DashboardError(f"cannot listen on {address}:{port}: {why.strerror}") from None


def pages(project: Path) -> list[str]:
    """The page scripts, relative to the project's folder.

    Raises
    ------
    DashboardError
        When there are none: the program was installed without its checkout.
    """
    found = sorted(str(p.relative_to(project)) for p in (project / "app").glob("*.py"))
    if not found:
        raise DashboardError(f"no pages under {project / 'app'}: run aemo-dashboard from a checkout of the project")
    return found


def become_server(settings: Settings, *, dev: bool, live: bool = False) -> NoReturn:
    """Print the exact ``panel serve`` line and become it (exec: no parent process is left).

    The server's processes find the same settings through the environment (:func:`components.config.active`),
    and there too that they are to keep a collector at work (``live``; :mod:`components.live`).

    Raises
    ------
    UsageError
        When options contradict each other.
    DashboardError
        When the port is taken or there are no pages.
    """
    server, project = settings.server, config.PROJECT
    if dev and server.num_procs > 1:
        raise UsageError("--dev restarts one process; it goes with --num-procs 1 only")
    hidden = secret_environment(server.login, os.environ)
    ensure_port_free(server.address, server.port)
    scripts = pages(project)
    environment = {**allocator(os.environ), config.ENV_DATA_DIR: str(settings.data_dir)}
    if live:
        environment[config.ENV_LIVE] = "1"
    else:
        os.environ.pop(config.ENV_LIVE, None)
    file = os.environ.get(config.ENV_CONFIG) or config.default_file()
    if file:
        environment[config.ENV_CONFIG] = str(Path(file).resolve())
    options = serve_options(server, dev=dev)
    if os.environ.pop(OVERRIDING, None) is not None:
        print(f"{OVERRIDING} is ignored; server.allow_websocket_origin says who may connect", file=sys.stderr)
    print(_printed(environment, options))
    print(f"Serving on http://localhost:{server.port}{server.prefix.rstrip('/')}", flush=True)
    os.chdir(project)
    # python -m: the project's folder is then on the path even without the package being installed.
    command = [sys.executable, "-m", "panel", "serve", *scripts, *options]
    os.execve(sys.executable, command, {**os.environ, **environment, **hidden})  # noqa: S606 - no shell wanted


def _printed(environment: dict[str, str], options: Sequence[str]) -> str:
    names = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    return f"{names} panel serve app/*.py {shlex.join(options)}"
