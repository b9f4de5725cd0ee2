"""What closed pages leave behind is cleared away in a quiet moment, and its memory goes back to the system.

Closed pages are taken apart (:mod:`components.panel_speed.taking_apart`), and open ones leave some ten objects at a
change; what still hangs together in circles is freed by Python's collector only. A full round walks over everything
that visitors have open, some 5 ms for each page, and nobody is answered meanwhile. Left to itself it comes while they
arrive, when it finds nothing; Panel calls it five seconds after each closed page. Here it waits until the process has
little to do (or has waited long enough). While so many pages are open that everybody would notice, it waits for hours:
there is little to find. Where nobody leaves, a round comes every five minutes, for what open pages drew before.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import panel.io.document as panel_document
from tornado.ioloop import PeriodicCallback

from components.heap import give_back

YOUNG = (10_000, 5)
"""New objects until the collector looks at the youngest, and how often that is until it looks at the young: 40 ms."""
RARELY = 3_000
"""And the number of times until it would look at everything by itself; our rounds come long before."""
LOOK_EVERY_MS = 2_000
QUIET_SHARE = 0.15
"""Part of the time since the last look that a process with little to do has worked."""
FEW_PAGES = 12
"""Pages that may be open while nobody notices a round: a tenth of a second."""
LONGEST_SECONDS = 120
"""A round over so few waits no longer than this for a quiet moment."""
MANY_SECONDS = 2 * 3_600
"""A round over more waits as long as this, and then for a quiet moment;"""
MANY_AT_LAST = 4 * 3_600
"""without one it comes all the same."""
EMPTY_MS = 60_000
"""Where no page was open from one such moment to the next, what was kept for visitors is let go."""
ROUND_EVERY_MS = 300_000
"""From one round to the next where no page is closed: as often as the market publishes."""

_stock = panel_document._garbage_collect


def forget_dead_views() -> None:
    """Let go of what pandas notes about views that are gone.

    A frame notes each series that was ever taken of it, and drops the notes of dead ones by the hundred. The frames of
    answers outlive the pages that draw them, and thousands of small notes among what those pages left keep their
    memory from going back.
    """
    try:
        from pandas._libs.internals import BlockValuesRefs
    except ImportError:
        return
    for found in gc.get_objects():
        if type(found) is BlockValuesRefs:
            notes = getattr(found, "referenced_blocks", [])
            notes[:] = [note for note in notes if note() is not None]


def tidy() -> None:
    """One round: free what nobody refers to, give its memory back."""
    gc.collect()
    forget_dead_views()
    give_back()


class Tidying:
    """When the next round comes.

    Attributes
    ----------
    still_whole : closed pages that have not been taken apart yet: to a round they are as open ones.
    """

    def __init__(self) -> None:
        self._watch: PeriodicCallback | None = None
        self._rounds: list[PeriodicCallback] = []
        self._since = self._looked = self._worked = 0.0
        self._open_pages: Callable[[], int] = int
        self._freed = self._visited = False
        self.still_whole = 0
        self._kept_for_visitors: Sequence[Callable[[], None]] = ()

    def wanted(self) -> None:
        """A page has been closed. Needs a running event loop; without one the round comes at once."""
        if self._watch is not None and self._watch.is_running():
            return
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            tidy()
            return
        self._since = self._looked = time.monotonic()
        self._worked = time.process_time()
        self._watch = PeriodicCallback(self.look, LOOK_EVERY_MS)
        self._watch.start()

    def freed(self) -> None:
        """Closed pages have been taken apart: what they held goes back at the next quiet moment, whoever has a page open."""
        self._freed = True
        self.wanted()

    def keep_up(self, open_pages: Callable[[], int], *kept_for_visitors: Callable[[], None]) -> None:
        """A page is opened: a round now and then from now on, also where none is closed; nothing without a running event loop.

        Parameters
        ----------
        open_pages : tells how many pages are open.
        kept_for_visitors : called when there have been none for a while: each lets go of what can be made again.
        """
        self._open_pages, self._kept_for_visitors, self._visited = open_pages, kept_for_visitors, True
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            if self._rounds:
                return
            self._rounds = [PeriodicCallback(self.wanted, ROUND_EVERY_MS), PeriodicCallback(self.visited, EMPTY_MS)]
            for each in self._rounds:
                each.start()

    def visited(self) -> None:
        """See whether anybody has been here since the last time."""
        if self._open_pages():
            self._visited = True
        elif self._visited:
            self._visited = False
        elif self._kept_for_visitors:
            for let_go in self._kept_for_visitors:
                let_go()
            self._kept_for_visitors = ()  # until the next page is opened
            self.freed()

    def look(self) -> None:
        """Begin the round if the process has had little to do since the last look."""
        now, worked = time.monotonic(), time.process_time()
        share = (worked - self._worked) / max(now - self._looked, 1e-3)
        self._looked, self._worked = now, worked
        few = self._open_pages() + self.still_whole <= FEW_PAGES
        soonest, latest = (0, LONGEST_SECONDS) if few else (MANY_SECONDS, MANY_AT_LAST)
        waited = now - self._since
        quiet = share < QUIET_SHARE
        if (quiet and waited > soonest) or waited > latest:
            if self._watch is not None:
                self._watch.stop()
            tidy()
        elif quiet and self._freed:
            give_back()
        else:
            return
        self._freed = False


tidying = Tidying()


def install() -> None:
    """Rounds in quiet moments from now on."""
    gc.set_threshold(*YOUNG, RARELY)
    panel_document._garbage_collect = tidying.wanted


def uninstall() -> None:
    """The stock way again."""
    gc.set_threshold(700, 10, 10)
    panel_document._garbage_collect = _stock
