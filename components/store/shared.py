"""The one snapshot of this process, in ``pn.state.cache``: loaded once, replaced when a newer version is published.

No other module touches that cache.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from components.errors import StoreError
from components.store.collector import is_at_work, read_state
from components.store.context import FILE as CONTEXT_FILE
from components.store.context import empty_context, read_context
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot, empty_snapshot

log = logging.getLogger(__name__)

CACHE_KEY = "aemo_snapshot"
CHECK_SECONDS = 1.0
"""The pointer to the current version is looked at no more often than this."""
RETRY_SECONDS = 30.0
"""A version that could not be opened whole is tried again after this long: its files may be back."""
NO_DATA = "there is no data yet: run `aemo-dashboard demo` for a synthetic market or `aemo-dashboard ingest` for AEMO's"


@dataclass(frozen=True)
class SharedStatus:
    """How the shared snapshot is: ``reasons`` says why it is degraded, one sentence each."""

    state: Literal["loading", "ready", "degraded"]
    reasons: tuple[str, ...] = ()
    version: str = ""


class _Shared:
    """What this process knows of its lake besides the snapshot itself."""

    def __init__(self, data_dir: Path):
        self.lake = Lake(data_dir)
        self.loading = threading.Lock()
        self.pointer: str | None = None
        self.looked = 0.0
        self.opened = 0.0
        self.trouble: str | None = None
        self.context = 0, empty_context()


_shared = _Shared(Path("data"))
_configuring = threading.Lock()


def _cache() -> dict:
    import panel as pn

    return pn.state.cache


def configure(data_dir: Path) -> None:
    """Say where the lake is. Another folder than before drops what was loaded; the same one keeps it."""
    global _shared  # noqa: PLW0603 - the process has one lake
    with _configuring:
        if _shared.lake.root != Path(data_dir):
            _shared = _Shared(Path(data_dir))
            _cache().pop(CACHE_KEY, None)


def load() -> Snapshot:
    """The snapshot, loaded if it is not yet; however many arrive first, it is loaded once."""
    shared, cache = _shared, _cache()
    with shared.loading:
        if CACHE_KEY not in cache:
            cache[CACHE_KEY] = _open(shared) or empty_snapshot()
            # What was made so far stays for good: the collector need not walk it again and again.
            gc.collect()
            gc.freeze()
        return cache[CACHE_KEY]


def current() -> Snapshot:
    """The newest snapshot. Cheap; keep the returned one for a whole answer, so that it never mixes versions."""
    shared, cache = _shared, _cache()
    snapshot = cache.get(CACHE_KEY)
    if snapshot is None:
        return load()
    if time.monotonic() - shared.looked >= CHECK_SECONDS and shared.loading.acquire(blocking=False):
        # One caller looks; the others go on with the snapshot there is.
        try:
            shared.looked = time.monotonic()
            unwell = (shared.trouble or snapshot.problems) and shared.looked - shared.opened >= RETRY_SECONDS
            if unwell or _pointer(shared) != shared.pointer:
                snapshot = _open(shared) or snapshot
                cache[CACHE_KEY] = snapshot
        finally:
            shared.loading.release()
    return snapshot


def at_hand() -> Snapshot | None:
    """The newest snapshot where telling it is no work; None where :func:`current` has to look, or to load.

    While somebody looks, the others go on with the snapshot there is.
    """
    shared = _shared
    if time.monotonic() - shared.looked >= CHECK_SECONDS and not shared.loading.locked():
        return None
    found: Snapshot | None = _cache().get(CACHE_KEY)
    return found


def status() -> SharedStatus:
    """How the shared snapshot is; never loads."""
    shared = _shared
    snapshot = _cache().get(CACHE_KEY)
    if snapshot is None:
        return SharedStatus("loading")
    reasons = [*([shared.trouble] if shared.trouble else []), *snapshot.problems]
    if snapshot.empty and not reasons:
        reasons = [NO_DATA]
    return SharedStatus("degraded" if reasons else "ready", tuple(reasons), snapshot.version)


@dataclass(frozen=True)
class CollectorStatus:
    """The collector of this lake: whether one is at work, and what it wrote of itself (None = there never was one)."""

    at_work: bool
    state: dict[str, Any] | None


def collector() -> CollectorStatus:
    """How the collector of this lake fares."""
    root = _shared.lake.root
    return CollectorStatus(is_at_work(root), read_state(root))


def versions() -> list[str]:
    """Names of the versions that are kept, oldest first."""
    return _shared.lake.versions()


def context() -> dict[str, Any]:
    """AEMO's forecasts and notices as the collector last read them (:mod:`components.store.context`).

    A demo's are none beside real data.
    """
    shared = _shared
    try:
        changed = (shared.lake.root / CONTEXT_FILE).stat().st_mtime_ns
    except OSError:
        changed = 0
    if shared.context[0] != changed:
        shared.context = changed, read_context(shared.lake.root)
    found, snapshot = shared.context[1], _cache().get(CACHE_KEY)
    return empty_context() if found["demo"] and snapshot is not None and not snapshot.is_demo else found


def _pointer(shared: _Shared) -> str | None:
    try:
        return shared.lake.current_version()
    except StoreError:
        return None


def _open(shared: _Shared) -> Snapshot | None:
    """Open the current version; None (and the trouble noted) when that cannot be done."""
    shared.pointer = _pointer(shared)
    shared.looked = shared.opened = time.monotonic()
    try:
        snapshot = open_snapshot(shared.lake)
    except StoreError as trouble:
        shared.trouble = str(trouble)
        log.warning("the published version cannot be opened: %s", trouble)
        return None
    shared.trouble = None
    return snapshot
