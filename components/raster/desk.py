"""Where pages ask for pictures: nobody waits, and of each page only its newest question is kept.

One thread takes the questions one after the other to the helper process. A page that asks again before its turn has come
replaces its own question, so a visitor who drags across five years costs one picture at a time, never a queue of them.
Pictures of the newest two versions are kept for the next asker, the least recently used going first.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

from components.errors import DashboardError
from components.raster.answers import Raster
from components.raster.asks import Ask
from components.raster.helper import Helper

log = logging.getLogger(__name__)

MOST_BYTES = 24 * 2**20
Done = Callable[[Raster | DashboardError], None]


@dataclass(frozen=True)
class Wanted:
    """A picture: of which lake, in which version."""

    folder: Path
    version: str
    ask: Ask


class Desk:
    """Questions of pages, one at a time to the helper."""

    def __init__(self, answer: Callable[[Path, str, Ask], Raster] | None = None, most_bytes: int = MOST_BYTES):
        self.helper = Helper()
        self._answer = answer or self.helper.answer
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Wanted, Raster] = OrderedDict()
        self._bytes = 0
        self._versions: tuple[tuple[Path, str], ...] = ()
        self._waiting: OrderedDict[Hashable, tuple[Wanted, Done]] = OrderedDict()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def kept(self, wanted: Wanted) -> Raster | None:
        """The picture, where it was drawn before."""
        with self._change:
            found = self._kept.get(wanted)
            if found is not None:
                self._kept.move_to_end(wanted)
            return found

    def ask(self, asker: Hashable, wanted: Wanted, done: Done) -> Raster | None:
        """The picture if it is at hand; else None, and ``done`` is called with it, or with what went wrong, later.

        Parameters
        ----------
        asker : whose question it is. One that still waits of the same asker is dropped; its ``done`` is never called.
        done : called in the desk's thread.
        """
        found = self.kept(wanted)
        with self._change:
            self._waiting.pop(asker, None)
            if found is not None:
                return found
            self._waiting[asker] = (wanted, done)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
                self._thread.start()
            self._change.notify()
        return None

    def forget(self, asker: Hashable) -> None:
        """The asker has gone."""
        with self._change:
            self._waiting.pop(asker, None)

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._waiting:
                    self._change.wait()
                _, (wanted, done) = self._waiting.popitem(last=False)
            # What another page asked for meanwhile need not be drawn again.
            outcome: Raster | DashboardError | None = self.kept(wanted)
            if outcome is None:
                outcome = self._drawn(wanted)
            try:
                done(outcome)
            except Exception:
                log.exception("nobody took the picture %s", wanted.ask)

    def _drawn(self, wanted: Wanted) -> Raster | DashboardError:
        try:
            raster = self._answer(wanted.folder, wanted.version, wanted.ask)
        except DashboardError as wrong:
            return wrong
        except Exception:
            log.exception("picture %s", wanted.ask)
            return DashboardError("This could not be worked out; the server's log says why.")
        # The lake may have moved on: such a picture belongs to no version that anybody asks for by this name.
        if raster.version == wanted.version:
            self._keep(wanted, raster)
        return raster

    def _keep(self, wanted: Wanted, raster: Raster) -> None:
        with self._change:
            version = (wanted.folder, wanted.version)
            if version not in self._versions:  # data comes every five minutes: older pictures are nobody's
                self._versions = (*self._versions[-1:], version)
                for old in [w for w in self._kept if (w.folder, w.version) not in self._versions]:
                    self._bytes -= self._kept.pop(old).nbytes
            if wanted in self._kept or raster.nbytes > self._most_bytes:
                return
            self._kept[wanted] = raster
            self._bytes += raster.nbytes
            while self._bytes > self._most_bytes:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= gone.nbytes


DESK = Desk()
"""The desk of this process; its thread and its helper start with the first question."""
