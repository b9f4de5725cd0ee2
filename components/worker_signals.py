"""Several server processes share what they import and end together: a plugin of ``panel serve`` without routes, for
``--num-procs`` above 1.

Tornado's parent of forked servers neither passes SIGTERM on nor takes its children with it, so they would go on
holding the port. Importing this module, which Panel does in the parent before it forks, is the one place to change
that: the parent passes SIGTERM and Ctrl-C on and ends with 0 when all have ended; a child whose parent was killed
gets SIGTERM from the system (Linux).
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import pkgutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

ROUTES: list[Any] = []
"""None; Panel asks every plugin for them."""

_PR_SET_PDEATHSIG = 1


def children_of(pid: int) -> list[int]:
    """Process ids of the children that a process's main thread forked (Linux; elsewhere none are found)."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def end_together() -> None:
    """Set the parent's handlers and what each child does first. Must run in the main thread before the fork."""
    parent = os.getpid()
    system = ctypes.CDLL(None) if sys.platform == "linux" else None

    def pass_on(number: int, frame: FrameType | None) -> None:
        if os.getpid() != parent:  # a child that is not serving yet has nothing to finish
            os._exit(0)
        children = children_of(parent)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        if not children:
            sys.exit(0)

    def follow_parent() -> None:
        if system is not None:
            system.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died before the line above
                os._exit(0)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    os.register_at_fork(after_in_child=follow_parent)


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


if __name__ in sys.argv:  # named as a plugin of this very process; any other import does nothing
    import_once()
    end_together()
