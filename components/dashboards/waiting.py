"""What takes long to answer is worked out beside the event loop; the page is drawn when it is there, the newest change last.

One visitor's question about five years would otherwise hold up everyone's next click. Most answers come within the
patience and are drawn at once; while a visitor waits, the browser shows what there was, dimmed.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

import panel as pn

from components.dashboards.answers import ANSWERS
from components.queries.base import Query
from components.store.snapshot import Snapshot

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard

PATIENCE_SECONDS = 0.02
"""How long the loop waits for answers before it turns to others; not at all for those that stand in a queue."""


def has_to_wait(page: Dashboard, questions: Sequence[Query], snapshot: Snapshot, passing: bool, prepared: int) -> bool:
    """Whether answers are still being worked out; ``page.go_on`` is called on its document when they are there.

    ``prepared`` is how many rounds of questions are answered then.

    False where the page is drawn at once: the answers are kept or came soon, the page is being opened, or there is no
    event loop to go on.
    """
    if page.document is None or not pn.state.loaded:
        return False
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return False
    queued = ANSWERS.crowded
    work = ANSWERS.prepare(snapshot, questions)
    if work is None:
        return False
    try:
        work.result(0.0 if queued else PATIENCE_SECONDS)
        return False
    except TimeoutError:
        pass
    turn, seen = page.turn, weakref.ref(page)

    def resume() -> None:
        there = seen()
        if there is not None and there.turn == turn:
            there.document.add_next_tick_callback(partial(there.go_on, turn, passing, prepared))

    def tell(_: Future[None]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(resume)

    work.add_done_callback(tell)
    return True
