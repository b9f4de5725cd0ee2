"""Records, worked out beside the event loop: the first time they walk the whole history."""

from __future__ import annotations

import logging
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

import pandas as pd

from components.dashboards.answers import ANSWERS
from components.queries.records import Records
from components.store.snapshot import Snapshot

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard

log = logging.getLogger(__name__)

_lock = Lock()
_worker: ThreadPoolExecutor | None = None
_jobs: dict[str, Future[pd.DataFrame]] = {}
"""Version -> its records, in the making or made; the newest only."""


def known_records(snapshot: Snapshot) -> pd.DataFrame | None:
    """Every record of a version where it has been worked out; None else. Never waits."""
    with _lock:
        job = _jobs.get(snapshot.version)
    return job.result() if job is not None and job.done() and job.exception() is None else None


def ask_records(snapshot: Snapshot, page: Dashboard) -> pd.DataFrame | None:
    """The records where they are known; else None, and the page is drawn again as soon as they are.

    Without a document (no browser) they are worked out at once.
    """
    global _worker  # noqa: PLW0603 - one thread for the process
    if page.document is None:
        return ANSWERS.ask(snapshot, Records()).frame
    with _lock:
        job = _jobs.get(snapshot.version)
        if job is None:
            _worker = _worker or ThreadPoolExecutor(1, "records")
            _jobs.clear()
            job = _jobs[snapshot.version] = _worker.submit(lambda: ANSWERS.ask(snapshot, Records()).frame)
    if job.done():
        if job.exception() is not None:
            log.error("records of %s", snapshot.version, exc_info=job.exception())
            return pd.DataFrame(columns=list(Records.row_columns))
        return job.result()
    version, waiting = snapshot.version, weakref.ref(page)  # a finished job keeps its callbacks: no page may hang on it

    def again() -> None:
        there = waiting()
        if there is not None and there.version == version:
            there.refresh(passing=True)

    def tell(_: object) -> None:
        there = waiting()
        if there is not None and there.document is not None:
            there.document.add_next_tick_callback(again)

    job.add_done_callback(tell)
    return None
