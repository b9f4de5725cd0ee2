"""The helper process: ``python -m components.raster.worker``. Questions come in by stdin, pictures go out by stdout.

It maps the same frame files as the server, read-only, and lives as long as its stdin is open. The first picture
needs numpy only; datashader is imported and its kernel compiled in a thread meanwhile. After a quarter of an hour without
a question it ends and gives its memory back; the next question starts another one.
"""

from __future__ import annotations

import ctypes
import logging
import os
import select
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from components.errors import DashboardError
from components.raster import wire
from components.raster.answers import Raster
from components.raster.asks import from_json
from components.raster.shade import compile_kernel
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot

log = logging.getLogger(__name__)

IDLE_SECONDS = 900.0
QUIET_SECONDS = 2.0


class Archive:
    """The snapshots that questions are asked of: the one of the lake asked last, in the version asked for."""

    def __init__(self) -> None:
        self._at = ""
        self._snapshot: Snapshot | None = None

    def snapshot(self, folder: str, version: str) -> Snapshot:
        """The lake's snapshot; opened again where another version is asked for than the one at hand."""
        if self._snapshot is None or self._at != folder or self._snapshot.version != version:
            self._snapshot, self._at = open_snapshot(Lake(Path(folder))), folder
        return self._snapshot

    def answer(self, words: Mapping[str, Any]) -> Raster:
        """The answer to one message."""
        return from_json(words["ask"]).answer(self.snapshot(words["folder"], words["version"]))


def give_back() -> None:
    """Return what was freed to the system; the allocator would keep it for the next picture. Only glibc has this."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def work(questions: BinaryIO, answers: BinaryIO, idle_seconds: float = IDLE_SECONDS) -> None:
    """Answer until there is nobody to ask, or nothing has been asked for a while."""
    archive = Archive()
    warming: threading.Thread | None = None
    while True:
        if not select.select([questions], [], [], QUIET_SECONDS)[0]:
            give_back()
            if not select.select([questions], [], [], idle_seconds)[0]:
                return
        try:
            words, _ = wire.receive(questions)
        except wire.Ended:
            return
        try:
            raster = archive.answer(words)
        except DashboardError as wrong:
            wire.send(answers, {"error": str(wrong)})
        except Exception:
            log.exception("picture %.300r", words.get("ask"))
            wire.send(answers, {"error": "This could not be worked out; the server's log says why."})
        else:
            wire.send(answers, {"words": dict(raster.words), "version": raster.version}, raster.arrays)
        if warming is None:
            warming = threading.Thread(target=compile_kernel, name="compile", daemon=True)
            warming.start()


def main() -> None:
    """Keep stdout for answers; whatever is printed goes to the log."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Unbuffered: a question that waits in a buffer would not be seen by select.
    questions = os.fdopen(0, "rb", buffering=0, closefd=False)
    try:
        work(questions, answers)
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    # Without a word to threads that still compile.
    os._exit(0)


if __name__ == "__main__":
    main()
