"""What a browser says is always handled with the document's lock.

An event that arrives while a property of the same page is still on its way (a click on the theme and one on a control in
the same moment) is handled by a coroutine of Panel's, which :func:`panel.io.server.async_execute` runs without the lock
unless the coroutine says that it needs it. What it then changes is written by nobody who may: Bokeh raises
"_pending_writes should be non-None when we have a document lock", and the page misses the change.
"""

from __future__ import annotations

from panel.io.document import with_lock
from panel.reactive import Syncable


def install() -> None:
    """Say for Panel's two coroutines that they need the lock."""
    for name in ("_event_coroutine", "_change_coroutine"):
        own = getattr(Syncable, name)
        if not getattr(own, "lock", False):
            setattr(Syncable, name, with_lock(own))


__all__ = ["install"]
