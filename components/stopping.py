"""Long work asks now and then whether anybody still waits for it, and ends if nobody does.

Whoever starts work in a thread wraps it in :func:`stopped_by`; what takes long (reading month after month, writing
piece after piece) calls :func:`stop_if_unwanted` between two parts. Elsewhere the call costs a look-up and does nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_unwanted: ContextVar[threading.Event | None] = ContextVar("unwanted", default=None)


class Stopped(Exception):
    """Nobody waits for the result any more; never seen by a visitor."""


@contextmanager
def stopped_by(event: threading.Event) -> Iterator[None]:
    """Work within this block ends at its next look once ``event`` is set."""
    token = _unwanted.set(event)
    try:
        yield
    finally:
        _unwanted.reset(token)


def stop_if_unwanted() -> None:
    """End the work of this thread if its result is unwanted.

    Raises
    ------
    Stopped
        When the event given to :func:`stopped_by` has been set.
    """
    event = _unwanted.get()
    if event is not None and event.is_set():
        raise Stopped
