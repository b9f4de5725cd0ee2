"""Open pages move on by themselves when a new version is published.

One loop for the whole process looks at the version every few seconds and wakes the pages that show another one.
It knows them only weakly, so that a closed page is collected, and it ends with the last of them. A page that does
not take what it was sent is told no more until it does.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from tornado.ioloop import IOLoop, PeriodicCallback

from components.store import shared

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard

EVERY_MS = 3_000
_live: weakref.WeakSet[Dashboard] = weakref.WeakSet()
_loop: PeriodicCallback | None = None


def live_dashboards() -> int:
    """Pages that are open (and not yet collected)."""
    return len(_live)


def watch(dashboard: Dashboard) -> None:
    """Keep a page up to date from now on; needs a running event loop, without one it is only counted."""
    global _loop  # noqa: PLW0603 - the one loop of the process
    _live.add(dashboard)
    if IOLoop.current(instance=False) is not None and (_loop is None or not _loop.is_running()):
        _loop = PeriodicCallback(look, EVERY_MS)
        _loop.start()


def forget(dashboard: Dashboard) -> None:
    """The page's session has ended."""
    _live.discard(dashboard)


def look() -> None:
    """Wake every page whose version is no longer the current one."""
    if not _live:
        if _loop is not None:
            _loop.stop()
        return
    version = shared.current().version
    for dashboard in list(_live):
        if dashboard.version != version and dashboard.document is not None and not _waits(dashboard.document):
            dashboard.document.add_next_tick_callback(dashboard.follow)


def _waits(document: Any) -> bool:
    """Whether what a page was told last has not left yet: its computer sleeps or its line is slow.

    It is told more once that has gone, so that what waits for one visitor stays one message, however long it takes.
    """
    session = getattr(document.session_context, "session", None)
    sockets = [connection._socket.ws_connection for connection in getattr(session, "_subscribed_connections", ())]
    return any(socket is not None and socket.stream.writing() for socket in sockets)
