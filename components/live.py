"""``serve --live``: the server keeps a collector at work, as a process of its own, so that publishing takes no turn of pages.

Every server process watches; the collector's lock decides which of them starts it, so that it is started again
whichever of them ended. It ends by itself when the process that started it does, even by ``kill -9``.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from components import config
from components.store.collector import is_at_work

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
MOST_PAUSE = 300.0


class CollectorKeeper:
    """Starts a collector where none is at work, again and again, with longer pauses while it keeps ending."""

    def __init__(self, data_dir: Path, command: list[str] | None = None):
        self._data_dir = data_dir
        self._command = command or [sys.executable, "-m", "components.cli", "collect", "--with-parent"]
        self._child: subprocess.Popen | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="collector-keeper")

    def start(self) -> None:
        """Begin to watch."""
        atexit.register(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """End the collector that this process started."""
        self._over.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(3)

    def _run(self) -> None:
        pause = LOOK_SECONDS
        while True:
            if self._child is not None and self._child.poll() is not None:
                log.warning("the collector ended with %s; it is started again", self._child.returncode)
                self._child, pause = None, min(2 * pause, MOST_PAUSE)
            elif self._child is not None:
                pause = LOOK_SECONDS
            if self._child is None and not is_at_work(self._data_dir):
                self._child = subprocess.Popen(self._command, cwd=config.PROJECT)  # noqa: S603 - our own program
            if self._over.wait(pause):
                return


def keep_live() -> None:
    """Keep a collector at work if the server was started for that."""
    if os.environ.get(config.ENV_LIVE):
        CollectorKeeper(config.active().data_dir).start()
