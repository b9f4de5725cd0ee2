"""Several server processes share what they import and end together: a plugin of ``panel serve`` without routes, for
``--num-procs`` above 1.

Tornado's parent of forked servers neither passes SIGTERM on nor takes its children with it, so they would go on
holding the port, and it keeps its own copy of all that they have in memory. Importing this module, which Panel does
in the parent before it forks, is the one place to change that: once the workers are there the parent becomes
:mod:`components.worker_watch` (exec: the same process, a twentieth of its memory), which passes signals on, replaces
a worker that died and ends with 0 when all have ended. A worker whose parent was killed gets SIGTERM from the system
(Linux).

A replacement is a ``panel serve`` of one process over the sockets that it inherits; it imports this module too.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import pkgutil
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from components.worker_watch import AWAITED, SOCKETS

ROUTES: list[Any] = []
"""None; Panel asks every plugin for them."""

_PR_SET_PDEATHSIG = 1
_listening: list[socket.socket] = []


def children_of(pid: int) -> list[int]:
    """Process ids of the children that a process's main thread forked (Linux; elsewhere none are found)."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def leave(number: int, frame: FrameType | None) -> None:
    """What a signal does to a process that is not serving yet: there is nothing to finish."""
    os._exit(0)


def follow(parent: int) -> None:
    """End with the parent, however it ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(0)


def command_of_one(words: list[str]) -> list[str]:
    """The same server's command line with one process, for a replacement."""
    at = words.index("--num-procs") + 1
    return [sys.executable, *words[1:at], "1", *words[at + 1 :]]


def fork_workers(count: int | None, max_restarts: int | None = None) -> int:
    """Fork the workers, return in each of them, and become their watcher in the parent.

    In place of :func:`tornado.process.fork_processes`, with its meaning.
    """
    from tornado.process import cpu_count

    parent, workers = os.getpid(), []
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, as some starters have it, workers would end unseen
    # Until the watcher waits for them: none is lost, exec keeps them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    for number in range(count or cpu_count()):
        pid = os.fork()
        if not pid:
            follow(parent)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return number
        workers.append(pid)
    for listening in _listening:
        os.set_inheritable(listening.fileno(), True)
    script = Path(__file__).with_name("worker_watch.py")
    lists = (",".join(map(str, workers)), ",".join(str(s.fileno()) for s in _listening))
    command = [sys.executable, "-I", "-S", str(script), *lists, *command_of_one(sys.orig_argv)]
    os.execv(command[0], command)  # noqa: S606 - no shell wanted


def import_once() -> None:
    """Import what every child would import for itself: what is read before the fork is one memory for all.

    The collector is told to leave it alone: its marks would make each page of that memory the child's own.
    """
    import components.dashboards
    import components.startup

    for module in pkgutil.iter_modules(components.dashboards.__path__):
        importlib.import_module(f"components.dashboards.{module.name}")
    gc.collect()
    gc.freeze()


def fork_once() -> None:
    """Set what Bokeh and Tornado do when the server's sockets are bound and its workers forked."""
    from bokeh.server import server as bokeh_server
    from tornado import process

    bind = bokeh_server.bind_sockets

    def bind_and_remember(address: str | None, port: int) -> tuple[list[socket.socket], int]:
        sockets, actual = bind(address, port)
        _listening.extend(sockets)
        return sockets, actual

    bokeh_server.bind_sockets = bind_and_remember
    setattr(process, "fork_processes", fork_workers)  # noqa: B010 - a function is replaced on purpose


def take_over(given: str) -> None:
    """Serve on the sockets that this process inherited, as one of several workers.

    Parameters
    ----------
    given : what the watcher wrote, ``"parent:socket,socket"``.
    """
    from bokeh.server import server as bokeh_server

    parent, _, numbers = given.partition(":")
    follow(int(parent))
    sockets = [socket.socket(fileno=int(number)) for number in numbers.split(",")]
    for listening in sockets:
        listening.setblocking(False)
        listening.set_inheritable(False)  # a collector that this process starts has no business with them
    bokeh_server.bind_sockets = lambda address, port: (sockets, port)


if __name__ in sys.argv:  # named as a plugin of this very process; any other import does nothing
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    inherited = os.environ.pop(SOCKETS, None)
    if inherited:
        take_over(inherited)
    else:
        import_once()
        fork_once()
